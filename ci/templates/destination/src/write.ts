import {
  type HttpClient,
  type Invocation,
  inputError,
  type MessageSink,
  type PendingState,
  type RecordLine,
  readInput,
  type StateLine,
  StateQueue,
} from '@cuttle/airbyte-cdk';
import {
  isJsonObject,
  type JsonObject,
  type StreamStatus,
  streamKey,
  streamLabel,
  TransientError,
} from '@cuttle/protocol';
import { StreamWrite } from './stream-write.js';

/** Longest accepted line, and the bytes of input that wait at most. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;
const MAX_WAITING_BYTES = 4_000_000;

/** One run of `write`: rows go out in batches, each STATE goes back when every row before it is stored. */
export class Write implements MessageSink {
  readonly #invocation: Invocation;
  readonly #http: HttpClient;
  readonly #commitMs: number;
  readonly #streams: readonly StreamWrite[];
  readonly #places: ReadonlyMap<string, number>;
  readonly #states: StateQueue;
  /** States that wait for their tables to be replaced. */
  readonly #held: PendingState[] = [];
  #round: Promise<void> = Promise.resolve();
  #bytes = 0;

  constructor(invocation: Invocation, http: HttpClient, commitMs: number) {
    const { streams } = invocation.catalog;
    const nowMs = invocation.clock();
    this.#invocation = invocation;
    this.#http = http;
    this.#commitMs = commitMs;
    this.#streams = streams.map((configured) => new StreamWrite(configured, nowMs));
    this.#places = new Map(streams.map(({ stream }, place) => [streamKey(stream), place]));
    this.#states = new StateQueue(invocation.writer);
  }

  /** @throws {TransientError} `STREAM_INCOMPLETE` when a stream did not end as it should; what was acknowledged stays */
  async run(): Promise<void> {
    const { catalog, stdin: input, signal } = this.#invocation;
    const timer = setInterval(() => this.#send(), this.#commitMs);
    const ready = () => (this.#bytes < MAX_WAITING_BYTES ? undefined : this.#send());
    let failure: unknown;
    try {
      await readInput({ input, catalog, sink: this, maxLineBytes: MAX_LINE_BYTES, ready, signal });
    } catch (error) {
      failure = error;
    } finally {
      clearInterval(timer);
    }
    // Stopped by a signal: what was stored is acknowledged, the rest comes again.
    if (signal.aborted) return;
    await this.#send();
    await this.#settle(failure);
  }

  record(stream: number, { buffer, start, end, line }: RecordLine): void {
    this.#streams[stream]!.add(dataOf(buffer.toString('utf8', start, end), line), end - start);
    this.#bytes += end - start;
  }

  state(line: StateLine): void {
    const streams = this.#streamsOf(line);
    const records = streams.reduce((sum, stream) => sum + this.#streams[stream]!.state(), 0);
    this.#states.add({ line, streams, records, rejected: 0 });
    this.#bytes += line.text.length;
  }

  status(stream: number, status: StreamStatus): void {
    this.#streams[stream]!.status(status);
  }

  warn(message: string): void {
    this.#invocation.log.warn(message);
  }

  /** All streams for a GLOBAL state. */
  #streamsOf({ state }: StateLine): readonly number[] {
    if (state.stream === undefined) return [...this.#streams.keys()];
    const place = this.#places.get(streamKey(state.stream.stream_descriptor));
    return place === undefined ? [] : [place];
  }

  /** Sends what waits, behind what is being sent. A failure stays: everything behind it fails too. */
  #send(): Promise<void> {
    this.#round = this.#round.then(() => this.#sendRows());
    // Whoever waits for it next gets it; until then it must not end the process.
    this.#round.catch(() => undefined);
    return this.#round;
  }

  async #sendRows(): Promise<void> {
    const states = this.#states.take();
    const taken = this.#streams.map((stream) => stream.take());
    this.#bytes = 0;
    for (const [place, stream] of this.#streams.entries()) {
      const rejected = await stream.store(this.#http, taken[place]!);
      for (const { id, reason } of rejected) this.warn(`${this.#labelOf(place)}: row ${id} was refused: ${reason}.`);
      const first = states.find(({ streams }) => streams.includes(place));
      if (first !== undefined) first.rejected += rejected.length;
    }
    const isHeld = ({ streams }: PendingState) => streams.some((place) => this.#streams[place]!.holdsStates);
    this.#held.push(...states.filter(isHeld));
    await this.#states.acknowledge(states.filter((state) => !isHeld(state)));
  }

  /** Replaces the tables of whole streams, and lets go of their states. */
  async #settle(failure: unknown): Promise<void> {
    const isGood = (stream: StreamWrite) => failure === undefined && stream.endedWell;
    for (const stream of this.#streams) if (isGood(stream) && stream.isWhole) await stream.settle(this.#http);
    await this.#states.acknowledge(
      this.#held.filter(({ streams }) => streams.every((place) => isGood(this.#streams[place]!))),
    );
    if (failure !== undefined) throw failure;
    const incomplete = [...this.#streams.keys()].filter((place) => !isGood(this.#streams[place]!));
    if (incomplete.length === 0) return;
    throw new TransientError(
      `The input ended before these streams were complete: ${incomplete.map((place) => this.#labelOf(place)).join(', ')}. ` +
        'What was acknowledged stays; run the sync again.',
      { code: 'STREAM_INCOMPLETE' },
    );
  }

  #labelOf(place: number): string {
    return `"${streamLabel(this.#invocation.catalog.streams[place]!.stream)}"`;
  }
}

/** @throws {SystemError} naming the line, when it is no record after all */
function dataOf(text: string, line: number): JsonObject {
  try {
    const message = JSON.parse(text) as { readonly record?: { readonly data?: unknown } };
    if (isJsonObject(message.record?.data)) return message.record.data;
  } catch {
    // Said below: the error of the parser would quote the line.
  }
  throw inputError(line, 'text that is not JSON or is cut off');
}
