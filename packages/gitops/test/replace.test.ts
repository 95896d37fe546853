import { applyPlan, makePlan } from '../src/index.js';
import { Bench } from './bench.js';

describe('replace', () => {
  let bench: Bench;
  afterEach(() => {
    expect(bench.problems).toEqual([]);
    bench.remove();
  });

  const novel = async (options: ConstructorParameters<typeof Bench>[0] = {}): Promise<void> => {
    bench = new Bench(options);
    bench.setVariables(await bench.importAll());
  };

  const synced = (name: string): void => {
    const { id: connectionId } = bench.connection(name);
    const { jobs } = bench.airbyte.store;
    jobs.push({ id: jobs.length + 1, connectionId, type: 'sync', startTime: 0, statuses: ['succeeded'] });
  };

  const otherImage = (): void => {
    const { images } = bench.airbyte.store;
    images.set('acme/source-stripe-next:1.0.0', images.get('acme/source-stripe-ext:0.2.0')!);
    bench.edit('connectors.yaml', 'acme/source-stripe-ext:0.2.0', 'acme/source-stripe-next:1.0.0');
  };

  /** The process ends after so many writes. */
  const killedAfter = async (writes: number, run: () => Promise<unknown>): Promise<void> => {
    const real = bench.fetch;
    let count = 0;
    bench.fetch = async (input, init) => {
      if (count >= writes) throw new Error('killed');
      const answer = await real(input, init);
      if ((init?.method ?? 'GET') !== 'GET' && !/token|check_connection|state\/get/.test(String(input))) count += 1;
      return answer;
    };
    await run().catch(() => undefined);
    bench.fetch = real;
  };

  it('G-20 keeps the cursors, the name and nothing of the old one; not without the allow flag', async () => {
    await novel({ lock: true });
    await bench.apply();
    synced('stripe-ext to snowflake');
    otherImage();
    const old = bench.connection('stripe-ext to snowflake');
    const states = new Map(old.states);
    await expect(bench.apply()).rejects.toMatchObject({
      code: 'BLOCKED',
      message: expect.stringContaining('--allow-destroy'),
    });
    expect(bench.writes()).toEqual([]);
    const report = await bench.apply({ allowDestroy: ['stripe-ext'] });
    expect(report.failed).toEqual([]);
    const made = bench.connection('stripe-ext to snowflake');
    expect(made.id).not.toBe(old.id);
    expect(made).toMatchObject({ status: 'active', states });
    expect(bench.actor('stripe-ext').config).toMatchObject({ api_key: 'canary-value-of-STRIPE_EXT_API_KEY' });
    expect(bench.airbyte.store.actors.size).toBe(6);
    expect(bench.airbyte.store.connections.size).toBe(4);
    expect((await bench.plan()).plan.items).toEqual([]);
  });

  it('G-20 waits for a sync that runs, also one that begins in between: no cursor is taken that still moves', async () => {
    await novel();
    otherImage();
    const allow = { allowDestroy: ['stripe-ext'] };
    const old = bench.connection('stripe-ext to snowflake');
    const { jobs } = bench.airbyte.store;
    const begin = (): (typeof jobs)[number] => {
      const job = { id: jobs.length + 1, connectionId: old.id, type: 'sync', startTime: 0, statuses: ['running'] };
      jobs.push(job);
      return job;
    };
    const first = begin();
    const busy = { failed: [{ key: 'connection/stripe-ext to snowflake', message: expect.stringMatching(/at work/) }] };
    expect(await bench.apply(allow)).toMatchObject(busy);
    expect(bench.connection('stripe-ext to snowflake')).toMatchObject({ id: old.id, status: 'active' });
    first.statuses = ['succeeded'];

    const real = bench.fetch;
    let second: ReturnType<typeof begin> | undefined;
    bench.fetch = async (input, init) => {
      const isPause = init?.method === 'PATCH' && String(init.body).includes('"inactive"');
      if (isPause) second ??= begin();
      return real(input, init);
    };
    expect(await bench.apply(allow)).toMatchObject(busy);
    bench.fetch = real;
    second!.statuses = ['succeeded'];
    const [name] = old.states.keys();
    old.states.set(name!, { cursor: 'of the second sync' });
    expect(await bench.apply(allow)).toMatchObject({ failed: [], skipped: [] });
    const made = bench.connection('stripe-ext to snowflake');
    expect(made.id).not.toBe(old.id);
    expect(made.states.get(name!)).toEqual({ cursor: 'of the second sync' });
    expect(made.status).toBe('active');
  });

  it('G-20 a swapped destination keeps the cursors too', async () => {
    await novel();
    bench.write(
      'second.yaml',
      'kind: Destination\nname: second\nconnector: snowflake-merge\nconfig: { account: b, warehouse: w, database: d, schema: s, role: r, username: u, private_key: { $env: SNOWFLAKE_CREDENTIALS_PRIVATE_KEY } }\n',
    );
    bench.edit(
      'connections.yaml',
      'source: facebook-ads\ndestination: snowflake',
      'source: facebook-ads\ndestination: second',
    );
    const { states } = bench.connection('facebook-ads to snowflake');
    expect(await bench.apply()).toMatchObject({ failed: [] });
    expect(bench.connection('facebook-ads to snowflake')).toMatchObject({
      destinationId: bench.actor('second').id,
      states,
    });
    expect((await bench.plan()).plan.items).toEqual([]);
  });

  it('G-20 G-06 killed after each write, the next apply goes on where it was', async () => {
    await novel();
    otherImage();
    const allow = { allowDestroy: ['stripe-ext'] };
    await bench.apply(allow);
    const expected = bench.content();
    const writes = bench.writes().length;
    bench.remove();
    for (let killed = 1; killed < writes; killed += 1) {
      await novel();
      otherImage();
      await killedAfter(killed, () => bench.apply(allow));
      expect([killed, await bench.apply(allow)]).toMatchObject([killed, { failed: [], skipped: [] }]);
      expect([killed, bench.content()]).toEqual([killed, expected]);
      expect((await bench.plan()).plan.items).toEqual([]);
      if (killed < writes - 1) bench.remove();
    }
  }, 60_000);

  it('G-20 G-29 is refused when streams differ, when foreign connections hang on it, and without the Config API', async () => {
    await novel();
    otherImage();
    bench.airbyte.store.settings.hasConfigApi = false;
    await expect(bench.apply({ allowDestroy: ['stripe-ext'] })).rejects.toThrow(/Config API/);
    bench.airbyte.store.settings.hasConfigApi = true;
    const { sourceId, destinationId } = bench.connection('stripe-ext to snowflake');
    bench.airbyte.api.publicApi.connections.create({ name: 'made in the UI', sourceId, destinationId });
    await expect(bench.apply({ allowDestroy: ['stripe-ext'] })).rejects.toThrow(/"made in the UI"/);
    bench.edit('connectors.yaml', 'acme/source-stripe-next:1.0.0', 'acme/source-stripe-ext:0.2.0');
    bench.edit('connections.yaml', 'source: facebook-ads', 'source: ga4-events');
    await expect(bench.apply({ allowDestroy: ['facebook-ads to snowflake'] })).rejects.toThrow(
      /the streams differ.*ads_insights/,
    );
    expect(bench.writes()).toEqual([]);
  });

  it('G-20 a replaced source whose connector has no spec here keeps the values that are no secrets', async () => {
    await novel();
    otherImage();
    bench.edit('sources.yaml', 'account_id: acct_1', 'account_id: { $env: STRIPE_ACCOUNT }');
    bench.environment['STRIPE_ACCOUNT'] = 'acct_1';
    expect(await bench.apply({ allowDestroy: ['stripe-ext'] })).toMatchObject({ failed: [], skipped: [] });
    expect(bench.actor('stripe-ext').config).toMatchObject({
      account_id: 'acct_1',
      api_key: 'canary-value-of-STRIPE_EXT_API_KEY',
    });
    expect((await bench.plan()).plan.items).toEqual([]);
  });

  it('G-22 F-APP-04 a connection that was changed since the plan is not replaced', async () => {
    await novel();
    otherImage();
    const session = await bench.session();
    const planned = await makePlan(session, { allowDestroy: ['stripe-ext'] });
    const old = bench.connection('stripe-ext to snowflake');
    old.prefix = 'ui_';
    const { failed } = await applyPlan(session, planned);
    expect(failed[0]).toMatchObject({ message: expect.stringContaining('was changed in Airbyte since the plan') });
    expect(bench.connection('stripe-ext to snowflake')).toMatchObject({ id: old.id, prefix: 'ui_', status: 'active' });
  });

  it('G-20 F-APP-07 a replace that was killed and goes on with --prune loses neither the connection nor its cursors', async () => {
    for (const killed of [3, 4, 5, 6, 7]) {
      await novel();
      otherImage();
      const { states } = bench.connection('stripe-ext to snowflake');
      const allow = { allowDestroy: ['stripe-ext'] };
      await killedAfter(killed, () => bench.apply(allow));
      expect((await bench.plan(allow)).plan.orphans).toEqual([]);
      expect(await bench.apply({ ...allow, prune: true })).toMatchObject({ failed: [], skipped: [] });
      expect([killed, bench.connection('stripe-ext to snowflake').states]).toEqual([killed, states]);
      expect([killed, bench.airbyte.store.connections.size]).toEqual([killed, 4]);
      if (killed < 7) bench.remove();
    }
  });

  it('F-APP-04 F-APP-07 nothing that came since the plan goes with a source that is destroyed', async () => {
    await novel();
    const session = await bench.session();
    const planned = await makePlan(session, { destroy: ['source/stripe-ext'], allowDestroy: ['stripe-ext'] });
    const { sourceId, destinationId } = bench.connection('stripe-ext to snowflake');
    bench.airbyte.api.publicApi.connections.create({ name: 'made in the UI', sourceId, destinationId });
    expect((await applyPlan(session, planned)).failed).toEqual([
      { key: 'source/stripe-ext', message: expect.stringMatching(/"made in the UI".*plan again/) },
    ]);
    expect(bench.writes()).toEqual([]);
    const again = await makePlan(session, {
      destroy: ['source/stripe-ext'],
      allowDestroy: ['stripe-ext', 'made in the UI'],
    });
    expect(again.plan.items[0]?.cascade).toContain('connection/made in the UI');
    expect(await applyPlan(session, again)).toMatchObject({ failed: [] });
  });
});
