import { stopped, type Timer } from './sleep.js';

/** How much one credential may ask for. */
export interface BudgetOptions {
  /** Requests in each period; default no limit. */
  readonly requests?: number;
  /** Length of the period in ms; default 1000. */
  readonly perMs?: number;
  /** Requests in flight at once; default 8. */
  readonly concurrency?: number;
}

/** `count` requests a second. */
export function perSecond(count: number): BudgetOptions {
  return { requests: count, perMs: 1000 };
}

/** `count` requests a minute. */
export function perMinute(count: number): BudgetOptions {
  return { requests: count, perMs: 60_000 };
}

/** Default of `concurrency`. */
const DEFAULT_CONCURRENCY = 8;

/**
 * One budget per credential, shared by all streams: a token bucket, a bound on requests in flight, and a pause that a
 * rate limit imposes on everybody. Waiters are served in the order they came.
 */
export class Budget {
  readonly #options: BudgetOptions;
  readonly #clock: Timer;
  readonly #waiting: (() => void)[] = [];
  #inFlight = 0;
  /** When the next token is due; the bucket holds up to one second's worth, so this may lie that far back. */
  #nextTokenAt = Number.NEGATIVE_INFINITY;
  #pausedUntil = Number.NEGATIVE_INFINITY;

  constructor(options: BudgetOptions, clock: Timer) {
    this.#options = options;
    this.#clock = clock;
  }

  /**
   * Waits for a free place and a token; call the result when the request is over.
   *
   * @param onPause called with the length in ms when a pause has to be waited for
   * @throws {TransientError} `STOPPED` when the signal aborts
   */
  async acquire(signal: AbortSignal, onPause: (ms: number) => void): Promise<() => void> {
    await this.#takePlace(signal);
    try {
      for (;;) {
        const now = this.#clock.monotonic();
        const pause = this.#pausedUntil - now;
        if (pause > 0) {
          onPause(pause);
          await this.#clock.sleep(pause, signal);
          continue;
        }
        const wait = this.#takeToken(now);
        if (wait > 0) await this.#clock.sleep(wait, signal);
        if (this.#pausedUntil <= this.#clock.monotonic()) return () => this.#release();
      }
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  /** Lets nobody start a request for the next `ms` milliseconds; a longer pause that already holds stays. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.monotonic() + ms);
  }

  /** Takes the next token and gives the wait until it is due, in ms. */
  #takeToken(now: number): number {
    const { requests, perMs = 1000 } = this.#options;
    if (requests === undefined) return 0;
    const spacing = perMs / requests;
    const burst = Math.max(spacing, Math.min(1000, perMs));
    const due = Math.max(this.#nextTokenAt, now - burst + spacing);
    this.#nextTokenAt = due + spacing;
    return Math.max(0, due - now);
  }

  async #takePlace(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw stopped();
    if (this.#inFlight < (this.#options.concurrency ?? DEFAULT_CONCURRENCY)) {
      this.#inFlight += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(onPlace), 1);
        reject(stopped());
      };
      const onPlace = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      this.#waiting.push(onPlace);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** A place passes on to the next waiter without being freed in between, so nobody can jump the queue. */
  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#inFlight -= 1;
    else next();
  }
}
