import fs from 'node:fs';
import path from 'node:path';
import { fillWithMany } from '@cuttle/sandbox';
import { driftOf, makePlan } from '../src/index.js';
import { Bench } from './bench.js';

describe('rules of behaviour', () => {
  let bench: Bench;
  afterEach(() => {
    expect(bench.problems).toEqual([]);
    bench.remove();
  });

  const novel = async (options: ConstructorParameters<typeof Bench>[0] = {}): Promise<void> => {
    bench = new Bench(options);
    bench.setVariables(await bench.importAll());
  };

  const without = (file: string, ...names: readonly string[]): void => {
    const kept = bench
      .read(file)
      .split('---\n')
      .filter((text) => !names.some((name) => text.includes(`name: ${name}\n`)));
    bench.write(file, kept.join('---\n'));
  };

  const drifted = async (): Promise<readonly unknown[]> => {
    const session = await bench.session();
    return driftOf(session, await makePlan(session)).items.map(({ key, warnings }) => [key, warnings]);
  };

  const synced = (name: string): void => {
    const { id: connectionId } = bench.connection(name);
    const { jobs } = bench.airbyte.store;
    jobs.push({ id: jobs.length + 1, connectionId, type: 'sync', startTime: 0, statuses: ['succeeded'] });
  };

  it('G-09 F-APP-07 a source that the documents lost: nothing goes without --prune and the allow flag, its connections are listed', async () => {
    await novel({ lock: true });
    await bench.apply();
    synced('bubble to snowflake');
    without('sources.yaml', 'bubble');
    without('connections.yaml', 'bubble to snowflake');
    const { plan } = await bench.plan();
    expect(plan.items).toEqual([]);
    expect(plan.orphans).toEqual(['connection/bubble to snowflake', 'source/bubble']);
    await bench.apply();
    await expect(bench.apply({ prune: true })).rejects.toMatchObject({ code: 'BLOCKED' });
    expect(bench.writes()).toEqual([]);
    const allowed = { prune: true, allowDestroy: ['bubble', 'bubble to snowflake'] };
    const pruned = await bench.plan(allowed);
    expect(pruned.plan.items.map(({ key, action }) => [key, action])).toEqual([
      ['connection/bubble to snowflake', 'destroy'],
      ['source/bubble', 'destroy'],
    ]);
    expect(pruned.plan.items[1]?.cascade).toEqual(['connection/bubble to snowflake']);
    expect(await bench.apply(allowed)).toMatchObject({ failed: [] });
    expect(bench.airbyte.store.actors.size).toBe(5);
    expect((await bench.plan()).plan.orphans).toEqual([]);
  });

  it('G-09 without a lock only connections with the mark of the project are pruned, and what is not managed is never touched', async () => {
    await novel();
    bench.edit('connections.yaml', 'prefix: meta_', 'prefix: m_');
    await bench.apply();
    without('connections.yaml', 'facebook-ads to snowflake', 'bubble to snowflake');
    without('sources.yaml', 'facebook-ads');
    expect((await bench.plan()).plan.orphans).toEqual(['connection/facebook-ads to snowflake']);
    await bench.apply({ prune: true });
    expect([...bench.airbyte.store.connections.values()].map(({ name }) => name)).toContain('bubble to snowflake');
    expect(bench.actor('facebook-ads').name).toBe('facebook-ads');
    await expect(bench.apply({ destroy: ['source/bubble'] })).rejects.toThrow(/not managed here/);
  });

  it('G-09 a thing that the documents protect is destroyed by its name only', async () => {
    await novel();
    bench.edit('connections.yaml', 'prefix: meta_', 'prefix: meta_\nlifecycle: { preventDestroy: true }');
    await expect(bench.apply({ destroy: ['facebook-ads to snowflake'] })).rejects.toThrow(/preventDestroy/);
    const { publicApi } = bench.airbyte.api;
    const { sourceId, destinationId } = bench.connection('ga4-events to snowflake');
    publicApi.connections.create({ name: 'made in the UI', sourceId, destinationId });
    await expect(bench.apply({ destroy: ['source/ga4-events'] })).rejects.toThrow(
      /not managed here would go with it.*"made in the UI"/,
    );
    expect(bench.writes()).toEqual([]);
  });

  it('G-27 a secret that changed in the environment is seen with the key of the lock, without it nothing is claimed', async () => {
    await novel({ lock: true });
    bench.environment['CUTTLE_LOCK_KEY'] = 'the key';
    await bench.apply({ rotateSecrets: true });
    const lock = fs.readFileSync(path.join(bench.stack, '.lock/prod.json'), 'utf8');
    expect(lock).not.toContain('canary');
    expect((await bench.plan()).plan).toMatchObject({ items: [], uncompared: [] });
    const names = Object.keys(bench.environment).filter((name) => !/AIRBYTE|CUTTLE/.test(name));
    expect(names).toHaveLength(10);
    for (const name of names) {
      const before = bench.environment[name];
      bench.environment[name] = `canary-new-${name}`;
      const { plan } = await bench.plan();
      const rotated = plan.items.flatMap(({ secrets }) => secrets.filter(({ state }) => state === 'rotated'));
      expect(rotated).toMatchObject([{ reference: `$env ${name}` }]);
      expect(JSON.stringify(plan)).not.toContain('canary');
      bench.environment[name] = before;
    }
    bench.environment['CUTTLE_LOCK_KEY'] = undefined;
    bench.environment['BUBBLE_API_TOKEN'] = 'canary-new';
    const { plan } = await bench.plan();
    expect(plan.items).toEqual([]);
    expect(plan.uncompared).toContain('source/bubble api_token');
    bench.environment['CUTTLE_LOCK_KEY'] = 'the key';
    await bench.apply();
    expect(bench.actor('bubble').config).toMatchObject({ api_token: 'canary-new' });
    expect((await bench.plan()).plan.items).toEqual([]);
  });

  it('notices a secret that was changed in Airbyte by where it is stored', async () => {
    await novel({ lock: true });
    await bench.apply({ rotateSecrets: true });
    const { id, config } = bench.actor('bubble');
    bench.airbyte.api.publicApi.actors.replace('source', id, {
      name: 'bubble',
      configuration: { ...config, api_token: 'from the UI' },
    });
    expect((await bench.plan()).plan.items).toMatchObject([
      { key: 'source/bubble', action: 'none', warnings: [{ code: 'SECRET_CHANGED_OUTSIDE' }] },
    ]);
  });

  it('G-26 F-APP-06 plan works with no secret set; a variable that is missing is named before any write', async () => {
    await novel();
    const names = Object.keys(bench.environment).filter((name) => !name.startsWith('AIRBYTE'));
    for (const name of names) delete bench.environment[name];
    expect((await bench.plan()).plan.items).toEqual([]);
    bench.edit('sources.yaml', 'account_id: acct_1', 'account_id: { $env: STRIPE_ACCOUNT }');
    await bench.plan().then(
      ({ plan }) => expect(plan.items.every(({ action }) => action === 'none' || action === 'update')).toBe(true),
      (error: Error) => expect(error.message).toMatch(/STRIPE_ACCOUNT is not set/),
    );
    bench.write(
      'more.yaml',
      'kind: Source\nname: second\nconnector: bubble\nconfig: { app_url: "https://b.example", api_token: { $env: SECOND_TOKEN } }\n',
    );
    await expect(bench.apply()).rejects.toMatchObject({
      code: 'REFERENCE_UNRESOLVED',
      message: expect.stringContaining('SECOND_TOKEN'),
    });
    expect(bench.writes()).toEqual([]);
  });

  it('G-12 F-APP-08 unknown fields and values are tolerated and kept', async () => {
    await novel();
    bench.connection('bubble to snowflake').nonBreakingSchemaUpdatesBehavior = 'propagate_everything';
    bench.connection('ga4-events to snowflake').status = 'paused_by_magic';
    const { plan } = await bench.plan();
    expect(plan.items).toMatchObject([
      { fields: [{ field: 'schemaChanges', before: 'propagate_everything', after: 'ignore' }] },
      { fields: [{ field: 'status', before: 'paused_by_magic', after: 'active' }] },
    ]);
    await bench.apply();
    expect((await bench.plan()).plan.items).toEqual([]);
  });

  it('G-13 250 connections are all seen, page by page, at most four requests at once, next never followed', async () => {
    bench = new Bench({ isEmpty: true });
    fillWithMany(bench.airbyte, { sources: 5, connections: 250 }, 'Large');
    bench.edit('project.yaml', 'workspace: Novel', 'workspace: Large');
    expect((await bench.importAll()).imported).toHaveLength(256);
    const hosts = new Set<string>();
    let running = 0;
    let most = 0;
    const real = bench.fetch;
    bench.fetch = async (input, init) => {
      hosts.add(new URL(String(input)).host);
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      try {
        return await real(input, init);
      } finally {
        running -= 1;
      }
    };
    bench.airbyte.control.log.clear();
    expect((await bench.plan()).plan.items).toEqual([]);
    const pages = bench.airbyte.control.log.find({ path: '/connections' }).map(({ query }) => query);
    expect(pages.map((query) => query.replace(/^workspaceIds=[^&]+&/, ''))).toEqual([
      'limit=100&offset=0',
      'limit=100&offset=100',
      'limit=100&offset=200',
    ]);
    expect([...hosts]).toEqual(['airbyte.test']);
    expect(most).toBe(4);
  });

  it('G-14 a token that ends in the middle is renewed once; both spellings of the grant; authentication off', async () => {
    await novel();
    const tokens = (): number => bench.airbyte.control.log.find({ path: '/applications/token' }).length;
    const before = tokens();
    bench.airbyte.control.faults.add({ fault: { kind: 'expire_tokens' }, match: { path: '/streams' } });
    expect((await bench.plan()).plan.items).toEqual([]);
    expect(tokens() - before).toBe(2);
    // Renewed at four fifths of its life, before a request is refused.
    const session = await bench.session();
    bench.airbyte.control.clock.advance(145_000);
    bench.airbyte.control.log.clear();
    await makePlan(session);
    expect(tokens()).toBe(1);
    expect(bench.airbyte.control.log.find().filter(({ status }) => status === 401)).toEqual([]);
    bench.airbyte.store.settings.grant = 'grant-type';
    const unchecked = bench.problems.length;
    expect((await bench.plan()).plan.items).toEqual([]);
    // The document of the API knows one spelling only.
    expect(bench.problems.splice(unchecked)).not.toEqual([]);
    bench.airbyte.store.settings.grant = 'none';
    expect((await bench.plan()).plan.items).toEqual([]);
    bench.airbyte.store.settings.auth = 'off';
    bench.edit('project.yaml', 'auth: { clientId: cuttle-client, clientSecret: { $env: AIRBYTE_CLIENT_SECRET } }', '');
    expect((await bench.plan()).plan.items).toEqual([]);
    Object.assign(bench.airbyte.store.settings, {
      auth: 'basic',
      clientId: 'airbyte',
      clientSecret: 'canary-password',
    });
    bench.environment['PASSWORD'] = 'canary-password';
    bench.writeProject('');
    bench.edit(
      'project.yaml',
      'auth: { clientId: cuttle-client, clientSecret: { $env: AIRBYTE_CLIENT_SECRET } }',
      'auth: { username: airbyte, password: { $env: PASSWORD } }',
    );
    expect((await bench.plan()).plan.items).toEqual([]);
  });

  it.each(['1.6.3', '1.8.0', '2.0.1'])('G-29 platform %s: plan and apply work', async (version) => {
    await novel({ settings: { version }, lock: true });
    await bench.apply({ rotateSecrets: true });
    bench.edit('connectors.yaml', 'source-bubble:0.3.0', 'source-bubble:0.3.1');
    expect(await bench.apply()).toMatchObject({ failed: [] });
    expect((await bench.plan()).plan.items).toEqual([]);
    const lock = fs.readFileSync(path.join(bench.stack, '.lock/prod.json'), 'utf8');
    expect(lock.includes('secret_coordinate::')).toBe(version !== '1.6.3');
  });

  it.each([
    'api_key',
    'webhook.signing_secret',
  ])('a %s that somebody changes after the import is foreign, before the first apply and after it', async (path) => {
    await novel({ lock: true });
    expect(await drifted()).toEqual([]);
    bench.airbyte.store.actors.get(bench.actor('stripe-ext').id)!.secretVersions.set(path, 7);
    const foreign = [['source/stripe-ext', [expect.stringContaining(`${path} was changed in Airbyte`)]]];
    expect(await drifted()).toEqual(foreign);
    await bench.apply();
    expect(await drifted()).toEqual(foreign);
  });

  it('what a first apply finds as the documents say gets its secrets noted too', async () => {
    await novel();
    bench.writeProject('lock: .lock/prod.json');
    await bench.apply();
    bench.airbyte.store.actors.get(bench.actor('stripe-ext').id)!.secretVersions.set('api_key', 7);
    expect(await drifted()).toMatchObject([['source/stripe-ext', [expect.stringContaining('api_key')]]]);
  });

  it('a connection that was deleted and made anew is seen by its id; a pending backfill goes with the old one', async () => {
    await novel({ lock: true });
    await bench.apply();
    const name = 'stripe-ext to snowflake';
    const file = path.join(bench.stack, '.lock/prod.json');
    const lock = JSON.parse(fs.readFileSync(file, 'utf8'));
    lock.resources[`connection/${name}`].needsBackfill = ['charges'];
    fs.writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
    const { connections } = bench.airbyte.store;
    const old = bench.connection(name);
    const id = '00000000-0000-4000-8000-000000000001';
    connections.delete(old.id);
    connections.set(id, { ...old, id, states: new Map() as typeof old.states });
    const { plan } = await bench.plan();
    expect(plan.items).toMatchObject([{ key: `connection/${name}`, action: 'none' }]);
    expect(plan.items[0]?.warnings).toEqual([
      { code: 'CONNECTION_REMADE', message: expect.stringMatching(`${old.id} is ${id} now.*charges.*are lost`) },
    ]);
    expect(await drifted()).toEqual([[`connection/${name}`, [expect.stringContaining('made anew')]]]);
    await bench.apply();
    expect(await drifted()).toEqual([]);
    expect((await bench.plan()).plan.items).toEqual([]);
    expect(fs.readFileSync(file, 'utf8')).not.toContain('needsBackfill');
  });

  it('a secret that somebody changed stays known as foreign when another field is applied, until it is sent again', async () => {
    await novel({ lock: true });
    await bench.apply({ rotateSecrets: true });
    bench.airbyte.store.actors.get(bench.actor('stripe-ext').id)!.secretVersions.set('api_key', 7);
    const foreign = [['source/stripe-ext', [expect.stringContaining('api_key was changed in Airbyte')]]];
    expect(await drifted()).toEqual(foreign);
    bench.edit('sources.yaml', 'lookback_days: 2', 'lookback_days: 9');
    expect(await bench.apply()).toMatchObject({ failed: [] });
    expect(await drifted()).toEqual(foreign);
    await bench.apply({ rotateSecrets: true });
    expect(await drifted()).toEqual([]);
  });

  it('G-29 F-APP-08 what a platform lacks is named; without the Config API only what needs it is refused', async () => {
    await novel({ settings: { version: '1.6.0' } });
    bench.edit('connectors.yaml', 'source-bubble:0.3.0', 'source-bubble:0.3.1');
    bench.edit('connections.yaml', 'prefix: meta_', 'prefix: m_');
    const report = await bench.apply();
    expect(report.failed).toMatchObject([
      { key: 'connector/source/bubble', message: expect.stringContaining('1.6.0 and 1.6.1 cannot change the tag') },
    ]);
    expect(bench.connection('facebook-ads to snowflake').prefix).toBe('m_');
    bench.airbyte.store.settings.version = '1.5.0';
    await expect(bench.plan()).rejects.toMatchObject({
      code: 'PLATFORM_TOO_OLD',
      message: expect.stringMatching(/connectors\.yaml:\d+:\d+/),
    });
    Object.assign(bench.airbyte.store.settings, { version: '2.0.1', hasConfigApi: false });
    const closed = await bench.apply({ backfill: ['events'] });
    expect(closed.done).toMatchObject([{ key: 'connector/source/bubble' }]);
    expect(closed.failed).toEqual([
      { key: expect.stringContaining('backfill'), message: expect.stringContaining('Config API') },
    ]);
    bench.edit('connections.yaml', 'cron: 0 15 5 * * ? }', 'cron: 0 15 5 * * ?, timezone: Europe/Paris }');
    const count = bench.writes().length;
    expect((await bench.plan()).plan.items[0]?.warnings).toMatchObject([{ code: 'TIMEZONE_NOT_POSSIBLE' }]);
    expect((await bench.apply()).failed).toMatchObject([{ message: expect.stringContaining('Config API') }]);
    expect(bench.writes().slice(count)).toEqual([]);
  });

  it('G-30 the same documents serve the local target, with the destination overridden', async () => {
    await novel();
    const { planConnection } = jest.requireActual<typeof import('@cuttle/project')>('@cuttle/project');
    bench.write(
      'local.yaml',
      'kind: Connectors\ndestinations: { duckdb: { path: destinations/duckdb } }\n---\nkind: Destination\nname: duckdb-local\nconnector: duckdb\nconfig: { destination_path: x.duckdb }\n',
    );
    bench.edit('project.yaml', 'type: local', 'type: local\n    destinationOverrides: { snowflake: duckdb-local }');
    const local = planConnection(bench.project(), 'bubble to snowflake', 'local');
    expect(local).toMatchObject({ source: { name: 'bubble' }, destination: { name: 'duckdb-local' } });
    expect((await bench.plan()).plan.items).toEqual([]);
  });

  it('G-29 connectors of the registry work on a platform without definitions and tags, which it says', async () => {
    bench = new Bench({ isEmpty: true, settings: { version: '1.5.0' } });
    const { store } = bench.airbyte;
    for (const [role, name] of [
      ['source', 'acme/source-bubble:0.3.0'],
      ['destination', 'acme/destination-snowflake-merge:0.4.0'],
    ] as const) {
      const [repository = '', tag = ''] = name.split(':');
      const id = store.newId();
      store.definitions.set(id, { id, role, name: role, repository, tag });
    }
    bench.write(
      'all.yaml',
      `kind: Connectors
sources: { bubble: { builtin: source } }
destinations: { snowflake: { builtin: destination } }
---
kind: Source
name: bubble
connector: bubble
config: { app_url: "https://a.example", api_token: { $env: TOKEN } }
---
kind: Destination
name: warehouse
connector: snowflake
config: { account: a, warehouse: w, database: d, schema: s, role: r, username: u }
---
kind: Connection
name: bubble to warehouse
source: bubble
destination: warehouse
tags: [shop]
streams: { user: {} }
`,
    );
    bench.environment['TOKEN'] = 'canary-token';
    expect((await bench.plan()).plan.notes).toMatchObject([{ code: 'TAGS_MISSING' }]);
    expect(await bench.apply()).toMatchObject({ failed: [], skipped: [] });
    expect((await bench.plan()).plan.items).toEqual([]);
  });
});
