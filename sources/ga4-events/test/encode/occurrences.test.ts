import fc from 'fast-check';
import { Occurrences } from '../../src/encode/occurrences.js';

describe('occurrences', () => {
  it('counts as a map does, while it grows', () => {
    const low = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 0xffffffff }));
    const pair = fc.tuple(low, fc.integer({ min: 0, max: 0xff }));
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 400 }), (keys) => {
        const table = new Occurrences(1);
        const model = new Map<string, number>();
        for (const [low, high] of keys) {
          const before = model.get(`${low},${high}`) ?? 0;
          expect(table.count({ home: Math.imul(low ^ (high << 13), 2_654_435_761) >>> 0, low, high })).toBe(before);
          model.set(`${low},${high}`, before + 1);
        }
        expect(table.size).toBe(model.size);
      }),
      { numRuns: 50 },
    );
  });

  it('counts beyond 255, also when it grows afterwards', () => {
    const table = new Occurrences(1);
    const key = { home: 0, low: 0, high: 0 };
    for (let n = 0; n < 1_000; n += 1) expect(table.count(key)).toBe(n);
    for (let n = 1; n < 500; n += 1) table.count({ home: n * 65_537, low: n, high: n & 0xff });
    expect(table.count(key)).toBe(1_000);
    expect(table.size).toBe(500);
  });
});

describe('GA-17 memory of the ids of 5 million rows', () => {
  const ROWS = 5_000_000;

  it('GA-17 is 26 MB in typed arrays, where the texts of the ids alone would be 160 MB', () => {
    const before = process.memoryUsage().arrayBuffers;
    const table = new Occurrences(ROWS);
    const bytes = process.memoryUsage().arrayBuffers - before;
    expect(table.size).toBe(0);
    expect(bytes).toBeLessThan(27_000_000);
  });
});
