import fc from 'fast-check';
import { didYouMean, editDistance, suggest } from '../src/suggest.js';

describe('suggest', () => {
  it('finds slips of the finger', () => {
    const words = ['prefix', 'primaryKey', 'cursor', 'streams'];
    expect(suggest('prefx', words)).toBe('prefix');
    expect(suggest('primary_key', words)).toBe('primaryKey');
    expect(suggest('curosr', words)).toBe('cursor');
    expect(suggest('namespace', words)).toBeUndefined();
  });

  it('lists what exists when nothing is near and the list is short', () => {
    expect(didYouMean('zzz', ['alpha', 'beta'])).toBe(' Known: "alpha", "beta".');
    expect(didYouMean('zzz', [])).toBe('');
  });

  it('the distance is a metric on short texts: symmetric, zero only for equal texts, at most the longer length', () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });

  it('always finds a word with one edit, when no other is as near', () => {
    const word = fc.stringMatching(/^[a-z]{4,12}$/);
    fc.assert(
      fc.property(word, fc.nat(), fc.constantFrom('x', 'q', ''), (right, at, put) => {
        const cut = at % right.length;
        const wrong = right.slice(0, cut) + put + right.slice(cut + 1);
        fc.pre(wrong !== right);
        expect(suggest(wrong, [right, 'zzzzzzzzzzzzzzzzzzzz'])).toBe(right);
      }),
    );
  });
});
