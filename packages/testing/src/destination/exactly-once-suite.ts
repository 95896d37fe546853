import type { ConfiguredStream, Json } from '@cuttle/protocol';
import { statesOf } from '../harness/run-command.js';
import { isFull, isLong } from '../harness/workspace.js';
import { complete, range, record, type StreamOptions, state, streamOf } from './fixture.js';
import type { DestinationProfile } from './profile.js';
import { openSuite } from './suite.js';

const MARKER = { __ab_full_refresh_sync_complete: true };

/** D-EX: incremental append loads each batch once, and never takes equal batches for a replay. */
export function exactlyOnceSuite(profile: DestinationProfile): void {
  const suite = openSuite(profile);
  const { check } = suite;
  const users = (options: StreamOptions = {}) =>
    streamOf('users', { id: 'integer', name: 'string' }, { generation: 1, ...options });
  const count = async () => (await suite.warehouse.rows('users')).length;

  check('D-EX-01', 'a full refresh in append mode run twice gives 2n rows', async () => {
    for (const syncId of [1, 2]) {
      const stream = users({ sync: 'full_refresh', syncId });
      await suite.warehouse.load([stream], [...rows(stream, 0, 10), state(stream, MARKER), complete(stream)]);
    }
    expect(await count()).toBe(20);
  });

  check('D-EX-02', 'a clear, then the same sync again: n rows', async () => {
    const plain = streamOf('users', { id: 'integer', name: 'string' });
    const sync = [...rows(plain, 0, 10), state(plain, { id: 9 })];
    await suite.warehouse.load([plain], sync);
    const clear = streamOf('users', { id: 'integer', name: 'string' }, { mode: 'overwrite' });
    await suite.warehouse.load([clear], [state(clear, null)]);
    await suite.warehouse.load([plain], sync);
    expect(await count()).toBe(10);
  });

  check('D-EX-03', 'the same state with the same or changed rows behind it (lookback): all rows arrive', async () => {
    const lookback = (syncId: number, name: string) => {
      const stream = users({ syncId });
      return suite.warehouse.load(
        [stream],
        [record(stream, { id: 9, name }), state(stream, { id: 9 }), complete(stream)],
      );
    };
    await lookback(1, 'a');
    await lookback(2, 'a');
    await lookback(3, 'b');
    expect(await count()).toBe(3);
  });

  check('D-EX-04', 'a state rewound by hand loads the rows again', async () => {
    for (const syncId of [1, 2]) {
      const stream = users({ syncId });
      await suite.warehouse.load([stream], [...batches(stream, 3), complete(stream)]);
    }
    expect(await count()).toBe(120);
    const plain = streamOf('plain', { id: 'integer' });
    for (const _ of [1, 2]) await suite.warehouse.load([plain], batches(plain, 3));
    expect(await suite.warehouse.rows('plain')).toHaveLength(120);
  });

  for (const crashed of [1, 2, 3] as const) {
    check(
      'D-EX-05',
      `a replay of ${crashed} committed batches, with other commit borders, changes nothing`,
      async () => {
        const stream = users({ syncId: 5 });
        // Committed and lost on the way back: the runner never saw these states, so it starts over.
        suite.warehouse.config = { ...suite.warehouse.config, commit_interval_ms: 10 };
        const open = await suite.warehouse.write([stream], [...batches(stream, crashed), ...rows(stream, 100, 5)]);
        expect(open.exitCode).not.toBe(0);
        expect(await count()).toBe(crashed * 20);
        suite.warehouse.config = { ...suite.warehouse.config, commit_interval_ms: 30_000 };
        const result = await suite.warehouse.load([stream], [...batches(stream, 5), complete(stream)]);
        expect(statesOf(result).map((echoed) => echoed.stream?.stream_state)).toEqual(
          range(5).map((n) => ({ batch: n })),
        );
        expect((await suite.warehouse.data('users')).map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual([
          ...range(100),
        ]);
      },
    );
  }

  check(
    'D-EX-05',
    'without generation and sync ids: a replay of batches of a run that was cut off changes nothing',
    async () => {
      const plain = streamOf('users', { id: 'integer', name: 'string' });
      suite.warehouse.config = { ...suite.warehouse.config, commit_interval_ms: 10 };
      const cut = await suite.warehouse.write([plain], [...batches(plain, 2), ...rows(plain, 40, 1)], { isCut: true });
      expect(cut.exitCode).not.toBe(0);
      expect(await count()).toBe(40);
      await suite.warehouse.load([plain], batches(plain, 5));
      expect(await count()).toBe(100);
      // That run ended well: the same batches again are the next sync's.
      await suite.warehouse.load([plain], batches(plain, 5));
      expect(await count()).toBe(200);
    },
  );

  check('D-EX-05', 'a replay that begins in the middle of what was committed', async () => {
    const stream = users({ syncId: 5 });
    await suite.warehouse.write([stream], batches(stream, 4));
    // The state behind batch 1 was saved: the source goes on from there.
    await suite.warehouse.write([stream], batches(stream, 4, 2));
    await suite.warehouse.load([stream], [...batches(stream, 6, 2), complete(stream)]);
    expect(await count()).toBe(120);
  });

  check('D-EX-05', 'the first batch that differs ends the matching; all later ones are loaded', async () => {
    const stream = users({ syncId: 5 });
    await suite.warehouse.write([stream], batches(stream, 3));
    const [first, ...rest] = [...rows(stream, 500, 1), state(stream, { batch: 0 })];
    await suite.warehouse.load([stream], [first as string, ...rest, ...batches(stream, 3, 1), complete(stream)]);
    expect(await count()).toBe(60 + 1 + 40);
  });

  check('D-EX-05', 'an overwrite that begins anew takes nothing of its first attempt for loaded', async () => {
    const plain = streamOf('users', { id: 'integer', name: 'string' }, { mode: 'overwrite' });
    suite.warehouse.config = { ...suite.warehouse.config, commit_interval_ms: 10 };
    const broken = await suite.warehouse.write([plain], [...batches(plain, 2), ...rows(plain, 100, 1)]);
    expect(broken.exitCode).not.toBe(0);
    await suite.warehouse.load([plain], [...batches(plain, 3), state(plain, MARKER)]);
    expect(await count()).toBe(60);
  });

  // Rows wait for their state in files; with small commits, most of them in a side table.
  for (const [commitMb, inTable] of [[8, ''], ...(isFull ? [[1, ', most of them in a side table']] : [])] as const) {
    check(
      'D-EX-06',
      `one state behind many records${inTable}: bounded memory, a crash in the middle, an exact replay`,
      async () => {
        const stream = users({ syncId: 5 });
        const total = isLong ? 5_000_000 : isFull ? 300_000 : 60_000;
        suite.warehouse.config = { ...suite.warehouse.config, commit_mb: commitMb, commit_interval_ms: 600_000 };
        const lines = function* (atTwoThirds: () => void = () => undefined): Generator<string> {
          for (let id = 0; id < total; id += 1) {
            if (id === Math.floor((total * 2) / 3)) atTwoThirds();
            yield record(stream, { id, name: `name of ${id}` });
          }
          yield state(stream, { id: total });
          yield complete(stream);
        };
        let kill = (): void => undefined;
        const killed = await suite.warehouse.write(
          [stream],
          lines(() => kill()),
          {
            onStart: (child) => {
              kill = () => void child.kill('SIGKILL');
            },
            timeoutMs: 600_000,
          },
        );
        expect(killed.exitCode).not.toBe(0);
        const result = await suite.warehouse.write([stream], lines(), { timeoutMs: 600_000, needsProcess: true });
        expect(result.exitCode).toBe(0);
        expect(result.peakMemoryMiB).toBeLessThan(800);
        expect(await count()).toBe(total);
      },
      700_000,
    );
  }
}

function rows(stream: ConfiguredStream, from: number, count: number): readonly string[] {
  return range(count).map((n) => record(stream, { id: from + n, name: `n${from + n}` }));
}

/** Batches of 20 rows, each with its state, from one place on. */
function batches(stream: ConfiguredStream, to: number, from = 0): readonly string[] {
  return range(to - from).flatMap((n) => {
    const batch: Json = { batch: from + n };
    return [...rows(stream, (from + n) * 20, 20), state(stream, batch)];
  });
}
