import fc from 'fast-check';
import { findLostDigits, isExact } from '../src/exact-numbers.js';

describe('isExact', () => {
  it('is true for every double as JavaScript prints it, and for every whole number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(isExact(String(value).replace('e+', 'e'))).toBe(true);
      }),
    );
    fc.assert(fc.property(fc.bigInt(), (value) => expect(isExact(String(value))).toBe(true)));
  });

  it('compares digits, not texts: zeros at the end do not count', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat({ max: 30 }), (value, zeros) => {
        const text = String(value);
        const padded = text.includes('.') && !text.includes('e') ? text + '0'.repeat(zeros) : text;
        expect([padded, isExact(padded)]).toEqual([padded, true]);
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[1-9][0-9]{0,9}\.[0-9]{16}[1-9]$/), (text) => {
        const [whole = '', fraction = ''] = String(Number(text)).split('.');
        expect([text, isExact(text)]).toEqual([text, whole + fraction.padEnd(17, '0') === text.replace('.', '')]);
      }),
    );
  });

  it('is false as soon as a digit is lost', () => {
    for (const text of [
      '50000.0000000000000001',
      '12345678901234567.891',
      '0.12345678901234567890',
      '1e400',
      '1.2345678901234567890e5',
    ]) {
      expect([text, isExact(text)]).toEqual([text, false]);
    }
    for (const text of ['1.10', '0.50', '-0.0', '1e2', '100.000000000000000000', '0.1234567890123456']) {
      expect([text, isExact(text)]).toEqual([text, true]);
    }
  });
});

describe('findLostDigits', () => {
  it('finds every number that loses digits, wherever it stands', () => {
    const digits = fc.stringMatching(/^[0-9]{1,12}\.[0-9]{18,25}[1-9]$/);
    fc.assert(
      fc.property(digits, fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 }), (number, before, after) => {
        const text = JSON.stringify({ before, v: 'VALUE', after }).replace('"VALUE"', number.replace(/^0+(?=\d)/, ''));
        const line = Buffer.from(text);
        if (!isExact(number)) expect(findLostDigits(line, 0, line.length)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('passes over long integers, ids and doubles', () => {
    for (const text of [
      '{"a":12345678901234567890123}',
      '{"a":"1711283442816.164632984869928960"}',
      '{"a":0.1234567890123456,"b":1700000000000000}',
    ]) {
      const line = Buffer.from(text);
      expect([text, findLostDigits(line, 0, line.length)]).toEqual([text, -1]);
    }
  });
});
