import type { JsonObject } from '@cuttle/protocol';
import { errorsOf } from '../harness/run-command.js';
import { statement } from '../harness/statement.js';
import { changesOf, rawRecord, record, state, streamOf, TestWarehouse } from './fixture.js';
import type { DestinationProfile, DumpedRow } from './profile.js';

const timestampTz = { type: ['null', 'string'], format: 'date-time', airbyte_type: 'timestamp_with_timezone' };
const timestampNtz = { type: ['null', 'string'], format: 'date-time', airbyte_type: 'timestamp_without_timezone' };
const timeTz = { type: ['null', 'string'], format: 'time', airbyte_type: 'time_with_timezone' };
const timeNtz = { type: ['null', 'string'], format: 'time', airbyte_type: 'time_without_timezone' };
const date = { type: ['null', 'string'], format: 'date' };

/** What one input value becomes; `change` is what `_airbyte_meta` says of it. */
interface Case {
  /** JSON text of the value. */
  readonly input: string;
  readonly output: unknown;
  readonly change?: 'NULLED' | 'TRUNCATED';
}

/** D-TYP: each type with its extremes, wrong types, and what is recorded of a change. */
export function typeSuite(profile: DestinationProfile): void {
  let warehouse: TestWarehouse;
  beforeEach(() => {
    warehouse = new TestWarehouse(profile);
  });
  afterEach(() => warehouse.remove());
  const check = (id: string, title: string, run: () => Promise<void>, timeoutMs?: number) =>
    statement(id, title, profile.bypass, run, timeoutMs);

  /** Loads one record a case into column `v` and gives the rows in the order of the cases. */
  const loadCases = async (type: JsonObject | string, inputs: readonly string[]): Promise<readonly DumpedRow[]> => {
    const stream = streamOf('cases', { n: 'integer', v: type });
    const lines = inputs.map((input, n) => rawRecord('cases', `{"n":${n},"v":${input}}`));
    await warehouse.load([stream], [...lines, state(stream, { n: 1 })]);
    const rows = await warehouse.rows('cases');
    return [...rows].sort((a, b) => Number(column(a, 'n')) - Number(column(b, 'n')));
  };
  const expectCases = async (type: JsonObject | string, cases: readonly Case[]) => {
    const rows = await loadCases(
      type,
      cases.map(({ input }) => input),
    );
    expect(rows).toHaveLength(cases.length);
    for (const [index, { input, output, change }] of cases.entries()) {
      const row = rows[index] as DumpedRow;
      expect([input, column(row, 'v')]).toEqual([input, output]);
      const changes = changesOf(row).map((entry) => [input, entry.field, entry.change]);
      expect(changes).toEqual(change === undefined ? [] : [[input, 'v', change]]);
    }
  };

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
    await warehouse.load(
      [stream],
      [
        record(stream, { k: 1, ...values }),
        record(stream, { k: 2, ...nulls }),
        record(stream, { k: 3 }),
        state(stream, { n: 1 }),
      ],
    );
    const [full, empty, unset] = await warehouse.data('types');
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

  check('D-TYP-02', 'integers to 38 digits are exact; one beyond is null and noted', async () => {
    const nines = '9'.repeat(38);
    const exact = [
      '0',
      '1',
      '-1',
      '42',
      '-42',
      '2147483647',
      '2147483648',
      '-2147483649',
      '9007199254740993',
      '9223372036854775807',
      '9223372036854775808',
      '-9223372036854775809',
      nines,
      `-${nines}`,
    ];
    await expectCases('integer', [
      ...exact.map((input): Case => ({ input, output: input })),
      { input: `1${'0'.repeat(38)}`, output: null, change: 'NULLED' },
      { input: `-1${'0'.repeat(38)}`, output: null, change: 'NULLED' },
      { input: '1.5', output: null, change: 'NULLED' },
      { input: '5.0', output: '5' },
      { input: '"17"', output: '17' },
      { input: '" 5 "', output: null, change: 'NULLED' },
      { input: '"0x1F"', output: null, change: 'NULLED' },
      { input: '"1_000"', output: null, change: 'NULLED' },
      { input: 'true', output: null, change: 'NULLED' },
      { input: '[1]', output: null, change: 'NULLED' },
    ]);
  });

  check('D-TYP-03', 'numbers: double range, lost digits noted as TRUNCATED, overflow null', async () => {
    await expectCases('number', [
      { input: '123.4', output: 123.4 },
      { input: '1234567890.1234567890123456789', output: 1234567890.1234567, change: 'TRUNCATED' },
      { input: '50000.0000000000000001', output: 50000, change: 'TRUNCATED' },
      { input: '0.1234567890123456', output: 0.1234567890123456 },
      { input: '3.4028235e38', output: 3.4028235e38 },
      { input: '1.17549435e-38', output: 1.17549435e-38 },
      { input: '1.7976931348623157e308', output: 1.7976931348623157e308 },
      { input: '5e-324', output: 5e-324 },
      { input: '1e39', output: 1e39 },
      { input: '1e400', output: null, change: 'NULLED' },
      { input: '-1e400', output: null, change: 'NULLED' },
      { input: '7', output: 7 },
    ]);
    warehouse.remove();
    warehouse = new TestWarehouse(profile);
    const [row] = await loadCases('object', ['{"deep":[50000.0000000000000001]}']);
    expect(changesOf(row as DumpedRow)).toEqual([
      { field: 'v', change: 'TRUNCATED', reason: 'DESTINATION_SERIALIZATION_ERROR' },
    ]);
  });

  check('D-TYP-04', 'coercions of numbers and booleans', async () => {
    await expectCases('number', [
      { input: '"1.5"', output: 1.5 },
      { input: '"-2e3"', output: -2000 },
      { input: '"abc"', output: null, change: 'NULLED' },
      { input: 'true', output: null, change: 'NULLED' },
      { input: '""', output: null, change: 'NULLED' },
    ]);
    warehouse.remove();
    warehouse = new TestWarehouse(profile);
    await expectCases('boolean', [
      { input: 'true', output: true },
      { input: 'false', output: false },
      { input: '"true"', output: true },
      { input: '"False"', output: false },
      { input: '0', output: null, change: 'NULLED' },
      { input: '1', output: null, change: 'NULLED' },
      { input: '"yes"', output: null, change: 'NULLED' },
    ]);
  });

  check('D-TYP-05', 'timestamps with zone', async () => {
    await expectCases(timestampTz, [
      { input: '"2024-01-01T10:00:00Z"', output: '2024-01-01T10:00:00.000000Z' },
      { input: '"2024-01-01 10:00:00+02:00"', output: '2024-01-01T08:00:00.000000Z' },
      { input: '"2024-01-01T10:00:00-0730"', output: '2024-01-01T17:30:00.000000Z' },
      { input: '"2024-01-01T10:00:00+05"', output: '2024-01-01T05:00:00.000000Z' },
      { input: '"2024-01-01T10:00:00.123Z"', output: '2024-01-01T10:00:00.123000Z' },
      { input: '"2024-01-01T10:00:00.123456Z"', output: '2024-01-01T10:00:00.123456Z' },
      { input: '"2024-01-01T10:00:00.123456789Z"', output: '2024-01-01T10:00:00.123456Z', change: 'TRUNCATED' },
      { input: '"2024-01-01T10:00:00.123456000Z"', output: '2024-01-01T10:00:00.123456Z' },
      { input: '"2024-01-01T10:00:00"', output: '2024-01-01T10:00:00.000000Z' },
      { input: '"0001-01-01T00:00:00Z"', output: '0001-01-01T00:00:00.000000Z' },
      { input: '"9999-12-31T23:59:59Z"', output: '9999-12-31T23:59:59.000000Z' },
      { input: '"10000-01-01T00:00:00Z"', output: null, change: 'NULLED' },
      { input: '"2023-02-30T00:00:00Z"', output: null, change: 'NULLED' },
      { input: '"2016-12-31T23:59:60Z"', output: null, change: 'NULLED' },
      { input: '1704103200', output: null, change: 'NULLED' },
      { input: '"yesterday"', output: null, change: 'NULLED' },
    ]);
  });

  check('D-TYP-05', 'timestamps without zone, dates and times', async () => {
    const stream = streamOf('moments', { n: 'integer', ts: timestampNtz, d: date, t: timeNtz, tz: timeTz });
    const values = [
      { ts: '2024-01-01 10:00:00.5', d: '0001-01-01', t: '23:59:59.999999', tz: '10:00:00.123456789+02:00' },
      { ts: '2024-01-01T10:00:00+02:00', d: '9999-12-31', t: '00:00:00', tz: '10:00:00-0800' },
      { ts: '2023-02-30T00:00:00', d: '2023-02-30', t: '24:00:00', tz: '10:00:00' },
      { ts: 'x', d: '2024-01-05T00:00:00Z', t: '10:00', tz: '25:00:00Z' },
    ];
    await warehouse.load(
      [stream],
      [...values.map((value, n) => record(stream, { n, ...value })), state(stream, { n: 1 })],
    );
    const rows = await warehouse.data('moments');
    expect(rows).toEqual([
      {
        n: '0',
        ts: '2024-01-01T10:00:00.500000',
        d: '0001-01-01',
        t: '23:59:59.999999',
        tz: '10:00:00.123456789+02:00',
      },
      { n: '1', ts: '2024-01-01T08:00:00.000000', d: '9999-12-31', t: '00:00:00', tz: '10:00:00-0800' },
      { n: '2', ts: null, d: null, t: null, tz: null },
      { n: '3', ts: null, d: null, t: null, tz: null },
    ]);
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
      await warehouse.load([stream], [record(stream, wrong), state(stream, { n: 1 })]);
      const [row] = await warehouse.rows('wrong');
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
      const result = await warehouse.write([stream], [record(stream, bad), state(stream, { n: 1 })]);
      expect(result.exitCode).not.toBe(0);
      expect(errorsOf(result)[0]?.message).toMatch(bad.id === 'x' ? /"keyed".*"id"/ : /"keyed".*"version"/);
    }
  });

  check('D-TYP-07', 'changes of the source are kept and ours appended', async () => {
    const stream = streamOf('changed', { a: 'integer', b: 'string' }, { generation: 1, syncId: 42 });
    const own = { field: 'b', change: 'NULLED', reason: 'SOURCE_RETRIEVAL_ERROR' };
    await warehouse.write(
      [stream],
      [record(stream, { a: 'x' }, { meta: { changes: [own] } }), state(stream, { n: 1 })],
    );
    const [row] = await warehouse.rows('changed');
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
    const rows = await loadCases(
      'string',
      texts.map((text) => JSON.stringify(text)),
    );
    expect(rows.map((row) => column(row, 'v'))).toEqual(texts);
    expect(rows.flatMap(changesOf)).toEqual([]);
  });

  check('D-TYP-09', 'a text of 20 MB arrives whole and leaves its neighbours alone', async () => {
    const long = 'ü'.repeat(10_000_000);
    const rows = await loadCases('string', ['"before"', JSON.stringify(long), '"after"']);
    expect(rows.map((row) => (column(row, 'v') as string).length)).toEqual([6, 10_000_000, 5]);
    expect(column(rows[1] as DumpedRow, 'v') === long).toBe(true);
  });

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
    await warehouse.load([stream], [...lines.map((line) => rawRecord('nested', line)), state(stream, { n: 1 })]);
    const rows = await warehouse.data('nested');
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
      await warehouse.load([stream], [record(stream, value), state(stream, { n: 1 })]);
      const [row] = await warehouse.rows('wide');
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
    await warehouse.load([withProto], [rawRecord('odd', line), state(withProto, { n: 1 })]);
    const [row] = await warehouse.rows('odd');
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
    await warehouse.load([stream], [record(stream, { anything: 1 }), state(stream, { n: 1 })]);
    const [row] = await warehouse.rows('bare');
    expect(Object.keys(row as DumpedRow)).toHaveLength(4);
  });
}

/** Value of a column by its name in any case; an own property only. */
export function column(row: DumpedRow, name: string): unknown {
  return Object.entries(row).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}
