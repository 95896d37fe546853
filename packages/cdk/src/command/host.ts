import type { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { Timer } from '../http/sleep.js';

/** The process around a connector, so that tests can stand in for it. */
export interface Host {
  /** Arguments without the node binary and the script. */
  readonly argv: readonly string[];
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Emits `SIGTERM`, `SIGINT`, `uncaughtException`, `unhandledRejection` and `beforeExit`. */
  readonly events: EventEmitter;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** How requests wait; default the machine's own timers. */
  readonly timer?: Timer;
  /** Ends the process at once; called only with nothing queued or when time is up. */
  readonly exit: (code: number) => void;
}

/** The host of a real process. */
export function processHost(): Host {
  return {
    argv: process.argv.slice(2),
    // Read on demand: touching process.stdin opens it.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    events: process,
    clock: () => Date.now(),
    exit: (code) => process.exit(code),
  };
}
