import type { JsonSchema } from '@cuttle/protocol';
import type { FieldKind, TableField } from './table-field.js';

/** Column of the time at which an event was found to be gone; only with intraday tables. */
export const DELETED_AT = '_ab_cdc_deleted_at';

/** Columns that this source adds in front of the export's own. */
const OWN_COLUMNS = ['_event_id', '_table_date', '_is_intraday', DELETED_AT] as const;

const DELETED_AT_SCHEMA = {
  type: ['string', 'null'],
  format: 'date-time',
  airbyte_type: 'timestamp_with_timezone',
  description: 'Set on an event of an intraday table that the daily table does not have',
};

/**
 * The stream's JSON schema for the columns of several tables together: a column that any of them has is there, in the
 * order of the first table that has it. Where two tables disagree about a type, both are allowed.
 *
 * @param hasDeletions whether events can be found to be gone
 */
export function unionSchema(tables: readonly (readonly TableField[])[], hasDeletions = false): JsonSchema {
  const properties = Object.fromEntries(unionProperties(tables).filter(([name]) => !isOwnColumn(name)));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    additionalProperties: true,
    properties: {
      _event_id: { type: 'string', description: 'Key of the row, the same at every read' },
      _table_date: { type: 'string', description: 'Date of the table, YYYYMMDD, in the time zone of the property' },
      _is_intraday: { type: 'boolean', description: 'Whether the row is from a table that was not complete yet' },
      ...(hasDeletions ? { [DELETED_AT]: DELETED_AT_SCHEMA } : {}),
      ...properties,
    },
  };
}

/** Whether a column has the name of one that this source adds. */
export function isOwnColumn(name: string): boolean {
  return OWN_COLUMNS.some((own) => own === name);
}

function unionProperties(tables: readonly (readonly TableField[])[]): [string, JsonSchema][] {
  const byName = new Map<string, TableField[]>();
  for (const fields of tables) {
    for (const field of fields) byName.set(field.name, [...(byName.get(field.name) ?? []), field]);
  }
  return [...byName].map(([name, versions]) => [name, unionField(versions)]);
}

function unionField(versions: readonly TableField[]): JsonSchema {
  const repeated = versions.filter((field) => field.isRepeated);
  if (repeated.length === 0) return unionValue(versions);
  // Once a list, always described as one; the single form of older tables is allowed beside it.
  const singles = versions.filter((field) => !field.isRepeated);
  const types = new Set(['null', 'array', ...singles.map((field) => jsonType(field.type))]);
  return { type: [...types], items: unionValue(repeated) };
}

function unionValue(versions: readonly TableField[]): JsonSchema {
  const kinds = new Set(versions.map((field) => field.type));
  const types = [...new Set([...kinds].map(jsonType))].sort();
  const schema: Record<string, JsonSchema[string]> = { type: ['null', ...types] };
  if (kinds.size === 1 && kinds.has('TIMESTAMP')) {
    Object.assign(schema, { format: 'date-time', airbyte_type: 'timestamp_with_timezone' });
  }
  if (kinds.size === 1 && kinds.has('DATE')) schema['format'] = 'date';
  if (!kinds.has('STRUCT')) return schema;
  const structs = versions.filter((field) => field.type === 'STRUCT').map((field) => field.fields);
  return { ...schema, additionalProperties: true, properties: Object.fromEntries(unionProperties(structs)) };
}

function jsonType(kind: FieldKind): string {
  switch (kind) {
    case 'INT64':
      return 'integer';
    case 'FLOAT64':
    case 'NUMERIC':
      return 'number';
    case 'BOOL':
      return 'boolean';
    case 'STRUCT':
      return 'object';
    case 'TIMESTAMP':
    case 'DATE':
    case 'TEXT':
      return 'string';
    default:
      return kind satisfies never;
  }
}
