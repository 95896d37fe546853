import fc from 'fast-check';
import { canonicalJson } from '../src/index.js';

/** How the texts of earlier versions were made, whose hashes stand in control tables. */
function recursive(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
    const sorted: [string, unknown][] = Object.entries(part).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return Object.fromEntries(sorted);
  });
}

describe('canonicalJson', () => {
  it('is the text of earlier versions, for any value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => expect(canonicalJson(value)).toBe(recursive(value))),
    );
    const keys = { b: 1, 10: 2, 9: 3, a: undefined, ['__proto__']: { z: [undefined, Number.NaN] } };
    expect(canonicalJson(keys)).toBe(recursive(keys));
  });

  it('takes a value that is deeper than the stack (naive variant: overflows)', () => {
    const text = `${'{"a":['.repeat(20_000)}1${']}'.repeat(20_000)}`;
    const deep: unknown = JSON.parse(text);
    expect(canonicalJson(deep)).toBe(text);
    expect(() => recursive(deep)).toThrow(RangeError);
  });
});
