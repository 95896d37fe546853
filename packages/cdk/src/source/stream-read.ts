import {
  type ConfiguredStream,
  FULL_REFRESH_COMPLETE,
  type Generation,
  generationOf,
  type JsonObject,
  mapInSlots,
  Slots,
  type StreamStatus,
  type StreamStatusReason,
  statusTrace,
  streamLabel,
} from '@cuttle/protocol';
import type { Invocation } from '../command/invocation.js';
import type { CursorRun, Slice } from '../cursor/cursor.js';
import { stopped } from '../http/sleep.js';
import { type Page, pageSize, type RecordData } from '../io/page.js';
import { type RecordTarget, recordTarget } from '../io/record-target.js';
import { StateEmitter } from '../state/state-emitter.js';
import { usableState } from '../state/usable-state.js';
import type { Context, SourceContext } from './context.js';
import type { ExternalMemory } from './external-memory.js';
import type { MemoryWatch } from './memory-watch.js';
import type { AnyStream } from './source.js';

/** What all streams of one read share. */
export interface ReadSurroundings<C> {
  readonly source: SourceContext<C>;
  readonly invocation: Invocation;
  readonly slots: Slots;
  readonly memory: MemoryWatch;
  readonly buffers: ExternalMemory;
  /** Aborts when the run has to stop or another stream's error ended it. */
  readonly signal: AbortSignal;
}

/**
 * Reads one stream: statuses, records, states. A state leaves behind the records that it covers, because every page is
 * handed to the writer before its stream is resumed.
 */
export class StreamRead<C> {
  readonly #around: ReadSurroundings<C>;
  readonly #stream: AnyStream<C>;
  readonly #configured: ConfiguredStream;
  readonly #target: RecordTarget;
  readonly #isFullRefresh: boolean;
  readonly #generation: Generation | undefined;
  readonly #given: JsonObject | undefined;
  /** What of the given state can be used. */
  #stored: JsonObject | undefined;
  readonly #states: StateEmitter;
  /** One page or state of the stream at a time, so that slices read side by side cannot get between records and counts. */
  readonly #output = new Slots(1);
  #isRunning = false;
  #recordCount = 0;
  #lastOwnState: JsonObject | undefined;

  constructor(
    around: ReadSurroundings<C>,
    stream: AnyStream<C>,
    configured: ConfiguredStream,
    stored: JsonObject | undefined,
  ) {
    this.#around = around;
    this.#stream = stream;
    this.#configured = configured;
    this.#target = recordTarget(configured);
    this.#isFullRefresh = configured.sync_mode === 'full_refresh';
    this.#generation = generationOf(configured);
    this.#given = stored;
    this.#states = new StateEmitter(this.#target.stream, this.#isFullRefresh ? undefined : stored);
  }

  /** Records sent so far. */
  get recordCount(): number {
    return this.#recordCount;
  }

  /** Reads the stream to its end. A throw means that it is not complete; the caller ends it with `endIncomplete`. */
  async run(): Promise<void> {
    await this.#status('STARTED');
    const { source, invocation } = this.#around;
    this.#stored = usableState(this.#given, {
      configured: this.#configured,
      config: invocation.config,
      log: invocation.log,
      problemsOf: (content) => this.#stream.stateProblems(content, source.config),
    });
    this.#warnOfRepeats();
    const ctx = this.#context();
    const cursor = this.#stream.cursor?.open({
      config: ctx.config,
      state: this.#isFullRefresh ? undefined : this.#stored,
      nowMs: ctx.clock(),
    });
    const slices = cursor?.slices() ?? this.#stream.slices(ctx);
    const { slots } = this.#around;
    const read = (slice: unknown) => this.#readSlice(ctx, slice, cursor);
    if (this.#hasToRepeat()) for await (const slice of slices) await slots.run(() => read(slice));
    else await mapInSlots<unknown, void>(slices, slots, read);
    if (this.#around.signal.aborted) throw stopped();
    await this.#running();
    await this.#emitLastState(cursor);
    await this.#status('COMPLETE');
  }

  /** Ends the stream as not complete. */
  async endIncomplete(): Promise<void> {
    await this.#status('INCOMPLETE');
  }

  /**
   * Whether a second attempt has to send the same records and states in the same order, so that a destination can tell
   * what it loaded already: where states go out in mid-stream and rows are not told apart by a key. Slices are then
   * read one after another; side by side their pages would mix differently each time.
   */
  #hasToRepeat(): boolean {
    const sendsStates = !this.#isFullRefresh || this.#generation !== undefined;
    return sendsStates && this.#configured.destination_sync_mode !== 'append_dedup';
  }

  #warnOfRepeats(): void {
    const { source, invocation } = this.#around;
    if (this.#isFullRefresh || this.#configured.destination_sync_mode === 'append_dedup') return;
    const risk = this.#stream.appendRisk(source.config);
    if (risk === undefined) return;
    const label = streamLabel(this.#configured.stream);
    invocation.log.warn(
      `Stream "${label}" is appended at least once: ${risk}. Use append + dedup to have each row once.`,
    );
  }

  async #readSlice(ctx: Context<C>, slice: unknown, cursor: CursorRun | undefined): Promise<void> {
    const { signal, memory, buffers } = this.#around;
    if (signal.aborted) throw stopped();
    for await (const part of this.#stream.pages(ctx, slice)) {
      if ('checkpoint' in part) {
        this.#lastOwnState = part.checkpoint;
        await this.#checkpoint(part.checkpoint);
      } else {
        await this.#sendPage(part);
        const last = lastRecord(part);
        if (cursor !== undefined && last !== undefined && cursor.sent(slice as Slice, last)) {
          await this.#checkpoint(cursor.state());
        }
      }
      if (signal.aborted) throw stopped();
      memory.check();
      buffers.check();
    }
    if (cursor === undefined) return;
    cursor.closed(slice as Slice);
    await this.#checkpoint(cursor.state());
  }

  async #sendPage(page: Page): Promise<void> {
    if (pageSize(page) === 0) return;
    await this.#output.run(async () => {
      await this.#running();
      const count = await this.#around.invocation.writer.writeRecords(this.#target, page);
      this.#states.count(count);
      this.#recordCount += count;
    });
  }

  /**
   * Sends a state in mid-stream. Under the plain rule a full refresh sends none: a destination without statuses takes a
   * stream whose last message is a STATE for finished.
   */
  async #checkpoint(content: JsonObject): Promise<void> {
    if (!this.#isFullRefresh) return this.#emit(content);
    // A datetime cursor starts a full refresh from the beginning again, so its states would promise too much.
    if (this.#generation === undefined || this.#lastOwnState === undefined) return;
    await this.#emit({ ...content, generation_id: this.#generation.id });
  }

  async #emitLastState(cursor: CursorRun | undefined): Promise<void> {
    if (this.#isFullRefresh) return this.#emit(FULL_REFRESH_COMPLETE);
    const state = cursor?.state() ?? this.#lastOwnState ?? this.#stored ?? {};
    const { seq: _seq, ...content } = state;
    await this.#emit(content);
  }

  async #emit(content: JsonObject): Promise<void> {
    await this.#output.run(async () => {
      const state = this.#states.next(content);
      if (state === undefined) return;
      await this.#running();
      await this.#around.invocation.writer.write({ type: 'STATE', state });
    });
  }

  async #running(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    await this.#status('RUNNING');
  }

  async #status(status: StreamStatus, reasons?: readonly StreamStatusReason[]): Promise<void> {
    const { writer, clock } = this.#around.invocation;
    await writer.write(statusTrace(this.#target.stream, status, clock(), reasons));
  }

  #context(): Context<C> {
    const { source, invocation, signal } = this.#around;
    const http = source.http.forStream(signal, (quotaResetMs) => {
      this.#isRunning = true;
      const reason = { type: 'RATE_LIMITED' as const, rate_limited: { quota_reset: quotaResetMs } };
      invocation.writer.post(statusTrace(this.#target.stream, 'RUNNING', invocation.clock(), [reason]));
    });
    return { ...source, http, signal, state: this.#stored, configured: this.#configured };
  }
}

function lastRecord(page: Page): RecordData | undefined {
  if ('texts' in page || 'bytes' in page) return undefined;
  return 'records' in page ? page.records.at(-1) : page.at(-1);
}
