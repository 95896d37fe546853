import type { Readable } from 'node:stream';
import type { ConfiguredCatalog } from '@cuttle/protocol';
import { InputLines } from './input-lines.js';
import { inputError, MessageRouter, type MessageSink } from './message-router.js';

/** How the input is read. */
export interface ReadInputOptions {
  readonly input: Readable;
  readonly catalog: ConfiguredCatalog;
  readonly sink: MessageSink;
  /** Longest accepted line, in bytes. */
  readonly maxLineBytes: number;
  /** Waits while the sink has enough; undefined when it takes more at once. Called after each chunk. */
  readonly ready: () => Promise<void> | undefined;
  /** Stops reading; the promise then resolves. */
  readonly signal: AbortSignal;
}

/**
 * Reads messages up to the end of input and hands them to the sink, never faster than it is ready.
 *
 * @throws {SystemError} naming the line: what is no message, is of no configured stream, or was cut off at the end
 */
export async function readInput(options: ReadInputOptions): Promise<void> {
  const { input, signal } = options;
  const router = new MessageRouter(options.catalog, options.sink);
  const lines = new InputLines((buffer, start, end, line) => {
    router.route(buffer, start, end, line);
  }, options.maxLineBytes);
  const stop = () => {
    input.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of input) {
      if (signal.aborted) return;
      lines.push(chunk as Buffer);
      const wait = options.ready();
      if (wait !== undefined) await wait;
    }
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    input.destroy();
  }
  if (lines.takeRest().length > 0) throw inputError(lines.line + 1, 'cut off: the input ends inside of it');
}
