import fs from 'node:fs';
import path from 'node:path';
import { fillWithMany } from '@cuttle/sandbox';
import { expectGoldenText } from '@cuttle/testing';
import { importWorkspace, isEmpty, rememberImport } from '../src/index.js';
import { Bench } from './bench.js';

describe('import', () => {
  let bench: Bench;
  afterEach(() => {
    expect(bench.problems).toEqual([]);
    bench.remove();
  });

  it('G-01 F-APP-06 the Novel workspace with ten masked secrets ends in an empty plan', async () => {
    bench = new Bench();
    const imported = await bench.importAll();
    expect(imported.skipped).toEqual([]);
    expect(imported.variables).toHaveLength(10);
    expect(imported.imported).toHaveLength(10);
    for (let read = 0; read < 4; read += 1) {
      const { plan } = await bench.plan();
      expect(plan.items).toEqual([]);
      expect(isEmpty(plan)).toBe(true);
    }
    bench.setVariables(imported);
    expect((await bench.plan()).plan.items).toEqual([]);
    expect(bench.writes()).toEqual([]);
  });

  it('a custom format that is blank is the namespace of the destination', async () => {
    bench = new Bench();
    const connection = bench.connection('bubble to snowflake');
    connection.namespaceDefinition = 'custom_format';
    delete connection.namespaceFormat;
    await bench.importAll();
    expect(bench.read('connections.yaml')).not.toMatch(/format: (null|RAW\n.*bubble_)/);
    expect((await bench.plan()).plan.items).toEqual([]);
  });

  it('writes tidy documents: no ids, no defaults, secrets as references', async () => {
    bench = new Bench();
    await bench.importAll();
    const text = ['connectors', 'sources', 'destinations', 'connections']
      .map((name) => bench.read(`${name}.yaml`))
      .join('\n');
    expectGoldenText(path.join(__dirname, 'golden/novel.yaml'), text);
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
    for (const secret of bench.secrets) expect(text).not.toContain(secret);
  });

  it('forty sources and 120 connections end in an empty plan; G-13 all pages are seen', async () => {
    bench = new Bench({ isEmpty: true });
    fillWithMany(bench.airbyte, { sources: 40, connections: 120 }, 'Large');
    bench.edit('project.yaml', 'workspace: Novel', 'workspace: Large');
    const imported = await bench.importAll();
    expect(imported.skipped).toEqual([]);
    expect(imported.imported).toHaveLength(161);
    const { plan, works } = await bench.plan();
    expect(plan.items).toEqual([]);
    expect(works.filter(({ kind }) => kind === 'connection')).toHaveLength(120);
    expect(bench.writes()).toEqual([]);
  });

  it('G-32 a second import finds nothing new', async () => {
    bench = new Bench();
    await bench.importAll();
    const again = await bench.importAll();
    expect([...again.files]).toEqual([]);
    expect(again.imported).toEqual([]);
  });

  it('G-16 several things of one name: errors that list the ids, solved by choosing one for the lock', async () => {
    bench = new Bench({ lock: true });
    const { publicApi } = bench.airbyte.api;
    const first = bench.actor('bubble');
    const config = { app_url: 'https://twin.example', api_token: 'twin-token' };
    const twin = publicApi.actors.create('source', {
      name: 'bubble',
      workspaceId: first.workspaceId,
      definitionId: first.definitionId,
      configuration: config,
    });
    const imported = await bench.importAll();
    expect(imported.skipped).toEqual([
      expect.stringMatching(new RegExp(`source/bubble: ${first.id}, ${twin.id}`)),
      'connection/bubble to snowflake: its source or destination was not imported',
    ]);
    await expect(bench.importAll(['source/bubble'])).rejects.toMatchObject({ code: 'NAME_TWICE_ON_SERVER' });
    const chosen = await bench.importAll(['source/bubble'], twin.id);
    expect(chosen.imported).toEqual(['source/bubble']);
    expect(bench.read('imported-sources.yaml')).toContain('https://twin.example');
    expect((await bench.plan()).plan.items).toEqual([]);
    bench.writeProject();
    await expect(bench.plan()).rejects.toMatchObject({
      code: 'NAME_TWICE_ON_SERVER',
      message: expect.stringMatching(
        new RegExp(`imported-sources\\.yaml:\\d+:\\d+ Airbyte has 2 things for source/bubble: ${first.id}, ${twin.id}`),
      ),
    });
  });

  it('leaves out what documents cannot say, with the reason, and imports registry connectors by name', async () => {
    bench = new Bench();
    const { store, api } = bench.airbyte;
    store.images.set('airbyte/source-faker:6.2.0', {
      role: 'source',
      spec: {
        type: 'object',
        properties: { count: { type: 'integer' }, seed: { type: 'string', airbyte_secret: true } },
      },
      streams: [{ name: 'users', fields: ['id'], modes: ['full_refresh'] }],
    });
    const registry = {
      id: store.newId(),
      role: 'source' as const,
      repository: 'airbyte/source-faker',
      name: 'Sample Data',
      tag: '6.2.0',
    };
    store.definitions.set(registry.id, registry);
    const { workspaceId } = bench.actor('bubble');
    const configuration = { count: 5, seed: 'canary-seed-value' };
    api.publicApi.actors.create('source', { name: 'faker', workspaceId, definitionId: registry.id, configuration });
    bench.connection('facebook-ads to snowflake').nonBreakingSchemaUpdatesBehavior = 'propagate_everything';
    bench.connection('bubble to snowflake').schedule = { scheduleType: 'basic', basicTiming: 'Every 24 HOURS' };
    bench.connection('ga4-events to snowflake').schedule = { scheduleType: 'basic', basicTiming: 'Every 30 MINUTES' };
    const imported = await bench.importAll();
    expect(imported.skipped).toEqual([expect.stringContaining('propagate_everything')]);
    expect(bench.read('connectors.yaml')).toMatch(/sample-data:\n? *(\{ )?builtin: Sample Data/);
    expect(bench.read('sources.yaml')).toContain('FAKER_SEED');
    expect(bench.read('connections.yaml')).toContain('every: 30m');
    expect((await bench.plan()).plan.items).toEqual([]);
  });

  it('F-APP-07 an import whose documents were not written leaves nothing that --prune would destroy', async () => {
    bench = new Bench({ lock: true });
    const session = await bench.session();
    const imported = await importWorkspace(session, { names: [] });
    expect((await bench.plan()).plan.orphans).toEqual([]);
    for (const [file, text] of imported.files) bench.write(file, text);
    rememberImport(session, imported);
    expect(fs.readFileSync(path.join(bench.stack, '.lock/prod.json'), 'utf8')).toContain(bench.actor('bubble').id);
    expect((await bench.plan()).plan).toMatchObject({ items: [], orphans: [] });
  });

  it('G-01 defaults of a variant stay in the documents, so that the variant is named and the plan is empty', async () => {
    bench = new Bench({ lock: true });
    const variant = (name: string, port: number): object => ({
      type: 'object',
      required: ['kind'],
      properties: {
        kind: { type: 'string', const: name, default: name },
        port: { type: 'integer', default: port },
        password: { type: 'string', airbyte_secret: true },
      },
    });
    const spec = {
      type: 'object',
      properties: {
        host: { type: 'string', default: 'localhost' },
        login: { type: 'object', oneOf: [variant('ssh', 22), variant('direct', 5432)] },
      },
    };
    const { store, api } = bench.airbyte;
    store.images.set('acme/source-tunnel:1.0.0', {
      role: 'source',
      spec,
      streams: [{ name: 'rows', fields: ['id'], modes: ['full_refresh'] }],
    });
    fs.mkdirSync(path.join(bench.root, 'sources/tunnel/resources'), { recursive: true });
    const file = path.join(bench.root, 'sources/tunnel/resources/spec.json');
    fs.writeFileSync(file, JSON.stringify({ connectionSpecification: spec }));
    const own = JSON.stringify({ name: '@acme/source-tunnel', version: '1.0.0' });
    fs.writeFileSync(path.join(bench.root, 'sources/tunnel/package.json'), own);
    const { workspaceId } = bench.actor('bubble');
    const body = { name: 'Tunnel', dockerRepository: 'acme/source-tunnel', dockerImageTag: '1.0.0' };
    const { id: definitionId } = api.publicApi.definitions.create('source', workspaceId, body);
    for (const [name, login] of Object.entries({
      own: { kind: 'ssh', port: 22, password: 'canary-a' },
      others: { kind: 'ssh', port: 5432, password: 'canary-b' },
      direct: { kind: 'direct', port: 5432 },
    })) {
      const configuration = { host: 'localhost', login };
      api.publicApi.actors.create('source', { name, workspaceId, definitionId, configuration });
    }
    await bench.importAll();
    expect(bench.read('connectors.yaml')).toContain('path: sources/tunnel');
    expect((await bench.plan()).plan.items).toEqual([]);
  });

  it.each([
    ['the same name and version', { name: '@cuttle/source-stripe-ext', version: '0.2.0' }, true],
    ['another version', { name: '@cuttle/source-stripe-ext', version: '0.1.0' }, false],
    ['another name', { name: '@cuttle/source-stripe', version: '0.2.0' }, false],
    ['no package.json', undefined, false],
  ])('an image gets a path only for a folder of its connector: %s', async (_what, own, expected) => {
    // With a lock its documents are read for this folder alone.
    bench = new Bench({ lock: true });
    const folder = path.join(bench.root, 'sources/stripe-ext');
    fs.mkdirSync(path.join(folder, 'resources'), { recursive: true });
    const spec = { connectionSpecification: { type: 'object', properties: {} } };
    fs.writeFileSync(path.join(folder, 'resources/spec.json'), JSON.stringify(spec));
    if (own !== undefined) fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(own));
    const imported = await importWorkspace(await bench.session(), { names: ['source/stripe-ext'] });
    expect(imported.files.get('connectors.yaml')?.includes('path: sources/stripe-ext')).toBe(expected);
  });
});
