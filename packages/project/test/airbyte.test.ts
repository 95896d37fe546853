import fs from 'node:fs';
import path from 'node:path';
import {
  airbyteTarget,
  airbyteTargets,
  everyToCron,
  formatDocuments,
  planAirbyte,
  splitImage,
  type WantedStack,
  writeDocuments,
} from '../src/index.js';
import { SOUND, testStack } from './stack.js';

const IMAGES = `kind: Connectors
sources:
  shop: { image: "registry.example:5000/acme/source-shop:1.2.0", path: connectors/shop, name: Shop }
destinations:
  file: { image: acme/destination-file, path: connectors/shop }
  builtin: { builtin: Snowflake }
`;

describe('an Airbyte target', () => {
  const withStack = <Result>(
    files: Readonly<Record<string, string>>,
    use: (stack: ReturnType<typeof testStack>) => Result,
  ): Result => {
    const stack = testStack({ ...SOUND, 'connectors.yaml': IMAGES, ...files });
    try {
      return use(stack);
    } finally {
      stack.remove();
    }
  };

  const plan = (files: Readonly<Record<string, string>>, environment: Record<string, string> = {}): WantedStack =>
    withStack(files, (stack) => {
      const { project, diagnostics } = stack.load();
      expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
      const all = { AIRBYTE_URL: 'https://airbyte.example/', ...environment };
      return planAirbyte(project, airbyteTarget(project, undefined, all), all);
    });

  it('is the only one there is, or named; its references are resolved, its url is an address', () => {
    withStack({}, (stack) => {
      const { project } = stack.load();
      expect(airbyteTargets(project)).toEqual(['prod']);
      expect(airbyteTarget(project, undefined, { AIRBYTE_URL: 'https://a.example/' })).toMatchObject({
        url: 'https://a.example',
        auth: { kind: 'none' },
      });
      expect(() => airbyteTarget(project, 'pord', {})).toThrow('Did you mean "prod"?');
      expect(() => airbyteTarget(project, 'local', {})).toThrow(
        /project\.yaml:\d+:\d+ Target "local" is no Airbyte server/,
      );
      expect(() => airbyteTarget(project, 'prod', {})).toThrow(/AIRBYTE_URL is not set/);
      for (const url of ['airbyte.example', 'ftp://a.example', 'https://user:secret@a.example']) {
        const attempt = (): unknown => airbyteTarget(project, 'prod', { AIRBYTE_URL: url });
        expect(attempt).toThrow(/is no address/);
        expect(attempt).not.toThrow(/secret/);
      }
    });
  });

  it('leaves secrets as references, resolves everything else, and keeps what is not used there out', () => {
    const stack = plan({}, { SHOP_TOKEN: 'canary' });
    expect(stack.connectors.map(({ key, image }) => [key, image?.repository, image?.tag])).toEqual([
      ['shop', 'registry.example:5000/acme/source-shop', '1.2.0'],
      ['file', 'acme/destination-file', 'latest'],
    ]);
    const shop = stack.actors.find(({ name }) => name === 'shop');
    expect(shop?.config.plain).toEqual({ url: 'https://example.org', token: null });
    expect(shop?.config.secrets).toMatchObject([{ path: ['token'], reference: '$env SHOP_TOKEN', isCertain: true }]);
    expect(JSON.stringify(stack)).not.toContain('canary');
    expect(shop?.config.secrets[0]?.peek()).toBe('canary');
    const warehouse = stack.actors.find(({ name }) => name === 'warehouse');
    expect(warehouse?.config.secrets[0]?.read()).toBe('secret_coordinate::shop/token');
    expect(stack.connections[0]).toMatchObject({
      source: 'shop',
      prefix: 'shop_',
      namespace: { kind: 'format', format: 'RAW' },
      schedule: { kind: 'manual' },
      schemaChanges: 'ignore',
    });
  });

  it('finds secrets in variants and lists; without a spec every reference may be one', () => {
    const variant = SOUND['actors.yaml'].replace(
      '  token: { $env: SHOP_TOKEN }',
      '  token: { $env: T }\n  method: { kind: key, key: { $env: K } }',
    );
    const shop = plan({ 'actors.yaml': variant }).actors.find(({ name }) => name === 'shop');
    expect(shop?.config.secrets.map(({ path: at }) => at.join('.'))).toEqual(['token', 'method.key']);
    const builtin = `${SOUND['actors.yaml']}---\nkind: Destination\nname: snow\nconnector: builtin\nconfig: { host: h, list: [{ password: { $env: P } }] }\n`;
    const snow = plan({ 'actors.yaml': builtin }).actors.find(({ name }) => name === 'snow');
    expect(snow?.config.secrets).toMatchObject([{ path: ['list', 0, 'password'], isCertain: false }]);
    expect(snow?.config.secrets[0]?.peek()).toBeUndefined();
    expect(() => snow?.config.secrets[0]?.read()).toThrow(
      /actors\.yaml:\d+:\d+ list\.0\.password: The environment variable P is not set/,
    );
  });

  it('F-APP-06 names every variable that is missing and is no secret, at once', () => {
    const missing = SOUND['actors.yaml']
      .replace('url: https://example.org', 'url: { $env: ONE }')
      .replace('url: remote', 'url: { $env: TWO }');
    expect(() => plan({ 'actors.yaml': missing })).toThrow(/ONE is not set[\s\S]*TWO is not set/);
  });

  it('a connector without image and registry name is refused with its place', () => {
    const connectors = IMAGES.replace('image: "registry.example:5000/acme/source-shop:1.2.0", ', '');
    expect(() => plan({ 'connectors.yaml': connectors })).toThrow(
      /connectors\.yaml:3:3 The source connector "shop" has no image/,
    );
  });

  it.each([
    ['1h', '0 0 * * * ?'],
    ['6h', '0 0 0/6 * * ?'],
    ['24h', '0 0 0 * * ?'],
    ['1d', '0 0 0 * * ?'],
    ['1440m', '0 0 0 * * ?'],
    ['7d', '0 0 0 ? * SUN'],
    ['30m', undefined],
    ['5h', undefined],
    ['2d', undefined],
  ])('every: %s is the cron %s', (every, cron) => {
    expect(everyToCron(every)).toBe(cron);
  });

  it('image names keep the port of their registry', () => {
    expect(splitImage('host:5000/a/b')).toEqual({ repository: 'host:5000/a/b', tag: 'latest' });
    expect(splitImage('host:5000/a/b:1')).toEqual({ repository: 'host:5000/a/b', tag: '1' });
  });
});

describe('checks for Airbyte', () => {
  const findings = (files: Readonly<Record<string, string>>): readonly string[] => {
    const stack = testStack({ ...SOUND, ...files });
    try {
      return stack.findings();
    } finally {
      stack.remove();
    }
  };

  it('G-08 a connection without streams is refused: Airbyte would take all of them', () => {
    for (const streams of [
      'streams: {}',
      'streams: { "*": {} }',
      'streams: { orders: { enabled: false } }',
      'prefix: a_',
    ]) {
      const text = `kind: Connection\nname: second\nsource: shop\ndestination: warehouse\n${streams}\n`;
      expect(findings({ 'b.yaml': text })).toEqual([expect.stringMatching(/^b\.yaml:[15]:1 STREAMS_EMPTY /)]);
    }
    const all = 'kind: Connection\nname: second\nsource: shop\ndestination: warehouse\nselect: all\n';
    expect(findings({ 'b.yaml': all })).toEqual([]);
  });

  it('F-APP-05 a previous name that somebody has is refused', () => {
    const text = (name: string, previous: string): string =>
      `kind: Source\nname: ${name}\npreviousName: ${previous}\nconnector: shop\nconfig: { url: u, token: { $env: T } }\n`;
    expect(findings({ 'b.yaml': text('second', 'shop') })).toEqual([
      expect.stringMatching(/^b\.yaml:3:15 PREVIOUS_NAME_TAKEN/),
    ]);
    expect(findings({ 'b.yaml': `${text('b', 'a')}---\n${text('c', 'a')}` })).toHaveLength(1);
    expect(findings({ 'b.yaml': `${text('a', 'b')}---\n${text('b', 'a')}` })).toHaveLength(2);
    expect(findings({ 'b.yaml': text('b', 'a') })).toEqual([]);
  });

  it('a cron needs numbers for seconds and minutes, tags at most 30 characters', () => {
    const connection = SOUND['connections.yaml'].replace('prefix: shop_', 'schedule: { cron: "0 */5 * * * ?" }');
    expect(findings({ 'connections.yaml': connection })).toContainEqual(
      expect.stringMatching(/^connections\.yaml:6:19 .*seconds and minutes are numbers/),
    );
    const tags = SOUND['connections.yaml'].replace('prefix: shop_', `tags: [${'x'.repeat(31)}]`);
    expect(findings({ 'connections.yaml': tags }).length).toBeGreaterThan(0);
  });

  it('G-25 with a committed catalog: streams, fields, cursor, key and sync mode with place and suggestion', () => {
    const stack = testStack({
      ...SOUND,
      'connections.yaml': `kind: Connection
name: shop to warehouse
source: shop
destination: warehouse
streams:
  order: { sync: full refresh append }
  customers: { sync: incremental dedup, cursor: updatd, primaryKey: [idd], fields: { exclude: [emial] } }
  refunds: { sync: incremental append, transform: [{ rename: nmae, to: title }, { hash: title }] }
---
kind: Pipeline
name: all
steps: [{ sync: shop to warehouse }]
`,
    });
    try {
      const fields = { id: {}, updated: {}, email: {}, name: {} };
      const stream = (name: string, modes: readonly string[]): object => ({
        name,
        supported_sync_modes: modes,
        json_schema: { properties: fields },
      });
      const catalog = {
        streams: [
          stream('orders', ['full_refresh']),
          stream('customers', ['full_refresh', 'incremental']),
          stream('refunds', ['full_refresh']),
        ],
      };
      fs.mkdirSync(path.join(stack.folder, 'catalogs'));
      const file = path.join(stack.folder, 'catalogs/shop.json');
      fs.writeFileSync(file, JSON.stringify({ version: 1, catalog }));
      expect(stack.findings()).toEqual([
        expect.stringMatching(/^connections\.yaml:6:3 STREAM_UNKNOWN .*"order".*Did you mean "orders"\?/),
        expect.stringMatching(/^connections\.yaml:7:49 FIELD_UNKNOWN .*"updatd".*cursor\. Did you mean "updated"\?/),
        expect.stringMatching(/^connections\.yaml:7:69 FIELD_UNKNOWN .*"idd".*primary key\. Did you mean "id"\?/),
        expect.stringMatching(/^connections\.yaml:7:84 FIELD_UNKNOWN .*"emial".*selection\. Did you mean "email"\?/),
        expect.stringMatching(/^connections\.yaml:8:20 SYNC_NOT_SUPPORTED .*full_refresh/),
        expect.stringMatching(/^connections\.yaml:8:51 FIELD_UNKNOWN .*"nmae".*transform\. Did you mean "name"\?/),
      ]);
      fs.writeFileSync(file, '{');
      expect(stack.findings()).toEqual([expect.stringMatching(/CATALOG_UNREADABLE .*it is no JSON/)]);
    } finally {
      stack.remove();
    }
  });
});

describe('the canonical form', () => {
  it('G-32 orders keys, compacts what fits, keeps comments, and is stable', () => {
    const text = `# head
name: a
kind: Source
config:
    token:
        $env: T # the token
    url: u
connector: shop
---
# second
kind: Connection
streams:
    x:
        sync: full refresh append
name: b
`;
    const formatted = formatDocuments(text);
    expect(formatted).toBe(`# head
kind: Source
name: a
connector: shop
config:
  token:
    $env: T # the token
  url: u
---
# second
kind: Connection
name: b
streams:
  x: { sync: full refresh append }
`);
    expect(formatDocuments(formatted)).toBe(formatted);
  });

  it('leaves a text alone that is no YAML', () => {
    for (const text of ['a: [', 'a: 1\na: 2\n', '\ta: 1\n', '']) expect(formatDocuments(text)).toBe(text);
  });

  it('writes documents that read back as they were', () => {
    const documents = [
      {
        kind: 'Source',
        name: 'a: b',
        connector: 'c',
        config: { text: 'line\nline', list: [1, 'x'], date: '2024-01-01', no: 'no' },
      },
    ];
    const text = writeDocuments(documents);
    expect(text).toMatch(/^# yaml-language-server/);
    expect(formatDocuments(text)).toBe(text);
  });
});
