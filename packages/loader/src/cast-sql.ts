import type { AirbyteType } from './airbyte-type.js';
import type { Column } from './dialect.js';
import { rareForm } from './engine-functions.js';
import type { RarelyFormedType } from './rare-forms.js';

/**
 * What becomes of a value of each type.
 *
 * Values are read as text and cast with checks, because DuckDB's typed read turns 1.5 into 2 for an integer and true
 * into 1, and fails a whole file for one bad value. What does not fit becomes null with an entry in `_airbyte_meta`.
 */

/** How to read a property, and how its value becomes the column's. `raw` is an SQL expression. */
export interface Cast {
  readonly readAs: 'VARCHAR' | 'JSON';
  readonly cast: (raw: string) => string;
  /** Every value that is not null stays one. */
  readonly isTotal?: true;
  /** Of a number that a double cuts: its value, and whether that has fewer digits than its text. */
  readonly carried?: { readonly cast: (text: string) => string; readonly isCut: (text: string) => string };
  /** The text of a value that may have been cut although it was kept, else null; undefined when that cannot happen. */
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
/** Where the first digit behind the microseconds stands, counted from 1. */
const NANOS_OF_TIME = '00:00:00.0000001'.length;
const NANOS_OF_TIMESTAMP = '2000-01-01T00:00:00.0000001'.length;

const asIs: Cast = { readAs: 'JSON', cast: (raw) => raw, isTotal: true };

const NARROW_INTEGER: Cast = { readAs: 'VARCHAR', cast: narrowIntegerCast };

/** A cast for each type. */
export type Casts = Readonly<Record<AirbyteType, Cast>>;

/** Casts to values of DuckDB. */
export const DUCKDB_CASTS: Casts = {
  string: { readAs: 'VARCHAR', cast: (raw) => raw, isTotal: true },
  integer: { readAs: 'VARCHAR', cast: integerCast },
  number: { readAs: 'VARCHAR', cast: numberCast, carried: { cast: finiteDouble, isCut: () => 'true' } },
  boolean: { readAs: 'VARCHAR', cast: (raw) => `case lower(${raw}) when 'true' then true when 'false' then false end` },
  date: usualOrRare('date', (raw) => `try_cast(${raw} as date)`),
  time_with_timezone: usualOrRare('time_with_timezone', (raw) => raw),
  time_without_timezone: {
    ...usualOrRare('time_without_timezone', (raw) => `try_cast(${raw} as time)`),
    cut: (raw) => beyondMicroseconds(raw, NANOS_OF_TIME),
  },
  timestamp_with_timezone: {
    ...usualOrRare('timestamp_with_timezone', (raw) => `try_cast(${raw} as timestamptz)`),
    cut: (raw) => beyondMicroseconds(raw, NANOS_OF_TIMESTAMP),
  },
  timestamp_without_timezone: {
    // A value with an offset is the same instant in UTC; a bare one is taken as it stands.
    ...usualOrRare('timestamp_without_timezone', (raw) => `timezone('UTC', try_cast(${raw} as timestamptz))`),
    cut: (raw) => beyondMicroseconds(raw, NANOS_OF_TIMESTAMP),
  },
  object: { readAs: 'JSON', cast: (raw) => `case when starts_with(${raw}, '{') then ${raw} end` },
  array: { readAs: 'JSON', cast: (raw) => `case when starts_with(${raw}, '[') then ${raw} end` },
  union: asIs,
  unknown: asIs,
};

/** What becomes of the values of a column. */
export function castOf({ type, isNarrow }: Pick<Column, 'type' | 'isNarrow'>, casts: Casts): Cast {
  return isNarrow === true ? NARROW_INTEGER : casts[type];
}

/** Days, times and timestamps. */
export type MomentType = Exclude<RarelyFormedType, 'integer' | 'number'>;

/** Whether a value has the form in which nearly all senders write it; years 0001 to 9999. */
export function hasUsualForm(type: MomentType, raw: string): string {
  const matches = `regexp_full_match(${raw}, '${USUAL_FORMS[type]}')`;
  return type.startsWith('time_') ? matches : `${matches} and not starts_with(${raw}, '0000')`;
}

/** Values in their usual form are cast here; only the others cost a call of {@link rareForm}. */
function usualOrRare(type: MomentType, cast: (raw: string) => string): Cast {
  return {
    readAs: 'VARCHAR',
    cast: (raw) =>
      `case when ${hasUsualForm(type, raw)} then ${cast(raw)} when ${raw} is not null then ${cast(rareForm(type, raw))} end`,
  };
}

/** A text with a digit behind the microseconds, which stands at one place in every form. */
function beyondMicroseconds(raw: string, place: number): string {
  return `case when substr(${raw}, ${place}, 1) between '0' and '9' then ${raw} end`;
}

/** Few nodes for the usual: an expression that stands in several places makes planning a thousand columns take minutes. */
function integerCast(raw: string): string {
  return `case when try_cast(${raw} as bigint)::varchar = ${raw} then try_cast(${raw} as bigint)::hugeint
    when ${raw} is not null then try_cast(${rareForm('integer', raw)} as hugeint) end`;
}

/** The same for a column of 64 bits: a whole number that is larger fails the statement, so that the column is widened. */
function narrowIntegerCast(raw: string): string {
  return `case when try_cast(${raw} as bigint)::varchar = ${raw} then try_cast(${raw} as bigint)
    when ${raw} is not null then try_cast(${rareForm('integer', raw)} as hugeint)::bigint end`;
}

function finiteDouble(text: string): string {
  return `case when isfinite(try_cast(${text} as double)) then try_cast(${text} as double) end`;
}

/** NaN and Infinity are values of the protocol's Number; a number that overflows a double is not. */
function numberCast(raw: string): string {
  return `case when regexp_full_match(${raw}, '-?[0-9]+(\\.[0-9]+)?') and isfinite(try_cast(${raw} as double)) then try_cast(${raw} as double)
    when ${raw} is not null then try_cast(${rareForm('number', raw)} as double) end`;
}
