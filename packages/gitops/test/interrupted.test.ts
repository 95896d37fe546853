import { applyPlan, makePlan } from '../src/index.js';
import { Bench } from './bench.js';

describe('an apply that does not end as planned', () => {
  const benches: Bench[] = [];
  afterEach(() => {
    for (const bench of benches.splice(0)) bench.remove();
  });

  /** The documents of Novel at a server that has nothing. */
  const fresh = async (): Promise<() => Bench> => {
    const origin = new Bench();
    benches.push(origin);
    const imported = await origin.importAll();
    return () => {
      const bench = new Bench({ isEmpty: true });
      benches.push(bench);
      for (const file of imported.files.keys()) bench.write(file, origin.read(file));
      bench.setVariables(imported);
      return bench;
    };
  };

  it('F-APP-09 a server that is gone from any request on: after the first write there is a report', async () => {
    const make = await fresh();
    for (let last = 9; last < 80; last += 2) {
      const bench = make();
      const real = bench.fetch;
      let count = 0;
      bench.fetch = async (input, init) => {
        count += 1;
        if (count > last) throw new TypeError('fetch failed');
        return real(input, init);
      };
      const report = await bench.apply().catch((error: Error) => error);
      const isThere =
        report instanceof Error ? bench.writes().length === 0 : report.done.length > 0 || report.failed.length > 0;
      expect([last, isThere, bench.writes().length, report]).toEqual([
        last,
        true,
        expect.anything(),
        expect.anything(),
      ]);
      bench.remove();
      benches.pop();
    }
  });

  it('F-APP-09 a job that can no longer be followed is a failure in the report', async () => {
    const make = await fresh();
    const bench = make();
    const real = bench.fetch;
    bench.fetch = async (input, init) => {
      if (/jobs\/\d+$/.test(String(input))) throw new TypeError('fetch failed');
      return real(input, init);
    };
    const report = await bench.apply({ syncChanged: true, wait: true });
    expect(report.failed).toHaveLength(4);
    expect(report.failed[0]).toMatchObject({
      key: expect.stringContaining('(sync)'),
      message: expect.stringMatching(/fetch failed/),
    });
    expect(report.done.length).toBeGreaterThan(10);
  });

  it('F-APP-09 after a stop nothing new begins: no check, no look at a schema, no tag', async () => {
    const bench = new Bench();
    benches.push(bench);
    bench.setVariables(await bench.importAll());
    bench.edit('connectors.yaml', 'acme/source-bubble:0.3.0', 'acme/source-bubble:0.3.1');
    bench.edit('connections.yaml', 'prefix: bubble_', 'prefix: shop_');
    bench.edit('sources.yaml', 'lookback_days: 2', 'lookback_days: 3');
    const session = await bench.session();
    const planned = await makePlan(session);
    bench.airbyte.control.log.clear();
    const stop = new AbortController();
    const report = await applyPlan(session, planned, {
      signal: stop.signal,
      onEvent: ({ type }) => {
        if (type === 'done') stop.abort();
      },
    });
    expect(report.skipped.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['source/bubble (schema)', 'connection/bubble to snowflake']),
    );
    const paths = bench.airbyte.control.log.find().map(({ path }) => path);
    expect(paths.filter((path) => /streams|tags|check_connection/.test(path))).toEqual([]);
    expect(await bench.apply()).toMatchObject({ failed: [], skipped: [] });
    expect(bench.connection('bubble to snowflake').prefix).toBe('shop_');
  });
});
