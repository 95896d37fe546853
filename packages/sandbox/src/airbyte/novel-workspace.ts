import type { Connection, JsonMap, Role } from './model.js';
import { NOVEL_IMAGES } from './novel-images.js';
import type { AirbyteStandIn } from './stand-in.js';

/** A workspace as somebody made it in the UI. */
export interface FilledWorkspace {
  readonly id: string;
  readonly name: string;
  /** Every secret that is stored in it. */
  readonly secrets: readonly string[];
}

/** Makes an empty workspace; the images of the Novel stack can be pulled. */
export function addWorkspace(airbyte: AirbyteStandIn, name: string): string {
  const { store } = airbyte;
  for (const [key, image] of NOVEL_IMAGES) store.images.set(key, image);
  const id = store.newId();
  store.workspaces.push({ id, name });
  return id;
}

/** The Novel stack with ten secrets and four connections. DuckDB is a connector of Airbyte's registry here. */
export function fillWithNovel(airbyte: AirbyteStandIn, name = 'Novel'): FilledWorkspace {
  const id = addWorkspace(airbyte, name);
  const { secrets, secret } = secretMaker('novel');
  const make = new Maker(airbyte, id);
  const sources = makeNovelSources(make, secret);
  const snowflake = makeNovelDestinations(make, secret);
  connectBubble(make, sources.bubble, snowflake);
  connectStripe(make, sources.stripe, snowflake);
  connectGa4(make, sources.ga4, snowflake);
  const insights = dedup('ads_insights', 'date_start', ['date_start', 'account_id', 'ad_id']);
  make.connection('facebook-ads to snowflake', sources.facebook, snowflake, {
    ...RAW,
    prefix: 'meta_',
    configurations: { streams: [insights] },
  });
  return { id, name, secrets };
}

type NovelSources = Readonly<Record<'bubble' | 'stripe' | 'ga4' | 'facebook', string>>;

function makeNovelSources(make: Maker, secret: (name: string) => string): NovelSources {
  const bubble = make.actor('source', 'bubble', 'acme/source-bubble:0.3.0', 'Bubble (Novel)', {
    app_url: 'https://test-project-novel.bubbleapps.io',
    api_token: secret('bubble'),
    environment: 'live',
  });
  const stripe = make.actor('source', 'stripe-ext', 'acme/source-stripe-ext:0.2.0', 'Stripe Extended', {
    account_id: 'acct_1',
    api_key: secret('stripe'),
    webhook: { url: 'https://novel.example/hook', signing_secret: secret('webhook') },
    start_date: '2024-01-01T00:00:00Z',
    lookback_days: 2,
  });
  const ga4 = make.actor('source', 'ga4-events', 'acme/source-ga4-events:0.1.4', 'GA4 Events (BigQuery export)', {
    project_id: 'novel-analytics',
    dataset: 'analytics_345678901',
    credentials_json: `{"private_key":"${secret('ga4')}"}`,
    start_date: '2024-01-01',
  });
  const facebook = make.actor('source', 'facebook-ads', 'acme/source-facebook-ads:0.1.0', 'Facebook Ads', {
    account_ids: ['act_1'],
    access_token: secret('facebook'),
    proxies: [
      { host: 'proxy-a.example', password: secret('proxy-a') },
      { host: 'proxy-b.example', password: secret('proxy-b') },
    ],
  });
  return { bubble, stripe, ga4, facebook };
}

/** @returns the id of the warehouse */
function makeNovelDestinations(make: Maker, secret: (name: string) => string): string {
  const snowflake = make.actor(
    'destination',
    'snowflake',
    'acme/destination-snowflake-merge:0.4.0',
    'Snowflake Merge',
    {
      account: 'xy12345',
      warehouse: 'LOAD_WH',
      database: 'NOVEL',
      schema: 'PUBLIC',
      role: 'AIRBYTE_ROLE',
      username: 'AIRBYTE',
      credentials: { auth_type: 'key', passphrase: secret('passphrase'), private_key: secret('key') },
    },
  );
  make.actor('destination', 'bubble-writeback', 'acme/destination-bubble:0.1.0', 'Bubble write-back', {
    app_url: 'https://test-project-novel.bubbleapps.io',
    api_token: secret('writeback'),
    streams: [{ stream: 'order', bubble_type: 'order' }],
  });
  return snowflake;
}

const RAW = { namespaceDefinition: 'custom_format', namespaceFormat: 'RAW' };

function dedup(name: string, cursor: string, key: readonly string[]): JsonMap {
  const primaryKey = key.map((field) => [field]);
  return { name, syncMode: 'incremental_deduped_history', cursorField: [cursor], primaryKey };
}

function cron(cronExpression: string): JsonMap {
  return { schedule: { scheduleType: 'cron', cronExpression } };
}

function connectStripe(make: Maker, stripe: string, snowflake: string): void {
  const hashing = { targetField: 'email', method: 'SHA-256', fieldNameSuffix: '_hashed' };
  make.connection('stripe-ext to snowflake', stripe, snowflake, {
    ...RAW,
    ...cron('0 30 5 * * ?'),
    prefix: 'stripe_',
    nonBreakingSchemaUpdatesBehavior: 'propagate_fully',
    configurations: {
      streams: [
        dedup('charges', 'updated', ['id']),
        { ...dedup('customers', 'updated', ['id']), mappers: [{ type: 'hashing', mapperConfiguration: hashing }] },
        dedup('refunds', 'updated', ['id']),
      ],
    },
  });
}

function connectBubble(make: Maker, bubble: string, snowflake: string): void {
  const bubbleStreams = ['user', 'category', 'novel', 'order'];
  make.connection('bubble to snowflake', bubble, snowflake, {
    ...RAW,
    ...cron('0 0 5 * * ?'),
    prefix: 'bubble_',
    configurations: { streams: bubbleStreams.map((name) => ({ name, syncMode: 'full_refresh_overwrite' })) },
  });
}

function connectGa4(make: Maker, ga4: string, snowflake: string): void {
  const fields = ['_event_id', 'event_date', 'event_timestamp', 'event_name', 'user_pseudo_id'];
  const selectedFields = fields.map((field) => ({ fieldPath: [field] }));
  make.connection('ga4-events to snowflake', ga4, snowflake, {
    ...RAW,
    ...cron('0 15 5 * * ?'),
    prefix: 'ga4_bigquery_',
    configurations: { streams: [{ ...dedup('events', 'event_timestamp', ['_event_id']), selectedFields }] },
  });
}

/** A large workspace: sources of the Stripe kind, one destination, connections spread evenly. */
export function fillWithMany(
  airbyte: AirbyteStandIn,
  counts: { readonly sources: number; readonly connections: number },
  name = 'Large',
): FilledWorkspace {
  const id = addWorkspace(airbyte, name);
  const { secrets, secret } = secretMaker('many');
  const make = new Maker(airbyte, id);
  const warehouse = make.actor('destination', 'warehouse', 'acme/destination-snowflake-merge:0.4.0', 'Snowflake', {
    account: 'xy12345',
    warehouse: 'LOAD_WH',
    database: 'ALL',
    schema: 'PUBLIC',
    role: 'LOADER',
    username: 'LOADER',
    private_key: secret('warehouse'),
  });
  const sources = Array.from({ length: counts.sources }, (_, index) =>
    make.actor('source', `shop ${index}`, 'acme/source-stripe-ext:0.2.0', 'Stripe Extended', {
      account_id: `acct_${index}`,
      api_key: secret(`shop-${index}`),
      start_date: '2024-01-01T00:00:00Z',
    }),
  );
  for (let index = 0; index < counts.connections; index += 1) {
    const source = sources[index % sources.length] ?? '';
    make.connection(`shop ${index % sources.length} load ${index}`, source, warehouse, {
      prefix: `shop_${index}_`,
      ...(index % 3 === 0 ? { schedule: { scheduleType: 'cron', cronExpression: `0 ${index % 60} 4 * * ?` } } : {}),
      ...(index % 7 === 0 ? { status: 'inactive' } : {}),
      configurations: { streams: [streamOf(index), { name: 'customers', syncMode: 'full_refresh_overwrite' }] },
    });
  }
  return { id, name, secrets };
}

function streamOf(index: number): JsonMap {
  const base = {
    name: 'charges',
    syncMode: 'incremental_deduped_history',
    cursorField: ['updated'],
    primaryKey: [['id']],
  };
  if (index % 2 === 0) return base;
  return { ...base, selectedFields: ['id', 'updated', 'amount'].map((field) => ({ fieldPath: [field] })) };
}

function secretMaker(label: string): { readonly secrets: string[]; readonly secret: (name: string) => string } {
  const secrets: string[] = [];
  const secret = (name: string): string => {
    const value = `canary-${label}-${name}-s3cr3t-${secrets.length}`;
    secrets.push(value);
    return value;
  };
  return { secrets, secret };
}

/** Makes things through the public API's own code, as the UI's server does. */
class Maker {
  readonly #airbyte: AirbyteStandIn;
  readonly #workspaceId: string;

  constructor(airbyte: AirbyteStandIn, workspaceId: string) {
    this.#airbyte = airbyte;
    this.#workspaceId = workspaceId;
  }

  actor(role: Role, name: string, image: string, title: string, configuration: JsonMap): string {
    const { api, store } = this.#airbyte;
    const [repository = '', tag = ''] = image.split(':');
    const known = [...store.definitions.values()].find(
      (entry) => entry.repository === repository && entry.workspaceId === this.#workspaceId,
    );
    const definition =
      known ??
      api.publicApi.definitions.create(role, this.#workspaceId, {
        name: title,
        dockerRepository: repository,
        dockerImageTag: tag,
      });
    const definitionId = definition.id;
    const actor = api.publicApi.actors.create(role, {
      name,
      workspaceId: this.#workspaceId,
      definitionId,
      configuration,
    });
    if (role === 'source') actor.discovered = store.imageOf(actor).streams ?? [];
    return actor.id;
  }

  connection(name: string, sourceId: string, destinationId: string, body: JsonMap): Connection {
    const connection = this.#airbyte.api.publicApi.connections.create({ name, sourceId, destinationId, ...body });
    for (const stream of connection.streams) connection.states.set(stream.name, { cursor: '2026-11-01' });
    return connection;
  }
}
