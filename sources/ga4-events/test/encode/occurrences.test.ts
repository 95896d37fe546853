import fc from 'fast-check';
import { Occurrences } from '../../src/encode/occurrences.js';

describe('occurrences', () => {
  it('counts as a map does, while it grows', () => {
    const half = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 0xffffffff }));
    fc.assert(
      fc.property(fc.array(fc.tuple(half, half), { maxLength: 400 }), (keys) => {
        const table = new Occurrences(1);
        const model = new Map<string, number>();
        for (const [high, low] of keys) {
          const before = model.get(`${high},${low}`) ?? 0;
          expect(table.count(high, low)).toBe(before);
          model.set(`${high},${low}`, before + 1);
        }
        expect(table.size).toBe(model.size);
      }),
      { numRuns: 50 },
    );
  });

  it('counts beyond 255, also when it grows afterwards', () => {
    const table = new Occurrences(1);
    for (let n = 0; n < 1_000; n += 1) expect(table.count(0, 0)).toBe(n);
    for (let n = 1; n < 500; n += 1) table.count(n * 65_537, n);
    expect(table.count(0, 0)).toBe(1_000);
  });
});
