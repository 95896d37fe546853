import type { ApiError } from './api-error.js';
import type { Clock } from './clock.js';

const FIRST_MS = 500;
const LONGEST_MS = 20_000;
/** A server that asks for a longer wait is not waited for. */
const LONGEST_ASKED_MS = 60_000;

/** Waits before another attempt: as long as the server asks, else a random part of a doubling time. @param attempt from 1 */
export async function waitBeforeRetry(error: ApiError, attempt: number, clock: Clock): Promise<void> {
  const asked = error.retryAfterMs;
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  await clock.sleep(asked === undefined ? clock.random() * ceiling : Math.min(asked, LONGEST_ASKED_MS));
}
