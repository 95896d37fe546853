import type { Json, JsonSchema } from '@cuttle/protocol';
import { elementType, isListType, type TypeInfo } from './type-info.js';

/** How date columns are declared; the values are the same. */
export type DateStyle = 'text' | 'timestamp';

const ANYTHING = { type: ['string', 'number', 'boolean', 'object', 'array', 'null'] };
const ADDRESS = {
  type: ['object', 'null'],
  additionalProperties: true,
  properties: {
    address: { type: ['string', 'null'] },
    lat: { type: ['number', 'null'] },
    lng: { type: ['number', 'null'] },
  },
};

/** JSON Schema of a type's records. Every field may be null: Bubble leaves empty fields out. */
export function recordSchema(type: TypeInfo, dates: DateStyle, hasDeletes: boolean): JsonSchema {
  const properties = type.fields.map(({ name, type: fieldType }): [string, Json] => [
    name,
    fieldSchema(fieldType, dates),
  ]);
  if (hasDeletes) properties.push(['_ab_cdc_deleted_at', fieldSchema('date', dates)]);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    additionalProperties: true,
    properties: Object.fromEntries(properties),
  };
}

/** JSON Schema of one field; `type` in Bubble's words. */
function fieldSchema(type: string, dates: DateStyle): Json {
  if (!isListType(type)) return singleSchema(type, dates);
  const element = elementType(type);
  return { type: ['array', 'null'], ...(element === 'unknown' ? {} : { items: singleSchema(element, dates) }) };
}

function singleSchema(type: string, dates: DateStyle): Json {
  switch (type) {
    case 'number':
    case 'date_interval':
      return { type: ['number', 'null'] };
    case 'boolean':
    case 'yes_no':
      return { type: ['boolean', 'null'] };
    case 'date':
      return dates === 'text'
        ? { type: ['string', 'null'] }
        : { type: ['string', 'null'], format: 'date-time', airbyte_type: 'timestamp_with_timezone' };
    case 'geographic_address':
      return ADDRESS;
    case 'authentication':
    case 'object':
      return { type: ['object', 'null'], additionalProperties: true };
    case 'date_range':
      return { type: ['array', 'null'], items: singleSchema('date', dates) };
    case 'number_range':
      return { type: ['array', 'null'], items: singleSchema('number', dates) };
    case 'text':
    case 'string':
    case 'image':
    case 'file':
    case 'user':
      return { type: ['string', 'null'] };
    default:
      // Things and options are given as an id or a text; what a plugin declares can be anything.
      return /^(custom|option)\./.test(type) ? { type: ['string', 'null'] } : ANYTHING;
  }
}
