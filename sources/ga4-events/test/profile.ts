import { runSourceIn } from '@cuttle/airbyte-cdk';
import type { JsonObject } from '@cuttle/protocol';
import { type Row, type Sandbox, startSandbox } from '@cuttle/sandbox';
import type { SourceBench, SourceProfile } from '@cuttle/testing';
import { Ga4EventsSource } from '../src/index.js';

const DAY_MS = 86_400_000;
const DAYS = 14;
const PAGE = { system: 'bigquery', query: 'useInt64Timestamp' };

/** States of connectors that read the same property: none of them says which tables were read. */
const OFFICIAL_EVENTS: readonly (readonly [JsonObject, 'warned' | RegExp])[] = [
  [
    {
      state_type: 'cursor_based',
      version: 2,
      cursor_field: ['event_timestamp'],
      cursor: '1725110606000000',
      cursor_record_count: 1,
      stream_name: 'events_20240831',
      stream_namespace: 'analytics_1',
    },
    /source-bigquery.*cannot be continued.*Clear the state/,
  ],
  [{ '314186564': { date: '20240831' } }, /source-google-analytics-data-api.*cannot be continued/],
  [
    {
      states: [{ partition: { property_id: '314186564' }, cursor: { date: '20240831' } }],
      state: { date: '20240831' },
      use_global_cursor: false,
    },
    /source-google-analytics-data-api/,
  ],
  [{ event_timestamp: 1_725_110_606_000_000 }, 'warned'],
];

/** `YYYYMMDD` of so many days ago, UTC. */
function dayAgo(days: number): string {
  return new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
}

function dashed(date: string): string {
  return `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
}

function addDays(date: string, days: number): string {
  return new Date(Date.parse(dashed(date)) + days * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
}

function dailyTables(sandbox: Sandbox): string[] {
  const tables = sandbox.control.run('bigquery.tables') as { readonly id: string }[];
  return tables.map(({ id }) => id).filter((id) => /^events_\d{8}$/.test(id));
}

function newestTable(sandbox: Sandbox): string {
  return dailyTables(sandbox).at(-1) as string;
}

function identityOf(date: string, row: Row | JsonObject): string {
  const { event_timestamp, event_name, user_pseudo_id } = row;
  return [date, event_timestamp, event_name, user_pseudo_id].map(String).join('|');
}

function rowsOf(sandbox: Sandbox, table: string): string[] {
  const rows = sandbox.control.run('bigquery.rows', { table }) as Row[];
  return rows.map((row) => identityOf(table.slice('events_'.length), row));
}

/** An event of a table's day; `index` makes it differ. */
function eventOf(table: string, index: number, more: Row = {}): Row {
  const date = table.slice('events_'.length);
  return {
    event_date: date,
    event_timestamp: String((Date.parse(dashed(date)) + 3_600_000) * 1000 + index),
    event_name: 'page_view',
    user_pseudo_id: `made.${index}`,
    event_params: [{ key: 'page_title', value: { string_value: `Page ${index}` } }],
    ...more,
  };
}

/** Where the pages of the newest table begin, as a page token of the stand-in. */
function firstPageToken(sandbox: Sandbox, table: string): string {
  const { project, dataset, warehouse } = sandbox.bigquery;
  const found = warehouse.table(project, dataset, table);
  return Buffer.from(`${found?.incarnation}:${found?.versionNumber}:0`).toString('base64url');
}

function keyWith(sandbox: Sandbox, changes: JsonObject): string {
  return JSON.stringify({ ...sandbox.bigquery.serviceAccount, ...changes });
}

/** Answers the rows of the newest table with what a function gives for the nth request. */
function replaceRows({ standIn, proxy }: SourceBench<Sandbox>, answer: (nth: number) => JsonObject | undefined): void {
  const table = newestTable(standIn);
  let seen = 0;
  proxy.intercept = ({ target }, response) => {
    if (!target.includes(`/tables/${table}/data`)) return false;
    seen += 1;
    const body = answer(seen);
    if (body === undefined) return false;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    return true;
  };
}

/** What the conformance suites know of this source. Its tables are of the last days, since their age matters. */
export function ga4Profile(): SourceProfile<Sandbox> {
  return {
    name: 'source-ga4-events',
    folder: 'sources/ga4-events',
    runIn: (host) => runSourceIn(new Ga4EventsSource(), host),
    start: () =>
      startSandbox({
        users: 20,
        orders: 30,
        idleVisits: 30,
        firstDay: dashed(dayAgo(DAYS)),
        lastDay: dashed(dayAgo(1)),
        now: Date.now(),
      }),
    config: (sandbox, origin) => ({
      project_id: sandbox.bigquery.project,
      dataset: sandbox.bigquery.dataset,
      base_url: `${origin}/bigquery/v2`,
      credentials_json: keyWith(sandbox, { token_uri: `${origin}/oauth/token` }),
      allow_private_hosts: true,
      http_backoff_ms: 1,
      http_max_wait_seconds: 5,
    }),
    badConfigs: [
      {
        name: 'a host that nobody answers on',
        word: /127\.0\.0\.1:9.*cannot be reached/,
        change: (config) => ({ ...config, base_url: 'http://127.0.0.1:9/bigquery/v2' }),
      },
      {
        name: 'an unknown project',
        word: /no-such-project.*BigQuery Data Viewer/,
        change: (config) => ({ ...config, project_id: 'no-such-project' }),
      },
      { name: 'an unknown dataset', word: /dataset/, change: (config) => ({ ...config, dataset: 'analytics_0' }) },
      {
        name: 'a start date behind the newest table',
        word: /no tables.*start date/,
        change: (config) => ({ ...config, start_date: '2999-01-01' }),
      },
      { name: 'no project', word: /project_id is required/, change: ({ project_id: _id, ...rest }) => rest },
      {
        name: 'a key that is no JSON',
        word: /credentials_json.*not JSON/,
        change: (config) => ({ ...config, credentials_json: 'private-key-in-the-wrong-place' }),
      },
      {
        name: 'a damaged key',
        word: /private_key.*damaged/,
        change: (config, sandbox) => ({
          ...config,
          credentials_json: keyWith(sandbox, {
            private_key: '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----',
          }),
        }),
      },
      {
        name: 'the key of another account',
        word: /credentials_json.*not accepted/,
        change: (config, sandbox) => ({
          ...config,
          credentials_json: keyWith(sandbox, { client_email: 'somebody@else.iam.gserviceaccount.com' }),
        }),
      },
      {
        name: 'an account that may not list tables',
        word: /bigquery\.tables\.list/,
        arrange: (sandbox) => sandbox.control.run('bigquery.settings', { deniedPermissions: ['bigquery.tables.list'] }),
      },
      {
        name: 'an account that may not read rows',
        word: /bigquery\.tables\.getData.*BigQuery Data Viewer/,
        arrange: (sandbox) =>
          sandbox.control.run('bigquery.settings', { deniedPermissions: ['bigquery.tables.getData'] }),
      },
      {
        name: 'an account that may not run queries',
        word: /bigquery\.jobs\.create.*BigQuery Job User/,
        change: (config) => ({ ...config, read_method: 'query' }),
        arrange: (sandbox) => sandbox.control.run('bigquery.settings', { deniedPermissions: ['bigquery.jobs.create'] }),
      },
    ],
    emptyStreams: {},
    identity: (_stream, data) => identityOf(String(data['_table_date']), data),
    truth: (sandbox) => ({ events: dailyTables(sandbox).flatMap((table) => rowsOf(sandbox, table)) }),
    kindOf: (path) =>
      path
        .replace(/\/tables\/[^/]+/, '/tables/ID')
        .replace(/.*\/datasets\/[^/]+/, '')
        .replace(/.*\/token$/, 'token'),
    optionalKinds: [],
    paged: { stream: 'events', page: PAGE, prepare: () => undefined },
    large(sandbox, bytes) {
      const date = dayAgo(DAYS + 40);
      // About 1,150 bytes a record.
      sandbox.control.run('bigquery.create', { table: `events_${date}`, count: Math.ceil(bytes / 1150) });
      for (const table of dailyTables(sandbox)) {
        if (table !== `events_${date}`) sandbox.control.run('bigquery.drop', { table });
      }
      return { stream: 'events' };
    },
    futureState: { shards: {}, final_before: '29990101' },
    mutate(sandbox) {
      const newest = newestTable(sandbox);
      const late = [eventOf(newest, 900_001), eventOf(newest, 900_002)];
      sandbox.control.run('bigquery.append', { table: newest, rows: late, modified: Date.now() + 1000 });
      const today = `events_${addDays(newest.slice('events_'.length), 1)}`;
      const rows = Array.from({ length: 3 }, (_, index) => eventOf(today, index));
      sandbox.control.run('bigquery.create', { table: today, rows });
      const changed = newest.slice('events_'.length);
      return {
        arrives: { events: [...late.map((row) => identityOf(changed, row)), ...rowsOf(sandbox, today)] },
        mayRepeat: (_stream, data) => data['_table_date'] === changed,
      };
    },
    isCovered(_stream, data, { shards, final_before: finalBefore }) {
      const date = String(data['_table_date']);
      return (typeof finalBefore === 'string' && date < finalBefore) || Object.hasOwn((shards ?? {}) as object, date);
    },
    positionOf: (state) => String(state['final_before'] ?? ''),
    alignState(sandbox, state) {
      const newest = newestTable(sandbox).slice('events_'.length);
      const move = (date: string): string =>
        addDays(newest, Math.round((Date.parse(dashed(date)) - Date.parse('2024-08-31')) / DAY_MS));
      const finalBefore = move(String(state['final_before']));
      return { ...state, final_before: finalBefore, shards: {} };
    },
    oddStates: [
      { state: { shards: 'none' }, outcome: /shards/ },
      { state: { final_before: 7 }, outcome: /final_before/ },
      { state: { shards: { '20240101': {} } }, outcome: /shards\.20240101/ },
      { state: { shards: {}, missing: 'yes' }, outcome: /missing/ },
      { state: { cursor: 'of another connector', slices: [] }, outcome: 'everything' },
    ],
    officialStates: OFFICIAL_EVENTS.map(([content, outcome]) => ({
      title: JSON.stringify(content),
      state: () => [{ type: 'STREAM', stream: { stream_descriptor: { name: 'events' }, stream_state: content } }],
      outcome,
    })),
    hasGoldenRecords: false,
    expiry: {
      expire: (sandbox) =>
        sandbox.control.run('faults.add', { fault: { kind: 'expire_tokens' }, match: { system: 'bigquery' } }),
      tokenRequest: { system: 'oauth' },
    },
    traps: [
      {
        title: 'a link to another host',
        bypass: 'BigQuery gives tokens, no links; the kit refuses them (packages/cdk/test/http/address.test.ts)',
      },
      {
        title: 'an empty page with a token of a next one is not the end',
        arrange: (bench) => {
          const pageToken = firstPageToken(bench.standIn, newestTable(bench.standIn));
          replaceRows(bench, (nth) => (nth === 1 ? { totalRows: '9', pageToken } : undefined));
        },
        outcome: 'everything',
      },
      {
        title: 'a page token that comes again ends the read with an error',
        arrange: (bench) => replaceRows(bench, () => ({ totalRows: '9', rows: [], pageToken: 'again' })),
        outcome: /pages of .* would never end/,
      },
      {
        title: 'page tokens that go round in a circle end the read with an error',
        arrange: (bench) => replaceRows(bench, (nth) => ({ totalRows: '9', rows: [], pageToken: `token-${nth % 3}` })),
        outcome: /pages of .* would never end/,
      },
      {
        title: 'a table that shrinks while it is read',
        arrange: ({ standIn }) => {
          const table = newestTable(standIn);
          standIn.bigquery.settings.maxPageRows = 3;
          const rows = (standIn.control.run('bigquery.rows', { table }) as Row[]).slice(0, 2);
          const match = { path: `/tables/${table}/data` };
          standIn.control.run('before', { nth: 2, match, action: 'bigquery.replace', params: { table, rows } });
        },
        outcome: 'no gap',
      },
      {
        title: 'more rows of one time than a page takes',
        arrange: ({ standIn }) => {
          const table = `events_${dayAgo(DAYS + 1)}`;
          const { event_timestamp } = eventOf(table, 0);
          const rows = Array.from({ length: 60 }, (_, index) => eventOf(table, index, { event_timestamp }));
          standIn.control.run('bigquery.create', { table, rows });
          standIn.bigquery.settings.maxPageRows = 7;
        },
        outcome: 'everything',
      },
    ],
    insertText(sandbox, text) {
      const table = newestTable(sandbox);
      const event_params = [{ key: 'page_title', value: { string_value: text } }];
      const row = eventOf(table, 800_000, { event_params });
      sandbox.control.run('bigquery.append', { table, rows: [row] });
      return identityOf(table.slice('events_'.length), row);
    },
    textOf: (data) => {
      const [param] = data['event_params'] as unknown as { readonly value: { readonly string_value: string } }[];
      return param?.value.string_value;
    },
    insertPollution({ standIn }) {
      const table = `events_${dayAgo(DAYS + 1)}`;
      const names = ['event_date', 'event_timestamp', 'event_name', 'user_pseudo_id', '__proto__', 'constructor'];
      const schema = names.map((name) => ({
        name,
        type: name === 'event_timestamp' ? 'INTEGER' : 'STRING',
        mode: 'NULLABLE',
      }));
      const { event_params: _params, ...event } = eventOf(table, 1);
      const entries = [...Object.entries(event), ['__proto__', 'polluted'], ['constructor', 'polluted']];
      const row = Object.fromEntries(entries) as Row;
      standIn.control.run('bigquery.create', { table, schema, rows: [row] });
      return identityOf(table.slice('events_'.length), row);
    },
    canary({ standIn, config }) {
      const key = JSON.parse(String(config['credentials_json'])) as { readonly private_key: string };
      const keyId = 'kEY-id-canary+/=%20&-7d793037a076';
      const lines = key.private_key.split('\n').filter((line) => line.length >= 16 && !line.startsWith('-----'));
      const credentials = keyWith(standIn, { ...key, private_key_id: keyId });
      return { config: { ...config, credentials_json: credentials }, secrets: [keyId, key.private_key, ...lines] };
    },
    publicConfig({ standIn, proxy }) {
      proxy.rewritePath = (target) => (target === '/token' ? '/oauth/token' : target);
      return {
        project_id: standIn.bigquery.project,
        dataset: standIn.bigquery.dataset,
        base_url: 'https://api.example.test/bigquery/v2',
        credentials_json: keyWith(standIn, { token_uri: 'https://oauth2.googleapis.com/token' }),
        http_backoff_ms: 1,
      };
    },
  };
}
