import { randomUUID } from 'node:crypto';
import type { HttpClient } from '@cuttle/airbyte-cdk';
import {
  type ConfiguredStream,
  generationOf,
  isJsonObject,
  type Json,
  type JsonObject,
  type StreamStatus,
  SystemError,
  streamLabel,
} from '@cuttle/protocol';
import { keepGeneration, MAX_BYTES, MAX_ROWS, type Rejection, type Row, upsertRows } from './api.js';

/** One stream of a write: its rows that wait, and what is known of its end. */
export class StreamWrite {
  readonly #configured: ConfiguredStream;
  readonly #table: string;
  readonly #generation: number;
  readonly #isStrict: boolean;
  readonly #replaces: boolean;
  #batches: Row[][] = [];
  #batchBytes = 0;
  #records = 0;
  #last: 'record' | 'state' | StreamStatus | undefined;

  /** @param nowMs marks the rows of this run where the platform gives no generation */
  constructor(configured: ConfiguredStream, nowMs: number) {
    const { name, namespace } = configured.stream;
    const generation = generationOf(configured);
    const isOverwrite = configured.destination_sync_mode === 'overwrite';
    this.#configured = configured;
    this.#table = namespace == null ? name : `${namespace}.${name}`;
    this.#isStrict = generation !== undefined;
    this.#replaces = generation === undefined ? isOverwrite : generation.minimum > 0;
    this.#generation = generation?.id ?? (isOverwrite ? nowMs : 0);
  }

  /** Whether states have to wait until the table is replaced: they would promise rows that may yet go. */
  get holdsStates(): boolean {
    return this.#replaces && !this.#isStrict;
  }

  /** Strict rule: COMPLETE came. Plain rule: the last message was a STATE. */
  get isWhole(): boolean {
    return this.#last === 'COMPLETE' || (!this.#isStrict && this.#last === 'state');
  }

  /** A stream of which nothing came is left as it is under the plain rule: that is what a clear job sends for it. */
  get endedWell(): boolean {
    return this.isWhole || (!this.#isStrict && this.#last === undefined);
  }

  /** @throws {SystemError} `KEY_MISSING` for a record without a key */
  add(data: JsonObject, bytes: number): void {
    const batch = this.#batches.at(-1);
    const row = { id: this.#idOf(data), data };
    if (batch === undefined || batch.length >= MAX_ROWS || this.#batchBytes + bytes > MAX_BYTES) {
      this.#batches.push([row]);
      this.#batchBytes = bytes;
    } else {
      batch.push(row);
      this.#batchBytes += bytes;
    }
    this.#records += 1;
    this.#last = 'record';
  }

  /** Takes note of a STATE. @returns the records since the one before */
  state(): number {
    const records = this.#records;
    this.#records = 0;
    this.#last = 'state';
    return records;
  }

  status(status: StreamStatus): void {
    this.#last = status;
  }

  /** Hands out the rows that wait. */
  take(): readonly (readonly Row[])[] {
    const taken = this.#batches;
    this.#batches = [];
    return taken;
  }

  /** Stores rows. @returns those that were refused */
  async store(http: HttpClient, batches: readonly (readonly Row[])[]): Promise<readonly Rejection[]> {
    const rejected: Rejection[] = [];
    for (const rows of batches) rejected.push(...(await upsertRows(http, this.#table, this.#generation, rows)));
    return rejected;
  }

  /** Removes what this run replaces; the stream has to be whole. */
  async settle(http: HttpClient): Promise<void> {
    if (this.#replaces) await keepGeneration(http, this.#table, this.#generation);
  }

  #idOf(data: JsonObject): string {
    const { primary_key: key, destination_sync_mode: mode, stream } = this.#configured;
    if (mode !== 'append_dedup') return randomUUID();
    const values = (key ?? []).map((path) => path.reduce(valueAt, data as Json | undefined) ?? null);
    if (values.some((value) => value !== null)) return JSON.stringify(values);
    throw new SystemError(`A record of stream "${streamLabel(stream)}" has no value in its primary key.`, {
      code: 'KEY_MISSING',
      stream,
    });
  }
}

function valueAt(value: Json | undefined, part: string): Json | undefined {
  return isJsonObject(value) ? value[part] : undefined;
}
