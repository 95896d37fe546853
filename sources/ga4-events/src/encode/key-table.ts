/** Share of a table that may be filled. */
const MAX_LOAD = 0.95;

/** A key: three independent parts of a hash. */
export interface HashKey {
  /** 32 bits, unsigned: where the key belongs in a table. Not kept. */
  readonly home: number;
  /** 32 bits, unsigned. */
  readonly low: number;
  /** 8 bits, unsigned. */
  readonly high: number;
}

/**
 * A set of keys in typed arrays of fixed size: open addressing, 5 bytes a slot.
 *
 * Only 40 bits of a key are kept, but keys are compared only near the place where they belong: among 5 million random
 * keys, one pair is taken for equal with a probability of 1 in 20,000.
 */
export class KeyTable {
  readonly #lows: Uint32Array;
  readonly #highs: Uint8Array;
  size = 0;

  constructor(expected: number) {
    const capacity = Math.max(64, Math.ceil(expected / MAX_LOAD) + 1);
    this.#lows = new Uint32Array(capacity);
    this.#highs = new Uint8Array(capacity);
  }

  /** Number of slots. */
  get capacity(): number {
    return this.#lows.length;
  }

  /** Whether no more keys may be added. */
  get isFull(): boolean {
    return this.size >= Math.floor(this.#lows.length * MAX_LOAD);
  }

  /** The slot of a key, or -1 when it is not in the table. */
  find(key: HashKey): number {
    const slot = this.#slotOf(key);
    return this.#lows[slot] === 0 ? -1 : slot;
  }

  /** Adds a key that is not in the table, which must not be full; returns its slot. */
  add(key: HashKey): number {
    const slot = this.#slotOf(key);
    this.#lows[slot] = key.low || 1;
    this.#highs[slot] = key.high;
    this.size += 1;
    return slot;
  }

  /** The slot that holds a key, or the free one where it belongs. A low part of 0, which means free, is taken as 1. */
  #slotOf({ home, low, high }: HashKey): number {
    const kept = low || 1;
    const capacity = this.#lows.length;
    let slot = Math.floor((home / 2 ** 32) * capacity);
    while (this.#lows[slot] !== 0 && (this.#lows[slot] !== kept || this.#highs[slot] !== high)) {
      slot = slot + 1 === capacity ? 0 : slot + 1;
    }
    return slot;
  }
}
