import fs from 'node:fs';
import path from 'node:path';
import { applyPlan, isEmpty, makePlan } from '../src/index.js';
import { Bench } from './bench.js';

describe('plan and apply', () => {
  let bench: Bench;
  afterEach(() => {
    expect(bench.problems).toEqual([]);
    bench.remove();
  });

  /** The Novel workspace imported, every variable set. */
  const novel = async (options: ConstructorParameters<typeof Bench>[0] = {}): Promise<void> => {
    bench = new Bench(options);
    bench.setVariables(await bench.importAll());
  };

  /** The documents of Novel at a server that has nothing. */
  const fresh = async (options: ConstructorParameters<typeof Bench>[0] = {}): Promise<void> => {
    const origin = new Bench();
    const imported = await origin.importAll();
    bench = new Bench({ ...options, isEmpty: true });
    for (const file of imported.files.keys()) bench.write(file, origin.read(file));
    bench.setVariables(imported);
    origin.remove();
  };

  it('G-02 F-APP-01 makes everything once; a second apply and its plan send no write', async () => {
    await fresh();
    const first = await bench.apply();
    expect(first).toMatchObject({ failed: [], skipped: [], warnings: [] });
    expect(first.done).toHaveLength(16);
    expect(bench.writes().filter((write) => write.startsWith('POST'))).toHaveLength(17);
    const count = bench.writes().length;
    const { plan } = await bench.plan();
    expect(plan.items).toEqual([]);
    const second = await bench.apply();
    expect(second.done).toEqual([]);
    expect(bench.writes()).toHaveLength(count);
    expect(bench.actor('stripe-ext').config).toMatchObject({
      api_key: 'canary-value-of-STRIPE_EXT_API_KEY',
      webhook: { signing_secret: 'canary-value-of-STRIPE_EXT_WEBHOOK_SIGNING_SECRET' },
      lookback_days: 2,
    });
    expect(bench.connection('stripe-ext to snowflake').streams.find(({ name }) => name === 'customers')).toMatchObject({
      syncMode: 'incremental_deduped_history',
      primaryKey: [['id']],
      mappers: [{ type: 'hashing', mapperConfiguration: { targetField: 'email', method: 'SHA-256' } }],
    });
    expect(bench.connection('facebook-ads to snowflake').schedule).toEqual({ scheduleType: 'manual' });
  });

  it('G-03 the lock deleted: still an empty plan and nothing made', async () => {
    await novel({ lock: true });
    await bench.apply();
    expect(fs.existsSync(path.join(bench.stack, '.lock/prod.json'))).toBe(true);
    fs.rmSync(path.join(bench.stack, '.lock'), { recursive: true });
    expect((await bench.plan()).plan.items).toEqual([]);
    await bench.apply();
    expect(bench.writes()).toEqual([]);
  });

  it('G-04 G-26 one changed value and no secret at hand: one PUT with masks, stored secrets stay', async () => {
    bench = new Bench();
    await bench.importAll();
    bench.edit('sources.yaml', 'lookback_days: 2', 'lookback_days: 3');
    const { plan } = await bench.plan();
    expect(plan.items).toMatchObject([
      {
        key: 'source/stripe-ext',
        action: 'update',
        fields: [{ field: 'config.lookback_days', before: 2, after: 3 }],
        secrets: [],
      },
    ]);
    const before = bench.actor('stripe-ext').config;
    await bench.apply();
    expect(bench.writes()).toEqual(['PUT /sources/:id']);
    expect(bench.bodies('PUT', '/sources/')).toMatchObject([{ configuration: { api_key: '**********' } }]);
    expect(bench.actor('stripe-ext').config).toEqual({ ...before, lookback_days: 3 });
  });

  it('G-15 a secret in a list: the real value is demanded before any write, and no mask is ever stored', async () => {
    bench = new Bench();
    const imported = await bench.importAll();
    bench.edit('sources.yaml', 'host: proxy-a.example', 'host: proxy-c.example');
    const { plan } = await bench.plan();
    expect(plan.items[0]?.secrets).toEqual([
      { field: 'proxies.0.password', state: 'needed', reference: '$env FACEBOOK_ADS_PROXIES_0_PASSWORD' },
      { field: 'proxies.1.password', state: 'needed', reference: '$env FACEBOOK_ADS_PROXIES_1_PASSWORD' },
    ]);
    await expect(bench.apply()).rejects.toMatchObject({
      code: 'REFERENCE_UNRESOLVED',
      message: expect.stringMatching(/sources\.yaml:\d+:\d+ .*FACEBOOK_ADS_PROXIES_0_PASSWORD is not set/),
    });
    expect(bench.writes()).toEqual([]);
    bench.setVariables(imported);
    await bench.apply();
    expect(bench.actor('facebook-ads').config).toMatchObject({
      access_token: bench.secrets.find((secret) => secret.includes('facebook')),
      proxies: [
        { host: 'proxy-c.example', password: 'canary-value-of-FACEBOOK_ADS_PROXIES_0_PASSWORD' },
        { host: 'proxy-b.example', password: 'canary-value-of-FACEBOOK_ADS_PROXIES_1_PASSWORD' },
      ],
    });
    expect(JSON.stringify([...bench.airbyte.store.actors.values()])).not.toContain('"**********"');
  });

  it('G-17 F-APP-07 flags each stream whose rows no longer fit; --backfill sends exactly those', async () => {
    await novel({ lock: true });
    await bench.apply();
    bench.edit('connections.yaml', 'customers: { transform: [ { hash: email } ] }', 'customers: {}');
    bench.edit('connections.yaml', 'charges: {}', 'charges: { sync: incremental append }');
    const { plan } = await bench.plan();
    const flagged = plan.items.flatMap(({ streams }) =>
      streams.map(({ stream, needsBackfill }) => [stream, needsBackfill]),
    );
    expect(flagged).toEqual([
      ['charges', true],
      ['customers', true],
    ]);
    expect(plan.backfills).toEqual([]);
    const states = [...bench.connection('stripe-ext to snowflake').states.keys()];
    await bench.apply();
    expect(bench.writes()).toEqual(['POST /tags', 'PATCH /connections/:id']);
    expect([...bench.connection('stripe-ext to snowflake').states.keys()]).toEqual(states);
    const later = await bench.plan();
    expect(isEmpty(later.plan)).toBe(true);
    expect(later.plan.items[0]?.warnings.map(({ code }) => code)).toEqual(['BACKFILL_PENDING', 'BACKFILL_PENDING']);
    const report = await bench.apply({ backfill: ['charges'] });
    expect(report.jobs).toMatchObject([{ connection: 'stripe-ext to snowflake', what: 'backfill' }]);
    expect(bench.bodies('POST', '/connections/refresh')).toMatchObject([
      { refreshMode: 'Merge', streams: [{ streamName: 'charges' }] },
    ]);
    expect([...bench.connection('stripe-ext to snowflake').states.keys()]).toEqual(['customers', 'refunds']);
    bench.airbyte.store.jobs[0]!.statuses = ['succeeded'];
    await bench.apply({ backfill: true, wait: true });
    expect(bench.airbyte.store.jobs.map(({ streams }) => streams?.map(({ streamName }) => streamName))).toEqual([
      ['charges'],
      ['customers'],
    ]);
    expect((await bench.plan()).plan.items).toEqual([]);
  });

  it('G-17 a destination that cannot refresh is cleared and synced instead', async () => {
    await novel();
    const image = bench.airbyte.store.images.get('acme/destination-snowflake-merge:0.4.0')!;
    bench.airbyte.store.images.set('acme/destination-snowflake-merge:0.4.0', { ...image, supportsRefreshes: false });
    const report = await bench.apply({ backfill: ['events'], wait: true });
    expect(report).toMatchObject({ failed: [], warnings: [expect.stringContaining('cannot refresh')] });
    expect(bench.airbyte.store.jobs.map(({ type, statuses }) => [type, statuses[0]])).toEqual([
      ['clear', 'succeeded'],
      ['sync', 'succeeded'],
    ]);
    await expect(bench.plan({ backfill: ['evnts'] })).rejects.toThrow('Did you mean "events"?');
  });

  it('G-18 an image bump refreshes the cached schema before the connection is written, and tells what changed', async () => {
    await novel();
    bench.edit('connectors.yaml', 'source-bubble:0.3.0', 'source-bubble:0.3.1');
    bench.edit('connections.yaml', 'category: {}', 'category: {}\n  review: {}');
    const { plan } = await bench.plan();
    expect(plan.items).toMatchObject([
      {
        key: 'connector/source/bubble',
        fields: [{ field: 'image', before: 'acme/source-bubble:0.3.0', after: 'acme/source-bubble:0.3.1' }],
        affects: ['source/bubble', 'connection/bubble to snowflake'],
      },
      { key: 'connection/bubble to snowflake', streams: [{ stream: 'review', action: 'add' }] },
    ]);
    const report = await bench.apply();
    expect(report).toMatchObject({
      failed: [],
      schema: [
        { stream: 'review', action: 'add' },
        { source: 'bubble', stream: 'user', action: 'change', added: ['nickname'], removed: ['name'] },
      ],
    });
    const log = bench.airbyte.control.log.find({ system: 'airbyte' });
    const refresh = log.findIndex(({ query }) => query.includes('ignoreCache=true'));
    expect(refresh).toBeGreaterThan(
      log.findIndex(({ method, path: route }) => method === 'PUT' && route.includes('/definitions/')),
    );
    expect(refresh).toBeLessThan(log.findIndex(({ method }) => method === 'PATCH'));
    expect((await bench.plan()).plan.items).toEqual([]);
  });

  it('G-19 a mapper survives an unrelated PATCH with its id; fields and mappers are always sent whole', async () => {
    await novel();
    const mappers = (): unknown => bench.connection('stripe-ext to snowflake').streams.map((stream) => stream.mappers);
    const before = mappers();
    bench.edit('connections.yaml', 'cron: 0 30 5 * * ?', 'cron: 0 31 5 * * ?');
    bench.edit('connections.yaml', 'cron: 0 15 5 * * ?', 'cron: 0 16 5 * * ?');
    await bench.apply();
    expect(mappers()).toEqual(before);
    expect(bench.connection('ga4-events to snowflake').streams[0]?.selectedFields).toHaveLength(5);
    expect(bench.writes()).toEqual(['POST /tags', 'PATCH /connections/:id', 'PATCH /connections/:id']);
    expect((await bench.plan()).plan.items).toEqual([]);
  });

  it('G-21 a rename by previousName is one write', async () => {
    await novel({ lock: true });
    await bench.apply();
    bench.edit(
      'connections.yaml',
      'name: facebook-ads to snowflake',
      'name: ads to snowflake\npreviousName: facebook-ads to snowflake',
    );
    expect((await bench.plan()).plan.items).toMatchObject([
      { action: 'update', fields: [{ field: 'name', before: 'facebook-ads to snowflake', after: 'ads to snowflake' }] },
    ]);
    await bench.apply();
    // The mark of managed connections is made by the first write.
    expect(bench.writes()).toEqual(['POST /tags', 'PATCH /connections/:id']);
    expect(bench.connection('ads to snowflake').states.size).toBe(1);
    expect((await bench.plan()).plan.items).toEqual([]);
    expect((await bench.plan()).plan.orphans).toEqual([]);
  });

  it.each([
    'changed',
    'deleted',
    'renamed',
  ])('G-22 F-APP-04 a thing %s since the plan stops that thing; nothing is overwritten', async (how) => {
    await novel();
    bench.edit('connections.yaml', 'prefix: bubble_', 'prefix: b_');
    bench.edit('connections.yaml', 'prefix: meta_', 'prefix: m_');
    const session = await bench.session();
    const planned = await makePlan(session);
    const connection = bench.connection('bubble to snowflake');
    if (how === 'changed') connection.status = 'inactive';
    if (how === 'renamed') connection.name = 'other';
    if (how === 'deleted') bench.airbyte.store.connections.delete(connection.id);
    const report = await applyPlan(session, planned);
    expect(report.failed).toEqual([
      { key: 'connection/bubble to snowflake', message: expect.stringContaining('since the plan was made') },
    ]);
    expect(report.done).toEqual([{ key: 'connection/facebook-ads to snowflake', action: 'update' }]);
    expect(connection.prefix).toBe('bubble_');
  });

  it('F-APP-04 a thing that somebody else made since the plan is not made twice', async () => {
    await fresh();
    const session = await bench.session();
    const planned = await makePlan(session);
    await bench.apply();
    const before = bench.content();
    const report = await applyPlan(session, planned);
    expect(report.failed.length).toBeGreaterThan(0);
    expect(report.failed.every(({ message }) => message.includes('since the plan was made'))).toBe(true);
    expect(bench.content()).toEqual(before);
  });

  it('F-APP-04 two applies of one lock at once: one wins, the other stops with a message', async () => {
    await novel({ lock: true });
    bench.edit('connections.yaml', 'prefix: bubble_', 'prefix: b_');
    const results = await Promise.allSettled([bench.apply(), bench.apply()]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = results.find((result) => result.status === 'rejected') as PromiseRejectedResult;
    expect(lost.reason).toMatchObject({ code: 'APPLY_LOCKED', message: expect.stringMatching(/process \d+ on /) });
    expect(bench.writes()).toEqual(['PATCH /connections/:id', 'POST /tags'].reverse());
  });

  it('G-23 F-APP-09 one failing thing: others are done, what hangs on it is skipped, a rerun completes', async () => {
    await fresh();
    bench.airbyte.control.faults.add({
      fault: { kind: 'status', status: 422, body: '{"type":"x","data":{"message":"the account is closed"}}' },
      match: { method: 'POST', path: '/v1/sources' },
      after: 1,
    });
    const report = await bench.apply();
    expect(report.failed).toEqual([
      { key: expect.stringMatching(/^source\//), message: expect.stringContaining('the account is closed') },
    ]);
    expect(report.skipped).toEqual([
      { key: expect.stringMatching(/^connection\//), message: `${report.failed[0]?.key} did not succeed` },
    ]);
    expect(report.done).toHaveLength(14);
    expect(await bench.apply()).toMatchObject({ failed: [], skipped: [] });
    expect((await bench.plan()).plan.items).toEqual([]);
  });

  it('G-28 a failing check stops what hangs on it before connections are written, also in the next apply', async () => {
    await fresh();
    bench.airbyte.control.scripts.before(1, { path: '/sources/check_connection' }, () => {
      bench.actor('bubble').failure = 'the token was refused';
    });
    for (let round = 0; round < 2; round += 1) {
      const report = await bench.apply();
      expect(report.failed).toEqual([{ key: 'source/bubble', message: 'Its check failed: the token was refused' }]);
      expect(report.skipped).toEqual([
        { key: 'connection/bubble to snowflake', message: 'source/bubble did not succeed' },
      ]);
    }
    const unchecked = await bench.apply({ check: false });
    expect(unchecked.failed).toMatchObject([
      { key: 'connection/bubble to snowflake', message: expect.stringContaining('token was refused') },
    ]);
    delete bench.actor('bubble').failure;
    expect(await bench.apply()).toMatchObject({ failed: [] });
  });

  it('Ctrl-C finishes the write under way and begins nothing new', async () => {
    await fresh();
    const stop = new AbortController();
    bench.airbyte.control.scripts.before(3, { method: 'POST', path: '/definitions/' }, () => stop.abort());
    const report = await bench.apply({ signal: stop.signal });
    expect(report.failed).toEqual([]);
    expect(report.done.length).toBeGreaterThanOrEqual(3);
    expect(report.skipped.length + report.done.length).toBe(16);
    expect(report.skipped.some(({ message }) => message === 'a stop was asked for')).toBe(true);
    await bench.apply();
    expect((await bench.plan()).plan.items).toEqual([]);
  });

  it('starts a sync of what changed and waits for it', async () => {
    await novel();
    bench.edit('connections.yaml', 'prefix: bubble_', 'prefix: b_');
    const report = await bench.apply({ syncChanged: true, wait: true });
    expect(report.jobs).toEqual([{ connection: 'bubble to snowflake', job: 1, what: 'sync', status: 'succeeded' }]);
    const statuses = bench.events.flatMap((event) => (event.type === 'job' ? [event.status] : []));
    expect(statuses).toContain('in_orbit');
  });

  it('time zones go by the Config API, intervals of the UI stay and cannot be set', async () => {
    await novel();
    bench.connection('bubble to snowflake').schedule = { scheduleType: 'basic', basicTiming: 'Every 30 MINUTES' };
    bench.edit('connections.yaml', 'schedule: { cron: 0 0 5 * * ? }', 'schedule: { every: 30m }');
    expect((await bench.plan()).plan.items).toEqual([]);
    bench.edit(
      'connections.yaml',
      'schedule: { cron: 0 15 5 * * ? }',
      'schedule: { cron: 0 15 5 * * ?, timezone: Europe/Paris }',
    );
    await bench.apply();
    expect(bench.connection('ga4-events to snowflake').schedule).toMatchObject({ timeZone: 'Europe/Paris' });
    expect((await bench.plan()).plan.items).toEqual([]);
    bench.edit('connections.yaml', 'every: 30m', 'every: 45m');
    await expect(bench.plan()).rejects.toMatchObject({ code: 'SCHEDULE_NOT_POSSIBLE' });
  });
});
