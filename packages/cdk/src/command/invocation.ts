import type { Readable } from 'node:stream';
import type { ConfiguredCatalog, JsonObject, KnownError, StateMessage, StreamDescriptor } from '@cuttle/protocol';
import type { Secrets } from '../config/secrets.js';
import type { Timer } from '../http/sleep.js';
import type { Logger } from '../io/logger.js';
import type { MessageWriter } from '../io/message-writer.js';
import type { Awaited } from './awaited.js';

/** What a command gets: its checked inputs and the ways out. */
export interface Invocation {
  /** Checked against the spec, defaults filled in. `{}` for a command without `--config`. */
  readonly config: JsonObject;
  /** `{ streams: [] }` for a command without `--catalog`. */
  readonly catalog: ConfiguredCatalog;
  /** States of `--state`; empty when there was none. */
  readonly states: readonly StateMessage[];
  readonly writer: MessageWriter;
  readonly log: Logger;
  /** Gets the name of whatever the command waits for: a stream, a request, a statement. */
  readonly awaited: Awaited;
  /** Aborts when the run has to stop: a signal, a crash, or a reader that went away. */
  readonly signal: AbortSignal;
  /** What is hidden in all messages for people: the secrets of the config, and what is added, such as access tokens. */
  readonly secrets: Pick<Secrets, 'add' | 'mask'>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly timer?: Timer;
  readonly stdin: Readable;
  /** Sends the ERROR trace of an error that does not end the command; the exit code becomes 1. */
  readonly report: (error: KnownError, stream?: StreamDescriptor) => void;
}
