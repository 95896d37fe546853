import type { JsonObject } from '@cuttle/protocol';
import { errorsOf } from '../harness/run-command.js';
import { changesOf, rawRecord, record, state, streamOf } from './fixture.js';
import type { DestinationProfile, DumpedRow } from './profile.js';
import { openSuite } from './suite.js';
import { column, loadValues } from './value-cases.js';

const timestampTz = { type: ['null', 'string'], format: 'date-time', airbyte_type: 'timestamp_with_timezone' };
const timestampNtz = { type: ['null', 'string'], format: 'date-time', airbyte_type: 'timestamp_without_timezone' };
const timeTz = { type: ['null', 'string'], format: 'time', airbyte_type: 'time_with_timezone' };
const timeNtz = { type: ['null', 'string'], format: 'time', airbyte_type: 'time_without_timezone' };
const date = { type: ['null', 'string'], format: 'date' };

/** D-TYP: each type with its extremes, wrong types, and what is recorded of a change. */
export function typeSuite(profile: DestinationProfile): void {
  const suite = openSuite(profile);
  const { check } = suite;

  check('D-TYP-01', 'valid, null and unset for each type', async () => {
    const types: Record<string, JsonObject> = {
      s: { type: 'string' },
      n: { type: 'number' },
      i: { type: 'integer' },
      b: { type: 'boolean' },
      d: date,
      tz: timestampTz,
      ts: timestampNtz,
      ttz: timeTz,
      t: timeNtz,
      o: { type: 'object', properties: { a: { type: 'integer' } } },
      o2: { type: 'object' },
      a: { type: 'array', items: { type: 'integer' } },
      a2: { type: 'array' },
      u: { type: ['string', 'object'] },
      x: {},
    };
    const stream = streamOf('types', { k: 'integer', ...types });
    const values = {
      s: 'text',
      n: 1.5,
      i: 7,
      b: true,
      d: '2024-02-29',
      tz: '2024-01-01T10:00:00+02:00',
      ts: '2024-01-01T10:00:00',
      ttz: '10:00:00Z',
      t: '10:00:00',
      o: { a: 1 },
      o2: { b: [1] },
      a: [1, 2],
      a2: [{}],
      u: { c: 1 },
      x: [true],
    };
    const nulls = Object.fromEntries(Object.keys(values).map((name) => [name, null]));
    await suite.warehouse.load(
      [stream],
      [
        record(stream, { k: 1, ...values }),
        record(stream, { k: 2, ...nulls }),
        record(stream, { k: 3 }),
        state(stream, { n: 1 }),
      ],
    );
    const [full, empty, unset] = await suite.warehouse.data('types');
    expect(full).toEqual({
      k: '1',
      s: 'text',
      n: 1.5,
      i: '7',
      b: true,
      d: '2024-02-29',
      tz: '2024-01-01T08:00:00.000000Z',
      ts: '2024-01-01T10:00:00.000000',
      ttz: '10:00:00Z',
      t: '10:00:00',
      o: { a: 1 },
      o2: { b: [1] },
      a: [1, 2],
      a2: [{}],
      u: { c: 1 },
      x: [true],
    });
    expect(empty).toEqual({ k: '2', ...nulls });
    expect(unset).toEqual({ k: '3', ...nulls });
  });

  check(
    'D-TYP-06',
    'a wrong type in every column becomes null with a change naming the field; the sync succeeds',
    async () => {
      const columns = {
        n: 'number',
        i: 'integer',
        b: 'boolean',
        d: date,
        tz: timestampTz,
        o: 'object',
        a: 'array',
      } as const;
      const stream = streamOf('wrong', columns);
      const wrong = { n: {}, i: 'x', b: [], d: 5, tz: true, o: 'text', a: { not: 'a list' } };
      await suite.warehouse.load([stream], [record(stream, wrong), state(stream, { n: 1 })]);
      const [row] = await suite.warehouse.rows('wrong');
      for (const name of Object.keys(columns)) expect(column(row as DumpedRow, name)).toBeNull();
      expect(changesOf(row as DumpedRow)).toEqual(
        Object.keys(columns).map((field) => ({ field, change: 'NULLED', reason: 'DESTINATION_SERIALIZATION_ERROR' })),
      );
    },
  );

  check('D-TYP-06', 'a wrong type in a key or cursor fails the sync with stream and field', async () => {
    for (const bad of [
      { id: 'x', version: 1 },
      { id: 1, version: 'x' },
    ]) {
      const stream = streamOf(
        'keyed',
        { id: 'integer', version: 'integer' },
        { mode: 'append_dedup', key: ['id'], cursor: 'version' },
      );
      const result = await suite.warehouse.write([stream], [record(stream, bad), state(stream, { n: 1 })]);
      expect(result.exitCode).not.toBe(0);
      expect(errorsOf(result)[0]?.message).toMatch(bad.id === 'x' ? /"keyed".*"id"/ : /"keyed".*"version"/);
    }
  });

  check('D-TYP-07', 'changes of the source are kept and ours appended', async () => {
    const stream = streamOf('changed', { a: 'integer', b: 'string' }, { generation: 1, syncId: 42 });
    const own = { field: 'b', change: 'NULLED', reason: 'SOURCE_RETRIEVAL_ERROR' };
    await suite.warehouse.write(
      [stream],
      [record(stream, { a: 'x' }, { meta: { changes: [own] } }), state(stream, { n: 1 })],
    );
    const [row] = await suite.warehouse.rows('changed');
    expect(changesOf(row as DumpedRow)).toEqual([
      own,
      { field: 'a', change: 'NULLED', reason: 'DESTINATION_SERIALIZATION_ERROR' },
    ]);
    expect((column(row as DumpedRow, '_airbyte_meta') as { sync_id: number }).sync_id).toBe(42);
  });

  check('D-TYP-08', 'strings survive byte by byte; the empty string differs from null', async () => {
    const texts = [
      '',
      '"',
      "'",
      '\\',
      'a\nb',
      'a\r\nb',
      '\u2028\u2029',
      '😀',
      '\u0000',
      '\\N',
      'NULL',
      'null',
      '  spaces  ',
      '\t',
      'ü',
      "'; drop table cases; --",
      '{"a":1}',
      '\ufeff',
    ];
    const rows = await loadValues(
      suite,
      'string',
      texts.map((text) => JSON.stringify(text)),
    );
    expect(rows.map((row) => column(row, 'v'))).toEqual(texts);
    expect(rows.flatMap(changesOf)).toEqual([]);
  });

  check(
    'D-TYP-09',
    'a text of 20 MB, or of the longest length, arrives whole and leaves its neighbours alone',
    async () => {
      const bytes = Math.min(20_000_000, profile.longestTextBytes ?? Number.POSITIVE_INFINITY);
      const long = 'ü'.repeat(bytes / 2);
      const rows = await loadValues(suite, 'string', ['"before"', JSON.stringify(long), '"after"']);
      expect(rows.map((row) => (column(row, 'v') as string).length)).toEqual([6, bytes / 2, 5]);
      expect(column(rows[1] as DumpedRow, 'v') === long).toBe(true);
    },
  );

  const { longestTextBytes } = profile;
  if (longestTextBytes !== undefined) {
    check('D-TYP-09', 'a text beyond the longest length is null and noted', async () => {
      const rows = await loadValues(suite, 'string', [JSON.stringify('x'.repeat(longestTextBytes + 1)), '"after"']);
      expect(rows.map((row) => column(row, 'v'))).toEqual([null, 'after']);
      expect(changesOf(rows[0] as DumpedRow).map(({ field, change }) => [field, change])).toEqual([['v', 'NULLED']]);
    });
  }

  check('D-TYP-10', 'unions, unknown types, deep nesting, arrays of nulls', async () => {
    const deep = `${'['.repeat(100)}${']'.repeat(100)}`;
    const stream = streamOf('nested', {
      n: 'integer',
      scalar: { type: ['string', 'integer', 'boolean'] },
      objects: {
        oneOf: [
          { type: 'object', properties: { a: { type: 'string' } } },
          { type: 'object', properties: { a: { type: 'integer' } } },
        ],
      },
      unknown: { type: 'whatever' },
      deep: { type: 'array' },
      nulls: { type: 'array' },
    });
    const lines = [
      `{"n":0,"scalar":"text","objects":{"a":"x"},"unknown":1,"deep":${deep},"nulls":[null,null]}`,
      '{"n":1,"scalar":5,"objects":{"a":5,"b":null},"unknown":{"k":"v"},"deep":[],"nulls":[]}',
      '{"n":2,"scalar":true,"objects":{},"unknown":"t","deep":null,"nulls":null}',
    ];
    await suite.warehouse.load([stream], [...lines.map((line) => rawRecord('nested', line)), state(stream, { n: 1 })]);
    const rows = await suite.warehouse.data('nested');
    expect(rows.map(({ scalar, objects, unknown, nulls }) => ({ scalar, objects, unknown, nulls }))).toEqual([
      { scalar: 'text', objects: { a: 'x' }, unknown: 1, nulls: [null, null] },
      { scalar: 5, objects: { a: 5, b: null }, unknown: { k: 'v' }, nulls: [] },
      { scalar: true, objects: {}, unknown: 't', nulls: null },
    ]);
    expect(JSON.stringify(rows[0]?.['deep'])).toBe(deep);
  });

  check(
    'D-TYP-10',
    '2,000 columns',
    async () => {
      const names = [...Array(2000).keys()].map((n) => `column_${n}`);
      const stream = streamOf('wide', Object.fromEntries(names.map((name) => [name, 'integer'])));
      const value = Object.fromEntries(names.map((name, n) => [name, n]));
      await suite.warehouse.load([stream], [record(stream, value), state(stream, { n: 1 })]);
      const [row] = await suite.warehouse.rows('wide');
      expect(column(row as DumpedRow, 'column_1999')).toBe('1999');
    },
    120_000,
  );

  check('D-TYP-11', 'JSON in a text column is text; odd keys are data', async () => {
    const stream = streamOf('odd', {
      s: 'string',
      __proto__x: 'string',
      ['constructor']: 'string',
      toString: 'string',
      '': 'string',
      o: 'object',
    });
    const withProto = JSON.parse(JSON.stringify(stream)) as typeof stream;
    const properties = withProto.stream.json_schema['properties'] as Record<string, unknown>;
    Object.defineProperty(properties, '__proto__', {
      value: { type: 'string' },
      enumerable: true,
      configurable: true,
      writable: true,
    });
    const line =
      '{"s":{"a":[1]},"__proto__":"p","constructor":"c","toString":"t","":"e","o":{"__proto__":{"polluted":true}}}';
    await suite.warehouse.load([withProto], [rawRecord('odd', line), state(withProto, { n: 1 })]);
    const [row] = await suite.warehouse.rows('odd');
    expect(column(row as DumpedRow, 's')).toBe('{"a":[1]}');
    expect(['__proto__', 'constructor', 'toString'].map((name) => column(row as DumpedRow, name))).toEqual([
      'p',
      'c',
      't',
    ]);
    expect(Object.values(row as DumpedRow)).toContain('e');
    expect(JSON.stringify(column(row as DumpedRow, 'o'))).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  check('D-TYP-12', 'a stream without columns has the meta columns only', async () => {
    const stream = streamOf('bare', {});
    await suite.warehouse.load([stream], [record(stream, { anything: 1 }), state(stream, { n: 1 })]);
    const [row] = await suite.warehouse.rows('bare');
    expect(Object.keys(row as DumpedRow)).toHaveLength(4);
  });
}
