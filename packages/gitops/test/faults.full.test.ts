import { isLong } from '@cuttle/testing';
import { makePlan, type PlanOptions } from '../src/index.js';
import { Bench } from './bench.js';

/** What strikes a request: each before and after its effect, as far as that makes a difference. */
const FAULTS = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 500, when: 'after' },
  { kind: 'status', status: 503, when: 'after' },
  { kind: 'rate_limit', retryAfter: 'absent' },
  { kind: 'reset' },
  { kind: 'reset', when: 'after' },
  { kind: 'hang' },
  { kind: 'hang', when: 'after' },
  { kind: 'truncated_json' },
  { kind: 'html' },
  // Success that is not the documented one, behind which nothing or everything was done.
  { kind: 'status', status: 202, body: '{}' },
  { kind: 'status', status: 202, when: 'after', body: '{}' },
] as const;

/** Documents that use every kind of request: three sources, a destination, tags, three connections, one with a time zone. */
function writeSmall(bench: Bench): void {
  bench.write(
    'all.yaml',
    `kind: Connectors
sources:
  bubble: { image: "acme/source-bubble:0.3.0", name: Bubble }
  facebook-ads: { image: "acme/source-facebook-ads:0.1.0", name: Facebook }
destinations:
  snowflake: { image: "acme/destination-snowflake-merge:0.4.0", name: Snowflake }
---
kind: Source
name: bubble
connector: bubble
config: { app_url: "https://a.example", api_token: { $env: BUBBLE_TOKEN } }
---
kind: Source
name: ads
connector: facebook-ads
config: { account_ids: [a], access_token: { $env: ADS_TOKEN } }
---
kind: Destination
name: warehouse
connector: snowflake
config: { account: a, warehouse: w, database: d, schema: s, role: r, username: u, private_key: { $env: KEY } }
---
kind: Connection
name: bubble to warehouse
source: bubble
destination: warehouse
tags: [shop]
schedule: { cron: "0 0 5 * * ?", timezone: Europe/Paris }
streams: { user: { fields: { exclude: [email] } }, order: {} }
---
kind: Connection
name: ads to warehouse
source: ads
destination: warehouse
streams: { ads_insights: { sync: incremental dedup, cursor: date_start, primaryKey: [date_start, ad_id] } }
`,
  );
  bench.environment = {
    ...bench.environment,
    BUBBLE_TOKEN: 'canary-bubble',
    ADS_TOKEN: 'canary-ads',
    KEY: 'canary-key',
  };
}

/** A connection that is there to be pruned. */
const EXTRA = `kind: Connection
name: extra
source: bubble
destination: warehouse
streams: { user: {} }
`;

describe('faults at every request', () => {
  const benches: Bench[] = [];
  const small = (lock = false): Bench => {
    const bench = new Bench({ isEmpty: true, lock });
    benches.push(bench);
    writeSmall(bench);
    return bench;
  };
  afterEach(() => {
    for (const bench of benches) {
      expect(bench.problems).toEqual([]);
      bench.remove();
    }
    benches.length = 0;
  });

  /** Applies until it succeeds; how often that took. */
  const applyUntilDone = async (bench: Bench, options: PlanOptions = {}): Promise<number> => {
    for (let round = 1; round <= 3; round += 1) {
      try {
        const { failed, skipped } = await bench.apply(options);
        if (failed.length + skipped.length === 0) return round;
      } catch (error) {
        if (!(error instanceof Error) || !('code' in error)) throw error;
      }
    }
    throw new Error('three applies were not enough');
  };

  it.each(
    FAULTS,
  )('F-APP-02 G-07 %j at each request: one apply or a second one ends complete, nothing twice', async (fault) => {
    const model = small();
    await model.apply();
    const expected = model.content();
    const requests = model.airbyte.control.log.find().length;
    expect(requests).toBeGreaterThan(30);
    // A rerun may take as many requests again.
    for (let index = 0; index < requests; index += 1) {
      const bench = small();
      const id = bench.airbyte.control.faults.add({ fault, after: index });
      await applyUntilDone(bench);
      expect(bench.airbyte.control.faults.struck(id)).toBe(1);
      expect(bench.content()).toEqual(expected);
      expect((await bench.plan()).plan.items).toEqual([]);
      expect(bench.problems).toEqual([]);
      bench.remove();
      benches.pop();
    }
  }, 60_000);

  it.each([
    { kind: 'status', status: 500, when: 'after' },
    { kind: 'reset' },
    { kind: 'reset', when: 'after' },
    { kind: 'truncated_json' },
  ] as const)('F-APP-02 %j at each request of changes, a rename, a rotation, a prune and a replace', async (fault) => {
    const change = (bench: Bench): void => {
      bench.environment['BUBBLE_TOKEN'] = 'canary-bubble-rotated';
      bench.edit('all.yaml', 'app_url: "https://a.example"', 'app_url: "https://b.example"');
      bench.edit('all.yaml', 'name: bubble to warehouse', 'name: shop to warehouse\npreviousName: bubble to warehouse');
      bench.edit('all.yaml', 'tags: [shop]', 'tags: [shop, more]\nprefix: s_');
      bench.edit('all.yaml', 'acme/source-facebook-ads:0.1.0', 'acme/source-facebook-next:0.1.0');
      bench.write('extra.yaml', '');
      const { images } = bench.airbyte.store;
      images.set('acme/source-facebook-next:0.1.0', images.get('acme/source-facebook-ads:0.1.0')!);
    };
    const prepared = async (): Promise<Bench> => {
      const bench = small();
      bench.write('extra.yaml', EXTRA);
      await bench.apply();
      const [first] = [...bench.airbyte.store.connections.values()];
      first!.states.set('user', { cursor: 1 });
      change(bench);
      bench.airbyte.control.log.clear();
      return bench;
    };
    const options = { prune: true, allowDestroy: ['ads', 'extra'], rotateSecrets: ['BUBBLE_TOKEN'] };
    const model = await prepared();
    expect(await model.apply(options)).toMatchObject({ failed: [] });
    const expected = model.content();
    const requests = model.airbyte.control.log.find().length;
    for (let index = 0; index < requests; index += 1) {
      const bench = await prepared();
      bench.airbyte.control.faults.add({ fault, after: index });
      await applyUntilDone(bench, options);
      expect([index, bench.content()]).toEqual([index, expected]);
      expect((await bench.plan()).plan.items).toEqual([]);
      expect(bench.problems).toEqual([]);
      bench.remove();
      benches.pop();
    }
  }, 60_000);

  it('G-06 F-APP-03 killed after each write, with and without a lock: the next apply adopts and completes', async () => {
    const model = small();
    await model.apply();
    const expected = model.content();
    const writes = model.writes().length;
    for (const lock of [false, true]) {
      for (let killed = 1; killed <= writes; killed += 1) {
        const bench = small(lock);
        let count = 0;
        // The process ends here: neither this request's answer nor anything behind it is seen.
        const real = bench.fetch;
        bench.fetch = async (input, init) => {
          if (count >= killed) throw new KilledHere();
          const isWrite = (init?.method ?? 'GET') !== 'GET' && !/token|check_connection/.test(String(input));
          const answer = await real(input, init);
          if (isWrite) count += 1;
          if (count >= killed) throw new KilledHere();
          return answer;
        };
        await bench.apply().catch(() => undefined);
        bench.fetch = real;
        expect(await bench.apply()).toMatchObject({ failed: [], skipped: [] });
        expect(bench.content()).toEqual(expected);
        expect((await bench.plan()).plan.items).toEqual([]);
        bench.remove();
        benches.pop();
      }
    }
  }, 60_000);

  it('G-33 429 without Retry-After, 409 try-again-later and 503 are retried within bounds', async () => {
    const bench = small();
    await bench.apply();
    bench.edit('all.yaml', 'cron: "0 0 5', 'cron: "0 0 6');
    const again = '{"type":"https://x#try-again-later","data":{"message":"later"}}';
    const { faults } = bench.airbyte.control;
    for (const fault of [
      { kind: 'rate_limit', retryAfter: 'absent' },
      { kind: 'status', status: 409, body: again },
      { kind: 'status', status: 503 },
    ] as const) {
      faults.add({ fault, match: { method: 'PATCH' } });
      faults.add({ fault, match: { method: 'GET', path: '/connections' } });
    }
    expect(await bench.apply()).toMatchObject({ failed: [] });
    expect(bench.sleptMs).toBeLessThan(60_000);
    bench.edit('all.yaml', 'cron: "0 0 6', 'cron: "0 0 7');
    faults.add({ fault: { kind: 'status', status: 503 }, match: { method: 'PATCH' }, count: 0 });
    const patches = (): number => bench.writes().filter((write) => write.startsWith('PATCH')).length;
    const before = patches();
    expect((await bench.apply()).failed).toEqual([
      { key: 'connection/bubble to warehouse', message: expect.stringContaining('503') },
    ]);
    expect(patches() - before).toBe(4);
    faults.clear();
    faults.add({ fault: { kind: 'rate_limit', retryAfter: 'seconds', seconds: 7 }, match: { path: '/tags' } });
    const slept = bench.sleptMs;
    await makePlan(await bench.session());
    expect(bench.sleptMs - slept).toBe(7000);
  });

  it('G-33 never sends a POST again before asking for the name', async () => {
    const bench = small();
    bench.airbyte.control.faults.add({
      fault: { kind: 'status', status: 500 },
      match: { method: 'POST', path: '/v1/' },
      after: 1,
      count: 12,
    });
    await applyUntilDone(bench);
    const log = bench.airbyte.control.log
      .find({ system: 'airbyte' })
      .filter(({ path }) => !/token|check_connection/.test(path));
    for (const [index, { method, path, body }] of log.entries()) {
      if (method !== 'POST' || path.includes('/api/v1/')) continue;
      const earlier = log.slice(0, index).map((entry) => entry);
      const lastTry = earlier.findLastIndex(
        (entry) => entry.method === 'POST' && entry.path === path && entry.body === body,
      );
      const list = path;
      const asked = earlier.slice(lastTry + 1).some((entry) => entry.method === 'GET' && entry.path === list);
      expect([path, asked]).toEqual([path, true]);
    }
  });

  it('F-APP-02 in the long lane also pairs of faults', async () => {
    const pairs = isLong ? 400 : 12;
    for (let round = 0; round < pairs; round += 1) {
      const bench = small(round % 2 === 0);
      const [a, b] = [FAULTS[round % FAULTS.length]!, FAULTS[(round * 7 + 3) % FAULTS.length]!];
      bench.airbyte.control.faults.add({ fault: a, after: (round * 13) % 34 });
      bench.airbyte.control.faults.add({ fault: b, after: (round * 29) % 34 });
      await applyUntilDone(bench);
      expect((await bench.plan()).plan.items).toEqual([]);
      const { actors, connections } = bench.airbyte.store;
      expect([actors.size, connections.size]).toEqual([3, 2]);
      bench.remove();
      benches.pop();
    }
  }, 120_000);
});

/** Stands for the end of the process: it is no failed request, so nothing is tried again. */
class KilledHere extends Error {
  override readonly name = 'KilledHere';
}
