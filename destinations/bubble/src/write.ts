import {
  type HttpClient,
  type Invocation,
  inputError,
  type MessageSink,
  type RecordLine,
  readInput,
  type StateLine,
} from '@cuttle/airbyte-cdk';
import {
  isJsonObject,
  type JsonObject,
  type StreamStatus,
  streamKey,
  streamLabel,
  TransientError,
} from '@cuttle/protocol';
import type { BubbleConfig } from './config.js';
import { parseExact } from './exact-json.js';
import { planStreams } from './modes.js';
import { Rejections } from './rejections.js';
import { StreamProgress } from './stream-progress.js';
import { StreamWriter } from './stream-writer.js';
import { WaitingStates } from './waiting-states.js';

/** Longest accepted line, in bytes. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
/** Most that waits to be written, in bytes of input. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** One run of `write`: every state goes back when all records before it are written, unchanged or in the ledger. */
export class Write implements MessageSink {
  private readonly config: BubbleConfig;
  private readonly invocation: Invocation;
  private readonly rejections: Rejections;
  private readonly writers: readonly StreamWriter[];
  private readonly progress: readonly StreamProgress[];
  private readonly states: WaitingStates;
  /** Streams whose states wait for their end: a mirror that was cut off has to begin anew, or it would delete too much. */
  private readonly unpruned = new Set<number>();
  /** Nothing more may be written: a write failed, or the end was reached. */
  private isOver = false;

  constructor(config: BubbleConfig, invocation: Invocation, http: HttpClient) {
    const { catalog, log, secrets, writer } = invocation;
    this.config = config;
    this.invocation = invocation;
    const plans = planStreams(config, catalog.streams);
    const rejections = new Rejections({ config, log, mask: (text) => secrets.mask(text) });
    this.rejections = rejections;
    const announce = (message: string) => this.announce(message);
    this.writers = plans.map((plan) => new StreamWriter(plan, { http, config, rejections, log, announce }));
    this.progress = catalog.streams.map((stream) => new StreamProgress(stream));
    this.states = new WaitingStates(writer, this.unpruned);
    for (const [index, { isPruning }] of plans.entries()) if (isPruning) this.unpruned.add(index);
  }

  /** @throws {TransientError} `STREAM_INCOMPLETE`, and what stops a write */
  async run(): Promise<void> {
    const { catalog, stdin: input, signal } = this.invocation;
    this.warnOfHole();
    const ready = () => (this.needsWork() ? this.work() : undefined);
    try {
      await readInput({ input, catalog, sink: this, maxLineBytes: MAX_LINE_BYTES, signal, ready });
      if (!signal.aborted) await this.finish();
    } catch (error) {
      // Input that is broken: what states cover before it is sound.
      if (!this.isOver && !signal.aborted) await this.work('covered');
      throw error;
    } finally {
      this.rejections.save();
      this.summarise();
    }
  }

  record(index: number, { buffer, start, end, line }: RecordLine): void {
    let message: unknown;
    try {
      message = parseExact(buffer.toString('utf8', start, end));
    } catch {
      throw inputError(line, 'text that is not JSON or is cut off');
    }
    const { data } = (message as { readonly record: { readonly data: unknown } }).record;
    const segment = this.progress[index]!.record();
    this.writers[index]!.add({
      data: isJsonObject(data) ? (data as JsonObject) : undefined,
      segment,
      bytes: end - start,
    });
  }

  state(line: StateLine): void {
    const descriptor = line.state.stream?.stream_descriptor;
    const all = [...this.progress.keys()];
    const streams =
      descriptor === undefined
        ? all
        : all.filter((index) => streamKey(this.progress[index]!.configured.stream) === streamKey(descriptor));
    const segments = streams.map((index) => this.progress[index]!.state());
    for (const index of streams) this.writers[index]!.batch.cover();
    // A dry run returns none, so that the records come again.
    if (!this.config.dry_run) this.states.add(line, streams, segments);
  }

  status(index: number, status: StreamStatus): void {
    this.progress[index]!.tell(status);
  }

  warn(message: string): void {
    this.invocation.log.warn(message);
  }

  private needsWork(): boolean {
    return this.hasTooMuch() || this.states.hasDue;
  }

  private hasTooMuch(): boolean {
    const bytes = this.writers.reduce((sum, { batch }) => sum + batch.bytes, 0);
    return bytes > MAX_WAITING_BYTES || this.writers.some((writer) => writer.isFull);
  }

  /** Everything that a state covers is written, and the ledger safe, before the state goes back. */
  private async work(which: 'all' | 'covered' = this.hasTooMuch() ? 'all' : 'covered'): Promise<void> {
    try {
      for (const writer of this.writers) await writer.flush(which);
      this.rejections.judge(this.scanned(), false);
      await this.acknowledge();
    } catch (error) {
      this.isOver = true;
      throw error;
    }
  }

  private async finish(): Promise<void> {
    try {
      for (const [index, writer] of this.writers.entries()) {
        // The source sends records behind its last state again, and an insert would create them twice.
        const isOpen = writer.plan.mode === 'insert' && !this.progress[index]!.endedWell;
        await writer.flush(isOpen ? 'covered' : 'all');
      }
      this.rejections.judge(this.scanned(), true);
      await this.acknowledge();
      await this.prune();
    } finally {
      this.isOver = true;
    }
    const open = this.progress.filter(({ endedWell }) => !endedWell);
    if (open.length > 0) throw incompleteError(open);
  }

  /** The first failure does not keep other streams from their end. */
  private async prune(): Promise<void> {
    const failures: unknown[] = [];
    for (const index of [...this.unpruned]) {
      if (!this.progress[index]!.isWhole) continue;
      try {
        await this.writers[index]!.prune();
        this.unpruned.delete(index);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length === 0) this.rejections.judge(this.scanned(), true);
    await this.acknowledge();
    if (failures.length > 0) throw failures[0];
  }

  private async acknowledge(): Promise<void> {
    this.rejections.save();
    await this.states.acknowledge();
  }

  /**
   * Tells the reader what is done next. One that is gone shows by it: somebody may have begun anew then, and two runs
   * would create the same things.
   */
  private async announce(message: string): Promise<void> {
    this.invocation.log.info(message);
    await this.invocation.writer.flush();
    // The error of a closed pipe comes behind the write.
    await new Promise((resolve) => setImmediate(resolve));
    await this.invocation.writer.ready();
  }

  private scanned(): number {
    return this.writers.reduce((sum, { counts }) => sum + counts.scanned, 0);
  }

  private warnOfHole(): void {
    for (const index of this.unpruned) {
      const { stream, generation_id: generation } = this.progress[index]!.configured;
      if (typeof generation === 'number' || stream.is_resumable !== true) continue;
      this.warn(
        `Stream "${streamLabel(stream)}" may send states inside a full refresh. Without generation ids a source that dies right after such a state looks finished, and mirror would delete what it did not name.`,
      );
    }
  }

  private summarise(): void {
    const { log } = this.invocation;
    for (const [index, { counts, api }] of this.writers.entries()) {
      const name = streamLabel(this.progress[index]!.configured.stream);
      const parts = Object.entries(counts).map(([word, count]) => `${count} ${word}`);
      log.info(`Stream "${name}": ${parts.join(', ')}, ${api.calls} calls.`);
    }
    this.rejections.summarise();
    if (!this.config.dry_run) return;
    log.warn('Dry run: nothing was written, the counts say what would be. No state goes back, so records come again.');
  }
}

function incompleteError(open: readonly StreamProgress[]): TransientError {
  const names = open.map(({ configured }) => `"${streamLabel(configured.stream)}"`).join(', ');
  return new TransientError(
    `The input ended before these streams were complete: ${names}. What was acknowledged stays written, and nothing was deleted or cleared; run the sync again.`,
    { code: 'STREAM_INCOMPLETE' },
  );
}
