import {
  type AirbyteType,
  type Cast,
  type Casts,
  DUCKDB_CASTS,
  hasUsualForm,
  type MomentType,
  rareForm,
} from '@cuttle/loader';
import type { NumberType } from './column-types.js';

/**
 * Values on their way: Parquet files hold texts for everything whose type Parquet and Snowflake do not agree on, in one
 * exact form that the select of the MERGE casts. Microseconds of a Parquet timestamp would lose offset and nanoseconds.
 */

/** Bytes that a text, and an object or array, may have. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;
const MAX_VARIANT_BYTES = 128 * 1024 * 1024;

const TIME_FORM = 'HH24:MI:SS.FF9';
const LOCAL_FORM = `YYYY-MM-DD ${TIME_FORM}`;
const ZONED_FORM = `${LOCAL_FORM} TZH:TZM`;

/** Casts of the engine to what the files hold. Nothing is cut: Snowflake keeps nanoseconds, as the accepted forms do. */
export function stagedCasts(numberType: NumberType): Casts {
  return {
    ...DUCKDB_CASTS,
    string: { readAs: 'VARCHAR', cast: (raw) => bounded(raw, MAX_TEXT_BYTES) },
    integer: { readAs: 'VARCHAR', cast: (raw) => `(${DUCKDB_CASTS.integer.cast(raw)})::decimal(38, 0)` },
    number: numberType === 'float' ? DUCKDB_CASTS.number : { readAs: 'VARCHAR', cast: decimalCast },
    date: textOf('date', 'date', (raw) => raw),
    time_without_timezone: textOf('time_without_timezone', 'time', (raw) => `left(${raw}, 8) || ${fraction(raw, 9)}`),
    timestamp_with_timezone: textOf('timestamp_with_timezone', 'timestamptz', zoned),
    timestamp_without_timezone: textOf(
      'timestamp_without_timezone',
      'timestamptz',
      (raw) =>
        `strftime(timezone('UTC', try_cast(${raw} as timestamptz)), '%Y-%m-%d %H:%M:%S') || ${fraction(raw, 20)}`,
    ),
    object: boundedJson('object'),
    array: boundedJson('array'),
    union: { readAs: 'JSON', cast: (raw) => bounded(raw, MAX_VARIANT_BYTES) },
    unknown: { readAs: 'JSON', cast: (raw) => bounded(raw, MAX_VARIANT_BYTES) },
  };
}

/** Column types of the table that files are copied to. */
export function stagedType(type: AirbyteType, numberType: NumberType): string {
  if (type === 'integer') return 'NUMBER(38,0)';
  if (type === 'number') return numberType === 'float' ? 'FLOAT' : 'NUMBER(38,9)';
  return type === 'boolean' ? 'BOOLEAN' : 'VARCHAR';
}

/** A staged value as the final column's. Equal keys inside of JSON are allowed: the last one counts, as in every parser. */
export function finalValue(column: string, type: AirbyteType): string {
  switch (type) {
    case 'date':
      return `to_date(${column}, 'YYYY-MM-DD')`;
    case 'time_without_timezone':
      return `to_time(${column}, '${TIME_FORM}')`;
    case 'timestamp_with_timezone':
      return `to_timestamp_tz(${column}, '${ZONED_FORM}')`;
    case 'timestamp_without_timezone':
      return `to_timestamp_ntz(${column}, '${LOCAL_FORM}')`;
    case 'object':
      return `parse_json(${column}, 'd')::object`;
    case 'array':
      return `parse_json(${column}, 'd')::array`;
    case 'union':
    case 'unknown':
      return `parse_json(${column}, 'd')`;
    default:
      return column;
  }
}

/** A text in one form where the value is one of its type: `engineType` refuses days that no calendar has. */
function textOf(type: MomentType, engineType: string, text: (raw: string) => string): Cast {
  return {
    readAs: 'VARCHAR',
    cast: (
      raw,
    ) => `case when ${hasUsualForm(type, raw)} then case when try_cast(${raw} as ${engineType}) is not null then ${text(raw)} end
      when ${raw} is not null then ${text(rareForm(type, raw))} end`,
  };
}

function boundedJson(type: 'object' | 'array'): Cast {
  return {
    readAs: 'JSON',
    cast: (raw) => `case when strlen(${raw}) <= ${MAX_VARIANT_BYTES} then ${DUCKDB_CASTS[type].cast(raw)} end`,
  };
}

function bounded(raw: string, bytes: number): string {
  return `case when strlen(${raw}) <= ${bytes} then ${raw} end`;
}

/** Date, time and offset. The two usual ends, `Z` and `+hh:mm`, are cut off by their length, which is faster than expressions. */
function zoned(raw: string): string {
  const head = `left(${raw}, 10) || ' ' || substr(${raw}, 12, 8)`;
  return `case when ends_with(${raw}, 'Z') then ${head} || ${between(raw, 1)} || ' +00:00'
    when substr(${raw}, -6, 1) in ('+', '-') then ${head} || ${between(raw, 6)} || ' ' || right(${raw}, 6)
    else ${head} || ${fraction(raw, 20)} || ' ' || ${offset(raw)} end`;
}

/** As {@link fraction}, of what stands between the seconds and an offset of known length. */
function between(raw: string, offsetLength: number): string {
  const bare = 19 + offsetLength;
  return `rpad(case when strlen(${raw}) = ${bare} then '.0' else substr(${raw}, 20, strlen(${raw}) - ${bare}) end, 10, '0')`;
}

/** Digits behind the second, always at least one: `.0` where there are none. */
function fraction(raw: string, from: number): string {
  return `rpad(coalesce(nullif(regexp_extract(substr(${raw}, ${from}), '^\\.[0-9]+'), ''), '.0'), 10, '0')`;
}

/** The offset behind the seconds as `+hh:mm`; UTC without one. */
function offset(raw: string): string {
  const zone = `regexp_extract(substr(${raw}, 20), '[-+][0-9:]+$')`;
  return `case ${zone} when '' then '+00:00' else rpad(left(${zone}, 3) || ':' || ltrim(substr(${zone}, 4), ':'), 6, '0') end`;
}

/**
 * A number with 9 digits behind the point, exact where it has that many. DECIMAL cannot be cast from text quickly, but
 * amounts are short; what has an exponent goes through a double.
 */
function decimalCast(raw: string): string {
  return `case when regexp_full_match(${raw}, '-?[0-9]{1,29}(\\.[0-9]+)?') then try_cast(${raw} as decimal(38, 9))
    when regexp_full_match(${raw}, '-?[0-9]+(\\.[0-9]+)?[eE][-+]?[0-9]+') then try_cast(try_cast(${raw} as double) as decimal(38, 9)) end`;
}
