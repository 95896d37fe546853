import fs from 'node:fs';
import path from 'node:path';
import type { ConfiguredStream } from '@cuttle/protocol';
import { complete, range, record, type StreamOptions, state, streamOf } from './fixture.js';
import { sideTables } from './mode-suite.js';
import type { DestinationProfile } from './profile.js';
import { openSuite } from './suite.js';

/** What a released version left behind, what comes next, and the names in the table then. */
interface Scenario {
  /** File in the folder of that version. */
  readonly file: string;
  readonly title: string;
  readonly next: StreamOptions;
  readonly batches: number;
  readonly ids: readonly number[];
}

const SCENARIOS: readonly Scenario[] = [
  {
    file: 'plain-whole',
    title: 'a whole sync without ids, then the next',
    next: {},
    batches: 2,
    ids: [0, 0, 1, 1, 2, 2, 3, 3],
  },
  { file: 'plain-cut', title: 'a sync without ids that was cut off, sent again', next: {}, batches: 3, ids: range(6) },
  {
    file: 'numbered-cut',
    title: 'a numbered sync that was cut off, sent again',
    next: { generation: 1, syncId: 5 },
    batches: 3,
    ids: range(6),
  },
  {
    file: 'numbered-whole',
    title: 'a numbered sync, then another',
    next: { generation: 1, syncId: 6 },
    batches: 2,
    ids: [0, 0, 1, 1, 2, 2, 3, 3],
  },
  {
    file: 'truncate-cut',
    title: 'a truncate that was cut off, sent again',
    next: { generation: 2, minimum: 2, syncId: 7 },
    batches: 3,
    ids: range(6),
  },
  {
    file: 'unnumbered-append-cut',
    title: 'an append 1/1/1 that was cut off, sent again',
    next: { generation: 1, minimum: 1, syncId: 1 },
    batches: 3,
    ids: range(6),
  },
  {
    // That version kept batches of such clients forever, so whole and cut off look alike: once more, nothing doubles.
    file: 'unnumbered-append-whole',
    title: 'an append 1/1/1, then more rows',
    next: { generation: 1, minimum: 1, syncId: 1 },
    batches: 3,
    ids: range(6),
  },
  {
    file: 'unnumbered-replace-cut',
    title: 'an overwrite 1/1/1 that was cut off, then a whole one',
    next: { mode: 'overwrite', generation: 1, minimum: 1, syncId: 1 },
    batches: 1,
    ids: range(2),
  },
];

/**
 * D-EX-05: control tables and half-done syncs of released versions are read.
 *
 * @param folder one SQL file for each scenario: the tables as that version made and left them
 */
export function releasedSuite(profile: DestinationProfile, folder: string): void {
  const suite = openSuite(profile);
  for (const { file, title, next, batches, ids } of SCENARIOS) {
    suite.check('D-EX-05', `left by ${path.basename(folder)}: ${title}`, async () => {
      const { warehouse } = suite;
      // Makes the database; the file then makes the tables.
      await warehouse.load([], []);
      for (const sql of statementsOf(path.join(folder, `${file}.sql`))) await profile.execute(warehouse.config, sql);
      const stream = streamOf('users', { id: 'integer', name: 'string' }, next);
      await warehouse.load([stream], [...batchLines(stream, batches), ...ending(stream)]);
      const found = (await warehouse.data('users')).map(({ id }) => Number(id)).sort((a, b) => a - b);
      expect(found).toEqual(ids);
      expect(sideTables(await profile.tables(warehouse.config))).toEqual([]);
      // From here on everything is this version's: equal rows are new ones unless the sync is the same.
      await warehouse.load([stream], [...batchLines(stream, batches), ...ending(stream)]);
      const isAdded = next.mode !== 'overwrite' && (next.syncId ?? 0) < 2;
      expect(await warehouse.data('users')).toHaveLength(isAdded ? ids.length + 2 * batches : ids.length);
    });
  }
}

function statementsOf(file: string): readonly string[] {
  return fs
    .readFileSync(file, 'utf8')
    .split(/;\n/)
    .filter((sql) => sql.trim() !== '');
}

/** The lines that the released version got: two rows and a state each. */
function batchLines(stream: ConfiguredStream, count: number): readonly string[] {
  return range(count).flatMap((batch) => [
    ...[2 * batch, 2 * batch + 1].map((id) => record(stream, { id, name: `n${id}` })),
    state(stream, { batch }),
  ]);
}

function ending(stream: ConfiguredStream): readonly string[] {
  return stream.generation_id == null ? [] : [complete(stream)];
}
