import { airbyteTypeOf } from '../src/airbyte-type.js';

describe('airbyteTypeOf', () => {
  it.each([
    [{ type: 'string' }, 'string'],
    [{ type: ['null', 'integer'] }, 'integer'],
    [{ type: ['integer', 'number'] }, 'number'],
    [{ type: 'number', airbyte_type: 'integer' }, 'integer'],
    [{ type: 'string', format: 'date' }, 'date'],
    [{ type: 'string', format: 'date-time' }, 'timestamp_with_timezone'],
    [{ type: 'string', format: 'date-time', airbyte_type: 'timestamp_without_timezone' }, 'timestamp_without_timezone'],
    [{ type: 'string', format: 'time', airbyte_type: 'time_without_timezone' }, 'time_without_timezone'],
    [{ type: 'string', format: 'time' }, 'time_with_timezone'],
    [{ type: ['string', 'object'] }, 'union'],
    [{ oneOf: [{ type: 'null' }, { type: 'string' }] }, 'string'],
    [{ oneOf: [{ type: 'object' }, { type: 'object' }] }, 'object'],
    [{ anyOf: [{ type: 'string' }, { type: 'integer' }] }, 'union'],
    [{ $ref: 'WellKnownTypes.json#/definitions/TimestampWithTimezone' }, 'timestamp_with_timezone'],
    [{ $ref: 'WellKnownTypes.json#/definitions/BinaryData' }, 'string'],
    [{ properties: { a: {} } }, 'object'],
    [{ type: 'whatever' }, 'unknown'],
    [{ type: 'null' }, 'unknown'],
    [{}, 'unknown'],
    [true, 'unknown'],
  ] as const)('%j is %s', (schema, type) => {
    expect(airbyteTypeOf(schema as never)).toBe(type);
  });
});
