import type { AirbyteType } from './airbyte-type.js';
import type { Column } from './dialect.js';
import { rareForm } from './rare-form-functions.js';
import type { RarelyFormedType } from './rare-forms.js';
import type { StagedLoad } from './warehouse.js';

/**
 * The select that reads segments with DuckDB and gives checked, typed rows: the heart of every load.
 *
 * Values are read as text and cast with checks, because DuckDB's typed read turns 1.5 into 2 for an integer and true
 * into 1, and fails a whole file for one bad value. What does not fit becomes null with an entry in `_airbyte_meta`.
 */

/** Begins the message of an error raised inside a load for a key or cursor value that cannot be used. */
export const KEY_ERROR = 'CUTTLE_KEY:';

/** How to read a property, and how its value becomes the column's. `raw` is an SQL expression. */
export interface Cast {
  readonly readAs: 'VARCHAR' | 'JSON';
  readonly cast: (raw: string) => string;
  /** Every value that is not null stays one. */
  readonly isTotal?: true;
  /** Whether a value of this column was cut, although it was kept; undefined when that cannot happen. */
  readonly cut?: (raw: string) => string;
}

const ZONE = '(Z|[-+]([01][0-9]|2[0-3])(:?[0-5][0-9])?)';
const CLOCK = '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?';
const DAY = '[0-9]{4}-[0-9]{2}-[0-9]{2}';
const TIMESTAMP = `${DAY}[T ]${CLOCK}${ZONE}?`;
const USUAL_FORMS = {
  date: DAY,
  time_with_timezone: `${CLOCK} ?${ZONE}`,
  time_without_timezone: CLOCK,
  timestamp_with_timezone: TIMESTAMP,
  timestamp_without_timezone: TIMESTAMP,
} as const;
const SHORTEST_NANO_TIME = '00:00:00.0000001'.length;
const SHORTEST_NANO_TIMESTAMP = '2000-01-01T00:00:00.0000001'.length;

const asIs: Cast = { readAs: 'JSON', cast: (raw) => raw, isTotal: true };

/** A cast for each type. */
export type Casts = Readonly<Record<AirbyteType, Cast>>;

/** Casts to values of DuckDB. */
export const DUCKDB_CASTS: Casts = {
  string: { readAs: 'VARCHAR', cast: (raw) => raw, isTotal: true },
  integer: { readAs: 'VARCHAR', cast: integerCast },
  number: { readAs: 'VARCHAR', cast: numberCast },
  boolean: { readAs: 'VARCHAR', cast: (raw) => `case lower(${raw}) when 'true' then true when 'false' then false end` },
  date: usualOrRare('date', (raw) => `try_cast(${raw} as date)`),
  time_with_timezone: usualOrRare('time_with_timezone', (raw) => raw),
  time_without_timezone: {
    ...usualOrRare('time_without_timezone', (raw) => `try_cast(${raw} as time)`),
    cut: (raw) => hasNanoseconds(raw, SHORTEST_NANO_TIME),
  },
  timestamp_with_timezone: {
    ...usualOrRare('timestamp_with_timezone', (raw) => `try_cast(${raw} as timestamptz)`),
    cut: (raw) => hasNanoseconds(raw, SHORTEST_NANO_TIMESTAMP),
  },
  timestamp_without_timezone: {
    // A value with an offset is the same instant in UTC; a bare one is taken as it stands.
    ...usualOrRare('timestamp_without_timezone', (raw) => `timezone('UTC', try_cast(${raw} as timestamptz))`),
    cut: (raw) => hasNanoseconds(raw, SHORTEST_NANO_TIMESTAMP),
  },
  object: { readAs: 'JSON', cast: (raw) => `case when starts_with(${raw}, '{') then ${raw} end` },
  array: { readAs: 'JSON', cast: (raw) => `case when starts_with(${raw}, '[') then ${raw} end` },
  union: asIs,
  unknown: asIs,
};

/** Whether a value has the form in which nearly all senders write it; years 0001 to 9999. */
export function hasUsualForm(type: Exclude<RarelyFormedType, 'integer'>, raw: string): string {
  const matches = `regexp_full_match(${raw}, '${USUAL_FORMS[type]}')`;
  return type.startsWith('time_') ? matches : `${matches} and not starts_with(${raw}, '0000')`;
}

/** Values in their usual form are cast here; only the others cost a call of {@link rareForm}. */
function usualOrRare(type: Exclude<RarelyFormedType, 'integer'>, cast: (raw: string) => string): Cast {
  return {
    readAs: 'VARCHAR',
    cast: (raw) =>
      `case when ${hasUsualForm(type, raw)} then ${cast(raw)} when ${raw} is not null then ${cast(rareForm(type, raw))} end`,
  };
}

/** Whether there are digits behind the microseconds. Most values are too short for that, which is a cheap thing to see. */
function hasNanoseconds(raw: string, shortest: number): string {
  return `case when strlen(${raw}) >= ${shortest} then regexp_matches(${raw}, '\\.[0-9]{6}0*[1-9]') else false end`;
}

/** Few nodes for the usual: an expression that stands in several places makes planning a thousand columns take minutes. */
function integerCast(raw: string): string {
  return `case when try_cast(${raw} as bigint)::varchar = ${raw} then try_cast(${raw} as bigint)::hugeint
    when ${raw} is not null then try_cast(${rareForm('integer', raw)} as hugeint) end`;
}

/** NaN and Infinity are values of the protocol's Number; a number that overflows a double is not. */
function numberCast(raw: string): string {
  const finite = `nullif(nullif(try_cast(${raw} as double), 'inf'::double), '-inf'::double)`;
  return `case when regexp_full_match(${raw}, '-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?') then ${finite}
    when ${raw} in ('NaN', 'Infinity', '-Infinity') then ${raw}::double end`;
}

/** An SQL text literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Default of DuckDB; a longer line needs more. */
const DEFAULT_OBJECT_BYTES = 16 * 1024 * 1024;

/**
 * Rows of the segments of a load: meta columns, then the plan's columns by their names, in the order of arrival.
 *
 * @param casts what becomes of the values of each type
 */
export function castSelect(load: StagedLoad, casts: Casts = DUCKDB_CASTS): string {
  const { plan } = load;
  const indexed = plan.columns.map((column, index) => ({ column, index, cast: casts[column.type] }));
  const raws = indexed.map(({ column, index, cast }) => `${rawValue(column, cast, load)} as r${index}`);
  const checkedValues = indexed.map(({ index, cast }) => `${cast.cast(`r${index}`)} as c${index}`);
  const values = indexed.map(({ column, index }) => `c${index} as ${quote(column.name)}`);
  return `select
  ${[
    'uuid() as _airbyte_raw_id',
    'make_timestamptz(emitted_at * 1000) as _airbyte_extracted_at',
    `${metaValue(load, casts)} as _airbyte_meta`,
    `${generationValue(load)} as _airbyte_generation_id`,
    ...values,
  ].join(',\n  ')}
from (
  select ${['emitted_at', 'meta', ...indexed.map(({ index }) => `r${index}`), ...checkedValues].join(',\n    ')}
  from (
    select ${['record.emitted_at as emitted_at', 'record.meta as meta', ...raws].join(',\n      ')}
    from ${reader(load, casts)}
  )
)`;
}

/** Struct fields are found by exact key, but a struct cannot have two names that differ in case only, nor an empty one. */
function needsJsonPaths(load: StagedLoad): boolean {
  const properties = load.plan.columns.map(({ property }) => property);
  return properties.includes('') || new Set(properties.map((name) => name.toLowerCase())).size < properties.length;
}

function rawValue(column: Column, cast: Cast, load: StagedLoad): string {
  if (!needsJsonPaths(load)) return `record.data[${literal(column.property)}]`;
  const pointer = literal(`/${column.property.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  return cast.readAs === 'VARCHAR'
    ? `(record.data ->> ${pointer})`
    : `nullif((record.data -> ${pointer})::varchar, 'null')::json`;
}

function reader(load: StagedLoad, casts: Casts): string {
  const fields = load.plan.columns.map(({ property, type }) => `${quote(property)} ${casts[type].readAs}`);
  const data = needsJsonPaths(load) || fields.length === 0 ? 'JSON' : `STRUCT(${fields.join(', ')})`;
  const record = literal(`STRUCT(data ${data}, emitted_at BIGINT, meta JSON)`);
  const longest = Math.max(DEFAULT_OBJECT_BYTES, ...load.segments.map(({ longestLine }) => longestLine + 1));
  const files = load.segments.map(({ path }) => literal(path)).join(', ');
  return `read_ndjson([${files}], columns = {record: ${record}}, records = true, maximum_object_size = ${longest})`;
}

/** `{"sync_id", "changes"}`: constant for a row on which everything fitted. */
function metaValue(load: StagedLoad, casts: Casts): string {
  const syncId = load.syncId === undefined ? 'null' : String(load.syncId);
  const noChanges = literal(`{"sync_id":${syncId},"changes":[]}`);
  const changes = load.plan.columns.flatMap(({ property, type }, index) => {
    const { cut, isTotal } = casts[type];
    const nulled = isTotal ? [] : [changeOf(`r${index} is not null and c${index} is null`, property, 'NULLED')];
    if (cut === undefined) return nulled;
    return [
      ...nulled,
      changeOf(`coalesce(c${index} is not null and ${cut(`r${index}`)}, false)`, property, 'TRUNCATED'),
    ];
  });
  const conditions = ['meta is not null', ...changes.map(({ condition }) => `(${condition})`)];
  const known = `coalesce(from_json(meta -> '$.changes', '[{"field":"VARCHAR","change":"VARCHAR","reason":"VARCHAR"}]'), [])`;
  const ours =
    changes.length === 0
      ? '[]'
      : `list_filter([${changes.map(({ value }) => value).join(', ')}], lambda change: change is not null)`;
  return `case when ${conditions.join(' or ')}
    then json_object('sync_id', ${syncId}, 'changes', to_json(list_concat(${known}, ${ours})))
    else ${noChanges}::json end`;
}

function changeOf(condition: string, property: string, change: string): { condition: string; value: string } {
  const entry = `{'field': ${literal(property)}, 'change': '${change}', 'reason': 'DESTINATION_SERIALIZATION_ERROR'}`;
  return { condition, value: `case when ${condition} then ${entry} end` };
}

/** The generation; raises an error for a key or cursor value that does not fit and for a key that is null throughout. */
function generationValue(load: StagedLoad): string {
  const { plan } = load;
  const place = (name: string) => plan.columns.findIndex((column) => column.name === name);
  const checks = [...plan.key, ...(plan.cursor === undefined ? [] : [plan.cursor])].map((name) => {
    const index = place(name);
    return `when r${index} is not null and c${index} is null then error(${literal(`${KEY_ERROR}${name}`)})::bigint`;
  });
  if (plan.key.length > 0) {
    const allNull = plan.key.map((name) => `c${place(name)} is null`).join(' and ');
    checks.push(`when ${allNull} then error(${literal(`${KEY_ERROR}`)})::bigint`);
  }
  const generation = `${load.generationId}::bigint`;
  return checks.length === 0 ? generation : `case ${checks.join(' ')} else ${generation} end`;
}
