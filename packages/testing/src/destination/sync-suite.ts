import type { ConfiguredStream } from '@cuttle/protocol';
import { statesOf } from '../harness/run-command.js';
import { complete, record, type StreamOptions, state } from './fixture.js';
import type { DestinationProfile } from './profile.js';
import { openSuite, type Suite } from './suite.js';
import {
  BATCH,
  batches,
  endedTargets,
  MARKER,
  nameList,
  replayNotes,
  rows,
  UNNUMBERED,
  usersOf,
  warnings,
  whole,
} from './sync-input.js';

/** D-EX, D-OVW, D-PLN: which sync an input belongs to, for clients that number their syncs and for those that do not. */
export function syncSuite(profile: DestinationProfile): void {
  const suite = openSuite(profile);
  const names = async (table = 'users') => (await suite.warehouse.data(table)).map(({ name }) => name).sort();
  unnumberedAppends(suite, profile, names);
  untruncated(suite, names);
  literalOverwrites(suite, names);
  numberedSyncs(suite, names);
  partlyFailedSyncs(suite, profile, names);
}

type Names = (table?: string) => Promise<readonly unknown[]>;

function unnumberedAppends(suite: Suite, profile: DestinationProfile, names: Names): void {
  for (const [ids, options] of Object.entries(UNNUMBERED)) {
    suite.check('D-EX-01', `ids ${ids}: append twice with equal rows keeps both; an INFO line says so`, async () => {
      const stream = usersOf(options);
      const first = await suite.warehouse.load([stream], whole(stream, batches(stream, 2)));
      expect(replayNotes(first)).toEqual([]);
      expect(await endedTargets(suite, profile)).toEqual([profile.nameOf('users')]);
      const second = await suite.warehouse.load([stream], whole(stream, batches(stream, 2)));
      expect(statesOf(second)).toHaveLength(2);
      expect(await names()).toEqual([...nameList(4), ...nameList(4)].sort());
      expect(replayNotes(second)).toEqual([expect.stringMatching(/last sync of "users" ended.*no row/)]);
      await suite.warehouse.load([stream], whole(stream, batches(stream, 2)));
      expect(await names()).toHaveLength(12);
    });

    suite.check(
      'D-EX-05',
      `ids ${ids}: an append that was cut off, sent again: nothing is lost or doubled`,
      async () => {
        const stream = usersOf(options);
        for (const _ of [1, 2]) {
          const cut = await suite.warehouse.write(
            [stream],
            [...batches(stream, 2), record(stream, { id: 9, name: 'x' })],
          );
          expect([cut.exitCode === 0, statesOf(cut).length]).toEqual([false, 2]);
          expect(await endedTargets(suite, profile)).toEqual([]);
        }
        const again = await suite.warehouse.load([stream], whole(stream, batches(stream, 3)));
        expect(statesOf(again)).toHaveLength(3);
        expect(await names()).toEqual(nameList(6));
        expect(replayNotes(again)).toEqual([expect.stringContaining('4 records are a replay')]);
        // That one ended: what comes now is another sync's.
        await suite.warehouse.load([stream], whole(stream, batches(stream, 3)));
        expect(await names()).toHaveLength(12);
      },
    );
  }

  suite.check('D-EX-01', 'a sync of several streams and schemas ends for all of them', async () => {
    const streams = ['a', 'b'].flatMap((namespace) => [
      usersOf({ ...UNNUMBERED['1/1/1'], namespace }, 'users'),
      usersOf({ ...UNNUMBERED['1/1/1'], namespace }, 'orders'),
    ]);
    for (const _ of [1, 2])
      await suite.warehouse.load(
        streams,
        streams.flatMap((stream) => whole(stream, batches(stream, 1))),
      );
    for (const { stream } of streams) {
      const rows = await suite.warehouse.rows(stream.name, profile.nameOf(stream.namespace ?? ''));
      expect(rows).toHaveLength(2 * BATCH);
    }
  });
}

function untruncated(suite: Suite, names: Names): void {
  for (const mode of ['append', 'append_dedup'] as const) {
    suite.check(
      'D-OVW-07',
      `${mode} 1/1/1 on a table that held 10 rows keeps them, adds its own and warns`,
      async () => {
        const dedup = mode === 'append_dedup' ? { key: ['id'] } : {};
        const before = usersOf({ mode, ...dedup, generation: 1, minimum: 0, syncId: 1 });
        await suite.warehouse.load([before], whole(before, [...rows(before, 0, 10), state(before, { n: 1 })]));
        const stream = usersOf({ mode, ...dedup, ...UNNUMBERED['1/1/1'] });
        for (const from of [10, 13]) {
          const added = await suite.warehouse.load(
            [stream],
            whole(stream, [...rows(stream, from, 3), state(stream, { n: from })]),
          );
          expect(warnings(added)).toEqual([expect.stringMatching(/"users".*minimum_generation_id 1.*sync_id 1/)]);
          expect(await names()).toEqual(nameList(from + 3));
        }
        await suite.warehouse.load([stream], [complete(stream)]);
        expect(await names()).toEqual(nameList(16));
      },
    );
  }

  suite.check('D-OVW-03', 'a generation in place: more rows are added, no records never empty it', async () => {
    const old = usersOf({ generation: 1, syncId: 6 });
    await suite.warehouse.load([old], whole(old, [...rows(old, 50, 1), state(old, MARKER)]));
    const placing = usersOf({ generation: 2, minimum: 2, syncId: 7 });
    await suite.warehouse.load([placing], whole(placing, batches(placing, 2)));
    expect(await names()).toEqual(nameList(4));
    for (const syncId of [7, 8, 9]) {
      const stream = usersOf({ generation: 2, minimum: 2, syncId });
      await suite.warehouse.load([stream], [complete(stream)]);
      expect(await names()).toEqual(nameList(4));
    }
    const more = usersOf({ generation: 2, minimum: 2, syncId: 10 });
    await suite.warehouse.load([more], whole(more, [...rows(more, 4, 2), state(more, { n: 3 })]));
    expect(await names()).toEqual(nameList(6));
  });
}

function literalOverwrites(suite: Suite, names: Names): void {
  for (const minimum of [0, 1]) {
    const ids = `1/${minimum}/1`;
    const stream = usersOf({ mode: 'overwrite', sync: 'incremental', generation: 1, minimum, syncId: 1 });

    suite.check('D-OVW-01', `overwrite with ids ${ids}: each sync replaces the one before`, async () => {
      for (const from of [0, 0, 100]) {
        await suite.warehouse.load([stream], whole(stream, [...rows(stream, from, 100), state(stream, { n: 1 })]));
        expect(await names()).toEqual(nameList(100, from));
      }
      await suite.warehouse.load([stream], [state(stream, MARKER), complete(stream)]);
      expect(await names()).toEqual([]);
    });

    suite.check('D-OVW-02', `overwrite with ids ${ids}: cut off, then whole: only rows of the whole one`, async () => {
      await suite.warehouse.load([stream], whole(stream, [...rows(stream, 50, 1), state(stream, { n: 0 })]));
      const cut = await suite.warehouse.write([stream], batches(stream, 2));
      expect(cut.exitCode).not.toBe(0);
      // Nothing of it outlives this attempt, so no state may say that it was loaded.
      expect(statesOf(cut)).toEqual([]);
      expect(await names()).toEqual(nameList(1, 50));
      const result = await suite.warehouse.load(
        [stream],
        whole(stream, [...rows(stream, 0, 3), state(stream, { n: 2 })]),
      );
      expect(statesOf(result)).toHaveLength(1);
      expect(await names()).toEqual(nameList(3));
    });
  }

  suite.check(
    'D-OVW-06',
    'numbered overwrite: in its own sync nothing more changes nothing, in another it empties',
    async () => {
      const stream = (syncId: number) => usersOf({ mode: 'overwrite', generation: 1, minimum: 1, syncId });
      await suite.warehouse.load([stream(5)], whole(stream(5), batches(stream(5), 2)));
      await suite.warehouse.load([stream(5)], [complete(stream(5))]);
      expect(await names()).toEqual(nameList(4));
      expect((await suite.warehouse.write([stream(6)], [])).exitCode).not.toBe(0);
      expect(await names()).toEqual(nameList(4));
      await suite.warehouse.load([stream(6)], [complete(stream(6))]);
      expect(await names()).toEqual([]);
    },
  );

  suite.check('D-OVW-02', 'an overwrite with ids that was cut off leaves nothing to an append', async () => {
    const overwrite = usersOf({ mode: 'overwrite', ...UNNUMBERED['1/1/1'] });
    await suite.warehouse.write([overwrite], batches(overwrite, 2));
    const append = usersOf(UNNUMBERED['1/1/1'] as StreamOptions);
    await suite.warehouse.load([append], whole(append, batches(append, 1)));
    expect(await names()).toEqual(nameList(BATCH));
  });
}

function numberedSyncs(suite: Suite, names: Names): void {
  suite.check('D-CR-02', 'numbered: a sync is the same also after COMPLETE, until another sync_id comes', async () => {
    const five = usersOf({ generation: 1, syncId: 5 });
    for (const _ of [1, 2, 3]) {
      const result = await suite.warehouse.load([five], whole(five, batches(five, 2)));
      expect(statesOf(result)).toHaveLength(2);
      expect(await names()).toEqual(nameList(4));
    }
    const six = usersOf({ generation: 1, syncId: 6 });
    await suite.warehouse.load([six], whole(six, batches(six, 2)));
    expect(await names()).toHaveLength(8);
  });

  suite.check('D-CR-02', 'numbered: a full refresh in append mode sent again in its sync doubles nothing', async () => {
    const stream = (syncId: number) => usersOf({ sync: 'full_refresh', generation: 1, syncId });
    const input = (syncId: number) => [...rows(stream(syncId), 0, 4), state(stream(syncId), MARKER)];
    for (const _ of [1, 2]) {
      const cut = await suite.warehouse.write([stream(5)], input(5));
      expect([cut.exitCode === 0, statesOf(cut).length]).toEqual([false, 1]);
    }
    await suite.warehouse.load([stream(5)], whole(stream(5), input(5)));
    expect(await names()).toEqual(nameList(4));
    await suite.warehouse.load([stream(6)], whole(stream(6), input(6)));
    expect(await names()).toHaveLength(8);
  });

  suite.check(
    'D-OVW-05',
    'rows of a canceled refresh join a table that is deduplicated now: one of each key',
    async () => {
      const refresh = usersOf({ generation: 2, minimum: 2, syncId: 7 });
      await suite.warehouse.write(
        [refresh],
        [...rows(refresh, 0, 3), ...rows(refresh, 0, 3), state(refresh, { n: 1 })],
      );
      const dedup = usersOf({ mode: 'append_dedup', key: ['id'], generation: 3, syncId: 8 });
      await suite.warehouse.load([dedup], whole(dedup, [...rows(dedup, 2, 2), state(dedup, { n: 2 })]));
      expect(await names()).toEqual(nameList(4));
    },
  );

  suite.check(
    'D-OVW-03',
    'numbered: stream a was put in place, b failed; the next attempt sends nothing of a',
    async () => {
      const [a, b] = ['a', 'b'].map((name) => usersOf({ generation: 2, minimum: 2, syncId: 7 }, name)) as [
        ConfiguredStream,
        ConfiguredStream,
      ];
      const old = [a, b].map((stream) => ({ ...stream, generation_id: 1, minimum_generation_id: 0, sync_id: 6 }));
      await suite.warehouse.load(
        old,
        old.flatMap((stream) => whole(stream, [...rows(stream, 50, 1), state(stream, MARKER)])),
      );
      const failed = await suite.warehouse.write(
        [a, b],
        [...rows(a, 0, 3), state(a, MARKER), ...batches(b, 1), ...rows(b, 9, 1), complete(a)],
      );
      expect(failed.exitCode).not.toBe(0);
      expect([await names('a'), await names('b')]).toEqual([nameList(3), nameList(1, 50)]);
      await suite.warehouse.load([a, b], [...batches(b, 2, 1), complete(a), complete(b)]);
      expect([await names('a'), await names('b')]).toEqual([nameList(3), nameList(4)]);
    },
  );
}

function partlyFailedSyncs(suite: Suite, profile: DestinationProfile, names: Names): void {
  const [a, b] = [usersOf({}, 'a'), usersOf({}, 'b')];
  const failing = async () => {
    const failed = await suite.warehouse.write([a, b], [...batches(a, 2), ...rows(b, 0, 1)]);
    expect([failed.exitCode === 0, statesOf(failed).length]).toEqual([false, 2]);
    expect(await endedTargets(suite, profile)).toEqual([]);
  };
  const title = 'no ids: stream a was whole, b failed';

  suite.check('D-PLN-01', `${title}; a's last state was stored: what comes behind it is added`, async () => {
    await failing();
    await suite.warehouse.load([a, b], [...batches(a, 3, 2), ...batches(b, 1)]);
    expect([await names('a'), await names('b')]).toEqual([nameList(6), nameList(2)]);
  });

  suite.check('D-PLN-01', `${title}; a's last state was not stored: equal batches are not loaded again`, async () => {
    await failing();
    await suite.warehouse.load([a, b], [...batches(a, 3, 1), ...batches(b, 1)]);
    expect([await names('a'), await names('b')]).toEqual([nameList(6), nameList(2)]);
  });

  suite.check('D-PLN-01', `${title}; not stored, and the source sends other batches: at least once`, async () => {
    await failing();
    // The same rows behind another state: the source went on meanwhile.
    const other = [...rows(a, 2, 2), ...rows(a, 4, 1), state(a, { batch: 2 })];
    await suite.warehouse.load([a, b], [...other, ...batches(b, 1)]);
    expect(await names('a')).toEqual([...nameList(5), ...nameList(2, 2)].sort());
  });
}
