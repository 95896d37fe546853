import {
  type Invocation,
  type MessageSink,
  type PendingState,
  type RecordLine,
  readInput,
  type StateLine,
  StateQueue,
} from '@cuttle/airbyte-cdk';
import { type StreamDescriptor, type StreamStatus, streamKey, streamLabel, TransientError } from '@cuttle/protocol';
import { CommitGroup, type SettlingBehind } from './commit-group.js';
import type { ExistingTable } from './dialect.js';
import { endSync } from './end-sync.js';
import type { Engine } from './engine.js';
import { HeldSpace } from './held-space.js';
import { hasOddNames, readable, withSoundNames } from './odd-lines.js';
import { type OpenStream, openStreams } from './open-streams.js';
import { endedWell, fenceOf, goesStraightIn, isWhole, needsSettling, settlingOf } from './settle.js';
import { type CommitContext, commitStream } from './stream-commit.js';
import type { Taken } from './stream-load.js';
import type { DeleteMode } from './table-plan.js';
import type { Warehouse } from './warehouse.js';

/** Sizes and times of a load; each has a default that suits a machine with 2 cores and 1 GiB. */
export interface LoaderLimits {
  /** Bytes of input after which a commit begins, default 256 MB. */
  readonly commitBytes: number;
  /** Longest time that a record or a state waits for a commit, in ms, default 30 s. */
  readonly commitMs: number;
  /** Longest accepted input line, default 128 MiB. */
  readonly maxLineBytes: number;
}

export const DEFAULT_LIMITS: LoaderLimits = {
  commitBytes: 256_000_000,
  commitMs: 30_000,
  maxLineBytes: 128 * 1024 * 1024,
};

/** What a load works with. */
export interface LoaderOptions {
  readonly invocation: Pick<Invocation, 'catalog' | 'stdin' | 'writer' | 'log' | 'signal' | 'clock'>;
  readonly warehouse: Warehouse;
  readonly engine: Engine;
  /** What the warehouse is to the user, for messages: a file, a database. */
  readonly place: string;
  readonly defaultSchema: string;
  readonly deleteMode: DeleteMode;
  /** Folder for staging files; the caller removes it. */
  readonly folder: string;
  readonly limits: LoaderLimits;
  /** The warehouse loads small batches that were read and cast here; default false. */
  readonly takesSmallBatches?: boolean;
  /** Room for rows that wait for a state, where writing them twice costs more than reading them late; default none. */
  readonly held?: HeldSpace;
  /** Memory of an engine that writes all rows behind one state at once, in MB; without it, rows are written in parts. */
  readonly memoryMb?: number;
}

/** Memory that the buffers of all streams may hold together. */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;
/** Records of this size and more fill a commit with a part of its bytes. */
const HEAVY_ROW_BYTES = 8 * 1024;
const HEAVY_COMMIT_PARTS = 4;

/**
 * Loads all messages of the input: the whole of `write` but for the warehouse.
 *
 * States are returned as soon as everything before them is durable. At the end, streams that replace their table are put
 * in place if they are known to be whole.
 *
 * @throws {SystemError} for broken input, {TransientError} `STREAM_INCOMPLETE` when a stream did not end as it should;
 *   what was acknowledged stays loaded
 */
export async function loadStreams(options: LoaderOptions): Promise<void> {
  const { catalog, log } = options.invocation;
  const { warehouse, place, defaultSchema, deleteMode, folder, limits } = options;
  const streams = await warehouse.session(() =>
    openStreams({
      catalog,
      warehouse,
      place,
      defaultSchema,
      deleteMode,
      folder,
      openBytes: limits.commitBytes / 2,
      held: options.held ?? new HeldSpace(0),
      memoryMb: options.memoryMb,
      log,
    }),
  );
  await options.engine.provideForColumns(Math.max(0, ...streams.map(({ load }) => load.plan.columns.length)));
  await new Loader(options, streams).run();
}

class Loader implements MessageSink {
  readonly #options: LoaderOptions;
  readonly #streams: readonly OpenStream[];
  readonly #places = new Map<string, number>();
  /** Streams with names that no UTF-8 can hold. */
  readonly #odd = new Set<number>();
  readonly #states: StateQueue;
  /** States of streams whose side table does not outlive this attempt: they go out when it is in place. */
  readonly #held: PendingState[] = [];
  /** Records that could not be loaded and that no state covers yet. */
  #rejected: readonly RejectedRecord[] = [];
  #round: Promise<void> | undefined;
  #failure: unknown;
  #bytes = 0;
  #heavyBytes = 0;
  #waitingSince: number | undefined;

  constructor(options: LoaderOptions, streams: readonly OpenStream[]) {
    this.#options = options;
    this.#streams = streams;
    this.#states = new StateQueue(options.invocation.writer);
    for (const [place, { load }] of streams.entries()) {
      const { configured } = load.options;
      this.#places.set(streamKey(configured.stream), place);
      if (hasOddNames(configured)) this.#odd.add(place);
    }
  }

  async run(): Promise<void> {
    const { invocation, limits } = this.#options;
    const { catalog, stdin: input, signal } = invocation;
    // It must not keep a command alive whose warehouse never answers.
    const timer = setInterval(() => this.#commitWhenDue(), Math.min(1000, limits.commitMs)).unref();
    let failure: unknown;
    try {
      const ready = () => this.#ready();
      await readInput({ input, catalog, sink: this, maxLineBytes: limits.maxLineBytes, ready, signal });
    } catch (error) {
      failure = error;
    } finally {
      clearInterval(timer);
    }
    await this.#finish(failure);
  }

  record(stream: number, line: RecordLine): void {
    (this.#streams[stream] as OpenStream).load.record(this.#odd.has(stream) ? withSoundNames(line) : readable(line));
    const bytes = line.end - line.start;
    this.#bytes += bytes;
    if (bytes >= HEAVY_ROW_BYTES) this.#heavyBytes += bytes;
    this.#waitingSince ??= performance.now();
  }

  state(line: StateLine): void {
    const streams = this.#streamsOf(line);
    let records = 0;
    for (const stream of streams) records += (this.#streams[stream] as OpenStream).load.state(line.state);
    this.#states.add({ line, streams, records, rejected: 0 });
    this.#waitingSince ??= performance.now();
  }

  status(stream: number, status: StreamStatus): void {
    (this.#streams[stream] as OpenStream).load.status(status);
  }

  warn(message: string): void {
    this.#options.invocation.log.warn(message);
  }

  #streamsOf({ state }: StateLine): readonly number[] {
    if (state.stream === undefined) return [...this.#streams.keys()];
    const place = this.#places.get(streamKey(state.stream.stream_descriptor));
    if (place !== undefined) return [place];
    this.warn(
      `Returned the state of stream "${streamLabel(state.stream.stream_descriptor)}", which is not in the catalog.`,
    );
    return [];
  }

  /** Begins a commit when enough has come, and holds the reader back while two commits' worth wait. */
  #ready(): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (!this.#isFull()) {
      this.#boundBuffers();
      return undefined;
    }
    if (this.#round === undefined) {
      this.#begin();
      return undefined;
    }
    return this.#round;
  }

  /** Heavy rows go in smaller commits, also among light ones: engines take rows by the thousand, whatever their size. */
  #isFull(): boolean {
    const { commitBytes } = this.#options.limits;
    return this.#bytes >= commitBytes || this.#heavyBytes >= commitBytes / HEAVY_COMMIT_PARTS;
  }

  #boundBuffers(): void {
    let held = 0;
    for (const { load } of this.#streams) held += load.options.writer.bufferedBytes;
    if (held > MAX_BUFFERED_BYTES) for (const { load } of this.#streams) load.options.writer.release();
  }

  #commitWhenDue(): void {
    const since = this.#waitingSince;
    const isDue = since !== undefined && performance.now() - since >= this.#options.limits.commitMs;
    if (isDue && this.#round === undefined) this.#begin();
  }

  #begin(): void {
    this.#round = this.#commit()
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => {
        this.#round = undefined;
      });
  }

  /**
   * One commit of every stream that has something, then the echo of the states behind which everything is durable. At the
   * end of input a small stream is settled right behind its rows, so that its side table never reaches the disk.
   */
  async #commit(ending?: Ending): Promise<void> {
    const states = this.#states.take();
    const taken = this.#streams.flatMap((stream, place): Turn[] => {
      const part = stream.load.take();
      return part === undefined ? [] : [{ stream, place, part }];
    });
    this.#bytes = 0;
    this.#heavyBytes = 0;
    this.#waitingSince = undefined;
    const { warehouse } = this.#options;
    const group = new CommitGroup((statements) => warehouse.commit(statements));
    const done = new Set(this.#streams.keys());
    for (const { place } of taken) done.delete(place);
    try {
      if (taken.length > 0) {
        await warehouse.session(async () => {
          for (const { stream, place, part } of taken) {
            const onDone = () => done.add(place);
            const context = this.#contextOf(stream);
            if (await group.take(context, stream.load, part, this.#settlingBehind(stream, ending), onDone)) continue;
            await this.#commitStream(context, stream, place, part);
            onDone();
          }
          await group.flush();
        }, ending && 'last');
      }
    } finally {
      this.#rejected = countRejected(this.#rejected, states);
      await this.#acknowledge(states.filter(({ streams }) => streams.every((place) => done.has(place))));
    }
  }

  #contextOf({ load, control, generation }: OpenStream): CommitContext {
    const { warehouse, engine, takesSmallBatches = false } = this.#options;
    return {
      warehouse,
      engine,
      control,
      generationId: generation?.id ?? 0,
      syncId: load.options.configured.sync_id ?? undefined,
      takesSmallBatches,
    };
  }

  async #commitStream(context: CommitContext, stream: OpenStream, place: number, part: Taken): Promise<void> {
    const { configured } = stream.load.options;
    const rejected = await commitStream(context, stream.load, part);
    if (rejected.length === 0) return;
    this.#rejected = [...this.#rejected, ...rejected.map((line) => ({ stream: place, line }))];
    this.warn(
      `Stream "${streamLabel(configured.stream)}": ${rejected.length} records could not be read as records and were left out.`,
    );
  }

  async #acknowledge(states: readonly PendingState[]): Promise<void> {
    const isHeld = ({ streams }: PendingState) => streams.some((place) => this.#isFresh(place));
    this.#held.push(...states.filter(isHeld));
    await this.#states.acknowledge(states.filter((state) => !isHeld(state)));
  }

  #isFresh(place: number): boolean {
    return (this.#streams[place] as OpenStream).load.options.landing.isFresh;
  }

  /** How a small stream is settled in the transaction of its last rows; undefined before the end of input. */
  #settlingBehind(stream: OpenStream, ending: Ending | undefined): SettlingBehind | undefined {
    if (ending === undefined || !needsSettling(stream)) return undefined;
    const isIncomplete = ending.incomplete.includes(stream);
    const goesStraight = !isIncomplete && goesStraightIn(stream);
    // Its side table may take the place of the final one as it is.
    if (!isIncomplete && !goesStraight && stream.load.options.landing.replace !== 'never') return undefined;
    const { dialect } = this.#options.warehouse;
    return {
      goesStraight,
      statements: () => {
        ending.settled.add(stream);
        return settlingOf(dialect, stream, isIncomplete, 'done');
      },
    };
  }

  /** Settles the streams that are left, each in a transaction of its own. */
  async #settle({ incomplete, settled }: Ending): Promise<void> {
    const { warehouse } = this.#options;
    const left = this.#streams.filter((stream) => !settled.has(stream) && needsSettling(stream));
    if (left.length === 0) return;
    const described = new Map<string, ReadonlyMap<string, ExistingTable>>();
    await warehouse.session(async () => {
      for (const stream of left) {
        const { schema } = stream.load.plan.table;
        if (warehouse.dialect.swapsTables && !described.has(schema))
          described.set(schema, await warehouse.describe(schema));
        const tables = described.get(schema) ?? new Map<string, ExistingTable>();
        const own = settlingOf(warehouse.dialect, stream, incomplete.includes(stream), tables);
        if (own.length > 0) await warehouse.commit([fenceOf(stream), ...own]);
      }
    }, 'last');
  }

  async #finish(failure: unknown): Promise<void> {
    await this.#round;
    if (this.#failure !== undefined) throw this.#failure;
    // Stopped by a signal: what was committed is acknowledged, the rest comes again.
    if (this.#options.invocation.signal.aborted) return;
    for (const stream of this.#streams) stream.load.endOpenRows(failure === undefined && isWhole(stream));
    const incomplete = this.#streams.filter((stream) => failure !== undefined || !endedWell(stream));
    const ending: Ending = { incomplete, settled: new Set() };
    await this.#commit(ending);
    await this.#settle(ending);
    this.#tellReplays();
    const whole = new Set(this.#streams.keys());
    for (const stream of incomplete) whole.delete(this.#streams.indexOf(stream));
    await this.#states.acknowledge(this.#held.filter(({ streams }) => streams.every((place) => whole.has(place))));
    await this.#options.invocation.writer.flush();
    if (failure !== undefined) throw failure;
    if (incomplete.length > 0) throw incompleteError(incomplete.map(({ load }) => load.options.configured.stream));
    await endSync(this.#options.warehouse, this.#streams);
  }

  #tellReplays(): void {
    for (const { load } of this.#streams) {
      if (load.replayedRecords === 0) continue;
      this.#options.invocation.log.info(
        `Stream "${streamLabel(load.options.configured.stream)}": ${load.replayedRecords} records are a replay of what an earlier attempt of this sync loaded; they were not loaded again.`,
      );
    }
  }
}

/** What a stream has to do in one commit. */
interface Turn {
  readonly stream: OpenStream;
  readonly place: number;
  readonly part: Taken;
}

/** What is known at the end of input. */
interface Ending {
  /** Streams that did not end as they should. */
  readonly incomplete: readonly OpenStream[];
  /** Streams that were settled with their last rows. */
  readonly settled: Set<OpenStream>;
}

/** A record that could not be loaded: the place of its stream, and its input line. */
interface RejectedRecord {
  readonly stream: number;
  readonly line: number;
}

/** Counts each record with the first state of its stream behind it. @returns those behind which none of them came */
function countRejected(
  rejected: readonly RejectedRecord[],
  states: readonly PendingState[],
): readonly RejectedRecord[] {
  const uncovered: RejectedRecord[] = [];
  for (const record of rejected) {
    const covering = states.find(({ streams, line }) => streams.includes(record.stream) && line.line > record.line);
    if (covering === undefined) uncovered.push(record);
    else covering.rejected += 1;
  }
  return uncovered;
}

function incompleteError(streams: readonly StreamDescriptor[]): TransientError {
  const names = streams.map((stream) => `"${streamLabel(stream)}"`).join(', ');
  return new TransientError(
    `The input ended before these streams were complete: ${names}. Their tables keep what they had and what was acknowledged; run the sync again.`,
    { code: 'STREAM_INCOMPLETE' },
  );
}
