import type { Writable } from 'node:stream';
import { type AirbyteMessage, encodeMessage, recordMeta, SystemError } from '@cuttle/protocol';
import type { Secrets } from '../config/secrets.js';
import { encodeObjects, encodeRaw, encodeTexts } from './encode-records.js';
import { maskMessage } from './mask-message.js';
import { type Page, pageSize } from './page.js';
import type { RecordTarget } from './record-target.js';

/** Characters after which pending lines are handed to the output. */
const BATCH_SIZE = 64 * 1024;

/** What a writer needs besides the output. */
export interface MessageWriterOptions {
  readonly output: Writable;
  /** Hides secrets in LOG, TRACE and CONNECTION_STATUS. */
  readonly secrets: Secrets;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Called once, when the output fails (closed pipe, full device). */
  readonly onFailure?: (error: SystemError) => void;
  /** Longest time a line waits in memory, in ms, default 1000. */
  readonly flushIntervalMs?: number;
}

/**
 * The single owner of stdout. Lines leave in the order of the calls, in batches of 64 KiB to 1 MiB, at the latest after
 * the flush interval and with every STATE. A failed output never raises an unhandled error: the writer remembers it,
 * tells `onFailure`, and refuses everything after.
 */
export class MessageWriter {
  readonly #options: MessageWriterOptions;
  #timer: NodeJS.Timeout;
  #pending = '';
  #drained: Promise<void> | undefined;
  #failure: SystemError | undefined;
  #isSealed = false;

  constructor(options: MessageWriterOptions) {
    this.#options = options;
    options.output.on('error', (error: Error) => this.#fail(error));
    this.#timer = this.#startTimer(options.flushIntervalMs ?? 1000);
  }

  /** Changes the longest time a line waits in memory, in ms. */
  setFlushInterval(ms: number): void {
    clearInterval(this.#timer);
    this.#timer = this.#startTimer(ms);
  }

  /**
   * Sends the records of a page and gives their number. Resolves when the output takes more, so a caller that awaits
   * it is never ahead of a slow reader by more than one chunk.
   *
   * @throws {SystemError} `RECORD_REJECTED` for a record that the platform would drop or reject, `OUTPUT_CLOSED`
   */
  async writeRecords(target: RecordTarget, page: Page): Promise<number> {
    await this.ready();
    const meta = 'changes' in page ? recordMeta(page.changes) : '';
    const head = target.prefix.head + this.#options.clock() + meta + target.prefix.tail;
    if ('bytes' in page) {
      for (const chunk of encodeRaw(target, head, page)) {
        this.#flushPending();
        this.#send(chunk);
        await this.ready();
      }
      return pageSize(page);
    }
    const chunks =
      'texts' in page
        ? encodeTexts(target, head, page.texts)
        : encodeObjects(target, head, 'records' in page ? page.records : page);
    for (const chunk of chunks) {
      this.#append(chunk);
      if (this.#drained !== undefined || this.#isClosed) await this.ready();
    }
    return pageSize(page);
  }

  /**
   * Sends any other message; a STATE takes everything before it along at once.
   *
   * @throws {SystemError} `OUTPUT_CLOSED` when the output has failed
   */
  async write(message: AirbyteMessage): Promise<void> {
    await this.ready();
    this.post(message);
    if (message.type === 'STATE' || message.type === 'CONTROL') this.#flushPending();
    await this.ready();
  }

  /** Queues a message without waiting and without failing: for logs and for last words. */
  post(message: AirbyteMessage): void {
    if (this.#isClosed) return;
    this.#append(`${encodeMessage(maskMessage(message, (text) => this.#options.secrets.mask(text)))}\n`);
  }

  /** Queues an already encoded line (without newline) and waits until the output takes more. Nothing in it is masked. */
  async writeLine(line: string | Buffer): Promise<void> {
    await this.ready();
    if (typeof line === 'string') this.#append(`${line}\n`);
    else {
      this.#flushPending();
      this.#send(line);
      this.#append('\n');
    }
    await this.ready();
  }

  /** Hands all pending lines to the output and waits until it takes more. */
  async flush(): Promise<void> {
    this.#flushPending();
    await this.ready();
  }

  /** Refuses all later messages; what is pending still goes out with `end`. */
  seal(): void {
    this.#isSealed = true;
  }

  /** Sends what is pending and resolves when the output has taken the last byte, or has failed. Never rejects. */
  async end(): Promise<void> {
    this.#isSealed = true;
    clearInterval(this.#timer);
    this.#flushPending();
    if (this.#failure !== undefined) return;
    await new Promise<void>((resolve) => {
      this.#options.output.once('error', () => resolve());
      this.#options.output.once('close', resolve);
      this.#options.output.write('', () => resolve());
    });
  }

  /**
   * Resolves when the output takes more.
   *
   * @throws {SystemError} `OUTPUT_CLOSED`
   */
  async ready(): Promise<void> {
    while (this.#drained !== undefined && !this.#isClosed) await this.#drained;
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#isSealed) throw closedOutput('The connector is shutting down.');
  }

  get #isClosed(): boolean {
    return this.#isSealed || this.#failure !== undefined;
  }

  #startTimer(ms: number): NodeJS.Timeout {
    return setInterval(() => {
      if (this.#drained === undefined) this.#flushPending();
    }, ms).unref();
  }

  #append(text: string): void {
    this.#pending += text;
    if (this.#pending.length >= BATCH_SIZE && this.#drained === undefined) this.#flushPending();
  }

  #flushPending(): void {
    if (this.#pending === '') return;
    const chunk = this.#pending;
    this.#pending = '';
    this.#send(chunk);
  }

  #send(chunk: string | Buffer): void {
    if (this.#failure !== undefined) return;
    const { output } = this.#options;
    try {
      if (output.write(chunk) || this.#drained !== undefined) return;
    } catch (error) {
      // A full device makes the synchronous stdout of a file throw here.
      this.#fail(error);
      return;
    }
    this.#drained = new Promise((resolve) => {
      const settle = () => {
        output.off('drain', settle).off('error', settle).off('close', settle);
        this.#drained = undefined;
        resolve();
      };
      output.on('drain', settle).on('error', settle).on('close', settle);
    });
  }

  #fail(cause: unknown): void {
    if (this.#failure !== undefined) return;
    this.#pending = '';
    this.#failure = closedOutput('The output was closed or is full; nothing more can be sent.', cause);
    this.#options.onFailure?.(this.#failure);
  }
}

function closedOutput(message: string, cause?: unknown): SystemError {
  return new SystemError(message, { code: 'OUTPUT_CLOSED', cause });
}

/** Whether an error only says that the output is gone, so that nobody can be told about it. */
export function isClosedOutput(error: unknown): boolean {
  return error instanceof SystemError && (error as SystemError).code === 'OUTPUT_CLOSED';
}
