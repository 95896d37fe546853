/** A seeded sequence of pseudo random values; the same seed gives the same sequence on every machine. */
export interface Random {
  /** A fraction, 0 <= x < 1. */
  next(): number;
  /** A whole number, `low` <= x <= `high`. */
  int(low: number, high: number): number;
  /** One element of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean;
  /** A text of decimal digits, the first one never 0. */
  digits(count: number): string;
}

/** Independent sequence for a purpose: adding draws to one purpose leaves the others unchanged. */
export function randomFor(seed: number, purpose: string): Random {
  let state = hash32(`${seed}:${purpose}`);
  const next = (): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const int = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    int,
    pick: <T>(list: readonly T[]): T => list[int(0, list.length - 1)] as T,
    chance: (probability) => next() < probability,
    digits: (count) => {
      let text = String(int(1, 9));
      while (text.length < count) text += String(int(0, 9));
      return text;
    },
  };
}

/** FNV-1a over UTF-16 units: spreads short texts over 32 bits; not for security. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
