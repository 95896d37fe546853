import fs from 'node:fs';
import type { RecordLine } from '@cuttle/airbyte-cdk';
import {
  type ConfiguredStream,
  isMarkerState,
  numbersSyncs,
  type StateMessage,
  type StreamStatus,
} from '@cuttle/protocol';
import { CarriedNumbers } from './carried-numbers.js';
import type { Statement, TableName, TablePlan } from './dialect.js';
import { BatchDigest, contentOf } from './digest.js';
import type { HeldSpace } from './held-space.js';
import { OpenWindows } from './open-windows.js';
import type { Segment } from './segment.js';
import type { SegmentWriter } from './segment-writer.js';

/** Rows of which some are longer go to the side table early. */
const LONG_LINE_BYTES = 128 * 1024;

/**
 * Where the rows of a stream go.
 *
 * - `append`: rows reach `into` only behind a state; those before it wait in segments or in the open side table.
 * - `upsert`: rows reach `into` by key at every commit.
 */
export interface Landing {
  readonly kind: 'append' | 'upsert';
  readonly into: TableName;
  /** When `into` takes the place of the final table: never (it is the final table), on COMPLETE, or on a last STATE. */
  readonly replace: 'never' | 'on complete' | 'on state';
  /**
   * `into` is made by each attempt for itself. Its rows need no state behind them, and states go back once it took the
   * place of the final table: before, nothing behind them would outlive a crash.
   */
  readonly isFresh: boolean;
  /** `into` is a side table without rows when the attempt begins. */
  readonly startsEmpty: boolean;
}

/** What a stream's load is made of. */
export interface StreamLoadOptions {
  readonly configured: ConfiguredStream;
  /** The table as the stream begins; see {@link StreamLoad.plan}. */
  readonly plan: TablePlan;
  readonly landing: Landing;
  /** Side table for rows behind the last state. */
  readonly openTable: TableName;
  /** Table for batches on their way, for warehouses that need one. */
  readonly batchTable: TableName;
  readonly attempt: number;
  /** Hashes of batches that an earlier attempt of this sync committed, in order. */
  readonly knownBatches: readonly string[];
  readonly writer: SegmentWriter;
  /** Rows that wait for a state beyond this size go to the side table, unless there is room for their files. */
  readonly openBytes: number;
  readonly held: HeldSpace;
  /** Memory of an engine that writes all rows behind one state at once, in MB; undefined when it writes them in parts. */
  readonly memoryMb: number | undefined;
}

/** The rows between two states. */
export interface Batch {
  readonly records: number;
  /**
   * Undefined when the state identifies nothing (a marker, `{}` or null) and the client does not number its syncs: equal
   * rows may then be those of another full refresh.
   */
  readonly hash: string | undefined;
}

/** What one commit of a stream writes. */
export interface Taken {
  /** Rows behind which a state came, or that may be loaded without one. */
  readonly closed: readonly Segment[];
  readonly batches: readonly Batch[];
  /** Rows for the side table. */
  readonly side: readonly Segment[];
  /** How many replayed batches were dropped before: rows for the side table taken before another one are part of it. */
  readonly dropped: number;
}

/**
 * One stream while it is loaded: gathers records, closes batches at states, recognises a replay, and says what the next
 * commit has to write. Does no I/O on the warehouse.
 */
export class StreamLoad {
  readonly options: Omit<StreamLoadOptions, 'plan'>;
  readonly #digest: BatchDigest | undefined;
  readonly #numbers = new CarriedNumbers();
  readonly #windows: OpenWindows | undefined;
  #batches: Batch[] = [];
  #carried: Segment[] = [];
  #isMatching: boolean;
  #position: number | undefined;
  #recordsSinceState = 0;
  #isEnding = false;
  #dropped = 0;
  /** Bytes taken of the space for files that wait. */
  #heldBytes = 0;
  #replayedRecords = 0;
  /** Rows of this attempt in the side table. */
  openRows = 0;
  /** The side table holds rows of a replayed batch. */
  isOpenTableStale = false;
  /** Rows went into `into`, so the next run has to find them or clean up. */
  last: 'record' | 'state' | undefined;
  isComplete = false;
  isIncomplete = false;
  /** No row of this or an earlier attempt is in the side table of a stream that replaces its table. */
  isSideEmpty: boolean;
  /** The table; its integer columns become wider when a value needs it. */
  plan: TablePlan;
  /** What the next commit does first, so that the tables fit the plan. */
  widening: readonly Statement[] = [];

  constructor(options: StreamLoadOptions) {
    this.options = options;
    this.plan = options.plan;
    const { kind, isFresh, startsEmpty } = options.landing;
    this.isSideEmpty = startsEmpty;
    this.#digest = kind === 'append' && !isFresh ? new BatchDigest() : undefined;
    const { memoryMb } = options;
    this.#windows = this.#digest === undefined || memoryMb === undefined ? undefined : new OpenWindows(memoryMb);
    this.#isMatching = options.knownBatches.length > 0;
  }

  /** @throws {ConfigError} `ENGINE_MEMORY` for more heavy rows in front of a state than can be loaded together */
  record(line: RecordLine): void {
    const { buffer } = line;
    this.#windows?.add(line.end - line.start, this.options.configured);
    this.#digest?.add(buffer, line.dataStart, line.dataEnd);
    const carried = this.#numbers.carry(line);
    if (carried === undefined) this.options.writer.append(buffer, line.start, line.end, line.line);
    else this.options.writer.append(carried, 0, carried.length, line.line, true);
    this.#recordsSinceState += 1;
    this.last = 'record';
  }

  /** Closes the batch behind a state and gives the number of records in it. */
  state(state: StateMessage): number {
    const records = this.#recordsSinceState;
    this.#recordsSinceState = 0;
    this.#windows?.clear();
    this.last = 'state';
    if (this.#digest === undefined || records === 0) return records;
    const { configured } = this.options;
    const hash = this.#digest.close(configured.stream, state);
    const isKnowable = numbersSyncs(configured) || isIdentifying(state, configured.stream);
    const batch = { records, hash: isKnowable ? hash : undefined };
    if (this.#isReplay(batch)) this.#dropBatch(records);
    else this.#batches.push(batch);
    this.options.writer.mark();
    return records;
  }

  status(status: StreamStatus): void {
    if (status === 'COMPLETE') this.isComplete = true;
    if (status === 'INCOMPLETE') this.isIncomplete = true;
  }

  /** Records that an earlier attempt of this sync had loaded, and this one did not load again. */
  get replayedRecords(): number {
    return this.#replayedRecords;
  }

  /** Place in the order of batches from which on the known ones are superseded by those of this attempt. */
  get nextSequence(): number {
    return this.#position ?? 0;
  }

  /** Batches were written from {@link nextSequence} on. */
  advance(batches: number): void {
    this.#position = this.nextSequence + batches;
  }

  /** Rows reached the side table. While they did, the state may have come that makes them a replay. */
  addOpenRows(rows: number, { dropped }: Taken): void {
    this.isOpenTableStale = dropped !== this.#dropped;
    this.openRows = this.isOpenTableStale ? 0 : this.openRows + rows;
  }

  /** At end of input: rows without a state count as closed (the stream is whole), or go. */
  endOpenRows(keep: boolean): void {
    if (this.options.landing.isFresh && !keep) this.discard();
    if (this.#digest === undefined) return;
    this.#isEnding = true;
    if (keep && this.#recordsSinceState > 0) {
      this.#isMatching = false;
      this.#batches.push({ records: this.#recordsSinceState, hash: undefined });
      this.options.writer.mark();
    }
    this.#recordsSinceState = 0;
  }

  /** What the next commit writes; undefined when there is nothing. Bytes not yet to be written stay here. */
  take(): Taken | undefined {
    const { writer, openBytes } = this.options;
    const { closed, open } = writer.take();
    if (this.#digest === undefined) {
      const all = [...closed, ...open];
      return all.length === 0 ? undefined : { closed: all, batches: [], side: [], dropped: 0 };
    }
    const batches = this.#batches;
    this.#batches = [];
    if (batches.length > 0) {
      const ready = [...this.#carried, ...closed];
      this.#freeHeld();
      this.#carried = writer.resume(open);
      return { closed: ready, batches, side: [], dropped: this.#dropped };
    }
    const side = [...this.#carried, ...closed, ...open];
    this.#carried = [];
    if (this.#isEnding) removeFiles(side.splice(0));
    if (side.length === 0) return undefined;
    if (sumBytes(side) < openBytes || this.#mayHold(side)) {
      this.#carried = writer.resume(side);
      return undefined;
    }
    this.#freeHeld();
    return { closed: [], batches: [], side, dropped: this.#dropped };
  }

  /** Files of rows that will not be loaded. */
  discard(): void {
    this.options.writer.drop();
    removeFiles(this.#carried);
    this.#carried = [];
    this.#freeHeld();
  }

  /** Long lines do not wait: as many of them as a state stands behind would be more than one commit can hold. */
  #mayHold(segments: readonly Segment[]): boolean {
    if (segments.some(({ longestLine }) => longestLine > LONG_LINE_BYTES)) return false;
    const bytes = sumBytes(segments);
    if (!this.options.held.grow(this.#heldBytes, bytes)) return false;
    this.#heldBytes = bytes;
    return true;
  }

  #freeHeld(): void {
    this.options.held.free(this.#heldBytes);
    this.#heldBytes = 0;
  }

  #isReplay(batch: Batch): boolean {
    if (!this.#isMatching) return false;
    const known = this.options.knownBatches;
    const place =
      batch.hash === undefined
        ? -1
        : this.#position === undefined
          ? known.indexOf(batch.hash)
          : known[this.#position] === batch.hash
            ? this.#position
            : -1;
    if (place < 0) {
      this.#isMatching = false;
      return false;
    }
    this.#position = place + 1;
    return true;
  }

  #dropBatch(records: number): void {
    this.discard();
    this.#replayedRecords += records;
    this.#dropped += 1;
    if (this.openRows > 0) this.isOpenTableStale = true;
    this.openRows = 0;
  }
}

function isIdentifying(state: StateMessage, stream: ConfiguredStream['stream']): boolean {
  const content = contentOf(state, stream);
  return state.global === undefined ? !isMarkerState(content) : !isMarkerState((content as { own: unknown }).own);
}

function sumBytes(segments: readonly Segment[]): number {
  return segments.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Deletes the files of segments that are loaded or not wanted. */
export function removeFiles(segments: readonly Segment[]): void {
  for (const { path } of segments) fs.rmSync(path, { force: true });
}
