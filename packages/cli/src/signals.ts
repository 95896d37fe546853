import os from 'node:os';

/** Time after the second signal in which a command ends by itself, in milliseconds. */
const EXIT_MS = 1000;

/** What Ctrl-C and SIGTERM mean while something runs: once to stop, twice to end at once. */
export interface Interruption {
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  /** The signal that came first; undefined when none did. */
  readonly signal: () => NodeJS.Signals | undefined;
  /** Gives the signals back to Node. */
  release(): void;
}

/** Catches SIGINT, SIGTERM and SIGHUP until `release`. */
export function interruption(onStop: () => void): Interruption {
  const stop = new AbortController();
  const kill = new AbortController();
  let first: NodeJS.Signals | undefined;
  let timer: NodeJS.Timeout | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (first === undefined) {
      first = signal;
      onStop();
      stop.abort();
    } else {
      kill.abort();
      // Whatever still goes on then has no process of ours that could be ended, such as a query.
      timer ??= setTimeout(() => process.exit(128 + (os.constants.signals[signal] ?? 2)), EXIT_MS);
    }
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    stop: stop.signal,
    kill: kill.signal,
    signal: () => first,
    release: () => {
      clearTimeout(timer);
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
