import { ApiError } from '../client/api-error.js';
import { waitBeforeRetry } from '../client/backoff.js';
import type { Clock } from '../client/clock.js';

/** Attempts of one write. */
const MAX_WRITES = 4;

/**
 * Sends a write; when it is unclear whether it took effect, looks before it is sent again. So nothing is made twice.
 *
 * @param find what the write made, or undefined when it had no effect
 * @throws {ApiError} when the server refuses, or after the last attempt
 */
export async function writeSafely<Result>(
  clock: Clock,
  write: () => Promise<Result>,
  find: () => Promise<Result | undefined>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof ApiError) || error.outcome === 'refused') throw error;
      await waitBeforeRetry(error, attempt, clock);
      const found = await find();
      if (found !== undefined) return found;
      if (attempt >= MAX_WRITES) throw error;
    }
  }
}
