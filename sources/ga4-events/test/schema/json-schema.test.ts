import { ga4Schema } from '@cuttle/sandbox';
import { unionSchema } from '../../src/schema/json-schema.js';
import { decodeFields } from '../../src/schema/table-field.js';

type Properties = Record<string, { type: string[]; properties?: Properties; items?: { properties: Properties } }>;

const fields = (...columns: readonly object[]): ReturnType<typeof decodeFields> => decodeFields({ fields: columns });
const properties = (schema: ReturnType<typeof unionSchema>): Properties =>
  schema['properties'] as unknown as Properties;

describe('schema of the stream', () => {
  it('has our own columns first and the export nested as it is', () => {
    const schema = properties(unionSchema([decodeFields({ fields: ga4Schema('2024') })]));
    expect(Object.keys(schema).slice(0, 5)).toEqual([
      '_event_id',
      '_table_date',
      '_is_intraday',
      'event_date',
      'event_timestamp',
    ]);
    expect(schema['event_timestamp']).toEqual({ type: ['null', 'integer'] });
    expect(schema['ecommerce']?.properties?.['purchase_revenue']).toEqual({ type: ['null', 'number'] });
    expect(schema['event_params']?.type).toEqual(['null', 'array']);
    expect(schema['event_params']?.items?.properties['value']?.properties?.['int_value']?.type).toEqual([
      'null',
      'integer',
    ]);
    expect(schema['is_active_user']).toEqual({ type: ['null', 'boolean'] });
  });

  it('GA-07 unites the columns of all years, also inside records (the newest table alone lacks some)', () => {
    const eras = (['2024', '2023', '2021'] as const).map((era) => decodeFields({ fields: ga4Schema(era) }));
    const schema = properties(unionSchema(eras));
    expect(schema).toHaveProperty('batch_page_id');
    expect(schema).toHaveProperty('event_dimensions');
    expect(schema['items']?.items?.properties).toHaveProperty('item_params');
    expect(properties(unionSchema(eras.slice(0, 1)))).not.toHaveProperty('event_dimensions');
  });

  it('allows both types where tables disagree', () => {
    const schema = properties(
      unionSchema([
        fields({ name: 'a', type: 'INTEGER' }, { name: 'l', type: 'STRING', mode: 'REPEATED' }),
        fields({ name: 'a', type: 'STRING' }, { name: 'l', type: 'STRING' }),
      ]),
    );
    expect(schema['a']).toEqual({ type: ['null', 'integer', 'string'] });
    expect(schema['l']).toEqual({ type: ['null', 'array', 'string'], items: { type: ['null', 'string'] } });
  });

  it('describes times and dates by format', () => {
    const schema = properties(unionSchema([fields({ name: 't', type: 'TIMESTAMP' }, { name: 'd', type: 'DATE' })]));
    expect(schema['t']).toEqual({
      type: ['null', 'string'],
      format: 'date-time',
      airbyte_type: 'timestamp_with_timezone',
    });
    expect(schema['d']).toEqual({ type: ['null', 'string'], format: 'date' });
  });

  it('refuses a schema that it cannot read', () => {
    expect(() => decodeFields({})).toThrow(/schema/);
    expect(() => decodeFields({ fields: [{ name: 'x' }] })).toThrow(/schema/);
  });
});
