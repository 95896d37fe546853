import { TransientError } from '@cuttle/protocol';

/** Waits `ms` milliseconds; rejects when the signal aborts. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** The time that waits and budgets go by: the machine's, or a test's. */
export interface Timer {
  /** Milliseconds on a clock that never goes back. */
  readonly monotonic: () => number;
  readonly sleep: Sleep;
}

/** The error of work that was given up because the run has to stop. */
export function stopped(): TransientError {
  return new TransientError('The run was stopped before it was finished.', { code: 'STOPPED' });
}

/**
 * Waits by the system's timer.
 *
 * @throws {TransientError} `STOPPED` when the signal aborts
 */
export const sleep: Sleep = (ms, signal) =>
  new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(stopped());
      return;
    }
    const onAbort = () => {
      clearTimeout(timer);
      reject(stopped());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal.addEventListener('abort', onAbort, { once: true });
  });
