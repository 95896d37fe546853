import { complete, duckdbProfile, isLong, record, sortRows, state, streamOf, TestWarehouse } from '@cuttle/testing';
import fc from 'fast-check';
import { snowflakeProfile } from './profile.js';

/** A value of a record, as JSON has it. */
type Value = unknown;

const TZ = { type: ['null', 'string'], format: 'date-time', airbyte_type: 'timestamp_with_timezone' };
const NTZ = { type: ['null', 'string'], format: 'date-time', airbyte_type: 'timestamp_without_timezone' };

/** What a column of each type holds after a load: an independent reading of the rules, in plain TypeScript. */
const MODEL: Readonly<Record<string, { readonly schema: string | object; readonly keep: (value: Value) => Value }>> = {
  integer: {
    schema: 'integer',
    keep: (value) => {
      const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
      const whole = /^(-?\d{1,38})(\.0+)?$/.exec(text);
      return whole === null ? null : String(BigInt(whole[1] as string));
    },
  },
  number: {
    schema: 'number',
    keep: (value) => {
      if (typeof value === 'number') return value;
      return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : null;
    },
  },
  boolean: {
    schema: 'boolean',
    keep: (value) => {
      if (typeof value === 'boolean') return value;
      return typeof value === 'string' && /^(true|false)$/i.test(value) ? value.toLowerCase() === 'true' : null;
    },
  },
  string: { schema: 'string', keep: (value) => (typeof value === 'string' ? value : JSON.stringify(value)) },
  date: {
    schema: { type: ['null', 'string'], format: 'date' },
    keep: (value) => (isDay(value) ? value : midnight(value)),
  },
  zoned: { schema: TZ, keep: (value) => instant(value, 'Z') },
  local: { schema: NTZ, keep: (value) => instant(value, '') },
  object: { schema: 'object', keep: (value) => (isObject(value) ? value : null) },
  array: { schema: 'array', keep: (value) => (Array.isArray(value) ? value : null) },
};

function isObject(value: Value): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDay(value: Value): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const time = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

/** The day of a timestamp that lies at its very beginning, in UTC or without a zone. */
function midnight(value: Value): Value {
  const isAtMidnight = typeof value === 'string' && /^.{10}T00:00:00(\.0+)?Z?$/.test(value);
  return isAtMidnight && isDay(value.slice(0, 10)) ? value.slice(0, 10) : null;
}

/** UTC microseconds; a bare time is taken as UTC, a day as its midnight. */
function instant(value: Value, suffix: string): Value {
  if (isDay(value)) return `${value}T00:00:00.000000${suffix}`;
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?(Z|[-+]\d\d:\d\d)?$/.test(value))
    return null;
  if (!isDay(value.slice(0, 10))) return null;
  const time = new Date(Date.parse(/(Z|[-+]\d\d:\d\d)$/.test(value) ? value : `${value}Z`));
  return `${time.toISOString().slice(0, 23)}000${suffix}`;
}

const two = (max: number) => fc.integer({ min: 1, max }).map((n) => String(n).padStart(2, '0'));
const day = fc.tuple(fc.integer({ min: 1970, max: 2100 }), two(12), two(31)).map((parts) => parts.join('-'));
const time = fc
  .tuple(
    day,
    two(23),
    two(59),
    two(59),
    fc.constantFrom('', '.123', '.987'),
    fc.constantFrom('', 'Z', '+02:00', '-07:30'),
  )
  .map(([d, h, m, s, fraction, zone]) => `${d}T${h}:${m}:${s}${fraction}${zone}`);
const anyValue: fc.Arbitrary<Value> = fc.oneof(
  fc.tuple(day, fc.constantFrom('', 'Z', '+02:00')).map(([d, zone]) => `${d}T00:00:00${zone}`),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }).map((n) => Math.round(n * 100) / 100),
  fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }).map(String),
  fc.boolean(),
  fc.constantFrom('true', 'FALSE', ' 5 ', '0x1F', '1.50', '7.0', '', 'it\'s \\ "quoted"', 'ünï', '2024-02-30'),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  day,
  time,
  fc.array(fc.integer(), { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('a', 'b', 'ä"'), fc.oneof(fc.integer(), fc.string({ maxLength: 5 })), { maxKeys: 2 }),
  fc.constant(null),
);
const row = fc.record({
  id: fc.integer({ min: 1, max: 8 }),
  version: fc.option(fc.integer({ min: 1, max: 5 }), { nil: null }),
  values: fc.record(Object.fromEntries(Object.keys(MODEL).map((name) => [name, anyValue]))),
});
type TestRow = {
  readonly id: number;
  readonly version: number | null;
  readonly values: Readonly<Record<string, Value>>;
};

/** The newest row of each key, by version with nulls last; of equal ones the later. */
function newest(rows: readonly TestRow[]): readonly TestRow[] {
  const kept = new Map<number, TestRow>();
  for (const next of rows) {
    const before = kept.get(next.id);
    const isOlder =
      before !== undefined && before.version !== null && (next.version === null || next.version < before.version);
    if (!isOlder) kept.set(next.id, next);
  }
  return [...kept.values()];
}

describe('two destinations, one truth', () => {
  const snowflake = snowflakeProfile();

  it('the same messages give equal tables in DuckDB, in Snowflake and in a model', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(row, { minLength: 1, maxLength: 25 }), { minLength: 1, maxLength: 2 }),
        async (loads) => {
          const properties = {
            id: 'integer',
            version: 'integer',
            ...Object.fromEntries(Object.entries(MODEL).map(([name, { schema }]) => [`c_${name}`, schema])),
          };
          const stream = streamOf('truth', properties as never, {
            mode: 'append_dedup',
            key: ['id'],
            cursor: 'version',
            generation: 1,
          });
          const found = [];
          for (const profile of [duckdbProfile(), snowflake]) {
            const warehouse = new TestWarehouse(profile);
            try {
              for (const [index, rows] of loads.entries()) {
                const lines = (rows as readonly TestRow[]).map(({ id, version, values }) =>
                  record(stream, {
                    id,
                    version,
                    ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`c_${name}`, value])),
                  }),
                );
                await warehouse.load(
                  [{ ...stream, sync_id: index + 1 }],
                  [...lines, state(stream, { n: index }), complete(stream)],
                );
              }
              found.push(await warehouse.data('truth'));
            } finally {
              warehouse.remove();
            }
          }
          const expected = newest((JSON.parse(JSON.stringify(loads)) as readonly (readonly TestRow[])[]).flat()).map(
            ({ id, version, values }) => ({
              id: String(id),
              version: version === null ? null : String(version),
              ...Object.fromEntries(
                Object.entries(values).map(([name, value]) => [
                  `c_${name}`,
                  value === null ? null : MODEL[name]?.keep(value),
                ]),
              ),
            }),
          );
          expect(found[1]).toEqual(found[0]);
          expect(found[1]).toEqual(sortRows(expected));
        },
      ),
      { numRuns: isLong ? 200 : 6, endOnFailure: true },
    );
  }, 3_600_000);
});
