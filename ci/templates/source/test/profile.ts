import { runSourceIn } from '@cuttle/airbyte-cdk';
import type { SourceProfile } from '@cuttle/testing';
import { AcmeSource } from '../src/index.js';
import { type AcmeStandIn, makeOrders, startStandIn, TOKEN } from './stand-in.js';

const START = '2024-01-01T00:00:00.000Z';
const LOOKBACK_MS = 600_000;
const PAGE = { path: '/orders' };

/** An order with a note, changed behind all others. */
function putOrder({ api }: AcmeStandIn, note: string): string {
  const [order] = makeOrders(1, '2024-08-01T00:00:00.000Z', 0, note);
  api.put(order!);
  return order!.id;
}

/** What the conformance suites know of this source. */
export function acmeProfile(): SourceProfile<AcmeStandIn> {
  return {
    name: 'source-acme',
    folder: 'sources/acme',
    runIn: (host) => runSourceIn(new AcmeSource(), host),
    start: startStandIn,
    config: ({ api }, origin) => ({
      api_token: api.token,
      start_date: START,
      base_url: `${origin}/acme/v1`,
      allow_private_hosts: true,
      requests_per_second: 10_000,
      http_backoff_ms: 1,
      http_max_wait_seconds: 5,
    }),
    badConfigs: [
      {
        name: 'a host that nobody answers on',
        word: /127\.0\.0\.1:9.*cannot be reached/,
        change: (config) => ({ ...config, base_url: 'http://127.0.0.1:9' }),
      },
      { name: 'no token', word: /api_token is required/, change: ({ api_token: _token, ...rest }) => rest },
      { name: 'a wrong token', word: /api_token/, change: (config) => ({ ...config, api_token: 'wrong-token' }) },
      {
        name: 'an expired token',
        word: /api_token.*expired/,
        arrange: ({ api }) => api.expireTokens(),
        change: (config) => ({ ...config, api_token: TOKEN }),
      },
      {
        name: 'a token without the right to read orders',
        word: /lacks the right/,
        arrange: ({ control }) =>
          control.run('faults.add', { fault: { kind: 'status', status: 403 }, match: PAGE, count: 0 }),
      },
      {
        name: 'a start date that is none',
        word: /start_date/,
        change: (config) => ({ ...config, start_date: 'yesterday' }),
      },
      {
        name: 'a value out of bounds',
        word: /requests_per_second/,
        change: (config) => ({ ...config, requests_per_second: 0 }),
      },
    ],
    emptyStreams: {},
    identity: (_stream, data) => String(data['id']),
    truth: ({ api }) => ({ customers: api.customers.map(({ id }) => id), orders: api.orders.map(({ id }) => id) }),
    kindOf: (path) => path.split('/').at(-1) as string,
    optionalKinds: [],
    paged: {
      stream: 'orders',
      page: PAGE,
      prepare: ({ api }) => api.put(...makeOrders(2000, '2024-05-02T00:00:00.000Z', 60_000)),
    },
    large({ api }, bytes) {
      // About 2,600 bytes of each fourth order, 400 of the others.
      const missing = Math.ceil(bytes / 900) - api.orders.length;
      const first = new Date(Date.parse(api.orders.at(-1)!.updated_at) + 1000).toISOString();
      if (missing > 0) api.put(...makeOrders(missing, first, 1, 'x'.repeat(2200)));
      return { stream: 'orders' };
    },
    futureState: { start: START, cursor: '2999-01-01T00:00:00.000Z' },
    mutate({ api }) {
      const added = makeOrders(3, '2024-08-30T00:00:00.000Z', 3_600_000);
      const edited = { ...api.orders[0]!, status: 'refunded', updated_at: '2024-08-31T12:00:00.000Z' };
      api.put(...added, edited);
      return { arrives: { orders: [edited.id, ...added.map(({ id }) => id)] } };
    },
    isCovered: (stream, data, state) =>
      stream === 'orders' && Date.parse(String(data['updated_at'])) < Date.parse(String(state['cursor'])) - LOOKBACK_MS,
    positionOf: (state) => String(state['cursor']),
    oddStates: [
      { state: { start: START, cursor: 'yesterday' }, outcome: 'everything' },
      { state: { start: START, cursor: 7 }, outcome: 'everything' },
      { state: { cursor: '2024-05-01T02:00:00.000Z' }, outcome: 'everything' },
      { state: { start: '2024-02-01T00:00:00.000Z', cursor: '2999-01-01T00:00:00.000Z' }, outcome: 'everything' },
      { state: { modified: 'of another connector', ids: [] }, outcome: 'everything' },
    ],
    officialStates: [],
    hasGoldenRecords: true,
    traps: [
      {
        title: 'an empty page with the token of a next one',
        arrange: ({ proxy }) => {
          const token = Buffer.from(' ').toString('base64url');
          proxy.transform = (body, { target }) =>
            target.includes('/orders') && !target.includes('page_token')
              ? JSON.stringify({ data: [], next_page_token: token })
              : body;
        },
        outcome: 'everything',
      },
      {
        title: 'a link to another host',
        bypass: 'Acme gives tokens, no links; the kit refuses them (packages/cdk/test/http/address.test.ts)',
      },
      {
        title: 'the same page over and over ends the read with an error',
        arrange: ({ proxy }) => {
          let first: string | undefined;
          proxy.transform = (body, { target }) => {
            if (!target.includes('/orders')) return body;
            first ??= body;
            return first;
          };
        },
        outcome: /this page again/,
      },
      {
        title: 'a row that was read and is removed shifts no other one out',
        arrange: ({ standIn }) => {
          const { id } = standIn.api.orders[0]!;
          standIn.control.scripts.before(3, PAGE, () => standIn.api.remove(id));
        },
        outcome: 'no gap',
      },
      {
        title: 'a row that is changed while it is read comes again, and no other one is lost',
        arrange: ({ standIn: { api, control } }) => {
          const order = { ...api.orders[0]!, updated_at: '2024-08-31T00:00:00.000Z' };
          control.scripts.before(3, PAGE, () => api.put(order));
        },
        outcome: 'no gap',
      },
      {
        title: 'more rows of one time than a page takes',
        arrange: ({ standIn }) => standIn.api.put(...makeOrders(450, '2024-06-01T00:00:00.000Z', 0)),
        outcome: 'everything',
      },
      {
        title: 'pages that are shorter than what was asked for',
        arrange: ({ standIn }) => {
          standIn.api.pageRows = 37;
        },
        outcome: 'everything',
      },
    ],
    insertText: putOrder,
    textOf: (data) => data['note'],
    insertPollution({ standIn, proxy }) {
      const { id } = standIn.api.orders[7]!;
      const keys = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},';
      proxy.transform = (body) => body.replaceAll(`"id":"${id}"`, `${keys}"id":"${id}"`);
      return id;
    },
    canary({ standIn, proxy, config }) {
      proxy.authorization = `Bearer ${standIn.api.token}`;
      const token = 'kANary"Q+/=%20&<Tok>\\ zz-5f4dcc3b';
      return { config: { ...config, api_token: token }, secrets: [token] };
    },
    publicConfig: ({ standIn }) => ({
      api_token: standIn.api.token,
      start_date: START,
      base_url: 'https://api.example.test/acme/v1',
      http_backoff_ms: 1,
    }),
    bypass: { 'R-16': 'a token of Acme is static: there is nothing to renew it with' },
  };
}
