import type { ConfiguredStream, JsonObject } from '@cuttle/protocol';
import type { HttpClient } from '../http/client.js';
import type { Logger } from '../io/logger.js';

/** What a source gets outside of a stream: for `check` and for making its streams. */
export interface SourceContext<C> {
  readonly config: C;
  /** The client of the source's policy. */
  readonly http: HttpClient;
  readonly log: Logger;
  /** Aborts when the run has to stop. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** What a stream gets while it is read. */
export interface Context<C> extends SourceContext<C> {
  /**
   * The state to go on from. In a full refresh it is undefined unless an attempt before was cut off in the very same
   * generation; then it is what that attempt yielded last.
   */
  readonly state: JsonObject | undefined;
  /** The stream as the user configured it: sync mode, destination mode, generation. */
  readonly configured: ConfiguredStream;
}
