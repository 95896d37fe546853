/** Longest single backoff step, in ms. */
const MAX_BACKOFF_MS = 60_000;

/**
 * Wait before the next attempt, in ms: exponential with full jitter (a random part of the whole step, so that clients
 * that failed together do not come back together).
 *
 * @param attempt number of attempts made so far, from 1
 * @param random a number from 0 (inclusive) to 1 (exclusive)
 */
export function backoffMs(attempt: number, firstStepMs: number, random: () => number): number {
  return random() * Math.min(MAX_BACKOFF_MS, firstStepMs * 2 ** (attempt - 1));
}
