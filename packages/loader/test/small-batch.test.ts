import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import type { AirbyteType } from '../src/airbyte-type.js';
import { castSelect } from '../src/cast-select.js';
import { Engine } from '../src/engine.js';
import { readSmallBatch } from '../src/small-batch.js';
import type { Row, StagedLoad } from '../src/warehouse.js';

/** Columns of the engine, as a table of DuckDB has them. */
const ENGINE_TYPES: Readonly<Record<AirbyteType, string>> = {
  string: 'VARCHAR',
  number: 'DOUBLE',
  integer: 'HUGEINT',
  boolean: 'BOOLEAN',
  date: 'DATE',
  time_with_timezone: 'VARCHAR',
  time_without_timezone: 'TIME',
  timestamp_with_timezone: 'TIMESTAMP WITH TIME ZONE',
  timestamp_without_timezone: 'TIMESTAMP',
  object: 'JSON',
  array: 'JSON',
  union: 'JSON',
  unknown: 'JSON',
};
const TYPES = Object.keys(ENGINE_TYPES) as AirbyteType[];

const pad = (length: number) => (value: number) => String(value).padStart(length, '0');
const digits = (length: number, max: number) => fc.integer({ min: 0, max }).map(pad(length));
const fractions = fc.oneof(
  fc.constant(''),
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 7 }).map((d) => `.${d.join('')}`),
);
const zones = fc.oneof(
  fc.constantFrom('', 'Z', '+00:00', '-05:00'),
  fc.constantFrom('', 'Z', 'z', ' UTC', '+00:00', '-00:00', '+23:59', '-23:59', '+14:00', '-12', ' +02', '+0530'),
);
const days = fc
  .tuple(
    fc.oneof(digits(4, 9999), fc.constantFrom('0000', '0001', '0099', '0100', '1582', '1969', '1970', '9999')),
    fc.oneof(digits(2, 13), fc.constantFrom('01', '02', '12')),
    fc.oneof(digits(2, 32), fc.constantFrom('01', '28', '29', '31')),
  )
  .map((parts) => parts.join('-'));
const clocks = fc
  .tuple(digits(2, 24), digits(2, 60), digits(2, 60), fractions)
  .map(([hour, minute, second, fraction]) => `${hour}:${minute}:${second}${fraction}`);
const moments = fc.tuple(days, fc.constantFrom('T', ' ', 't'), clocks, zones).map((parts) => parts.join(''));

const letters = fc.constantFrom(
  ...['a', 'B', ' ', '"', '\\', '/', '\n', '\t', '\u0000', '\u0001', '\u001f', '\u007f', '\u0085', '\u009f', '\u00e9'],
  ...['\u2028', '\u2029', '\ud800', '\udc00', '\ufffd', '\ufeff', '\uffff', '\u{1F600}', '<', '&', "'", '\u0300'],
);
const texts = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.array(letters, { maxLength: 6 }).map((parts) => parts.join('')),
  fc.constantFrom('', 'null', '{}', 'true', '5', '-0', '\\u0000', '\\ud800', '__proto__'),
);

/** JSON texts of numbers, as senders write them. */
const numbers = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map(String),
  fc
    .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: 0, max: 9_999_999 }), fc.nat(7))
    .map(([whole, fraction, length]) => `${whole}.${pad(length)(fraction)}`),
  fc.constantFrom(
    ...['0', '-0', '0.0', '-0.0', '1.0', '1.10', '0.1', '0.00001', '0.000001', '0.0000001', '1e5', '1E+5', '1e-7'],
    ...['999999999999999', '9007199254740993', '9223372036854775807', '-9223372036854775808', '18446744073709551616'],
    ...['1e400', '5e-324', '123456789.123456', '0.123456789012345', '999999999999999.999999999999999'],
  ),
);

/** A JSON value as its text: keys twice, numbers as they are written, escapes of several kinds. */
const { json } = fc.letrec<{ json: string }>((tie) => {
  const value = fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(texts.map(jsonText), numbers, fc.constantFrom('true', 'false', 'null')),
    fc.array(tie('json'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom('a', 'A', 'b', '', '__proto__', 'a.b', '/'), texts), tie('json')), {
        maxLength: 4,
      })
      .map((members) => `{ ${members.map(([key, member]) => `${jsonText(key)} : ${member}`).join(' ,')} }`),
  );
  return { json: value };
});
const clean: Readonly<Record<AirbyteType, fc.Arbitrary<string>>> = {
  string: texts.map(jsonText),
  number: numbers,
  integer: numbers,
  boolean: fc.constantFrom('true', 'false'),
  date: fc.oneof(days, moments).map(jsonText),
  time_with_timezone: fc.tuple(clocks, zones).map((parts) => jsonText(parts.join(''))),
  time_without_timezone: clocks.map(jsonText),
  timestamp_with_timezone: fc.oneof(days, moments).map(jsonText),
  timestamp_without_timezone: fc.oneof(days, moments).map(jsonText),
  object: json,
  array: json,
  union: json,
  unknown: json,
};

function jsonText(text: string): string {
  return JSON.stringify(text);
}

describe('readSmallBatch', () => {
  let folder: string;
  let engine: Engine;
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-small-'));
    engine = await Engine.open({ folder });
  });
  afterAll(() => {
    engine.close();
    fs.rmSync(folder, { recursive: true });
  });

  function loadOf(lines: readonly string[], properties: readonly (readonly [string, AirbyteType])[]): StagedLoad {
    const file = path.join(folder, 'segment.ndjson');
    const text = lines.map((line) => `${line}\n`).join('');
    fs.writeFileSync(file, text);
    const bytes = Buffer.byteLength(text);
    const columns = properties.map(([property, type], index) => ({ property, name: `c${index}`, type }));
    const table = { schema: 's', name: 't' };
    return {
      plan: { table, columns, key: [], cursor: undefined, tombstone: undefined },
      segments: [
        { path: file, bytes, records: lines.length, checksum: 0, longestLine: bytes, carries: false, lines: [] },
      ],
      records: lines.length,
      generationId: 7,
      syncId: 3,
      ordered: false,
      batchTable: { schema: 's', name: 'b' },
    };
  }

  /** Rows as texts: by the small lane, and by the select; undefined when the small lane leaves them to the select. */
  async function both(load: StagedLoad) {
    const batch = readSmallBatch(load);
    if (batch === undefined) return undefined;
    const { columns } = load.plan;
    const types = columns.map(({ type }) => ENGINE_TYPES[type]);
    await engine.run('drop table if exists small');
    await engine.createSmall('small', load.plan, types, batch);
    const list = ['_airbyte_extracted_at', ...columns.map(({ name }) => name)].map((name) => `${name}::varchar`);
    const rowsOf = async (relation: string) => {
      const rows = await engine.query(`select [${list.join(', ')}]::varchar[] from ${relation}`);
      return rows;
    };
    const expected = await rowsOf(`(select * from (${castSelect(load)}))`);
    const meta = await engine.query(`select distinct _airbyte_meta::varchar from (${castSelect(load)})`);
    return { small: await rowsOf('small'), expected, meta };
  }

  const recordLine = (data: string, rest = '"emitted_at":1700000000123') =>
    `{"type":"RECORD","record":{"stream":"s","data":${data},${rest}}}`;

  it.each(TYPES)('a column of type %s has the values that the select gives', async (type) => {
    let taken = 0;
    const value = fc.oneof({ weight: 8, arbitrary: clean[type] }, { weight: 1, arbitrary: json });
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 50, maxLength: 250 }), async (values) => {
        const lines = values
          .map((v) => recordLine(`{"v":${v}}`))
          .filter((line) => readSmallBatch(loadOf([line], [['v', type]])) !== undefined);
        const result = await both(loadOf(lines, [['v', type]]));
        taken += lines.length;
        const rows = (of: readonly Row[] | undefined) => of?.map((row, index) => [lines[index], row]);
        expect(rows(result?.small)).toEqual(rows(result?.expected));
        expect(result?.meta).toEqual(lines.length === 0 ? [] : [['{"sync_id":3,"changes":[]}']]);
      }),
      { numRuns: 4 },
    );
    expect(taken).toBeGreaterThan(10);
  });

  it('columns whose names differ in case, and keys that come twice, have the values that the select gives', async () => {
    const member = fc.tuple(fc.constantFrom('a', 'A', 'b', '__proto__', '', 'rowid', '_arrival'), json);
    const properties = ['a', 'A', 'b', '__proto__', '', 'rowid', '_arrival'].map((name) => [name, 'unknown'] as const);
    for (const wanted of [properties, properties.slice(1, 4)]) {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(member, { maxLength: 5 }), { minLength: 50, maxLength: 100 }),
          async (rows) => {
            const lines = rows
              .map((members) => recordLine(`{${members.map(([key, text]) => `${jsonText(key)}:${text}`).join()}}`))
              .filter((line) => readSmallBatch(loadOf([line], wanted)) !== undefined);
            const result = await both(loadOf(lines, wanted));
            expect(result?.small).toEqual(result?.expected);
            expect(lines.length).toBeGreaterThan(0);
          },
        ),
        { numRuns: 4 },
      );
    }
  });

  it.each([3, 101, 102, 3000, 5000, 20_000])('a value nested %i levels deep breaks nothing', (depth) => {
    const line = recordLine(`{"v":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    expect(readSmallBatch(loadOf([line], [['v', 'unknown']])) === undefined).toBe(depth > 101);
  });
});
