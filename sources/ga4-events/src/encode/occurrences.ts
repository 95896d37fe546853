import { type HashKey, KeyTable } from './key-table.js';

/**
 * Counts how often each key was seen. Room for 5 million different keys takes 26 MB, and 10 bytes more for each key that
 * comes again. Two keys that are taken for equal ({@link KeyTable}) only make one of them count as a repetition.
 */
export class Occurrences {
  readonly #seen: KeyTable[];
  readonly #repeated: { readonly table: KeyTable; readonly counts: Uint32Array }[] = [];

  /** @param expected number of different keys to make room for; more are possible */
  constructor(expected: number) {
    this.#seen = [new KeyTable(expected)];
  }

  /** Number of different keys. */
  get size(): number {
    return this.#seen.reduce((sum, table) => sum + table.size, 0);
  }

  /** Counts a key; returns how often it was seen before. */
  count(key: HashKey): number {
    if (this.#seen.some((table) => table.find(key) >= 0)) return this.#repeat(key);
    let last = this.#seen.at(-1)!;
    if (last.isFull) {
      last = new KeyTable(last.size);
      this.#seen.push(last);
    }
    last.add(key);
    return 0;
  }

  #repeat(key: HashKey): number {
    for (const { table, counts } of this.#repeated) {
      const slot = table.find(key);
      if (slot < 0) continue;
      counts[slot]! += 1;
      return counts[slot]!;
    }
    let last = this.#repeated.at(-1);
    if (last === undefined || last.table.isFull) {
      const table = new KeyTable(last?.table.size ?? 0);
      last = { table, counts: new Uint32Array(table.capacity) };
      this.#repeated.push(last);
    }
    last.counts[last.table.add(key)] = 1;
    return 1;
  }
}
