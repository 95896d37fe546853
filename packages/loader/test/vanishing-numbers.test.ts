import { VanishingNumbers } from '../src/vanishing-numbers.js';

describe('VanishingNumbers', () => {
  it('finds exponents of three digits below zero, line by line of one buffer and of the next', () => {
    const lines = [
      '{"a":1}',
      '{"a":1E-400}',
      '{"a":"an e-mail"}',
      '{"a":5e-7}',
      '{"a":0.1e-330}',
      '{"a":"e-commerce 1e-9"}',
    ];
    const found = new VanishingNumbers();
    for (const text of [lines, [...lines].reverse()]) {
      const buffer = Buffer.from(text.join(''));
      let start = 0;
      for (const line of text) {
        const end = start + line.length;
        expect([line, found.mayBeIn(buffer, start, end)]).toEqual([line, /[eE]-[34]/.test(line)]);
        start = end;
      }
    }
  });
});
