/** Share of the table that may be filled before it grows. */
const MAX_LOAD = 0.85;
const FULL_BYTE = 255;

/**
 * Counts how often each 64-bit key was seen: open addressing in typed arrays, 9 bytes a slot, so that a table made for
 * 5 million keys takes about 53 MB. Two keys that are equal by chance only make one of them be counted as a
 * repetition.
 */
export class Occurrences {
  #capacity: number;
  #keys: Uint32Array;
  #counts: Uint8Array;
  /** Counts of slots whose byte is full. */
  readonly #large = new Map<number, number>();
  #size = 0;

  /** @param expected number of different keys to make room for; more is possible and costs a copy */
  constructor(expected: number) {
    this.#capacity = capacityFor(expected);
    this.#keys = new Uint32Array(this.#capacity * 2);
    this.#counts = new Uint8Array(this.#capacity);
  }

  /** Number of different keys. */
  get size(): number {
    return this.#size;
  }

  /** Counts a key, given as two unsigned 32-bit halves; returns how often it was seen before. */
  count(high: number, low: number): number {
    const slot = this.#slotOf(high, low);
    const before = this.#counts[slot]!;
    if (before === 0) {
      this.#keys[slot * 2] = high;
      this.#keys[slot * 2 + 1] = low;
      this.#counts[slot] = 1;
      this.#size += 1;
      if (this.#size > this.#capacity * MAX_LOAD) this.#grow();
      return 0;
    }
    if (before < FULL_BYTE) {
      this.#counts[slot] = before + 1;
      return before;
    }
    const large = this.#large.get(slot) ?? FULL_BYTE;
    this.#large.set(slot, large + 1);
    return large;
  }

  /** The slot that holds a key, or the free one where it belongs. */
  #slotOf(high: number, low: number): number {
    let slot = Math.floor((high / 2 ** 32) * this.#capacity);
    while (this.#counts[slot] !== 0 && (this.#keys[slot * 2] !== high || this.#keys[slot * 2 + 1] !== low)) {
      slot = slot + 1 === this.#capacity ? 0 : slot + 1;
    }
    return slot;
  }

  #grow(): void {
    const [keys, counts, large] = [this.#keys, this.#counts, new Map(this.#large)];
    this.#capacity *= 2;
    this.#keys = new Uint32Array(this.#capacity * 2);
    this.#counts = new Uint8Array(this.#capacity);
    this.#large.clear();
    for (let old = 0; old < counts.length; old += 1) {
      if (counts[old] === 0) continue;
      const slot = this.#slotOf(keys[old * 2]!, keys[old * 2 + 1]!);
      this.#keys[slot * 2] = keys[old * 2]!;
      this.#keys[slot * 2 + 1] = keys[old * 2 + 1]!;
      this.#counts[slot] = counts[old]!;
      const count = large.get(old);
      if (count !== undefined) this.#large.set(slot, count);
    }
  }
}

function capacityFor(expected: number): number {
  return Math.max(64, Math.ceil(expected / MAX_LOAD) + 1);
}
