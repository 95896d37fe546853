import type { AirbyteType } from '@cuttle/loader';

/** How fractions are kept: as doubles like the official destination, or exactly with 9 digits behind the point. */
export type NumberType = 'float' | 'decimal';

/** Column types by Airbyte type, as `information_schema` names them. */
export function columnTypes(numberType: NumberType): Readonly<Record<AirbyteType, string>> {
  return {
    string: 'VARCHAR',
    number: numberType === 'float' ? 'FLOAT' : 'NUMBER(38,9)',
    integer: 'NUMBER(38,0)',
    boolean: 'BOOLEAN',
    date: 'DATE',
    time_with_timezone: 'VARCHAR',
    time_without_timezone: 'TIME',
    timestamp_with_timezone: 'TIMESTAMP_TZ',
    timestamp_without_timezone: 'TIMESTAMP_NTZ',
    object: 'OBJECT',
    array: 'ARRAY',
    union: 'VARIANT',
    unknown: 'VARIANT',
  };
}

/** Types of the meta columns. */
export const META_TYPES: Readonly<Record<string, string>> = {
  _AIRBYTE_RAW_ID: 'VARCHAR',
  _AIRBYTE_EXTRACTED_AT: 'TIMESTAMP_TZ',
  _AIRBYTE_META: 'VARIANT',
  _AIRBYTE_GENERATION_ID: 'NUMBER(38,0)',
};

/** A row of `information_schema.columns`: name, type, precision, scale, whether null is taken (`YES`). */
export type ColumnRow = readonly [string, string, string | null, string | null, string];

/** Ends the type of a column that takes no null. */
export const NOT_NULL = ' NOT NULL';

/** The type of an existing column in the spelling of {@link columnTypes}. */
export function existingType([, type, precision, scale, isNullable]: ColumnRow): string {
  const plain = type === 'TEXT' ? 'VARCHAR' : type === 'NUMBER' ? `NUMBER(${precision},${scale})` : type;
  return isNullable === 'NO' ? plain + NOT_NULL : plain;
}
