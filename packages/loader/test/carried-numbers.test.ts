import { type LosslessValue, NumberText, parseLossless, stringifyLossless } from '@cuttle/protocol';
import fc from 'fast-check';
import { CarriedNumbers, isCarried } from '../src/carried-numbers.js';
import { isExact } from '../src/exact-numbers.js';

const MARK = /'(#[0-9a-f]+:)'/.exec(isCarried('x'))?.[1] as string;
const KEYS = ['n', 'o', 'i', 't', 'q"\\', 'other'];

/** The line whose data is found by its text, after it was carried. */
function carry(line: string, data: string): string | undefined {
  const buffer = Buffer.from(`}\n${line}\n{`);
  const start = 2;
  const dataStart = start + Buffer.byteLength(line.slice(0, line.indexOf(data)));
  // Spans may reach over what stands behind the data.
  const span = { dataStart, dataEnd: buffer.length - 2 };
  return new CarriedNumbers().carry({ buffer, start, end: buffer.length - 2, ...span, line: 1 })?.toString();
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
  .uniqueArray(fc.tuple(fc.constantFrom(...KEYS), value), { minLength: 1, selector: ([key]) => key })
  .map((members) => `{${members.map(([key, member]) => `${JSON.stringify(key)}: ${member}`).join(', ')}}`);

/** A line around data; the data stands where `DATA` does. */
const line = fc.constantFrom(
  '{"type":"RECORD","record":{"stream":"s","data":DATA,"emitted_at":17}}',
  '{"type":"RECORD","record":{"stream":"s","data":DATA,"emitted_at":1763596800000.12345678901}}',
  '{"type":"RECORD","record":{"stream":"s","emitted_at":1763596800000.1234567,"data":DATA}}',
  '{"record":{"stream":"s","data":DATA,"meta":{"changes":[{"field":"x 1.00000000000000000001"}]}},"type":"RECORD"}',
);

/** Numbers of a value that a double cuts and that are long enough to be looked at. */
function longCut(value: LosslessValue): string[] {
  if (value instanceof NumberText) return !isExact(value.text) && /[\d.]{16}/.test(value.text) ? [value.text] : [];
  if (Array.isArray(value)) return value.flatMap(longCut);
  return value instanceof Map ? [...value.values()].flatMap(longCut) : [];
}

/** Numbers that were carried in a value. */
function carriedIn(value: LosslessValue): string[] {
  if (typeof value === 'string') return value.startsWith(MARK) ? [value.slice(MARK.length)] : [];
  if (Array.isArray(value)) return value.flatMap(carriedIn);
  return value instanceof Map ? [...value.values()].flatMap(carriedIn) : [];
}

function recordOf(text: string): Map<string, LosslessValue> {
  return (parseLossless(text) as Map<string, Map<string, LosslessValue>>).get('record') as Map<string, LosslessValue>;
}

describe('CarriedNumbers', () => {
  it('D-TYP-03 makes texts of just the numbers of the data that a double cuts, and keeps every other byte', () => {
    fc.assert(
      fc.property(line, data, (around, content) => {
        const whole = around.replace('DATA', () => content);
        const result = carry(whole, content);
        const expected = longCut(recordOf(whole).get('data') as LosslessValue);
        const found = carriedIn(recordOf(result ?? whole).get('data') as LosslessValue);
        expect(found.filter((text) => /[\d.]{16}/.test(text))).toEqual(expected);
        expect(found.filter((text) => isExact(text))).toEqual([]);
        expect((result ?? whole).replaceAll(new RegExp(`"${MARK}([^"]*)"`, 'g'), '$1')).toBe(whole);
      }),
      { numRuns: 400 },
    );
  });

  it('carries numbers that a double has as zero, wherever they stand', () => {
    const content = '{"a":[1E-400, -12e-330],"b":"1e-400 and e-333","c":1.00000000000000000001,"d":3E-350}';
    const result = carry(`{"record":{"data":${content}}}`, content) as string;
    expect(carriedIn(recordOf(result).get('data') as LosslessValue)).toEqual([
      '1E-400',
      '-12e-330',
      '1.00000000000000000001',
      '3E-350',
    ]);
  });

  it('takes a line apart of which only the whole is known', () => {
    const whole = '{"record":{"emitted_at":1.00000000000000000001,"data":{"o":{"x":[1.00000000000000000001]},"i":1}}}';
    const buffer = Buffer.from(whole);
    const span = { start: 0, end: buffer.length, dataStart: 0, dataEnd: buffer.length };
    const result = String(new CarriedNumbers().carry({ buffer, ...span, line: 1 }));
    expect(result).toBe(whole.replace('[1.00000000000000000001]', `["${MARK}1.00000000000000000001"]`));
    expect(stringifyLossless(recordOf(result).get('emitted_at') as LosslessValue)).toBe('1.00000000000000000001');
  });

  it('leaves broken JSON and a line without a cut number as they are', () => {
    for (const content of [
      '{"t":"x 87857.333333333333"}',
      '{"n":0.1234567890123456}',
      '{"t":"87857.333333333333", "n":7}',
    ])
      expect([content, carry(`{"record":{"data":${content}}}`, content)]).toEqual([content, undefined]);
    const buffer = Buffer.from('{"record":{"data":{"n":1.00000000000000000001');
    const span = { start: 0, end: buffer.length, dataStart: 0, dataEnd: buffer.length };
    expect(new CarriedNumbers().carry({ buffer, ...span, line: 1 })).toBeUndefined();
  });
});
