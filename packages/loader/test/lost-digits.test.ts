import { parseLossless, stringifyLossless } from '@cuttle/protocol';
import fc from 'fast-check';
import type { AirbyteType } from '../src/airbyte-type.js';
import { findLostDigits, noteLostDigits } from '../src/exact-numbers.js';
import { LostDigits } from '../src/lost-digits.js';

const TYPES = new Map<string, AirbyteType>([
  ['n', 'number'],
  ['o', 'object'],
  ['i', 'integer'],
  ['t', 'string'],
  ['day', 'date'],
  ['q"\\', 'array'],
]);

/** What is noted in a line, whose data is found by its text. */
function note(line: string, data: string): string | undefined {
  const text = `}\n${line}\n{`;
  const buffer = Buffer.from(text);
  const start = 2;
  const dataStart = start + Buffer.byteLength(line.slice(0, line.indexOf(data)));
  const span = { dataStart, dataEnd: dataStart + Buffer.byteLength(data) };
  return new LostDigits(TYPES).note({ buffer, start, end: buffer.length - 2, ...span, line: 1 })?.toString();
}

const number = fc.oneof(
  fc.constantFrom('87857.333333333333', '-1.00000000000000000001', '1.50', '1e400', '1e21', '12345678901234567890.0'),
  fc.stringMatching(/^-?[1-9][0-9]{0,12}\.[0-9]{1,20}$/),
  fc.stringMatching(/^[1-9]\.[0-9]{16,20}e[1-9]$/),
  fc.bigInt().map(String),
);
const text = fc.oneof(
  fc.constantFrom('87857.333333333333', 'x 1.00000000000000000001', '},{"n":1.00000000000000000001', '\\"', 'ü'),
  fc.string({ maxLength: 6 }),
);
const value: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    { weight: 3, arbitrary: number },
    text.map((content) => JSON.stringify(content)),
    fc.constantFrom('null', 'true', '[]', '{ }'),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(' , ')}]`),
    fc
      .uniqueArray(fc.tuple(fc.constantFrom('n', 'o', 'i', 'meta', '"'), tie('value')), {
        maxLength: 3,
        selector: ([key]) => key,
      })
      .map((members) => `{${members.map(([key, member]) => `${JSON.stringify(key)} : ${member}`).join(',')}}`),
  ),
})).value;
const data = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...TYPES.keys(), 'other'), value), { minLength: 1, selector: ([key]) => key })
  .map((members) => `{${members.map(([key, member]) => `${JSON.stringify(key)}: ${member}`).join(', ')}}`);

/** A line around data; the data stands where `DATA` does. */
const line = fc.constantFrom(
  '{"type":"RECORD","record":{"stream":"s","data":DATA,"emitted_at":17}}',
  '{"type":"RECORD","record":{"stream":"s","emitted_at":1763596800000.1234567,"data":DATA}}',
  '{"type": "RECORD", "record": {"stream": "s", "data": DATA, "meta": {"changes": []}, "emitted_at": 17}}',
  '{"record":{"stream":"s","meta":null,"data":DATA},"type":"RECORD"}',
  '{"record":{"stream":"s","data":DATA,"meta":{"changes":[{"field":"n","change":"NULLED","reason":"x"}]}},"type":"RECORD"}',
  '{"record":{"stream":"s","data":DATA,"m\\u0065ta":{"changes":[]},"namespace":"\\"meta\\":{}"},"type":"RECORD"}',
);

/** What a parse of the whole line makes of it. */
function parsed(text: string): unknown {
  const { record } = JSON.parse(text);
  const lossless = parseLossless(text) as Map<string, Map<string, never>>;
  return [stringifyLossless(lossless.get('record')?.get('data') as never), record.meta?.changes ?? []];
}

describe('LostDigits', () => {
  it('D-TYP-03 notes in the bytes of a line what a parse of it finds, and keeps all digits', () => {
    fc.assert(
      fc.property(line, data, (around, content) => {
        const whole = around.replace('DATA', () => content);
        const bytes = Buffer.from(content);
        const noted = note(whole, content);
        const expected =
          findLostDigits(bytes, 0, bytes.length) >= 0
            ? noteLostDigits(whole, (property) => TYPES.get(property))
            : undefined;
        expect(noted === undefined).toBe(expected === undefined);
        if (noted !== undefined && expected !== undefined) expect(parsed(noted)).toEqual(parsed(expected));
      }),
      { numRuns: 400 },
    );
  });

  it('changes no byte but for the note', () => {
    const content = '{ "o" : {"deep":[ 87857.333333333333 ]}, "i": 1.50 }';
    const [head, tail] = ['{"record": {"stream":"s", "data": ', ' , "emitted_at":17} ,"type":"RECORD"}'];
    const change = '{"field":"o","change":"TRUNCATED","reason":"DESTINATION_SERIALIZATION_ERROR"}';
    expect(note(head + content + tail, content)).toBe(`${head}${content},"meta":{"changes":[${change}]}${tail}`);
  });

  it('leaves broken JSON and a line without a cut number as they are', () => {
    const cut = '{"n":1.00000000000000000001';
    expect(note(`{"record":{"data":${cut}`, cut)).toBeUndefined();
    for (const content of ['{"t":"x 87857.333333333333"}', '{"n":0.1234567890123456}', '{"day":87857.333333333333}'])
      expect([content, note(`{"record":{"data":${content}}}`, content)]).toEqual([content, undefined]);
  });
});
