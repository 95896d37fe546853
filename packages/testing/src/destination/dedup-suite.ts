import type { Json } from '@cuttle/protocol';
import { errorsOf } from '../harness/run-command.js';
import { EMITTED_AT, type Properties, range, record, type StreamOptions, state, streamOf } from './fixture.js';
import type { DestinationProfile } from './profile.js';
import { openSuite } from './suite.js';

const properties: Properties = {
  id: 'integer',
  version: 'integer',
  name: 'string',
  _ab_cdc_deleted_at: { type: ['null', 'string'], format: 'date-time' },
};
const DELETED = '2024-01-01T00:00:00Z';

/** D-DED: deduplication by key and cursor, and deletions. */
export function dedupSuite(profile: DestinationProfile): void {
  const suite = openSuite(profile);
  const { check } = suite;
  let states = 0;
  const things = (options: StreamOptions = {}, columns = properties) =>
    streamOf('things', columns, { mode: 'append_dedup', key: ['id'], cursor: 'version', ...options });
  type Row = Record<string, unknown> & { at?: number };
  const sync = async (rows: readonly Row[], stream = things()) => {
    states += 1;
    const lines = rows.map(({ at, ...data }) => record(stream, data, at === undefined ? {} : { at }));
    const content: Json = { n: states };
    await suite.warehouse.load([stream], [...lines, state(stream, content)]);
  };
  const names = async () => (await suite.warehouse.data('things')).map(({ name }) => name).sort();

  check(
    'D-DED-01',
    'composite key; the newest cursor wins inside a batch and across syncs; a late older row loses',
    async () => {
      const stream = things({ key: ['id', 'name'] });
      await sync(
        [
          { id: 1, name: 'a', version: 2 },
          { id: 1, name: 'a', version: 1 },
          { id: 1, name: 'b', version: 1 },
        ],
        stream,
      );
      await sync(
        [
          { id: 1, name: 'a', version: 1 },
          { id: 1, name: 'b', version: 5 },
        ],
        stream,
      );
      expect((await suite.warehouse.data('things')).map(({ name, version }) => [name, version]).sort()).toEqual([
        ['a', '2'],
        ['b', '5'],
      ]);
    },
  );

  check(
    'D-DED-02',
    'equal cursor: the later extraction wins; equal both: one row, the one that arrived last',
    async () => {
      await sync([
        { id: 1, version: 1, name: 'late', at: EMITTED_AT + 5 },
        { id: 1, version: 1, name: 'early' },
      ]);
      expect(await names()).toEqual(['late']);
      await sync([{ id: 1, version: 1, name: 'older', at: EMITTED_AT + 4 }]);
      expect(await names()).toEqual(['late']);
      await sync([
        { id: 2, version: 1, name: 'first' },
        { id: 2, version: 1, name: 'last' },
      ]);
      expect(await names()).toEqual(['last', 'late']);
    },
  );

  check('D-DED-03', 'without a cursor the time of extraction decides', async () => {
    const stream = streamOf('things', properties, { mode: 'append_dedup', key: ['id'] });
    await sync(
      [
        { id: 1, version: 9, name: 'old', at: EMITTED_AT },
        { id: 1, version: 1, name: 'new', at: EMITTED_AT + 1 },
      ],
      stream,
    );
    await sync([{ id: 1, version: 99, name: 'late', at: EMITTED_AT - 1 }], stream);
    expect(await names()).toEqual(['new']);
  });

  check('D-DED-04', 'a null cursor is older than any value; of two nulls the later extraction wins', async () => {
    await sync([
      { id: 1, version: 1, name: 'value' },
      { id: 1, version: null, name: 'null', at: EMITTED_AT + 9 },
    ]);
    await sync([{ id: 1, name: 'absent', at: EMITTED_AT + 10 }]);
    expect(await names()).toEqual(['value']);
    await sync([
      { id: 2, name: 'one', at: EMITTED_AT },
      { id: 2, name: 'two', at: EMITTED_AT + 1 },
    ]);
    await sync([
      { id: 2, name: 'three', at: EMITTED_AT + 2 },
      { id: 2, version: 0, name: 'four', at: EMITTED_AT },
    ]);
    expect(await names()).toEqual(['four', 'value']);
  });

  check('D-DED-05', 'cursors of each type, and a cursor changed to a new column', async () => {
    const cursors: readonly (readonly [string, Properties, unknown, unknown])[] = [
      ['integer', { c: 'integer' }, 9, 10],
      ['string', { c: 'string' }, 'a', 'b'],
      ['date', { c: { type: 'string', format: 'date' } }, '2024-01-09', '2024-01-10'],
      [
        'timestamp',
        { c: { type: 'string', format: 'date-time' } },
        '2024-01-01T09:00:00+05:00',
        '2024-01-01T05:00:00Z',
      ],
    ];
    for (const [name, column, older, newer] of cursors) {
      const stream = streamOf(
        `by_${name}`,
        { id: 'integer', name: 'string', ...column },
        { mode: 'append_dedup', key: ['id'], cursor: 'c' },
      );
      await suite.warehouse.load(
        [stream],
        [
          record(stream, { id: 1, c: newer, name: 'newer' }),
          record(stream, { id: 1, c: older, name: 'older' }),
          state(stream, { n: 1 }),
        ],
      );
      await suite.warehouse.load(
        [stream],
        [record(stream, { id: 1, c: older, name: 'older' }), state(stream, { n: 2 })],
      );
      expect((await suite.warehouse.data(`by_${name}`)).map((row) => row['name'])).toEqual(['newer']);
    }
    await sync([{ id: 1, version: 50, name: 'before' }]);
    const changed = things({ cursor: 'revision' }, { ...properties, revision: 'integer' });
    await sync([{ id: 1, version: 1, revision: 1, name: 'after' }], changed);
    expect(await names()).toEqual(['after']);
  });

  check('D-DED-06', 'keys of each type; null in part of a key is a value of its own', async () => {
    const keys: readonly (readonly [string, Properties, unknown])[] = [
      ['integer', { k: 'integer' }, '12345678901234567890123456789012345678'],
      ['string', { k: 'string' }, "it's"],
      ['uuid', { k: 'string' }, '7990d0d8-7c9b-4ca1-8b8d-9ffa3cd2d242'],
      ['timestamp', { k: { type: 'string', format: 'date-time' } }, '2024-01-01T00:00:00.123456Z'],
      ['decimal', { k: 'number' }, 12.5],
    ];
    for (const [name, column, value] of keys) {
      const stream = streamOf(
        `key_${name}`,
        { ...column, part: 'integer' },
        { mode: 'append_dedup', key: ['k', 'part'] },
      );
      const rows = [{ k: value, part: 1 }, { k: value, part: null }, { k: value }];
      const lines = rows.map((row) => record(stream, row));
      await suite.warehouse.load([stream], [...lines, state(stream, { n: 1 })]);
      await suite.warehouse.load([stream], [...lines, state(stream, { n: 2 })]);
      expect(await suite.warehouse.rows(`key_${name}`)).toHaveLength(2);
    }
  });

  check('D-DED-06', 'a key that is null throughout fails the sync with stream and field', async () => {
    const stream = things();
    const result = await suite.warehouse.write(
      [stream],
      [record(stream, { id: null, version: 1 }), state(stream, { n: 1 })],
    );
    expect(result.exitCode).not.toBe(0);
    expect(errorsOf(result)[0]?.message).toMatch(/"things".*id/);
  });

  check('D-DED-07', 'after a change of the key upserts are right and old rows remain', async () => {
    await sync([
      { id: 1, version: 1, name: 'a' },
      { id: 2, version: 1, name: 'b' },
    ]);
    await sync(
      [
        { id: 9, version: 2, name: 'a' },
        { id: 9, version: 1, name: 'c' },
      ],
      things({ key: ['name'] }),
    );
    expect((await suite.warehouse.data('things')).map(({ id, name }) => [id, name]).sort()).toEqual([
      ['2', 'b'],
      ['9', 'a'],
      ['9', 'c'],
    ]);
  });

  check('D-DED-08', 'append to dedup and back on an existing table', async () => {
    const append = streamOf('things', properties, { mode: 'append' });
    await sync(
      [
        { id: 1, version: 1, name: 'a' },
        { id: 1, version: 2, name: 'b' },
        { id: 2, version: 1, name: 'c' },
      ],
      append,
    );
    await sync([{ id: 1, version: 3, name: 'd' }]);
    expect(await names()).toEqual(['c', 'd']);
    await sync([{ id: 1, version: 4, name: 'e' }], append);
    expect(await names()).toEqual(['c', 'd', 'e']);
  });

  check('D-DED-09', 'a deletion removes the row in hard mode and keeps a tombstone in soft mode', async () => {
    for (const mode of ['hard', 'soft'] as const) {
      suite.warehouse.config = { ...suite.warehouse.config, cdc_deletion_mode: mode };
      const stream = streamOf(`deleted_${mode}`, properties, { mode: 'append_dedup', key: ['id'], cursor: 'version' });
      await suite.warehouse.load(
        [stream],
        [
          record(stream, { id: 1, version: 1 }),
          record(stream, { id: 2, version: 1, _ab_cdc_deleted_at: null }),
          state(stream, { n: 1 }),
        ],
      );
      await suite.warehouse.load(
        [stream],
        [record(stream, { id: 1, version: 2, _ab_cdc_deleted_at: DELETED }), state(stream, { n: 2 })],
      );
      const rows = await suite.warehouse.data(`deleted_${mode}`);
      expect(rows.map(({ id }) => id).sort()).toEqual(mode === 'hard' ? ['2'] : ['1', '2']);
      if (mode === 'soft') expect(rows.find(({ id }) => id === '1')?.['_ab_cdc_deleted_at']).toContain('2024-01-01');
    }
  });

  check('D-DED-10', 'deletions of unknown rows, in one batch, and before a re-insert', async () => {
    await sync([{ id: 1, version: 1, _ab_cdc_deleted_at: DELETED }]);
    await sync([
      { id: 2, version: 1, name: 'x' },
      { id: 2, version: 2, _ab_cdc_deleted_at: DELETED },
    ]);
    expect(await names()).toEqual([]);
    await sync([
      { id: 3, version: 2, _ab_cdc_deleted_at: DELETED },
      { id: 3, version: 3, name: 'back' },
    ]);
    await sync([
      { id: 4, version: 3, name: 'again' },
      { id: 4, version: 2, _ab_cdc_deleted_at: DELETED },
    ]);
    expect(await names()).toEqual(['again', 'back']);
  });

  check('D-DED-11', 'the same merge twice changes nothing', async () => {
    const rows = range(50).map((id) => ({ id, version: 1, name: `n${id}` }));
    await sync(rows);
    const before = await suite.warehouse.data('things');
    await sync(rows);
    expect(await suite.warehouse.data('things')).toEqual(before);
  });

  check('D-DED-12', '25,000 copies of a small batch end as one copy', async () => {
    const rows = range(4).map((id) => ({ id, version: 1, name: `n${id}` }));
    await sync(range(25_000).flatMap(() => rows));
    expect(await names()).toEqual(['n0', 'n1', 'n2', 'n3']);
  });

  check('D-DED-13', 'many versions of a key in one batch merge as one row', async () => {
    await sync([{ id: 1, version: 0, name: 'base' }]);
    await sync(
      range(1000).map((version) => ({ id: 1, version: (version * 7919) % 1000, name: `v${(version * 7919) % 1000}` })),
    );
    expect(await names()).toEqual(['v999']);
  });

  check('D-DED-14', 'keys with trailing spaces, other case or other Unicode form stay apart', async () => {
    const stream = streamOf('texts', { k: 'string' }, { mode: 'append_dedup', key: ['k'] });
    const keys = ['a', 'a ', 'A', 'é', 'e\u0301', '', ' '];
    await suite.warehouse.load([stream], [...keys.map((k) => record(stream, { k })), state(stream, { n: 1 })]);
    await suite.warehouse.load([stream], [...keys.map((k) => record(stream, { k })), state(stream, { n: 2 })]);
    expect((await suite.warehouse.data('texts')).map(({ k }) => k).sort()).toEqual([...keys].sort());
  });
}
