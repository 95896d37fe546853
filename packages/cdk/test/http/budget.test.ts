import { Budget } from '../../src/http/budget.js';

/** A clock that moves only by sleeping. */
function fakeClock() {
  let now = 0;
  return {
    monotonic: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
}

const signal = new AbortController().signal;
const ignore = () => undefined;

describe('Budget', () => {
  it('lets the allowed number of requests through in each period', async () => {
    const clock = fakeClock();
    const budget = new Budget({ requests: 60, perMs: 60_000 }, clock);
    for (let index = 0; index < 121; index += 1) (await budget.acquire(signal, ignore))();
    expect(clock.monotonic()).toBe(120_000);
  });

  it('bounds requests in flight and serves waiters in order', async () => {
    const budget = new Budget({ concurrency: 2 }, fakeClock());
    const order: number[] = [];
    const releases = [await budget.acquire(signal, ignore), await budget.acquire(signal, ignore)];
    const waiting = [1, 2, 3].map(async (number) => {
      const release = await budget.acquire(signal, ignore);
      order.push(number);
      release();
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(order).toEqual([]);
    for (const release of releases) release();
    await Promise.all(waiting);
    expect(order).toEqual([1, 2, 3]);
  });

  it('a pause holds for everybody, and each is told of it', async () => {
    const clock = fakeClock();
    const budget = new Budget({}, clock);
    budget.pause(90_000);
    budget.pause(10);
    const told: number[] = [];
    (await budget.acquire(signal, (ms) => told.push(ms)))();
    expect([told, clock.monotonic()]).toEqual([[90_000], 90_000]);
  });

  it('gives up waiting when the run stops, without losing the place', async () => {
    const budget = new Budget({ concurrency: 1 }, fakeClock());
    const release = await budget.acquire(signal, ignore);
    const stop = new AbortController();
    const waiting = budget.acquire(stop.signal, ignore);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'STOPPED' });
    release();
    (await budget.acquire(signal, ignore))();
  });
});
