import type { AirbyteStream, FieldPath, JsonObject, JsonSchema } from '@cuttle/protocol';
import type { Cursor, Slice } from '../cursor/cursor.js';
import { durationMs } from '../cursor/duration.js';
import type { Page } from '../io/page.js';
import type { StateProblem } from '../state/usable-state.js';
import type { Context } from './context.js';

/**
 * Says that everything yielded so far may be remembered as done. A stream that keeps its own state yields it behind the
 * pages that it covers; the state must hold for all slices of the stream, not only for the one that yields it.
 */
export interface Checkpoint {
  readonly checkpoint: JsonObject;
}

/**
 * One table, endpoint or topic. `pages` yields pages, never single records, and (with an own cursor) checkpoints. It is
 * resumed only when the page before was handed over, so state kept between yields never runs ahead of the records.
 *
 * @typeParam S what `slices` gives out and `pages` reads; a {@link Slice} of time with a datetime cursor
 */
export abstract class Stream<C, S = Slice> {
  /** Lower snake case, plural, as the vendor names it. */
  abstract readonly name: string;
  readonly namespace?: string;
  abstract readonly schema: JsonSchema;
  readonly primaryKey: readonly FieldPath[] = [];
  /** Absent for streams that are only read in full. */
  readonly cursor?: Cursor<C>;

  /**
   * What can be read apart from each other, side by side up to the concurrency of the source. Only called without a
   * cursor that makes its own slices; the default is one slice.
   */
  slices(_ctx: Context<C>): Iterable<S> | AsyncIterable<S> {
    return [{ start: '', end: '' } as S];
  }

  abstract pages(ctx: Context<C>, slice: S): AsyncIterable<Page | Checkpoint>;

  /**
   * What of a stored state this stream cannot continue from; the kit warns about each. With a problem that names no
   * consequence, the stream is read as if nothing were stored. Not called for an empty state.
   *
   * @throws {ConfigError} for a state that must not be ignored, such as that of another account or connector
   */
  stateProblems(state: JsonObject, config: C): readonly StateProblem[] {
    return this.cursor?.stateProblems?.(state, config) ?? [];
  }

  /**
   * Why an incremental append of this stream holds rows more than once, or can do so when a sync is cut off and repeated,
   * as a clause; undefined when each row comes once. A destination recognizes what a second attempt repeats only where
   * records and the states behind them are a function of the remote data and the stored state, never of the time or
   * of which request was answered first. The kit warns; `appendDelivery` in metadata.yaml says the same.
   */
  appendRisk(_config: C): string | undefined {
    const { lookback = 'PT0S', unsteady } = this.cursor ?? {};
    if (unsteady !== undefined || durationMs(lookback) === 0) return unsteady;
    return `what changed within the last ${durationMs(lookback) / 1000} seconds before the state is sent again`;
  }
}

/** A stream as `discover` shows it. */
export function describeStream<C, S>(stream: Stream<C, S>): AirbyteStream {
  const { name, namespace, schema, primaryKey, cursor } = stream;
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    json_schema: schema,
    supported_sync_modes: cursor === undefined ? ['full_refresh'] : ['full_refresh', 'incremental'],
    ...(cursor === undefined ? {} : { source_defined_cursor: true, default_cursor_field: [cursor.field] }),
    ...(primaryKey.length === 0 ? {} : { source_defined_primary_key: primaryKey }),
    is_resumable: cursor !== undefined,
  };
}
