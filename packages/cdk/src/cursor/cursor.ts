import type { JsonObject } from '@cuttle/protocol';
import type { RecordData } from '../io/page.js';
import type { StateProblem } from '../state/usable-state.js';

/**
 * A stretch of a stream's cursor: `start` belongs to it, `end` does not. ISO 8601 in UTC with milliseconds; an empty `end`
 * has no bound.
 */
export interface Slice {
  readonly start: string;
  readonly end: string;
}

/** What a cursor starts from. */
export interface CursorInput<C> {
  readonly config: C;
  /** The stored state; undefined starts from the beginning. */
  readonly state: JsonObject | undefined;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** A cursor in use: which slices to read, and the state that what was read so far allows. */
export interface CursorRun {
  slices(): Iterable<Slice>;
  /** Takes note of the last record of a page that was sent; true when the state moved and may be sent. */
  sent(slice: Slice, lastRecord: RecordData): boolean;
  /** Takes note of a slice that was read to its end. */
  closed(slice: Slice): void;
  /** The state of everything sent so far. */
  state(): JsonObject;
}

/**
 * How a stream is read incrementally. Every cursor says how far it looks back and how long it lets rows settle: leaving
 * them out is how late rows get lost.
 */
export interface Cursor<C> {
  /** Top-level field that orders the rows. */
  readonly field: string;
  /** ISO 8601 duration that every sync reads again, for rows that became visible late. */
  readonly lookback: string;
  /** ISO 8601 duration before now that is not read yet, for rows that are still being written. */
  readonly settle: string;
  /** Opens the cursor; undefined when the stream keeps its own state. */
  open(input: CursorInput<C>): CursorRun | undefined;
  /** What of a stored state the cursor cannot continue from; absent when the stream keeps its own state. */
  stateProblems?(state: JsonObject, config: C): readonly StateProblem[];
  /** Why states are no function of the rows and the stored state, as a clause; absent when they are. */
  readonly unsteady?: string;
}

/**
 * The cursor of a stream that keeps its own state: its `slices` read `ctx.state`, its `pages` yield checkpoints.
 * Lookback and settle are the stream's own doing; they are stated here for people and tests.
 */
export function ownCursor<C>(options: Pick<Cursor<C>, 'field' | 'lookback' | 'settle'>): Cursor<C> {
  return { ...options, open: () => undefined };
}
