import { Bench } from './bench.js';

describe('schedules', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });
  afterEach(() => bench.remove());

  /** The Novel workspace imported; bubble is synced at five o'clock in Berlin. */
  const berlin = async (): Promise<void> => {
    bench.setVariables(await bench.importAll());
    const text = bench.read('connections.yaml');
    bench.write('connections.yaml', text.replace(/(cron: )"?(0 0 5 [^"}\n]*\?)"?/, '$1"$2", timezone: Europe/Berlin'));
  };
  const schedule = (): unknown => bench.connection('bubble to snowflake').schedule;
  const zoned = { scheduleType: 'cron', cronExpression: '0 0 5 * * ?', timeZone: 'Europe/Berlin' };

  it('a time zone without the Config API is refused for its connection alone: none runs at the wrong hour', async () => {
    await berlin();
    bench.airbyte.store.settings.hasConfigApi = false;
    const warning = { code: 'TIMEZONE_NOT_POSSIBLE', message: expect.stringMatching(/Europe\/Berlin.*Config API/) };
    expect((await bench.plan()).plan.items).toMatchObject([{ warnings: [warning] }]);
    expect((await bench.apply()).failed).toMatchObject([{ message: expect.stringMatching(/time zone.*Config API/) }]);
    expect(schedule()).toEqual({ scheduleType: 'cron', cronExpression: '0 0 5 * * ?' });
    bench.airbyte.store.connections.delete(bench.connection('bubble to snowflake').id);
    expect((await bench.apply()).failed).toHaveLength(1);
    expect(bench.airbyte.store.connections.size).toBe(3);
    bench.airbyte.store.settings.hasConfigApi = true;
    await bench.apply();
    expect(schedule()).toEqual(zoned);
    bench.airbyte.store.settings.hasConfigApi = false;
    // It is there already: other changes need no Config API.
    bench.edit('connections.yaml', 'prefix: bubble_', 'prefix: shop_');
    expect(await bench.apply()).toMatchObject({ failed: [] });
    expect(schedule()).toEqual(zoned);
  });

  it('F-APP-02 a change with a time zone that takes effect without an answer is no change of somebody else', async () => {
    await berlin();
    const { faults } = bench.airbyte.control;
    faults.add({ fault: { kind: 'status', status: 503, when: 'after' }, match: { method: 'PATCH' } });
    expect(await bench.apply()).toMatchObject({ failed: [] });
    expect(bench.writes().filter((write) => write.startsWith('PATCH'))).toHaveLength(1);
    expect(schedule()).toEqual(zoned);
    expect((await bench.plan()).plan.items).toEqual([]);
  });

  it('a change of something else leaves an interval of the UI and a time zone alone', async () => {
    const interval = { scheduleType: 'basic', basicTiming: 'Every 24 HOURS' } as const;
    bench.connection('stripe-ext to snowflake').schedule = interval;
    await berlin();
    await bench.apply();
    bench.edit('connections.yaml', 'prefix: stripe_', 'prefix: pay_');
    bench.edit('connections.yaml', 'prefix: bubble_', 'prefix: shop_');
    const count = bench.writes().length;
    expect(await bench.apply()).toMatchObject({ failed: [] });
    expect(bench.writes().slice(count)).toEqual(['PATCH /connections/:id', 'PATCH /connections/:id']);
    expect(bench.connection('stripe-ext to snowflake').schedule).toEqual(interval);
    expect(schedule()).toEqual(zoned);
  });
});
