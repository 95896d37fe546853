import type { Json, JsonSchema } from '@cuttle/protocol';

/** What a field holds. `stats` is a list of actions with their numbers, `results` a list of results. */
export type FieldKind =
  | 'text'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'time'
  | 'date'
  | 'object'
  | 'list'
  | 'stats'
  | 'results';

/** JSON Schema of a field. Everything may be null: Meta leaves empty fields out. */
function kindSchema(kind: FieldKind): JsonSchema {
  switch (kind) {
    case 'text':
      return { type: ['string', 'null'] };
    case 'integer':
      return { type: ['integer', 'null'] };
    case 'number':
      return { type: ['number', 'null'] };
    case 'boolean':
      return { type: ['boolean', 'null'] };
    case 'time':
      return { type: ['string', 'null'], format: 'date-time', airbyte_type: 'timestamp_with_timezone' };
    case 'date':
      return { type: ['string', 'null'], format: 'date' };
    case 'object':
      return { type: ['object', 'null'], additionalProperties: true };
    case 'list':
      return { type: ['array', 'null'] };
    case 'stats':
    case 'results':
      return { type: ['array', 'null'], items: { type: ['object', 'null'], additionalProperties: true } };
    default:
      return kind satisfies never;
  }
}

/** JSON Schema of records with these fields. */
export function recordSchema(fields: Iterable<readonly [string, FieldKind]>): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    additionalProperties: true,
    properties: Object.fromEntries([...fields].map(([name, kind]): [string, Json] => [name, kindSchema(kind)])),
  };
}
