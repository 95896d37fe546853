import { ColumnsAddedError, type FvRow, type FvValue } from '../../src/encode/fv-row.js';
import { compileRow } from '../../src/encode/row-text.js';
import { decodeFields } from '../../src/schema/table-field.js';

const keepAll = (): boolean => false;

function write(columns: readonly object[], values: readonly FvValue[]): string {
  const row: FvRow = { f: values.map((v) => ({ v })) };
  return `{${compileRow(decodeFields({ fields: columns }), keepAll)(row)}`;
}

const column = (name: string, type: string, more: object = {}): object => ({ name, type, mode: 'NULLABLE', ...more });

describe('record text of a row', () => {
  it.each([
    '0',
    '-1',
    '9007199254740993',
    '9223372036854775807',
    '-9223372036854775808',
  ])('GA-03 writes the INT64 %s digit by digit (a JavaScript number rounds it)', (digits) => {
    const text = write([column('n', 'INTEGER')], [digits]);
    expect(text).toBe(`{"n":${digits}}`);
    // Naive: parse, then write.
    const isExact = digits.length < 10;
    expect(JSON.stringify({ n: Number(digits) }) === text).toBe(isExact);
  });

  it.each([
    ['114.0', 114],
    ['114', 114],
    ['1.23456785E7', 12345678.5],
    ['1.0E-4', 0.0001],
    ['-0.0', -0],
    ['1.7976931348623157E308', Number.MAX_VALUE],
  ])('GA-11 writes the FLOAT64 %s as a number', (text, value) => {
    expect((JSON.parse(write([column('x', 'FLOAT')], [text])) as { x: number }).x).toBe(value);
  });

  it('writes NaN and infinities as the texts that the protocol has for them', () => {
    const columns = ['a', 'b', 'c'].map((name) => column(name, 'FLOAT64'));
    expect(write(columns, ['NaN', 'Infinity', '-Infinity'])).toBe('{"a":"NaN","b":"Infinity","c":"-Infinity"}');
  });

  it('GA-14 keeps null structs, empty lists and nulls inside', () => {
    const inner = { fields: [column('k', 'STRING'), column('n', 'INTEGER')] };
    const columns = [
      column('s', 'RECORD', inner),
      column('l', 'RECORD', { ...inner, mode: 'REPEATED' }),
      column('p', 'STRING', { mode: 'REPEATED' }),
    ];
    expect(write(columns, [null, [], []])).toBe('{"s":null,"l":[],"p":[]}');
    const cell: FvValue = { f: [{ v: null }, { v: '1' }] };
    expect(write(columns, [cell, [{ v: cell }, { v: null }], [{ v: 'a"b' }]])).toBe(
      '{"s":{"k":null,"n":1},"l":[{"k":null,"n":1},null],"p":["a\\"b"]}',
    );
  });

  it('writes texts, booleans, dates and times', () => {
    const columns = [
      column('t', 'STRING'),
      column('b', 'BOOLEAN'),
      column('d', 'DATE'),
      column('ts', 'TIMESTAMP'),
      column('early', 'TIMESTAMP'),
      column('j', 'JSON'),
      column('x', 'NUMERIC'),
    ];
    const values = ['é\n\u2028"', 'false', '2024-02-29', '1711283442816123', '-1', '{"a":1}', '1.10'];
    expect(JSON.parse(write(columns, values))).toEqual({
      t: 'é\n\u2028"',
      b: false,
      d: '2024-02-29',
      ts: '2024-03-24T12:30:42.816123Z',
      early: '1969-12-31T23:59:59.999999Z',
      j: '{"a":1}',
      x: 1.1,
    });
  });

  it.each([
    ['INTEGER', '1.5'],
    ['INTEGER', '007'],
    ['FLOAT', '1,5'],
    ['BOOLEAN', 'yes'],
    ['TIMESTAMP', '2024-01-01'],
  ])('refuses a %s that is %s, naming the column but not the value', (type, value) => {
    expect(() => write([column('col', type)], [value])).toThrow(/"col"/);
    expect(() => write([column('col', type)], [value])).not.toThrow(new RegExp(value));
  });

  it('refuses shapes that do not fit the column', () => {
    expect(() => write([column('col', 'STRING')], [[{ v: 'a' }]])).toThrow(/single value/);
    expect(() => write([column('col', 'STRING', { mode: 'REPEATED' })], ['a'])).toThrow(/a list/);
    expect(() => write([column('col', 'RECORD', { fields: [column('k', 'STRING')] })], ['a'])).toThrow(/a record/);
  });

  it('asks for newer columns when a row has more cells, and takes missing cells as null', () => {
    expect(() => write([column('a', 'STRING')], ['1', '2'])).toThrow(ColumnsAddedError);
    expect(write([column('a', 'STRING'), column('b', 'STRING')], ['1'])).toBe('{"a":"1","b":null}');
  });
});
