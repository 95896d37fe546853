import { runSourceIn } from '@cuttle/airbyte-cdk';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import type { SourceProfile } from '@cuttle/testing';
import { BubbleSource } from '../src/index.js';

const FIRST = '2024-05-01T00:00:00.000Z';
const LOOKBACK_MS = 60_000;
const PAGE = { path: '/obj/item' };

function seed(sandbox: Sandbox, type: string, count: number, created: string, stepMs = 1000): void {
  sandbox.control.run('bubble.seed', { type, count, created, stepMs });
}

function define(sandbox: Sandbox, name: string, displays: readonly string[]): void {
  const fields = displays.map((display) => ({ id: `${display.toLowerCase()}_text`, display, type: 'text' }));
  sandbox.control.run('bubble.define', { definition: { name, display: name, fields } });
}

function idsOf(sandbox: Sandbox, type: string): string[] {
  return sandbox.control.run('bubble.ids', { type }) as string[];
}

/** What the conformance suites know of this source. */
export function bubbleProfile(): SourceProfile<Sandbox> {
  return {
    name: 'source-bubble',
    folder: 'sources/bubble',
    runIn: (host) => runSourceIn(new BubbleSource(), host),
    async start() {
      const sandbox = await startSandbox({ users: 6, orders: 5, idleVisits: 0 });
      define(sandbox, 'item', ['Title']);
      seed(sandbox, 'item', 250, FIRST);
      define(sandbox, 'emptytype', ['Title']);
      return sandbox;
    },
    config: (sandbox, origin) => ({
      app_url: `${origin}/bubble`,
      api_token: sandbox.bubble.token,
      allow_private_hosts: true,
      requests_per_minute: 100_000,
      http_backoff_ms: 1,
      http_max_wait_seconds: 5,
    }),
    badConfigs: [
      {
        name: 'a host that nobody answers on',
        word: /127\.0\.0\.1:9.*cannot be reached/,
        change: (config) => ({ ...config, app_url: 'http://127.0.0.1:9' }),
      },
      {
        name: 'an address without an app',
        word: /no Bubble app at the app_url/,
        change: (config, sandbox) => ({ ...config, app_url: `${sandbox.url}/unknown-app` }),
      },
      {
        name: 'an unknown environment',
        word: /no-such-branch/,
        change: (config) => ({ ...config, environment: 'no-such-branch' }),
      },
      {
        name: 'no address at all',
        word: /app_url/,
        change: ({ app_url: _url, ...rest }) => rest,
      },
      { name: 'no token', word: /api_token is required/, change: ({ api_token: _token, ...rest }) => rest },
      { name: 'a wrong token', word: /api_token/, change: (config) => ({ ...config, api_token: 'wrong-token' }) },
      {
        name: 'an expired token',
        word: /api_token.*expired/,
        arrange: (sandbox) => sandbox.bubble.app.renewTokens(),
        change: (config) => ({ ...config, api_token: 'f0e1d2c3b4a5968778695a4b3c2d1e0f' }),
      },
      {
        name: 'a token without the right to read a type',
        word: /lacks the right/,
        arrange: (sandbox) =>
          sandbox.control.run('faults.add', { fault: { kind: 'status', status: 403 }, match: PAGE, count: 0 }),
      },
      {
        name: 'an unknown type',
        word: /no type "nosuchtype".*not ticked/,
        change: (config) => ({ ...config, types: ['nosuchtype'] }),
      },
      { name: 'a value out of bounds', word: /concurrency/, change: (config) => ({ ...config, concurrency: 0 }) },
    ],
    emptyStreams: { emptytype: 'it stands for a type that nobody has used yet' },
    identity: (_stream, data) => String(data['_id']),
    truth: (sandbox) =>
      Object.fromEntries(
        ['user', 'category', 'novel', 'order', 'item', 'emptytype'].map((type) => [type, idsOf(sandbox, type)]),
      ),
    kindOf: (path) => /\/obj\/[^/]+|\/meta.*/.exec(path)?.[0] ?? path,
    // Without a description the source falls back on the next one, or on the types that the config names.
    optionalKinds: ['/meta', '/meta/swagger.json'],
    paged: {
      stream: 'item',
      page: PAGE,
      prepare: (sandbox) => seed(sandbox, 'item', 850, '2024-05-02T00:00:00.000Z'),
    },
    large(sandbox, bytes) {
      const names = Array.from({ length: 60 }, (_, index) => `Column${index}`);
      define(sandbox, 'bulk', names);
      // About 2,100 bytes for each of four records in five; the fifth is sparse.
      const missing = Math.ceil(bytes / 1700) - idsOf(sandbox, 'bulk').length;
      const year = 2001 + (idsOf(sandbox, 'bulk').length % 20);
      if (missing > 0) seed(sandbox, 'bulk', missing, `${year}-01-01T00:00:00.000Z`);
      return { stream: 'bulk' };
    },
    futureState: { modified: '2999-01-01T00:00:00.000Z', ids: [] },
    mutate(sandbox) {
      const added = Array.from({ length: 3 }, (_, index) => {
        const created = `2024-08-3${index % 2}T00:00:00.000Z`;
        return sandbox.control.run('bubble.insert', { type: 'item', created, values: { Title: `new ${index}` } });
      }) as string[];
      const [edited = ''] = idsOf(sandbox, 'item');
      const modified = '2024-08-31T12:00:00.000Z';
      sandbox.control.run('bubble.update', { type: 'item', id: edited, values: { Title: 'edited' }, modified });
      return { arrives: { item: [edited, ...added] } };
    },
    isCovered: (_stream, data, state) =>
      Date.parse(String(data['Modified Date'])) < Date.parse(String(state['modified'])) - LOOKBACK_MS,
    positionOf: (state) => String(state['modified']),
    oddStates: [
      { state: { modified: 'yesterday', ids: [] }, outcome: 'everything' },
      { state: { modified: 7, ids: 'none' }, outcome: 'everything' },
      { state: { modified: FIRST, ids: [1, {}, null] }, outcome: 'everything' },
      { state: { modified: FIRST, ids: [], known: 5 }, outcome: 'everything' },
      { state: { cursor: 'of another connector', slices: [] }, outcome: 'everything' },
    ],
    // There is no official connector for Bubble; people build one in Airbyte's builder, which writes such states.
    officialStates: [
      {
        title: 'of the connector builder',
        state: () => [
          {
            type: 'STREAM',
            stream: {
              stream_descriptor: { name: 'item' },
              stream_state: { 'Modified Date': '2024-08-31T00:00:00.000Z' },
            },
          },
        ],
        outcome: 'warned',
      },
    ],
    hasGoldenRecords: true,
    traps: [
      {
        title: 'an empty page with a link to a next one',
        bypass: 'Bubble gives no links: an empty page is the end by its manual',
      },
      {
        title: 'a link to another host',
        bypass: 'Bubble gives no links; the kit refuses them (packages/cdk/test/http/address.test.ts)',
      },
      {
        title: 'the same page over and over ends the read with an error',
        arrange: ({ proxy }) => {
          let first: string | undefined;
          proxy.transform = (body, { target }) => {
            if (!target.includes('/obj/item')) return body;
            first ??= body;
            return first;
          };
        },
        outcome: /does not keep to the constraints/,
      },
      {
        title: 'a row that was read and is removed shifts no other one out',
        arrange: ({ standIn }) => {
          const [id] = idsOf(standIn, 'item');
          standIn.control.run('before', {
            nth: 3,
            match: PAGE,
            action: 'bubble.remove',
            params: { type: 'item', id },
          });
        },
        outcome: 'no gap',
      },
      {
        title: 'more rows of one millisecond than a page takes',
        arrange: ({ standIn }) => seed(standIn, 'item', 250, '2024-06-01T00:00:00.000Z', 0),
        outcome: 'everything',
      },
      {
        title: 'pages that are shorter than what was asked for',
        arrange: ({ standIn }) => {
          standIn.bubble.app.settings.maxPageItems = 37;
        },
        outcome: 'everything',
      },
    ],
    insertText: (sandbox, text) =>
      sandbox.control.run('bubble.insert', {
        type: 'item',
        created: '2024-08-01T00:00:00.000Z',
        values: { Title: text },
      }) as string,
    textOf: (data) => data['Title'],
    insertPollution({ standIn, proxy }) {
      const id = idsOf(standIn, 'item')[7] as string;
      const keys = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},';
      proxy.transform = (body) => body.replaceAll(`"_id":"${id}"`, `${keys}"_id":"${id}"`);
      return id;
    },
    canary({ standIn, proxy, config }) {
      proxy.authorization = `Bearer ${standIn.bubble.token}`;
      const token = 'kANary"Q+/=%20&<Tok>\\ zz-5f4dcc3b';
      return { config: { ...config, api_token: token }, secrets: [token] };
    },
    publicConfig: ({ standIn }) => ({
      app_url: 'https://api.example.test/bubble',
      api_token: standIn.bubble.token,
      http_backoff_ms: 1,
    }),
    bypass: { 'R-16': 'a token of Bubble is static: there is nothing to renew it with' },
  };
}
