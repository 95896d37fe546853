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
        const at = line.search(/\d[eE]-[34]/);
        expect([line, found.find(buffer, start, end)]).toEqual([line, at < 0 ? -1 : start + at]);
        start = end;
      }
    }
  });
});
