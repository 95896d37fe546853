import type { FailureType, LogLevel, StreamDescriptor, StreamStatus } from '@cuttle/protocol';

/** Who says something. */
export type Origin = 'runner' | 'source' | 'destination';

/** What a run is doing. */
export type Phase = 'lock' | 'state' | 'discover' | 'read' | 'finish' | 'done';

/** Counts of one stream; names are the source's. */
export interface StreamProgress {
  readonly stream: StreamDescriptor;
  /** As the destination names it. */
  readonly destination: StreamDescriptor;
  readonly status: StreamStatus | 'WAITING';
  /** Records read from the source. */
  readonly records: number;
  /** Bytes of their lines. */
  readonly bytes: number;
  /** Records that a filter removed. */
  readonly filtered: number;
  /** States sent to the destination, and those that came back. */
  readonly states: number;
  readonly acknowledgedStates: number;
  /** When a rate limit ends, milliseconds since the epoch; undefined when none holds. */
  readonly rateLimitedUntilMs?: number;
  /** Rows that the source expects in all; undefined when it said nothing. */
  readonly estimatedRecords?: number;
  /** Time from the first message of the stream to its end or to now; 0 before the first. */
  readonly elapsedMs: number;
}

/** Counts of a run. */
export interface Progress {
  readonly connection: string;
  /** By a monotonic clock. */
  readonly elapsedMs: number;
  readonly streams: readonly StreamProgress[];
}

/** An error that ended a run or a stream. Secrets are masked. */
export interface RunError {
  readonly origin: Origin;
  /** Stable, `STATE_DAMAGED` style; undefined when a connector gave none. */
  readonly code?: string;
  readonly message: string;
  readonly failureType?: FailureType;
  readonly stream?: StreamDescriptor;
}

/** What a run tells while it runs. Texts are masked. */
export type RunEvent =
  | { readonly type: 'phase'; readonly connection: string; readonly phase: Phase }
  | { readonly type: 'progress'; readonly progress: Progress }
  | {
      readonly type: 'log';
      readonly connection: string;
      readonly origin: Origin;
      readonly level: LogLevel;
      readonly message: string;
    }
  | { readonly type: 'error'; readonly connection: string; readonly error: RunError };

/** How a run ended. */
export type Outcome =
  /** Every stream is complete and acknowledged. */
  | 'succeeded'
  /** Some streams are, others are not. */
  | 'partial'
  | 'failed'
  /** A signal or the caller stopped it; what was acknowledged is kept. */
  | 'cancelled'
  /** Nothing was started: a document, a reference or the state does not allow it. */
  | 'invalid'
  /** A connector's credentials were rejected. */
  | 'unauthorized'
  /** Another run holds the connection, or another program the destination's database file. */
  | 'locked';

/** The result of a stream. */
export interface StreamResult extends StreamProgress {
  /** Whether everything the source had is in place at the destination. */
  readonly isComplete: boolean;
}

/** The result of a run. */
export interface RunResult {
  readonly connection: string;
  readonly outcome: Outcome;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly elapsedMs: number;
  readonly streams: readonly StreamResult[];
  readonly errors: readonly RunError[];
  /** The run's log file; undefined when nothing was started. */
  readonly logFile?: string;
}
