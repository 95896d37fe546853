/** A bucket that fills at `perSecond` and holds one second's worth. */
interface Bucket {
  tokens: number;
  atMs: number;
}

/** Token buckets by name. */
export class RateLimiter {
  readonly #buckets = new Map<string, Bucket>();
  readonly #monotonic: () => number;

  /** @param monotonic milliseconds on a clock that never goes back */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** Whether one more request is allowed; it is counted if so. */
  take(name: string, perSecond: number): boolean {
    const now = this.#monotonic();
    const bucket = this.#buckets.get(name) ?? { tokens: perSecond, atMs: now };
    this.#buckets.set(name, bucket);
    bucket.tokens = Math.min(perSecond, bucket.tokens + ((now - bucket.atMs) / 1000) * perSecond);
    bucket.atMs = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
