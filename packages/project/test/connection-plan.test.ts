import fs from 'node:fs';
import path from 'node:path';
import { ConfigError } from '@cuttle/protocol';
import { type Project, planConnection, planConnector, planPipeline, resolveConfig } from '../src/index.js';
import { SOUND, type TestStack, testStack } from './stack.js';

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ConfigError) return error.code;
    throw error;
  }
  return 'none';
}

describe('planConnection', () => {
  let stack: TestStack;
  let project: Project;
  beforeEach(() => {
    stack = testStack(SOUND);
    project = stack.load().project;
  });
  afterEach(() => stack.remove());

  it('merges defaults into the listed streams and keeps the order', () => {
    const plan = planConnection(project, 'shop to warehouse', 'local');
    expect(plan.streams.map((stream) => [stream.key, stream.isEnabled, stream.sync, stream.cursor])).toEqual([
      ['orders', true, 'incremental dedup', ['updated']],
      ['customers', true, 'incremental dedup', ['updated']],
      ['refunds', false, 'incremental dedup', ['updated']],
    ]);
    expect(plan.streams[1]!.transform).toEqual([
      { kind: 'hash', field: 'email', method: 'SHA-256', suffix: '_hashed' },
    ]);
    expect(plan).toMatchObject({ prefix: 'shop_', namespace: { kind: 'format', format: 'RAW' } });
    expect(plan.unlisted).toBeUndefined();
  });

  it('takes the destination of the target', () => {
    expect(planConnection(project, 'shop to warehouse', 'local').destination.name).toBe('local-file');
  });

  it('refuses an Airbyte target, an unknown target and an unknown connection', () => {
    expect(codeOf(() => planConnection(project, 'shop to warehouse', 'prod'))).toBe('TARGET_NOT_LOCAL');
    expect(codeOf(() => planConnection(project, 'shop to warehouse', 'loca'))).toBe('TARGET_UNKNOWN');
    expect(codeOf(() => planConnection(project, 'shop to warehose', 'local'))).toBe('CONNECTION_UNKNOWN');
  });

  it('F-APP-06 resolves references late and names every missing one with its place', () => {
    const { source, destination } = planConnection(project, 'shop to warehouse', 'demo');
    expect(() => resolveConfig(source, {})).toThrow(
      /actors\.yaml:6:10 token: .*SHOP_TOKEN is not set|project\.yaml:11:20 url: .*SANDBOX_URL/,
    );
    const { config, secrets } = resolveConfig(source, { SHOP_TOKEN: 'canary', SANDBOX_URL: 'http://127.0.0.1:1' });
    expect(config).toEqual({ url: 'http://127.0.0.1:1', token: 'canary' });
    expect(secrets).toEqual(['canary']);
    expect(codeOf(() => resolveConfig(destination, {}))).toBe('REFERENCE_UNRESOLVED');
    fs.writeFileSync(path.join(stack.folder, 'token.txt'), 'from-file\n');
    expect(resolveConfig(destination, {}).config).toEqual({ url: 'local', token: 'from-file' });
  });

  it('says that a secret store cannot be read here', () => {
    const warehouse = planConnector(project, 'warehouse', 'local');
    expect(() => resolveConfig(warehouse, {})).toThrow(
      /actors\.yaml:11:31 token: \$secretRef shop\/token cannot be read/,
    );
  });

  it('finds a source or destination by name', () => {
    expect(planConnector(project, 'shop', 'local').role).toBe('source');
    expect(planConnector(project, 'warehouse', 'local').role).toBe('destination');
    expect(() => planConnector(project, 'shp', 'local')).toThrow(/Did you mean "shop"/);
  });

  it('refuses encrypt on a local target by name', () => {
    const connections = SOUND['connections.yaml'].replace('{ hash: email }', '{ encrypt: email }');
    const other = testStack({ ...SOUND, 'connections.yaml': connections });
    const loaded = other.load();
    expect(loaded.diagnostics).toEqual([]);
    expect(() => planConnection(loaded.project, 'shop to warehouse', 'local')).toThrow(
      /connections\.yaml:10:3 Stream "customers": the transform step "encrypt" of field "email"/,
    );
    other.remove();
  });
});

describe('planPipeline', () => {
  it('gives the steps of a pipeline, and one step for a connection', () => {
    const stack = testStack(SOUND);
    const { project } = stack.load();
    expect(planPipeline(project, 'all')).toEqual([{ connections: ['shop to warehouse'] }]);
    expect(planPipeline(project, 'shop to warehouse')).toEqual([{ connections: ['shop to warehouse'] }]);
    expect(codeOf(() => planPipeline(project, 'al'))).toBe('PIPELINE_UNKNOWN');
    stack.remove();
  });

  it('gives actions with absolute paths, from the short and the long form', () => {
    const steps = '  - transform: dbt/novel\n  - test: { project: dbt/novel, select: [marts], vars: { a: 1 } }\n';
    const more = '  - report: dashboards/novel.yaml\n  - command: [echo, done]\n';
    const stack = testStack({ ...SOUND, 'connections.yaml': `${SOUND['connections.yaml']}${steps}${more}` });
    const { project, diagnostics } = stack.load();
    expect(diagnostics).toEqual([]);
    const folder = path.join(project.root, 'dbt/novel');
    expect(planPipeline(project, 'all').slice(1)).toEqual([
      { connections: [], action: { kind: 'transform', project: folder, select: [], exclude: [], vars: {} } },
      { connections: [], action: { kind: 'test', project: folder, select: ['marts'], exclude: [], vars: { a: 1 } } },
      { connections: [], action: { kind: 'report', dashboards: [path.join(project.root, 'dashboards/novel.yaml')] } },
      { connections: [], action: { kind: 'command', argv: ['echo', 'done'] } },
    ]);
    stack.remove();
  });

  it('refuses a step that this version cannot run, before anything runs', () => {
    const connections = `${SOUND['connections.yaml']}  - branch: { ifRows: x }\n`;
    const stack = testStack({ ...SOUND, 'connections.yaml': connections });
    const { project, diagnostics } = stack.load();
    expect(diagnostics).toEqual([]);
    expect(() => planPipeline(project, 'all')).toThrow(/connections\.yaml:17:5 .*cannot run a "branch" step/);
    stack.remove();
  });
});
