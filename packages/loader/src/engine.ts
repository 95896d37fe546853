import os from 'node:os';
import path from 'node:path';
import { SystemError } from '@cuttle/protocol';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { appendSmall } from './append-small.js';
import { KEY_ERROR } from './cast-select.js';
import type { TablePlan } from './dialect.js';
import { registerFunctions } from './engine-functions.js';
import { SegmentRefusedError } from './segment.js';
import type { SmallBatch } from './small-batch.js';
import { quote } from './sql-text.js';
import type { Row } from './warehouse.js';

const DEFAULT_MEMORY_MB = 384;
const DEFAULT_THREADS = 2;
/** A setting of each connection. */
const IN_UTC = "set TimeZone = 'UTC'";
/**
 * Measured with columns of short texts, deduplicated, by one thread: for 300 columns 384 MB are too few, for 520 columns
 * 616 MB are too few and 760 MB suffice. A second thread takes as much for each column again.
 */
const BASE_MEMORY_MB = 200;
const MEMORY_MB_PER_COLUMN = 1.1;

/** How much of the machine the engine may use. */
export interface EngineOptions {
  /** Folder for what does not fit into memory. */
  readonly folder: string;
  /** Bound of DuckDB's own memory in MB, default 384. */
  readonly memoryMb?: number;
  /** Threads of one statement, default 2 where there are as many cores. Each holds buffers of its own. */
  readonly threads?: number;
  /** Told each statement before it runs. */
  readonly onStatement?: (sql: string) => void;
}

/** Thrown when a key or cursor value cannot be used; names the column, or nothing when the whole key is null. */
export class KeyValueError extends Error {
  readonly column: string;
  constructor(column: string) {
    super('a key or cursor value cannot be used');
    this.name = 'KeyValueError';
    this.column = column;
  }
}

/** Thrown when a whole number is too wide for an integer column of 64 bits, which has to be widened. */
export class IntegerWidthError extends Error {
  constructor() {
    super('an integer has more than 64 bits');
    this.name = 'IntegerWidthError';
  }
}

/** The embedded DuckDB that parses, casts and deduplicates for every warehouse. One call at a time. */
export class Engine {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  /** Further connections, for statements that run at the same time. */
  readonly #others: DuckDBConnection[] = [];
  readonly #onStatement: (sql: string) => void;
  readonly #folder: string;
  #memoryMb: number;
  #threads: number;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, options: EngineOptions) {
    this.#instance = instance;
    this.#connection = connection;
    this.#folder = options.folder;
    this.#memoryMb = options.memoryMb ?? DEFAULT_MEMORY_MB;
    this.#threads = threadsOf(options);
    this.#onStatement = options.onStatement ?? (() => undefined);
  }

  /** Opens an engine in memory. The library is loaded here, not at import: `spec` must not wait for it. */
  static async open(options: EngineOptions): Promise<Engine> {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: `${options.memoryMb ?? DEFAULT_MEMORY_MB}MB`,
      threads: String(threadsOf(options)),
      temp_directory: path.join(options.folder, 'engine'),
      // Nothing is downloaded at run time, and no setting can be changed by what is loaded.
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const connection = await instance.connect();
    await registerFunctions(connection);
    const engine = new Engine(instance, connection, options);
    await engine.run(IN_UTC);
    return engine;
  }

  /** Threads of one statement, or statements that may run at the same time. */
  get threads(): number {
    return this.#threads;
  }

  /**
   * One thread for a wide table, and more memory for a very wide one: each column of a load holds buffers that cannot be
   * moved to disk.
   */
  async provideForColumns(columns: number): Promise<void> {
    const columnsMb = Math.ceil(columns * MEMORY_MB_PER_COLUMN);
    if (BASE_MEMORY_MB + 2 * columnsMb > this.#memoryMb) await this.useOneThread();
    if (BASE_MEMORY_MB + columnsMb <= this.#memoryMb) return;
    this.#memoryMb = BASE_MEMORY_MB + columnsMb;
    await this.run(`set memory_limit = '${this.#memoryMb}MB'`);
  }

  /** From here on no second thread holds buffers: for rows that are heavy or wide. */
  async useOneThread(): Promise<void> {
    this.#threads = 1;
    await this.run('set threads = 1');
  }

  /**
   * Runs one statement and gives the number of changed rows.
   *
   * @throws {SegmentRefusedError} for lines that the JSON reader does not take, {KeyValueError}, {IntegerWidthError}, {SystemError}
   */
  run(sql: string): Promise<number> {
    return this.#runOn(this.#connection, sql);
  }

  /**
   * Runs statements at the same time, each in a thread of its own: for those that number their rows, which takes one
   * thread. Ends when all of them have ended.
   *
   * @throws what {@link run} throws, for the first statement that failed
   */
  async runTogether(statements: readonly string[]): Promise<void> {
    const [first, ...others] = statements;
    if (first === undefined) return;
    // A caller that waits for a thread of the engine spins, so there are no threads besides the callers.
    await this.run('set threads = 1');
    try {
      while (this.#others.length < others.length) this.#others.push(await this.#connect());
      const ends = await Promise.allSettled([
        this.run(first),
        ...others.map((sql, place) => this.#runOn(this.#others[place] as DuckDBConnection, sql)),
      ]);
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    } finally {
      await this.run(`set threads = ${this.#threads}`);
    }
  }

  /**
   * Makes a temporary table of a small batch, whose columns are `_airbyte_extracted_at` and the plan's by their names.
   *
   * @param types of the plan's columns, as the engine names them
   */
  async createSmall(table: string, plan: TablePlan, types: readonly string[], batch: SmallBatch): Promise<void> {
    const columns = ['_airbyte_extracted_at', ...plan.columns.map(({ name }) => name)];
    const all = ['TIMESTAMP WITH TIME ZONE', ...types];
    const list = columns.map((name, index) => `${quote(name)} ${all[index]}`);
    await this.run(`create temp table ${table} (${list.join(', ')})`);
    await appendSmall(this.#connection, table, all, [batch.extractedAt, ...batch.columns]);
  }

  /** All rows of a query; integers of any size as numbers or, beyond 2^53, as text. */
  async query(sql: string): Promise<readonly Row[]> {
    this.#onStatement(sql);
    try {
      const reader = await this.#connection.runAndReadAll(sql);
      return reader.getRowsJson().map((row) => row.map(toPlain));
    } catch (error) {
      throw engineError(error, this.#folder);
    }
  }

  close(): void {
    for (const connection of [...this.#others, this.#connection]) connection.closeSync();
    this.#instance.closeSync();
  }

  async #connect(): Promise<DuckDBConnection> {
    const connection = await this.#instance.connect();
    await connection.run(IN_UTC);
    return connection;
  }

  async #runOn(connection: DuckDBConnection, sql: string): Promise<number> {
    this.#onStatement(sql);
    try {
      return (await connection.run(sql)).rowsChanged;
    } catch (error) {
      throw engineError(error, this.#folder);
    }
  }
}

function threadsOf({ threads }: EngineOptions): number {
  return threads ?? Math.min(DEFAULT_THREADS, os.availableParallelism());
}

function toPlain(value: unknown): string | number | boolean | null {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'string') return JSON.stringify(value);
  return /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}

/** Errors of DuckDB quote what they stumble over, so only their first clause is kept, and none of the reader's. */
function engineError(error: unknown, folder: string): Error {
  const message = error instanceof Error ? error.message : String(error);
  const key = message.indexOf(KEY_ERROR);
  if (key >= 0) return new KeyValueError(message.slice(key + KEY_ERROR.length).split('\n')[0] as string);
  if (/Type INT128 with value \S+ can't be cast because .* out of range for the destination type INT64/.test(message)) {
    return new IntegerWidthError();
  }
  if (/Malformed JSON|JSON transform error|maximum_object_size/.test(message)) {
    return new SegmentRefusedError(message.split(':').slice(0, 2).join(':'));
  }
  // The time of extraction is the one number that is not cast with a check.
  if (/Overflow in multiplication of INT64|Epoch \S{1,40} out of range/i.test(message)) {
    return new SegmentRefusedError('a time of extraction is out of range');
  }
  if (/Corrupt database file|Could not read enough bytes|does not match stored checksum/.test(message)) {
    return new SystemError(
      'The database file is damaged: a part of it is missing or was overwritten. Restore it from a copy, or name another file and sync again.',
      { code: 'DATABASE_DAMAGED', internalMessage: message.split('\n')[0] as string },
    );
  }
  if (/No space left on device|write file|fsync|disk full/i.test(message)) {
    return new SystemError(
      `The disk is full or cannot be written: the staging folder ${folder}, or the folder of the database file. Free space and run again; what was acknowledged is loaded.`,
      {
        code: 'DISK_FULL',
        internalMessage: message.split('\n')[0] as string,
      },
    );
  }
  if (/Out of Memory|failed to (?:pin|allocate)|could not allocate/i.test(message)) {
    return new SystemError(
      'The rows of one commit need more memory than the engine may use. Raise memory_mb and run again; what was acknowledged is loaded.',
      { code: 'ENGINE_MEMORY', internalMessage: message.split('\n')[0] as string },
    );
  }
  return new SystemError('The database engine refused a statement.', {
    code: 'ENGINE_FAILED',
    internalMessage: message.split('\n').slice(0, 2).join(' '),
  });
}
