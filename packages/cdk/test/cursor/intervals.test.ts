import fc from 'fast-check';
import { durationMs } from '../../src/cursor/duration.js';
import { cutInterval, findGaps, type Interval, mergeIntervals } from '../../src/cursor/intervals.js';

const interval = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 12 })).map(([start, length]) => ({
  start,
  end: start + length,
}));
const points = (all: Iterable<Interval>) => {
  const found = new Set<number>();
  for (const { start, end } of all) for (let at = start; at < end; at += 1) found.add(at);
  return [...found].sort((a, b) => a - b);
};

describe('intervals', () => {
  it('merging keeps exactly the same points in sorted intervals that do not touch (property)', () => {
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 12 }), (all) => {
        const merged = mergeIntervals(all);
        expect(points(merged)).toEqual(points(all));
        for (const [index, next] of merged.slice(1).entries()) expect(next.start).toBeGreaterThan(merged[index]!.end);
      }),
    );
  });

  it('gaps and intervals together cover the whole once (property)', () => {
    fc.assert(
      fc.property(interval, fc.array(interval, { maxLength: 12 }), (whole, all) => {
        const gaps = findGaps(whole, all);
        const covered = new Set(points(all));
        expect(points(gaps)).toEqual(points([whole]).filter((point) => !covered.has(point)));
      }),
    );
  });

  it('cutting loses nothing and stays within the step (property)', () => {
    fc.assert(
      fc.property(interval, fc.integer({ min: 1, max: 9 }), (whole, step) => {
        const pieces = [...cutInterval(whole, step)];
        expect(points(pieces)).toEqual(points([whole]));
        expect(pieces.every(({ start, end }) => end - start <= step)).toBe(true);
      }),
    );
  });
});

describe('durationMs', () => {
  it('reads weeks to fractions of a second', () => {
    expect(['P1W', 'P7D', 'PT10M', 'P1DT1H', 'PT0.5S', 'PT0S'].map(durationMs)).toEqual([
      604_800_000, 604_800_000, 600_000, 90_000_000, 500, 0,
    ]);
  });

  it.each(['P1M', 'P', 'PT', '7d', 'P1Y', ''])('refuses %s', (text) => {
    expect(() => durationMs(text)).toThrow(/Not a duration/);
  });
});
