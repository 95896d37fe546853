import { runSourceIn } from '@cuttle/airbyte-cdk';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import type { SourceProfile } from '@cuttle/testing';
import { StripeSource } from '../src/index.js';
import { fillEverything, idsOf, make, OBJECT_OF } from './fill.js';

const START = '2024-08-01T00:00:00Z';
/** Two days before the sandbox's time: what was created later comes again. */
const LOOKBACK_START = Date.parse('2024-08-30T08:00:00Z') / 1000;
const PAGE = { path: '/v1/products' };
/** Streams that are listed again in every sync. */
const RELISTED = [
  'accounts',
  'customer_balance_transactions',
  'file_links',
  'invoice_items',
  'payment_links',
  'quotes',
  'shipping_rates',
];

/** States of the official connector, of its Python and its low-code versions; 1725110606 is 2024-08-31T13:23:26Z. */
const OFFICIAL_PRODUCTS = [
  { updated: 1_725_110_606 },
  { updated: '1725110606' },
  { created: '1725110606' },
  { state: { updated: '1725110606' }, use_global_cursor: true, lookback_window: 7, states: [], parent_state: {} },
  { state_type: 'date-range', slices: [{ start: '1704067200', end: '1725110606' }] },
];

function seedProducts(sandbox: Sandbox, count: number, created: string, stepSeconds: number): void {
  sandbox.control.run('stripe.seed', { object: 'product', count, created, stepSeconds });
}

function eventIds(sandbox: Sandbox): string[] {
  return (sandbox.control.run('stripe.events') as { id: string }[]).map(({ id }) => id);
}

/** What the conformance suites know of this source. */
export function stripeProfile(): SourceProfile<Sandbox> {
  return {
    name: 'source-stripe-ext',
    folder: 'sources/stripe-ext',
    runIn: (host) => runSourceIn(new StripeSource(), host),
    async start() {
      const sandbox = await startSandbox({ users: 5, orders: 6, idleVisits: 0, firstDay: '2024-08-02' });
      fillEverything(sandbox, '2024-08-20T00:00:00Z');
      seedProducts(sandbox, 20, '2024-08-02T00:00:00Z', 80_000);
      return sandbox;
    },
    config: (sandbox, origin) => ({
      base_url: `${origin}/stripe`,
      account_id: sandbox.stripe.accountId,
      api_key: sandbox.stripe.key,
      start_date: START,
      slice_days: 3,
      concurrency: 4,
      requests_per_second: 10_000,
      endpoint_requests_per_second: 10_000,
      allow_private_hosts: true,
      http_backoff_ms: 1,
      http_max_wait_seconds: 5,
    }),
    badConfigs: [
      {
        name: 'a host that nobody answers on',
        word: /127\.0\.0\.1:9.*cannot be reached/,
        change: (config) => ({ ...config, base_url: 'http://127.0.0.1:9' }),
      },
      { name: 'no account', word: /account_id is required/, change: ({ account_id: _id, ...rest }) => rest },
      { name: 'no key', word: /api_key is required/, change: ({ api_key: _key, ...rest }) => rest },
      { name: 'a wrong key', word: /api_key/, change: (config) => ({ ...config, api_key: 'sk_test_wrong' }) },
      {
        name: 'a revoked key',
        word: /api_key.*revoked/,
        arrange: (sandbox) =>
          sandbox.control.run('faults.add', { fault: { kind: 'expire_tokens' }, match: { system: 'stripe' } }),
      },
      {
        name: 'a restricted key without a right',
        word: /may not read charges, refunds: it lacks the right/,
        change: (config, sandbox) => ({
          ...config,
          api_key: sandbox.control.run('stripe.key', { forbidden: ['charges', 'refunds'] }) as string,
        }),
      },
      {
        name: 'the key of another account',
        word: /names the account acct_1NovelShop/,
        change: (config, sandbox) => ({
          ...config,
          api_key: sandbox.stripe.foreignKey,
        }),
      },
      {
        name: 'an account that is not connected',
        word: /no access to one of the connected_accounts/,
        change: (config) => ({ ...config, connected_accounts: ['acct_1Unknown'] }),
      },
      {
        name: 'an unknown stream',
        word: /no stream "nosuchstream"/,
        change: (config) => ({ ...config, streams: ['nosuchstream'] }),
      },
      { name: 'a value out of bounds', word: /concurrency/, change: (config) => ({ ...config, concurrency: 0 }) },
    ],
    emptyStreams: {},
    identity: (_stream, data) => String(data['id']),
    truth: (sandbox) => ({
      ...Object.fromEntries(Object.entries(OBJECT_OF).map(([stream, object]) => [stream, idsOf(sandbox, object)])),
      events: eventIds(sandbox),
    }),
    kindOf: (path) => /\/v1\/((?:checkout|radar)\/)?[^/]+/.exec(path)?.[0] ?? path,
    optionalKinds: [],
    paged: {
      stream: 'products',
      page: PAGE,
      prepare: (sandbox) => seedProducts(sandbox, 850, '2024-08-01T00:00:00Z', 3000),
    },
    large(sandbox, bytes) {
      const missing = Math.ceil(bytes / 2000) - idsOf(sandbox, 'product').length;
      const values = { description: 'x'.repeat(1700) };
      const seed = { object: 'product', created: '2024-08-05T00:00:00Z', stepSeconds: 1, values, events: [] };
      if (missing > 0) sandbox.control.run('stripe.seed', { ...seed, count: missing });
      return { stream: 'products', config: { slice_days: 365 } };
    },
    futureState: { account: 'acct_1NovelShop', api_version: '2026-10-28.endive', until: 32_503_680_000, ids: [] },
    mutate(sandbox) {
      const { control } = sandbox;
      control.run('clock.advance', { ms: 600_000 });
      const known = new Set(eventIds(sandbox));
      const products = Array.from({ length: 3 }, () => make(sandbox, 'product'));
      const [product = ''] = idsOf(sandbox, 'product');
      control.run('stripe.update', { object: 'product', id: product, values: { name: 'changed' } });
      const [charge = ''] = idsOf(sandbox, 'charge');
      const refund = control.run('stripe.refund', { charge, amount: 5 }) as string;
      const [customer = ''] = idsOf(sandbox, 'customer');
      control.run('stripe.remove', { object: 'customer', id: customer });
      const [invoice = ''] = idsOf(sandbox, 'invoice');
      control.run('stripe.update', { object: 'invoice', id: invoice, values: { status: 'open' } });
      const lines = control.run('stripe.all', { object: 'line_item' }) as { id: string; invoice: string }[];
      control.run('clock.advance', { ms: 600_000 });
      return {
        arrives: {
          products: [product, ...products],
          charges: [charge],
          refunds: [refund],
          customers: [customer],
          invoices: [invoice],
          invoice_line_items: lines.filter((line) => line.invoice === invoice).map(({ id }) => id),
          events: eventIds(sandbox).filter((id) => !known.has(id)),
        },
      };
    },
    isCovered(stream, data, state) {
      if (RELISTED.includes(stream)) return false;
      const { until, slices = [] } = state as { until?: number; slices?: [number, number][] };
      const created = Number(data['created'] ?? data['updated']);
      if (until !== undefined) return Number(data['updated'] ?? created) < until && created < LOOKBACK_START;
      return slices.some(([start, end]) => created >= start && created < end);
    },
    positionOf: (state) => String(state['until']).padStart(12, '0'),
    oddStates: [
      { state: { until: 'yesterday', ids: [] }, outcome: 'everything' },
      { state: { until: 1.5 }, outcome: 'everything' },
      { state: { t0: 7, slices: 'none' }, outcome: 'everything' },
      { state: { accounts: { acct_1NovelShop: 7 } }, outcome: 'everything' },
      { state: { account: 'acct_1SomebodyElse', until: 1_723_680_000 }, outcome: /state.*acct_1SomebodyElse/ },
      { state: { cursor: 'of another connector', slices: [] }, outcome: 'everything' },
    ],
    officialStates: [
      ...OFFICIAL_PRODUCTS.map((content) => ({
        title: JSON.stringify(content),
        state: () => [{ type: 'STREAM', stream: { stream_descriptor: { name: 'products' }, stream_state: content } }],
        outcome: 'continued' as const,
      })),
      { title: 'a LEGACY map', state: () => ({ products: { updated: '1725110606' } }), outcome: 'continued' },
      {
        title: 'a GLOBAL state',
        state: () => ({
          type: 'GLOBAL',
          global: {
            shared_state: {},
            stream_states: [{ stream_descriptor: { name: 'products' }, stream_state: { updated: '1725110606' } }],
          },
        }),
        outcome: 'continued',
      },
      {
        title: 'a cursor that is no time',
        state: () => [
          { type: 'STREAM', stream: { stream_descriptor: { name: 'products' }, stream_state: { updated: 'now' } } },
        ],
        outcome: 'warned',
      },
    ],
    hasGoldenRecords: true,
    traps: [
      {
        title: 'an empty page that says there is more ends the read with an error',
        arrange: ({ proxy }) => {
          proxy.transform = (body, { target }) =>
            target.includes('/v1/products') ? JSON.stringify({ object: 'list', data: [], has_more: true }) : body;
        },
        outcome: /a page is empty, yet there is more/,
      },
      {
        title: 'a link to another host',
        bypass: 'Stripe gives no links for pages; the address of a list inside an object is used as a path only',
      },
      {
        title: 'the same page over and over ends the read with an error',
        arrange: ({ proxy }) => {
          proxy.rewritePath = (target) => target.replace(/&starting_after=[^&]*/, '').replace('limit=100', 'limit=5');
        },
        outcome: /do not keep to starting_after/,
      },
      {
        title: 'an object that was read and is deleted shifts no other one out',
        arrange: ({ standIn }) => {
          const id = idsOf(standIn, 'product').at(-3);
          standIn.control.run('before', {
            nth: 2,
            match: PAGE,
            action: 'stripe.remove',
            params: { object: 'product', id },
          });
        },
        outcome: 'no gap',
      },
      {
        title: 'more objects of one second than a page takes',
        arrange: ({ standIn }) => seedProducts(standIn, 250, '2024-08-15T00:00:00Z', 0),
        outcome: 'everything',
      },
      {
        title: 'pages that are shorter than what was asked for',
        arrange: ({ proxy }) => {
          proxy.rewritePath = (target) => target.replace('limit=100', 'limit=17');
        },
        outcome: 'everything',
      },
    ],
    insertText: (sandbox, text) => make(sandbox, 'product', { description: text }, '2024-08-21T00:00:00Z'),
    textOf: (data) => data['description'],
    insertPollution({ standIn, proxy }) {
      const id = idsOf(standIn, 'product')[7] as string;
      const keys = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},';
      proxy.transform = (body) => body.replaceAll(`{"id":"${id}"`, `{${keys}"id":"${id}"`);
      return id;
    },
    canary({ standIn, proxy, config }) {
      proxy.authorization = `Bearer ${standIn.stripe.key}`;
      const key = 'sk_test_kANary"Q+/=%20&<Tok>\\ zz-5f4dcc3b';
      return { config: { ...config, api_key: key }, secrets: [key] };
    },
    publicConfig: ({ standIn }) => ({
      base_url: 'https://api.example.test/stripe',
      account_id: standIn.stripe.accountId,
      api_key: standIn.stripe.key,
      start_date: START,
      http_backoff_ms: 1,
    }),
    bypass: { 'R-16': 'an API key of Stripe is static: there is nothing to renew it with' },
  };
}
