/** A half-open stretch of time, in ms since the epoch: `start` belongs to it, `end` does not. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** The same times as few, sorted intervals that neither overlap nor touch; empty ones are dropped. O(n log n). */
export function mergeIntervals(intervals: readonly Interval[]): readonly Interval[] {
  const sorted = intervals.filter(({ start, end }) => start < end).sort((a, b) => a.start - b.start);
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

/** The parts of `whole` that no interval covers, sorted. */
export function findGaps(whole: Interval, intervals: readonly Interval[]): readonly Interval[] {
  const gaps: Interval[] = [];
  let at = whole.start;
  for (const { start, end } of mergeIntervals(intervals)) {
    if (start >= whole.end) break;
    if (start > at) gaps.push({ start: at, end: start });
    at = Math.max(at, end);
  }
  if (at < whole.end) gaps.push({ start: at, end: whole.end });
  return gaps;
}

/** An interval cut into pieces of at most `step` ms, sorted. */
export function* cutInterval({ start, end }: Interval, step: number): Generator<Interval> {
  for (let at = start; at < end; at += step) yield { start: at, end: Math.min(at + step, end) };
}
