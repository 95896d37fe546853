import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfiguredStream } from '@cuttle/protocol';
import { complete, DuckdbFile, isFull, rawRecord, state, streamOf, TestWarehouse } from '@cuttle/testing';
import fc from 'fast-check';
import { loadDirectly } from './direct-load.js';
import { profileInProcess } from './profile.js';

const PROPERTIES = { id: 'integer', other: 'integer', name: 'string' };
const BEYOND = ['9223372036854775808', '-9223372036854775809', '99999999999999999999999999999999999999'] as const;
const WITHIN = ['9223372036854775807', '-9223372036854775808'] as const;
/** Rows from which on a batch goes through the select, not through the small lane. */
const MANY = 300;
/** Hundreds of lines make a commit, so that each batch of many is one; or a few lines do. */
const LARGE_COMMIT = 24_000;
const SMALL_COMMIT = 200;

const MODES = {
  append: { mode: 'append' },
  'append without ids': { mode: 'append', generation: undefined, syncId: undefined },
  'dedup by an integer': { mode: 'append_dedup', key: ['id'] },
  'dedup by an integer, with a cursor': { mode: 'append_dedup', key: ['id'], cursor: 'other' },
  overwrite: { mode: 'overwrite', minimum: 1 },
} as const;
type Mode = keyof typeof MODES;

function streamIn(mode: Mode, syncId = 2): ConfiguredStream {
  return streamOf('numbers', PROPERTIES, { generation: 1, syncId, ...MODES[mode] });
}

/** A record whose integers are given as JSON texts. */
const line = (id: string, other = 'null') => rawRecord('numbers', `{"id":${id},"other":${other}}`);
const few = (from: number) => [line(String(from)), line(String(from + 1))];
const many = (from: number) => Array.from({ length: MANY }, (_, n) => line(String(from + n)));

describe('the width of integer columns', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'widths-'));
    file = join(folder, 'w.duckdb');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Loads lines; gives the statements that were run. */
  async function load(
    stream: ConfiguredStream,
    lines: readonly string[],
    commitBytes = LARGE_COMMIT,
  ): Promise<readonly string[]> {
    const { failure, statements } = await loadDirectly({ folder, streams: [stream], lines, commitBytes });
    if (failure !== undefined) throw failure;
    return statements;
  }

  const typesOf = async () => {
    const { id, other } = (await new DuckdbFile(file).columns('main', 'numbers')) ?? {};
    return [id, other];
  };
  const valuesOf = async (column = 'id') => {
    const rows = await new DuckdbFile(file).query(`select ${column}::varchar from main.numbers order by ${column}`);
    return rows.map(([value]) => value);
  };
  const sorted = (values: Iterable<string>) => [...values].sort((a, b) => Number(BigInt(a) - BigInt(b)));

  it.each(Object.keys(MODES) as Mode[])('is BIGINT while all values have 64 bits: %s', async (mode) => {
    const stream = streamIn(mode);
    const extremes = WITHIN.map((value) => line(value));
    const statements = await load(stream, [
      ...few(1),
      state(stream, 1),
      ...extremes,
      state(stream, 2),
      complete(stream),
    ]);
    expect(await typesOf()).toEqual(['BIGINT', 'BIGINT']);
    expect(await valuesOf()).toEqual(sorted(['1', '2', ...WITHIN]));
    expect(statements.filter((sql) => sql.includes('set data type'))).toEqual([]);
  });

  describe.each(Object.keys(MODES) as Mode[])('%s', (mode) => {
    it.each(BEYOND)('becomes HUGEINT for %s in the first batch', async (value) => {
      const stream = streamIn(mode);
      await load(stream, [line(value), ...few(1), state(stream, 1), ...many(10), state(stream, 2), complete(stream)]);
      expect(await typesOf()).toEqual(['HUGEINT', 'BIGINT']);
      expect(await valuesOf()).toEqual(
        sorted(['1', '2', value, ...Array.from({ length: MANY }, (_, n) => `${10 + n}`)]),
      );
    });

    it.each(BEYOND)('becomes HUGEINT for %s behind hundreds of rows, in one transaction', async (value) => {
      const stream = streamIn(mode);
      const lines = [...many(1), state(stream, 1), ...many(1001), line(value), state(stream, 2), ...few(5001)];
      const statements = await load(stream, [...lines, state(stream, 3), complete(stream)]);
      expect(await typesOf()).toEqual(['HUGEINT', 'BIGINT']);
      const ids = Array.from({ length: MANY }, (_, n) => [`${1 + n}`, `${1001 + n}`]).flat();
      expect(await valuesOf()).toEqual(sorted([...ids, value, '5001', '5002']));
      const alter = statements.findIndex((sql) => sql.includes('set data type'));
      const begin = statements.lastIndexOf('begin transaction', alter);
      const inTransaction = statements.slice(begin, statements.indexOf('commit', alter));
      expect(inTransaction).not.toContain('rollback');
      expect(inTransaction.some((sql) => sql.startsWith('insert into') && sql.includes('_airbyte_raw_id'))).toBe(true);
    });

    it('stays HUGEINT in the next sync, and is not altered again', async () => {
      const first = streamIn(mode);
      await load(first, [line(BEYOND[0]), state(first, 1), complete(first)]);
      const next = streamIn(mode, 3);
      const statements = await load(next, [line(BEYOND[1]), ...many(1), state(next, 1), complete(next)]);
      expect((await typesOf())[0]).toBe('HUGEINT');
      expect(statements.filter((sql) => sql.includes('set data type'))).toEqual([]);
      expect(statements).not.toContain('rollback');
    });
  });

  it('is not changed by what no integer column holds: 39 digits become null as before', async () => {
    const stream = streamIn('append');
    await load(stream, [line('1', '100000000000000000000000000000000000000'), state(stream, 1), complete(stream)]);
    expect(await typesOf()).toEqual(['BIGINT', 'BIGINT']);
    expect(await valuesOf('other')).toEqual([null]);
  });

  it('grows for texts and exponents, and for each column by itself', async () => {
    const stream = streamIn('append');
    const lines = [line('1', '"9223372036854775808"'), line('2', '1e21'), line('3', '-5.0')];
    await load(stream, [...lines, state(stream, 1), complete(stream)]);
    expect(await typesOf()).toEqual(['BIGINT', 'HUGEINT']);
    expect(await valuesOf('other')).toEqual(['-5', '9223372036854775808', '1000000000000000000000']);
  });

  it('grows for a line that only the slow lane reads, next to one that nothing reads', async () => {
    const stream = streamIn('append');
    const lines = [
      line('9223372036854775808'),
      line('1', '2,"name":"\\ud800"'),
      rawRecord('numbers', 'null'),
      line('3'),
    ];
    await load(stream, [...lines, state(stream, 1), complete(stream)]);
    expect(await typesOf()).toEqual(['HUGEINT', 'BIGINT']);
    expect(await valuesOf()).toEqual(['1', '3', '9223372036854775808']);
  });

  it('grows while rows wait in the side table for a state', async () => {
    const stream = streamIn('append');
    const lines = [...many(1), ...many(1001), line(BEYOND[0]), ...many(2001), line(BEYOND[1]), state(stream, 1)];
    const statements = await load(stream, [...lines, complete(stream)]);
    expect(statements.some((sql) => sql.startsWith('alter table "main"."_cuttle_open_'))).toBe(true);
    expect(await typesOf()).toEqual(['HUGEINT', 'BIGINT']);
    expect(await valuesOf()).toHaveLength(3 * MANY + 2);
  });

  it('grows in one of two streams that share a transaction, and under a view', async () => {
    const warehouse = new TestWarehouse(profileInProcess());
    try {
      const streams = ['a', 'b'].map((name) => streamOf(name, { id: 'integer' }, { generation: 1, syncId: 2 }));
      const send = (ids: readonly string[], n: number) =>
        warehouse.load(
          streams.map((stream) => ({ ...stream, sync_id: n })),
          streams.flatMap((stream, index) => [
            rawRecord(stream.stream.name, `{"id":${ids[index]}}`),
            state(stream, n),
            complete(stream),
          ]),
        );
      await send(['1', '2'], 2);
      await warehouse.profile.execute(warehouse.config, 'create view seen as select * from a');
      await send([BEYOND[0], '3'], 3);
      const types = await Promise.all(
        ['a', 'b'].map((table) => warehouse.profile.columns(warehouse.config, 'main', table)),
      );
      expect(types.map((columns) => columns?.['id'])).toEqual(['HUGEINT', 'BIGINT']);
      expect(await warehouse.data('seen')).toEqual([{ id: '1' }, { id: BEYOND[0] }]);
      expect(await warehouse.data('b')).toEqual([{ id: '2' }, { id: '3' }]);
    } finally {
      warehouse.remove();
    }
  });

  it('of a table from before stays HUGEINT', async () => {
    const stream = streamIn('dedup by an integer');
    await load(stream, [...few(1), state(stream, 1), complete(stream)]);
    await new DuckdbFile(file).query('alter table main.numbers alter id type hugeint');
    const next = streamIn('dedup by an integer', 3);
    const statements = await load(next, [...few(2), ...many(10), state(next, 2), complete(next)]);
    expect(await typesOf()).toEqual(['HUGEINT', 'BIGINT']);
    expect((await valuesOf()).slice(0, 4)).toEqual(['1', '2', '3', '10']);
    expect(statements.filter((sql) => sql.includes('set data type'))).toEqual([]);
  });

  it.each([
    ['7', 'BIGINT'],
    ['9223372036854775808', 'HUGEINT'],
  ])('of a column that held the text %s and becomes integer is %s', async (text, type) => {
    const texts = streamOf('numbers', { id: 'string' }, { generation: 1, syncId: 2 });
    const lines = [rawRecord('numbers', `{"id":"${text}"}`), rawRecord('numbers', '{"id":"1.5"}')];
    await load(texts, [...lines, state(texts, 1), complete(texts)]);
    const integers = streamOf('numbers', { id: 'integer' }, { generation: 1, syncId: 3 });
    await load(integers, [rawRecord('numbers', '{"id":1}'), state(integers, 2), complete(integers)]);
    expect((await typesOf())[0]).toBe(type);
    expect(await valuesOf()).toEqual(['1', text, null]);
  });

  it('any integers in any order of batches, in any mode, are exactly those of a model', async () => {
    const integers = fc.oneof(
      fc.bigInt({ min: -3n, max: 12n }),
      fc
        .tuple(fc.constantFrom(...[...WITHIN, ...BEYOND].map(BigInt)), fc.bigInt({ min: -2n, max: 0n }))
        .map(([a, b]) => (a < 0n ? a - b : a + b)),
      fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
    );
    const rows = fc.array(fc.tuple(integers, fc.option(integers)), { maxLength: 6 });
    const syncs = fc.array(fc.array(fc.tuple(rows, fc.boolean()), { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...(Object.keys(MODES) as Mode[])), syncs, async (mode, all) => {
        const model: [bigint, bigint | null][] = [];
        for (const [index, batches] of all.entries()) {
          const stream = streamIn(mode, index + 2);
          const inOverwrite = { ...stream, generation_id: index + 1, minimum_generation_id: index + 1 };
          const used = mode === 'overwrite' ? inOverwrite : stream;
          if (mode === 'overwrite') model.length = 0;
          const lines = batches.flatMap(([own, hasMeta], batch) => [
            ...own.map(([id, other]) => {
              model.push([id, other]);
              const text = line(String(id), String(other));
              return hasMeta ? text.replace(/}}$/, '},"meta":{"changes":[]}}') : text;
            }),
            state(used, { place: `${index}.${batch}` }),
          ]);
          await load(used, used.generation_id === undefined ? lines : [...lines, complete(used)], SMALL_COMMIT);
        }
        const found = await new DuckdbFile(file).query('select id::varchar, other::varchar from main.numbers');
        const text = (row: readonly unknown[]) => row.map(String).join();
        expect(found.map(text).sort()).toEqual(newest(mode, model).map(text).sort());
        rmSync(file);
      }),
      { numRuns: isFull ? 60 : 6 },
    );
  }, 120_000);

  /** What stays of rows of equal time of extraction. */
  function newest(mode: Mode, rows: readonly [bigint, bigint | null][]): readonly (readonly [bigint, bigint | null])[] {
    if (!mode.startsWith('dedup')) return rows;
    const byKey = new Map<bigint, readonly [bigint, bigint | null]>();
    for (const row of rows) {
      const known = byKey.get(row[0])?.[1] ?? null;
      const isOlder = mode.endsWith('cursor') && known !== null && (row[1] === null || row[1] < known);
      if (!isOlder) byKey.set(row[0], row);
    }
    return [...byKey.values()];
  }
});
