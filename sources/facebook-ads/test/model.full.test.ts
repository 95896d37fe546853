import type { JsonObject, StateMessage } from '@cuttle/protocol';
import { moveDay, type Sandbox, startSandbox } from '@cuttle/sandbox';
import { isLong } from '@cuttle/testing';
import fc from 'fast-check';
import { configFor, digest, read, truthOf } from './run-facebook.js';

const HOUR_MS = 3_600_000;
const FIRST = '2024-08-01';
const STREAMS = ['ads_insights', 'ads', 'campaigns', 'ad_sets'];
/** Faults that a sync meets, each for one request somewhere in it. */
const FAULTS = [
  { fault: { kind: 'status', status: 500 }, count: 1 },
  { fault: { kind: 'reset' }, count: 1 },
  { fault: { kind: 'truncated_json' }, count: 1 },
  { code: 80_004, subcode: 2_446_079, count: 1 },
  { code: 1, status: 500, count: 2 },
  { code: 100, subcode: 1_487_534, match: { path: '/insights', method: 'POST' }, count: 1 },
  { code: 2, count: 1 },
  // These end the sync in the middle.
  { code: 190, count: 1 },
  { fault: { kind: 'status', status: 403 }, count: 1 },
] as const;

/** One thing that happens: to the ads, to time, to Meta, or a sync. Numbers choose what it happens to. */
type Step = {
  readonly kind: 'deliver' | 'late' | 'rename' | 'archive' | 'delete' | 'create' | 'wait' | 'jobs' | 'sync';
  readonly pick: number;
};

const stepKinds = fc.constantFrom<Step['kind']>(
  'deliver',
  'deliver',
  'late',
  'rename',
  'archive',
  'delete',
  'create',
  'wait',
  'wait',
  'jobs',
  'sync',
  'sync',
);
const history = fc.array(fc.record({ kind: stepKinds, pick: fc.nat(10_000) }), { minLength: 6, maxLength: 18 });

/** A shop's ads as they change, and a warehouse that keeps the last row of each key. */
class World {
  readonly #sandbox: Sandbox;
  readonly #rows = new Map<string, JsonObject>();
  #state: readonly StateMessage[] = [];
  #made = 0;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  async take({ kind, pick }: Step): Promise<void> {
    const run = (action: string, params: object) => this.#sandbox.control.run(action, { ...params });
    const ads = run('facebook.objects', { edge: 'ads' }) as JsonObject[];
    const id = String(ads[pick % ads.length]!['id']);
    const today = run('facebook.today', {}) as string;
    const day = moveDay(today, -(pick % 5));
    const facts = {
      impressions: 100 + pick,
      reach: 90 + pick,
      clicks: 3 + (pick % 9),
      spendMinor: 100 + pick,
      invalidClicks: pick % 3,
    };
    switch (kind) {
      case 'deliver':
        run('facebook.deliver', { ad: id, day, facts });
        break;
      case 'late':
        run('facebook.deliver', {
          ad: id,
          day,
          facts: { ...facts, purchases: [{ valueMinor: pick, lagDays: pick % 29 }] },
        });
        break;
      case 'rename':
        run('facebook.update', { edge: 'ads', id, values: { name: `ad of ${pick}` } });
        break;
      case 'archive':
      case 'delete':
        run('facebook.update', { edge: 'ads', id, values: { status: kind === 'archive' ? 'ARCHIVED' : 'DELETED' } });
        break;
      case 'create':
        this.#made += 1;
        run('facebook.seed', { ads: 1 + (pick % 2), days: 1, first: today, prefix: String(2400 + this.#made) });
        break;
      case 'wait':
        run('clock.advance', { ms: HOUR_MS * (1 + (pick % 150)) });
        break;
      case 'jobs':
        run('facebook.fail_jobs', {
          count: 1 + (pick % 3),
          ...(pick % 2 === 0 ? { code: 2, subcode: 1_504_038 } : {}),
        });
        break;
      case 'sync':
        await this.sync(pick);
        break;
      default:
        kind satisfies never;
    }
  }

  /** A sync with a fault in it; without a number one that nothing disturbs. Gives whether it was whole. */
  async sync(pick?: number): Promise<boolean> {
    const { control } = this.#sandbox;
    if (pick !== undefined) {
      const { match = { system: 'graph' }, ...fault } = { match: undefined, ...FAULTS[pick % FAULTS.length] };
      control.run('fault' in fault ? 'faults.add' : 'facebook.fail', { ...fault, match, after: pick % 40 });
    } else {
      control.run('facebook.settings', { poison: [] });
    }
    const config = configFor(this.#sandbox, { start_date: `${FIRST}T00:00:00Z`, page_size: 4 });
    const outcome = await read(this.#sandbox, config, STREAMS, { state: this.#state });
    control.run('faults.clear');
    // The warehouse has what came before the last state of each stream, and keeps that state.
    const kept = new Map(this.#state.map((state) => [state.stream?.stream_descriptor.name, state]));
    for (const state of outcome.lastStates) kept.set(state.stream?.stream_descriptor.name, state);
    this.#state = [...kept.values()];
    for (const message of outcome.messages) {
      if (message.type !== 'RECORD') continue;
      const { stream, data } = message.record;
      const key = stream === 'ads_insights' ? [data['date_start'], data['account_id'], data['ad_id']] : [data['id']];
      this.#rows.set(`${stream} ${key.join(' ')}`, data);
    }
    return outcome.exitCode === 0;
  }

  /** Rows of a stream in the warehouse. */
  rows(stream: string): readonly JsonObject[] {
    return [...this.#rows].flatMap(([key, row]) => (key.startsWith(`${stream} `) ? [row] : []));
  }

  /** Names and statuses of objects. */
  static told(objects: readonly JsonObject[]): Readonly<Record<string, string>> {
    return Object.fromEntries(objects.map(({ id, name, status }) => [String(id), `${name} ${status}`]));
  }
}

describe('any history', () => {
  const runs = isLong ? 300 : 8;

  it('synced at any times with any faults: the deduplicated tables equal what Meta knows, within the lookback', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const sandbox = await startSandbox({
          users: 2,
          orders: 0,
          idleVisits: 0,
          lastDay: '2024-08-20',
          now: '2024-08-20T08:00:00Z',
        });
        try {
          sandbox.control.run('facebook.seed', { ads: 3, days: 3, first: '2024-08-18' });
          const world = new World(sandbox);
          for (const step of steps) await world.take(step);
          // Jobs that were to fail may still be waiting for their turn.
          for (let tries = 0; tries < 4 && !(await world.sync()); tries += 1);
          expect(await world.sync()).toBe(true);
          const until = sandbox.control.run('facebook.today') as string;
          expect(digest(world.rows('ads_insights'))).toEqual(truthOf(sandbox, { time_range: { since: FIRST, until } }));
          for (const [stream, edge] of [
            ['ads', 'ads'],
            ['campaigns', 'campaigns'],
            ['ad_sets', 'adsets'],
          ] as const) {
            const truth = sandbox.control.run('facebook.objects', { edge }) as JsonObject[];
            expect([stream, World.told(world.rows(stream))]).toEqual([stream, World.told(truth)]);
          }
        } finally {
          await sandbox.close();
        }
      }),
      { numRuns: runs, seed: 20_240_901 },
    );
  }, 600_000);
});
