import { runSourceIn } from '@cuttle/airbyte-cdk';
import type { JsonObject } from '@cuttle/protocol';
import { moveDay, type Sandbox, startSandbox } from '@cuttle/sandbox';
import type { SourceBench, SourceProfile } from '@cuttle/testing';
import { graphFields } from '../src/graph-fields.js';
import { FacebookAdsSource } from '../src/index.js';
import { keyFields, type Report, reportsOf } from '../src/insights/report.js';
import { ENTITIES } from '../src/streams/entity-definitions.js';
import { AD_STATUSES } from './run-facebook.js';

const TODAY = '2024-09-01';
const LOOKBACK_DAYS = 1;
const PAGE = { path: '/insights', method: 'GET' };
const EDGES = Object.fromEntries(ENTITIES.map(({ name, edge }) => [name, edge]));
const REPORTS: readonly Report[] = reportsOf(
  { custom_insights: [], campaign_statuses: [], adset_statuses: [], ad_statuses: [] } as never,
  graphFields(),
);

const ACCOUNT = '1129384756102938';
/** States of the official connector, of several versions, as its own tests keep them. */
const OFFICIAL_INSIGHTS: readonly (readonly [JsonObject, 'continued' | 'warned'])[] = [
  [{ date_start: '2024-09-01', filter_statuses: [] }, 'continued'],
  [{ date_start: '2024-09-01T00:00:00Z', include_deleted: true }, 'continued'],
  [{ [ACCOUNT]: { date_start: '2024-09-01', slices: ['2024-09-01'] }, time_increment: 1 }, 'continued'],
  [{ [ACCOUNT]: { date_start: '2024-09-01', slices: ['2024-09-01'], time_increment: 1 } }, 'continued'],
  [{ [ACCOUNT]: { date_start: '2024-09-01', slices: [], time_increment: 7 } }, 'warned'],
  [{ [ACCOUNT]: { date_start: '2024-09-01', slices: [] }, time_increment: 7 }, 'warned'],
  [{ date_start: '2024-09-01', filter_statuses: ['ARCHIVED'] }, 'warned'],
  [{ date_start: '2024-09-01', include_deleted: false }, 'warned'],
];

function seed(sandbox: Sandbox, ads: number, days: number, first: string, prefix = '2386'): readonly string[] {
  return sandbox.control.run('facebook.seed', { ads, days, first, prefix }) as string[];
}

/** First day with delivery: the config starts on it, so that no job is spent on empty days. */
function firstDay(sandbox: Sandbox): string {
  return sandbox.facebook.platform.account(sandbox.facebook.accountId)?.delivery.days()[0] ?? TODAY;
}

function rowsOf(sandbox: Sandbox, report: Report): JsonObject[] {
  return sandbox.control.run('facebook.rows', {
    level: 'ad',
    fields: ['account_id', 'ad_id'],
    time_range: { since: firstDay(sandbox), until: TODAY },
    time_increment: 1,
    breakdowns: report.breakdowns,
    filtering: [{ field: 'ad.effective_status', operator: 'IN', value: AD_STATUSES }],
  }) as JsonObject[];
}

function reportOf(stream: string): Report | undefined {
  return REPORTS.find(({ name }) => name === stream);
}

function identityOf(stream: string, data: JsonObject): string {
  const report = reportOf(stream);
  if (report !== undefined)
    return keyFields(report)
      .map((field) => String(data[field]))
      .join('|');
  // Activities have no id of Meta's.
  return stream === 'activities' ? `${data['event_type']} ${data['object_id']}` : String(data['id']);
}

function objectsOf(sandbox: Sandbox, stream: string): JsonObject[] {
  const edge = EDGES[stream];
  if (edge === undefined) return [{ id: `act_${sandbox.facebook.accountId}` }];
  return sandbox.control.run('facebook.objects', { edge }) as JsonObject[];
}

function truth(sandbox: Sandbox): Readonly<Record<string, readonly string[]>> {
  const entities = ENTITIES.map(({ name }) => [name, objectsOf(sandbox, name)] as const);
  const reports = REPORTS.map((report) => [report.name, rowsOf(sandbox, report)] as const);
  return Object.fromEntries(
    [...entities, ...reports].map(([name, rows]) => [name, rows.map((row) => identityOf(name, row))]),
  );
}

/** The first ad of the first seed. */
const AD = '238610000000000000';

function rename(sandbox: Sandbox, name: string): void {
  sandbox.control.run('facebook.update', { edge: 'ads', id: AD, values: { name } });
}

/** Answers the results of reports with what a function gives for the nth request. */
function replacePages(
  { proxy }: SourceBench<Sandbox>,
  answer: (nth: number, host: string) => JsonObject | undefined,
): void {
  let seen = 0;
  proxy.intercept = ({ target, method, headers }, response) => {
    if (method !== 'GET' || !target.includes('/insights')) return false;
    seen += 1;
    const body = answer(seen, String(headers.host));
    if (body === undefined) return false;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    return true;
  };
}

/** What the conformance suites know of this source. */
export function facebookProfile(): SourceProfile<Sandbox> {
  const name = 'source-facebook-ads';
  return {
    name,
    folder: 'sources/facebook-ads',
    runIn: (host) => runSourceIn(new FacebookAdsSource(), host),
    async start() {
      const sandbox = await startSandbox({ users: 2, orders: 0, idleVisits: 0, firstDay: '2024-08-30' });
      seed(sandbox, 2, 3, '2024-08-30');
      rename(sandbox, 'an ad with a name');
      return sandbox;
    },
    config: (sandbox, origin) => ({
      account_ids: [sandbox.facebook.accountId],
      access_token: sandbox.facebook.token,
      start_date: `${firstDay(sandbox)}T00:00:00Z`,
      insights_lookback_window: LOOKBACK_DAYS,
      base_url: `${origin}/graph`,
      allow_private_hosts: true,
      insights_poll_ms: 1,
      http_backoff_ms: 1,
      http_max_wait_seconds: 5,
      http_max_attempts: 4,
    }),
    badConfigs: [
      {
        name: 'a host that nobody answers on',
        word: /127\.0\.0\.1:9.*cannot be reached/,
        change: (config) => ({ ...config, base_url: 'http://127.0.0.1:9' }),
      },
      {
        name: 'an unknown account',
        word: /999.*account_ids/,
        change: (config) => ({ ...config, account_ids: ['999'] }),
      },
      { name: 'no account', word: /account_ids/, change: ({ account_ids: _ids, ...rest }) => rest },
      {
        name: 'an account with letters',
        word: /account_ids/,
        change: (config) => ({ ...config, account_ids: ['act_1'] }),
      },
      { name: 'no token', word: /access_token/, change: ({ access_token: _token, ...rest }) => rest },
      {
        name: 'a wrong token',
        word: /access_token.*wrong/,
        change: (config) => ({ ...config, access_token: 'wrong-token' }),
      },
      {
        name: 'an expired token',
        word: /access_token.*expired/,
        change: (config, sandbox) => {
          sandbox.facebook.platform.renewToken();
          return config;
        },
      },
      {
        name: 'a token without ads_read',
        word: /ads_read/,
        arrange: (sandbox) => sandbox.control.run('facebook.settings', { deniedPermissions: ['ads_read'] }),
      },
      {
        name: 'a version that is none',
        word: /api_version/,
        change: (config) => ({ ...config, api_version: 'newest' }),
      },
      {
        name: 'two streams of one name',
        word: /custom_insights.*customx/,
        change: (config) => ({
          ...config,
          custom_insights: [
            { name: 'x', level: 'ad' },
            { name: 'x', level: 'campaign' },
          ],
        }),
      },
      {
        name: 'a breakdown that Meta does not know',
        word: /custom_insights/,
        change: (config) => ({ ...config, custom_insights: [{ name: 'x', breakdowns: ['moon_phase'] }] }),
      },
    ],
    emptyStreams: {},
    identity: identityOf,
    truth,
    // ads_read opens an account's own fields and all that lies below it; FB-15 forbids a report in a check.
    kindOf: (path) => (/\/act_\d+$/.test(path) ? 'account' : 'below an account'),
    optionalKinds: [],
    paged: {
      stream: 'ads_insights',
      page: PAGE,
      prepare: (sandbox) => void seed(sandbox, 2, 9, '2024-08-21', '2387'),
    },
    large(sandbox, bytes) {
      // About 1,500 bytes a record.
      const days = 10;
      seed(sandbox, Math.ceil(bytes / days / 1500), days, moveDay(TODAY, -days), '2388');
      sandbox.control.run('facebook.settings', { pendingPolls: 0 });
      return { stream: 'ads_insights', config: { page_size: 250 } };
    },
    futureState: { accounts: { '1129384756102938': { date_start: '2999-01-01' } }, time_increment: 1 },
    mutate(sandbox) {
      const [fresh = ''] = seed(sandbox, 1, 1, TODAY, '2389');
      rename(sandbox, 'an ad with another name');
      const rows = REPORTS.map((report): [string, string[]] => [
        report.name,
        rowsOf(sandbox, report)
          .filter(({ ad_id }) => ad_id === fresh)
          .map((row) => identityOf(report.name, row)),
      ]);
      const objects = { ads: [fresh, AD], campaigns: ['23890000000000001'], ad_sets: ['238900000000000011'] };
      return { arrives: { ...Object.fromEntries(rows), ...objects } };
    },
    isCovered(stream, data, state) {
      const accounts = (state['accounts'] ?? {}) as Record<string, JsonObject>;
      const account = accounts[String(data['account_id'])];
      if (account === undefined) return false;
      const { date_start, updated_time, event_time } = account;
      if (typeof date_start === 'string') return String(data['date_start']) < moveDay(date_start, -LOOKBACK_DAYS);
      const field = ENTITIES.find(({ name: own }) => own === stream)?.cursor ?? '';
      const time = Date.parse(String(updated_time ?? event_time));
      return Date.parse(String(data[field])) < time - 600_000;
    },
    positionOf: (state) => JSON.stringify(state['accounts']),
    oddStates: [
      { state: { accounts: 'none' }, outcome: 'everything' },
      { state: { accounts: { '1129384756102938': { date_start: 'yesterday' } } }, outcome: 'everything' },
      { state: { accounts: { '1129384756102938': 7 }, time_increment: 1 }, outcome: 'everything' },
      { state: { date_start: '2024-08-31', time_increment: 7 }, outcome: 'everything' },
      { state: { cursor: 'of another connector', slices: [] }, outcome: 'everything' },
    ],
    officialStates: OFFICIAL_INSIGHTS.map(([content, outcome]) => ({
      title: JSON.stringify(content),
      state: () => [{ type: 'STREAM', stream: { stream_descriptor: { name: 'ads_insights' }, stream_state: content } }],
      outcome,
    })),
    hasGoldenRecords: true,
    traps: [
      {
        title: 'an empty page with a link to a next one is not the end',
        arrange: (bench) => {
          let isFirst = true;
          bench.proxy.transform = (body, { target, method, headers }) => {
            if (method !== 'GET' || !target.includes('/insights') || !isFirst) return body;
            isFirst = false;
            return JSON.stringify({ data: [], paging: { next: `http://${headers.host}${target}&again=1` } });
          };
        },
        outcome: 'everything',
      },
      {
        title: 'a link to another host is refused',
        arrange: (bench) =>
          replacePages(bench, () => ({
            data: [],
            paging: { next: 'https://elsewhere.example/v24.0/insights?after=x' },
          })),
        outcome: /elsewhere\.example.*refused/,
      },
      {
        title: 'pages that go round in a circle end the read with an error',
        arrange: (bench) =>
          replacePages(bench, (nth, host) => ({
            data: [],
            paging: { next: `http://${host}/graph/v24.0/6030000000001/insights?after=${nth % 3}` },
          })),
        outcome: /pages of .* would never end/,
      },
      {
        title: 'a row that is taken off while its page is read',
        arrange: ({ standIn }) => {
          const facts = { impressions: 0 };
          standIn.control.run('before', {
            nth: 3,
            match: PAGE,
            action: 'facebook.deliver',
            params: { day: '2024-08-30', ad: AD, facts },
          });
        },
        outcome: 'no gap',
      },
      {
        title: 'more rows of one day than a page takes',
        arrange: ({ standIn }) => {
          seed(standIn, 120, 1, '2024-08-31', '2385');
        },
        outcome: 'everything',
      },
    ],
    insertText(sandbox, text) {
      const [id = ''] = seed(sandbox, 1, 1, TODAY, '2384');
      sandbox.control.run('facebook.update', { edge: 'ads', id, values: { name: text } });
      return [TODAY, sandbox.facebook.accountId, id].join('|');
    },
    textOf: (data) => data['ad_name'],
    insertPollution({ standIn, proxy }) {
      const id = '238610000000000001';
      const keys = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},';
      proxy.transform = (body) => body.replaceAll(`"ad_id":"${id}"`, `${keys}"ad_id":"${id}"`);
      return ['2024-08-31', standIn.facebook.accountId, id].join('|');
    },
    canary({ standIn, proxy, config }) {
      proxy.authorization = `Bearer ${standIn.facebook.token}`;
      const token = 'EAABkANary"Q+/=%20&<Tok>\\ zz-5f4dcc3b';
      return { config: { ...config, access_token: token }, secrets: [token] };
    },
    publicConfig: ({ standIn, config }) => {
      const { allow_private_hosts: _private, ...rest } = config;
      return { ...rest, base_url: 'https://api.example.test/graph', access_token: standIn.facebook.token };
    },
    bypass: { 'R-16': 'a token of Meta is static here: there is nothing to renew it with' },
  };
}
