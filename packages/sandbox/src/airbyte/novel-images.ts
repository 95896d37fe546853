import type { ConnectorImage, ImageStream, JsonMap } from './model.js';

function secret(title: string): JsonMap {
  return { type: 'string', title, airbyte_secret: true };
}

function source(spec: JsonMap, streams: readonly ImageStream[]): ConnectorImage {
  return { role: 'source', spec: { type: 'object', ...spec }, streams };
}

function destination(spec: JsonMap, supportsRefreshes: boolean): ConnectorImage {
  const destinationModes = ['append', 'overwrite', 'append_dedup'] as const;
  return { role: 'destination', spec: { type: 'object', ...spec }, destinationModes, supportsRefreshes };
}

const TEXT = { type: 'string' };
const BOTH = ['full_refresh', 'incremental'] as const;

const BUBBLE = source(
  {
    required: ['app_url', 'api_token'],
    properties: {
      app_url: TEXT,
      api_token: secret('API token'),
      environment: { type: 'string', default: 'live' },
      concurrency: { type: 'integer', default: 4, minimum: 1 },
    },
  },
  ['user', 'category', 'novel', 'order'].map((name) => ({
    name,
    fields: ['_id', 'Created Date', 'Modified Date', 'name', 'email'],
    modes: BOTH,
    hasSourceDefinedCursor: true,
    defaultCursor: ['Modified Date'],
    sourceDefinedKey: [['_id']],
  })),
);

const STRIPE = source(
  {
    required: ['account_id', 'api_key'],
    properties: {
      account_id: TEXT,
      api_key: secret('API key'),
      webhook: { type: 'object', properties: { url: TEXT, signing_secret: secret('Signing secret') } },
      start_date: TEXT,
      lookback_days: { type: 'integer', default: 0 },
    },
  },
  ['charges', 'customers', 'refunds', 'invoices'].map((name) => ({
    name,
    fields: ['id', 'updated', 'created', 'amount', 'email', 'description'],
    modes: BOTH,
    defaultCursor: ['updated'],
  })),
);

const GA4 = source(
  {
    required: ['project_id', 'dataset', 'credentials_json'],
    properties: { project_id: TEXT, dataset: TEXT, credentials_json: secret('Key file'), start_date: TEXT },
  },
  [
    {
      name: 'events',
      fields: ['_event_id', 'event_date', 'event_timestamp', 'event_name', 'user_pseudo_id', 'user_ltv'],
      modes: BOTH,
    },
  ],
);

const FACEBOOK = source(
  {
    required: ['account_ids', 'access_token'],
    properties: {
      account_ids: { type: 'array', items: TEXT },
      access_token: secret('Access token'),
      start_date: TEXT,
      proxies: {
        type: 'array',
        items: { type: 'object', properties: { host: TEXT, password: secret('Password') } },
      },
    },
  },
  [
    {
      name: 'ads_insights',
      fields: ['date_start', 'account_id', 'ad_id', 'spend', 'clicks'],
      modes: BOTH,
    },
  ],
);

const SNOWFLAKE = destination(
  {
    required: ['account', 'warehouse', 'database', 'schema', 'role', 'username'],
    properties: {
      account: TEXT,
      warehouse: TEXT,
      database: TEXT,
      schema: TEXT,
      role: TEXT,
      username: TEXT,
      private_key: secret('Private key'),
      credentials: {
        type: 'object',
        oneOf: [
          {
            properties: { auth_type: { const: 'key' }, passphrase: secret('Passphrase'), private_key: secret('Key') },
            required: ['auth_type', 'private_key'],
          },
          {
            properties: { auth_type: { const: 'password' }, password: secret('Password') },
            required: ['auth_type', 'password'],
          },
        ],
      },
    },
  },
  true,
);

const WRITE_BACK = destination(
  {
    required: ['app_url', 'api_token'],
    properties: { app_url: TEXT, api_token: secret('API token'), streams: { type: 'array' } },
  },
  false,
);

const DUCKDB = destination(
  { required: ['destination_path'], properties: { destination_path: TEXT, motherduck_api_key: secret('Key') } },
  false,
);

/** Images of the Novel stack, `repository:tag`; some also in the next version, with streams and fields that changed. */
export const NOVEL_IMAGES: ReadonlyMap<string, ConnectorImage> = new Map([
  ['acme/source-bubble:0.3.0', BUBBLE],
  ['acme/source-bubble:0.3.1', withChange(BUBBLE)],
  ['acme/source-stripe-ext:0.2.0', STRIPE],
  ['acme/source-ga4-events:0.1.4', GA4],
  ['acme/source-facebook-ads:0.1.0', FACEBOOK],
  ['acme/destination-snowflake-merge:0.4.0', SNOWFLAKE],
  ['acme/destination-bubble:0.1.0', WRITE_BACK],
  ['airbyte/destination-duckdb:0.4.0', DUCKDB],
]);

/** The next version: one field more, one less, one stream more. */
function withChange(image: ConnectorImage): ConnectorImage {
  const [first, ...others] = image.streams ?? [];
  if (first === undefined) return image;
  const fields = [...first.fields.filter((field) => field !== 'name'), 'nickname'];
  return { ...image, streams: [{ ...first, fields }, ...others, { ...first, name: 'review' }] };
}
