import { planConnection } from '../src/index.js';
import { SOUND, testStack } from './stack.js';

function findingsOf(files: { readonly [name: string]: string }): readonly string[] {
  const stack = testStack({ ...SOUND, ...files });
  try {
    return stack.findings();
  } finally {
    stack.remove();
  }
}

describe('loadProject', () => {
  it('finds nothing wrong with a sound stack', () => {
    expect(findingsOf({})).toEqual([]);
  });

  it('G-25 reports all errors at once with place and suggestion', () => {
    const connection = `kind: Connection
name: second
source: shopp
destination: warehouse
prefx: a_
streams:
  orders: { sync: incremental dedupe, curser: updated }
`;
    const source = 'kind: Source\nname: other\nconnector: shop\nconfig: { urll: x, token: { $env: T } }\n';
    expect(findingsOf({ 'b.yaml': connection, 'c.yaml': source })).toEqual([
      expect.stringMatching(/^b\.yaml:5:1 DOCUMENT_UNKNOWN_KEY Unknown key "prefx"\. Did you mean "prefix"\?/),
      expect.stringMatching(/^b\.yaml:7:19 DOCUMENT_UNKNOWN_VALUE .*Did you mean "incremental dedup"\?/),
      expect.stringMatching(/^b\.yaml:7:39 DOCUMENT_UNKNOWN_KEY .*Did you mean "cursor"\?/),
      expect.stringMatching(/^c\.yaml:4:1 DOCUMENT_MISSING_KEY config needs "url"/),
      expect.stringMatching(/^c\.yaml:4:11 DOCUMENT_UNKNOWN_KEY Unknown key "urll" in config\. Did you mean "url"\?/),
    ]);
  });

  it('F-APP-05 names unknown sources, destinations, connectors and connections', () => {
    const text = `kind: Connection
name: second
source: shopp
destination: warehose
select: all
---
kind: Source
name: third
connector: shep
config: {}
---
kind: Pipeline
name: p
steps:
  - { sync: [shop to warehouse, shop to nowhere] }
  - { write_back: { from: marts.rows, destination: warehous, stream: rows, key: id } }
`;
    expect(findingsOf({ 'b.yaml': text })).toEqual([
      expect.stringMatching(/^b\.yaml:3:9 NAME_UNKNOWN .*"shopp".*Did you mean "shop"\?/),
      expect.stringMatching(/^b\.yaml:4:14 NAME_UNKNOWN .*"warehose".*Did you mean "warehouse"\?/),
      expect.stringMatching(/^b\.yaml:9:12 NAME_UNKNOWN .*"shep".*Did you mean "shop"\?/),
      expect.stringMatching(/^b\.yaml:15:33 NAME_UNKNOWN .*"shop to nowhere"/),
      expect.stringMatching(/^b\.yaml:16:52 NAME_UNKNOWN .*"warehous".*Did you mean "warehouse"\?/),
    ]);
  });

  it('F-APP-05 refuses two documents of one kind and name, and names both', () => {
    const copy = 'kind: Source\nname: shop\nconnector: shop\nconfig: { url: x, token: { $env: T } }\n';
    expect(findingsOf({ 'b.yaml': copy })).toEqual([
      expect.stringMatching(/^b\.yaml:2:7 NAME_DUPLICATE There is already a Source named "shop" at .*actors\.yaml:1\./),
    ]);
  });

  it('G-26 refuses a literal at a secret place, without showing it', () => {
    const text = `kind: Source
name: other
connector: shop
config: { url: x, token: hunter2-canary, method: { kind: key, key: second-canary } }
`;
    const found = findingsOf({ 'b.yaml': text });
    expect(found.map((entry) => entry.split(' ').slice(0, 3).join(' '))).toEqual([
      'b.yaml:4:26 SECRET_LITERAL config.token',
      'b.yaml:4:68 SECRET_LITERAL config.method.key',
    ]);
    expect(found.join()).not.toContain('canary');
  });

  it('G-26 refuses a default for a secret: it would be a literal', () => {
    const text = 'kind: Source\nname: o\nconnector: shop\nconfig: { url: x, token: { $env: T, default: canary } }\n';
    expect(findingsOf({ 'b.yaml': text })).toEqual([expect.stringMatching(/^b\.yaml:4:37 DOCUMENT_NOT_ALLOWED/)]);
  });

  it('takes references for every value, also in lists, and refuses malformed ones', () => {
    const good = `kind: Source
name: other
connector: shop
config: { url: { $env: U }, token: { $file: { $env: P } }, pages: { $env: N, as: integer, default: 3 }, accounts: [{ $env: A }, b] }
`;
    expect(findingsOf({ 'b.yaml': good })).toEqual([]);
    const bad = good.replace('as: integer', 'as: int').replace('{ $env: U }', '{ $env: "1 U" }');
    expect(findingsOf({ 'b.yaml': bad }).map((entry) => entry.split(' ')[1])).toEqual([
      'DOCUMENT_INVALID',
      'DOCUMENT_UNKNOWN_VALUE',
    ]);
  });

  it('names the variant of a oneOf by its constant', () => {
    const text = `kind: Source
name: other
connector: shop
config: { url: x, token: { $env: T }, method: { kind: keys } }
`;
    expect(findingsOf({ 'b.yaml': text })).toEqual([
      expect.stringMatching(/^b\.yaml:4:55 DOCUMENT_UNKNOWN_VALUE .*Did you mean "key"\?/),
    ]);
  });

  it('checks overrides of a target against the spec, without its required keys', () => {
    const text = SOUND['project.yaml'].replace('{ url: { $env: SANDBOX_URL } }', '{ ulr: x, token: literal }');
    expect(findingsOf({ 'project.yaml': text }).map((entry) => entry.split(' ').slice(0, 2).join(' '))).toEqual([
      'project.yaml:11:15 DOCUMENT_UNKNOWN_KEY',
      'project.yaml:11:30 SECRET_LITERAL',
    ]);
  });

  it('warns when a connector has no spec to check the config against', () => {
    const text = SOUND['actors.yaml'].replace('connector: shop', 'connector: gone');
    const connectors =
      'kind: Connectors\nsources: { gone: { path: nowhere } }\ndestinations: { file: { path: connectors/shop } }\n';
    expect(findingsOf({ 'actors.yaml': text, 'connectors.yaml': connectors })).toEqual([
      expect.stringContaining('actors.yaml:3:12 CONFIG_NOT_CHECKED'),
    ]);
  });

  it('validates schedules, fields and transform steps', () => {
    const text = `kind: Connection
name: second
source: shop
destination: warehouse
schedule: { cron: "0 0 5 * *" }
streams:
  a: { fields: { exclude: [x], include: [y] } }
  b: { transform: [{ hash: email, salt: x }, { filter: status }, { rename: a }] }
  c: { transform: [{ hash: email, method: SHA256 }] }
`;
    const found = findingsOf({ 'b.yaml': text });
    expect(found.map((entry) => entry.split(' ').slice(0, 2).join(' '))).toEqual([
      'b.yaml:5:19 DOCUMENT_INVALID',
      'b.yaml:7:16 DOCUMENT_INVALID',
      'b.yaml:8:35 DOCUMENT_UNKNOWN_KEY',
      'b.yaml:8:46 DOCUMENT_INVALID',
      'b.yaml:8:66 DOCUMENT_MISSING_KEY',
      'b.yaml:9:43 DOCUMENT_UNKNOWN_VALUE',
    ]);
  });

  it.each([
    '--privileged',
    '-v/:/host',
    ' a',
    'a b',
    '$(id)',
    'a;b',
  ])('refuses the image %j: docker would take it for an option, a shell for more', (image) => {
    const text = `kind: Connectors\nsources: { bad: { image: ${JSON.stringify(image)} } }\n`;
    expect(findingsOf({ 'b.yaml': text })).toEqual([expect.stringMatching(/^b\.yaml:2:\d+ DOCUMENT_INVALID .*image/)]);
  });

  it.each([
    'acme/source-shop:1.2.3',
    'localhost:5000/a/b_c.d:v1',
    'ghcr.io/A/b@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  ])('takes the image %s', (image) => {
    expect(findingsOf({ 'b.yaml': `kind: Connectors\nsources: { fine: { image: "${image}" } }\n` })).toEqual([]);
  });

  it('refuses selections that dbt would take for options, and names of variables that are none', () => {
    const steps = [
      '{ transform: { project: dbt/x, select: "--profiles-dir" } }',
      '{ test: { project: dbt/x, exclude: [a, -x] } }',
    ];
    const pipeline = `kind: Pipeline\nname: p\nsteps:\n${steps.map((step) => `  - ${step}\n`).join('')}`;
    const connectors = 'kind: Connectors\nsources: { odd: { path: x, environment: [FINE, "A=B"] } }\n';
    expect(findingsOf({ 'b.yaml': pipeline, 'c.yaml': connectors })).toEqual([
      expect.stringMatching(/^b\.yaml:4:\d+ DOCUMENT_INVALID .*select/),
      expect.stringMatching(/^b\.yaml:5:\d+ DOCUMENT_INVALID .*exclude/),
      expect.stringMatching(/^c\.yaml:2:\d+ DOCUMENT_INVALID .*environment/),
    ]);
  });

  it('keeps the sound documents of a stack with a broken file', () => {
    const stack = testStack({ ...SOUND, 'broken.yaml': 'kind: Source\nname: [\n' });
    const { project, diagnostics } = stack.load();
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(planConnection(project, 'shop to warehouse', 'local').source.name).toBe('shop');
    stack.remove();
  });

  it('says when the folder is missing or empty', () => {
    const stack = testStack({ 'connectors.yaml': '' });
    expect(stack.findings()).toEqual([]);
    stack.remove();
    expect(stack.findings()).toEqual([expect.stringContaining('PROJECT_NOT_FOUND')]);
  });
});
