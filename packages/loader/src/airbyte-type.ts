import { isJsonObject, type Json, type JsonSchema } from '@cuttle/protocol';

/**
 * The types of Airbyte's type system that a column can have. `unknown` stands for everything whose schema says nothing
 * usable, `union` for several types that are not the same column type.
 */
export type AirbyteType =
  | 'string'
  | 'number'
  | 'integer'
  | 'boolean'
  | 'date'
  | 'time_with_timezone'
  | 'time_without_timezone'
  | 'timestamp_with_timezone'
  | 'timestamp_without_timezone'
  | 'object'
  | 'array'
  | 'union'
  | 'unknown';

const AIRBYTE_TYPES: Readonly<Record<string, AirbyteType>> = {
  timestamp_with_timezone: 'timestamp_with_timezone',
  timestamp_without_timezone: 'timestamp_without_timezone',
  time_with_timezone: 'time_with_timezone',
  time_without_timezone: 'time_without_timezone',
  integer: 'integer',
};

const WELL_KNOWN: Readonly<Record<string, AirbyteType>> = {
  String: 'string',
  BinaryData: 'string',
  Date: 'date',
  TimestampWithTimezone: 'timestamp_with_timezone',
  TimestampWithoutTimezone: 'timestamp_without_timezone',
  TimeWithTimezone: 'time_with_timezone',
  TimeWithoutTimezone: 'time_without_timezone',
  Number: 'number',
  Integer: 'integer',
  Boolean: 'boolean',
};

/** Type of a property by its JSON schema (draft 7 with `airbyte_type`; references to WellKnownTypes.json are known). */
export function airbyteTypeOf(schema: Json | undefined): AirbyteType {
  if (!isJsonObject(schema)) return 'unknown';
  const reference = schema['$ref'];
  if (typeof reference === 'string') return WELL_KNOWN[reference.split('/').at(-1) ?? ''] ?? 'unknown';
  const options = schema['oneOf'] ?? schema['anyOf'];
  if (Array.isArray(options)) return unite(options.filter((option) => !isNullSchema(option)).map(airbyteTypeOf));
  const types = typeNames(schema['type']);
  if (types.length === 0) return isJsonObject(schema['properties']) ? 'object' : 'unknown';
  return unite(types.map((type) => scalarType(type, schema)));
}

function typeNames(type: Json | undefined): readonly string[] {
  const names = Array.isArray(type) ? type : [type];
  return names.filter((name): name is string => typeof name === 'string' && name !== 'null');
}

function isNullSchema(option: Json): boolean {
  return isJsonObject(option) && option['type'] === 'null';
}

function unite(types: readonly AirbyteType[]): AirbyteType {
  const distinct = [...new Set(types)];
  if (distinct.length === 0) return 'unknown';
  if (distinct.length === 1) return distinct[0] as AirbyteType;
  // Every integer is a number; nothing is lost in the wider column.
  if (distinct.length === 2 && distinct.includes('integer') && distinct.includes('number')) return 'number';
  return 'union';
}

function scalarType(type: string, schema: JsonSchema): AirbyteType {
  const airbyteType = typeof schema['airbyte_type'] === 'string' ? AIRBYTE_TYPES[schema['airbyte_type']] : undefined;
  switch (type) {
    case 'string':
      return airbyteType ?? stringFormat(schema['format']);
    case 'number':
      return airbyteType === 'integer' ? 'integer' : 'number';
    case 'integer':
    case 'boolean':
    case 'object':
    case 'array':
      return type;
    default:
      return 'unknown';
  }
}

function stringFormat(format: Json | undefined): AirbyteType {
  if (format === 'date') return 'date';
  // Without airbyte_type, Airbyte reads date-time and time as being with a zone.
  if (format === 'date-time') return 'timestamp_with_timezone';
  if (format === 'time') return 'time_with_timezone';
  return 'string';
}
