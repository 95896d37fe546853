import { compileEvent } from '../../src/encode/event-encoder.js';
import type { FvValue } from '../../src/encode/fv-row.js';
import { Occurrences } from '../../src/encode/occurrences.js';
import { decodeFields } from '../../src/schema/table-field.js';

const VALUE = ['string_value', 'int_value', 'float_value', 'double_value'];

function schema(more: readonly object[] = []): object[] {
  const value = {
    name: 'value',
    type: 'RECORD',
    fields: VALUE.map((name) => ({
      name,
      type: name === 'string_value' ? 'STRING' : name === 'int_value' ? 'INTEGER' : 'FLOAT',
    })),
  };
  return [
    { name: 'event_timestamp', type: 'INTEGER' },
    { name: 'event_name', type: 'STRING' },
    { name: 'user_pseudo_id', type: 'STRING' },
    { name: 'event_params', type: 'RECORD', mode: 'REPEATED', fields: [{ name: 'key', type: 'STRING' }, value] },
    { name: 'traffic_source', type: 'STRING' },
    ...more,
  ];
}

const param = (key: string, ...values: (string | null)[]): { v: FvValue } => ({
  v: { f: [{ v: key }, { v: { f: VALUE.map((_, index) => ({ v: values[index] ?? null })) } }] },
});

function idOf(params: readonly { v: FvValue }[], source = 's', more: readonly object[] = []): string {
  const encode = compileEvent(decodeFields({ fields: schema(more) }), ORIGIN, new Occurrences(1));
  const cells: FvValue[] = ['1', 'purchase', null, params, source, ...more.map(() => null)];
  return String((JSON.parse(encode({ f: cells.map((v) => ({ v })) })) as { _event_id: string })._event_id);
}

const ORIGIN = { date: '20240801', isIntraday: false };

describe('_event_id', () => {
  const base = idOf([param('a', 'x'), param('b', null, '1')]);

  it('is 32 hexadecimal digits, fixed for all time', () => {
    expect(base).toBe('c62c7e33de28b9099511dead49028467');
  });

  it('does not depend on attribution, on the order of parameters, or on columns that are null', () => {
    expect(idOf([param('a', 'x'), param('b', null, '1')], 'other')).toBe(base);
    expect(idOf([param('b', null, '1'), param('a', 'x')])).toBe(base);
    expect(idOf([param('a', 'x'), param('b', null, '1')], 's', [{ name: 'batch_page_id', type: 'INTEGER' }])).toBe(
      base,
    );
  });

  it('does not depend on how a float is spelled', () => {
    expect(idOf([param('v', null, null, null, '114.0')])).toBe(idOf([param('v', null, null, null, '114')]));
  });

  it('GA-06 tells a text from a number of the same digits', () => {
    const texts = [
      param('v', '1'),
      param('v', null, '1'),
      param('v', null, null, '1'),
      param('v', null, null, null, '1'),
    ];
    expect(new Set(texts.map((one) => idOf([one]))).size).toBe(4);
  });

  it('tells where one value ends and the next begins', () => {
    expect(idOf([param('a', 'x"},{"key":"b'), param('c')])).not.toBe(idOf([param('a', 'x'), param('b'), param('c')]));
  });

  it('stands first in the record, before table date and intraday mark, and wins over a column of its name', () => {
    const fields = decodeFields({
      fields: [
        { name: '_event_id', type: 'STRING' },
        { name: 'event_name', type: 'STRING' },
      ],
    });
    const encode = compileEvent(fields, { date: '20240801', isIntraday: true }, new Occurrences(1));
    const text = encode({ f: [{ v: 'theirs' }, { v: 'x' }] });
    expect(text).toMatch(
      /^\{"_event_id":"[0-9a-f]{32}","_table_date":"20240801","_is_intraday":true,"event_name":"x"\}$/,
    );
  });
});
