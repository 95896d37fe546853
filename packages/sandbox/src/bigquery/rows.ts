import type { Row } from './schema.js';

/** Rows of one version of a table. It never changes: an append makes a new source. */
export interface RowSource {
  readonly count: number;
  /** Rows `from` (inclusive) to `to` (exclusive), both within the count. */
  rows(from: number, to: number): Iterable<Row>;
}

/** Rows that lie in memory. */
export function listRows(list: readonly Row[]): RowSource {
  return { count: list.length, rows: (from, to) => list.slice(from, to) };
}

/** Rows made from their index when they are asked for; nothing is kept. */
export function ruleRows(count: number, make: (index: number) => Row): RowSource {
  return {
    count,
    *rows(from, to) {
      for (let index = from; index < to; index += 1) yield make(index);
    },
  };
}

/** One source behind the other. */
export function joinRows(first: RowSource, second: RowSource): RowSource {
  return {
    count: first.count + second.count,
    *rows(from, to) {
      if (from < first.count) yield* first.rows(from, Math.min(to, first.count));
      if (to > first.count) yield* second.rows(Math.max(0, from - first.count), to - first.count);
    },
  };
}
