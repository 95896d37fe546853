import { setTimeout as sleep } from 'node:timers/promises';
import {
  castSelect,
  type Engine,
  type ExistingTable,
  joinNotes,
  literal,
  type Row,
  type Segment,
  type SmallBatch,
  type Staged,
  type StagedLoad,
  type Statement,
  type TableName,
  type Warehouse,
} from '@cuttle/loader';
import { TransientError } from '@cuttle/protocol';
import { attachError, DATABASE, DatabaseFile } from './database-file.js';
import { columnType, DuckdbDialect } from './duckdb-dialect.js';
import { QueueLock } from './queue-lock.js';
import { explainRefusal } from './user-indexes.js';

/** What opening the file takes. */
export interface DuckdbWarehouseOptions {
  readonly engine: Engine;
  /** The database file. */
  readonly file: string;
  /** Longest wait for the file, in ms. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

const ATTACH_POLL_MS = 100;
/** Columns of 2,048 rows and less take 32 KiB each. */
const MOST_PENDING_COLUMNS = 4000;
/** Loads of fewer records are written without compression. */
const FEW_RECORDS = 1000;
/** DuckDB numbers the rows of a table as they came in, unless a column has that name. */
const ARRIVAL = 'rowid as _arrival';
/** Mean size of a row of which 2,048 take too much memory, and size of a row of which there may be so many in a row. */
const HEAVY_ROW_BYTES = 8 * 1024;
const HEAVY_LINE_BYTES = 128 * 1024;

/**
 * A DuckDB file as a warehouse. It is only open during a session, so that several connections and the user's own
 * programs can share it.
 */
export class DuckdbWarehouse implements Warehouse {
  readonly dialect = new DuckdbDialect();
  readonly #options: DuckdbWarehouseOptions;
  readonly #databaseFile: DatabaseFile;
  readonly #lock: QueueLock;
  /** Row groups were joined, or must not be, since 2,048 of the rows loaded take too much memory. */
  #staysApart = false;
  #staged = 0;
  /** Columns that were loaded since the file was last written. */
  #pendingColumns = 0;
  /** Records of the largest load since then. */
  #mostRecords = 0;

  constructor(options: DuckdbWarehouseOptions) {
    this.#databaseFile = new DatabaseFile(options.file);
    const { file } = this.#databaseFile;
    this.#options = { ...options, file };
    this.#lock = new QueueLock({ file, waitMs: options.waitMs, signal: options.signal });
  }

  async session<T>(work: () => Promise<T>, when?: 'last'): Promise<T> {
    return this.#lock.hold(async () => {
      await this.#stopJoining();
      await this.#attach();
      if (when === 'last') await this.#join();
      try {
        return await work();
      } finally {
        await this.#detach();
      }
    });
  }

  async describe(schema: string): Promise<ReadonlyMap<string, ExistingTable>> {
    const isHere = `database_name = '${DATABASE}' and lower(schema_name) = lower(${literal(schema)})`;
    const rows = await this.#options.engine.query(
      `select table_name, column_name, data_type, table_oid in (
  select table_oid from duckdb_indexes() where ${isHere}
  union all select table_oid from duckdb_constraints() where ${isHere}
  union all select table_oid from duckdb_tables() where ${isHere} and comment is not null
  union all select table_oid from duckdb_columns() where ${isHere} and (comment is not null or column_default is not null)
) as is_dressed from duckdb_columns()
where ${isHere} order by table_name, column_index`,
    );
    const tables = new Map<string, { columns: Map<string, string>; isBare: boolean }>();
    for (const [name, column, type, isDressed] of rows) {
      const table = tables.get(String(name)) ?? { columns: new Map<string, string>(), isBare: isDressed === false };
      table.columns.set(String(column), String(type));
      tables.set(String(name), table);
    }
    return tables;
  }

  query(sql: string): Promise<readonly Row[]> {
    return this.#options.engine.query(sql);
  }

  async commit(statements: readonly Statement[]): Promise<void> {
    const { engine } = this.#options;
    await engine.run('begin transaction');
    let changed: readonly (TableName | undefined)[] = [];
    try {
      for (const { sql, expect, table } of joinNotes(statements)) {
        changed = [table];
        const rows = await engine.run(sql);
        if (expect !== undefined && rows !== expect.rows) throw expect.otherwise;
      }
      changed = statements.map(({ table }) => table);
      await engine.run('commit');
    } catch (error) {
      // A failed commit has rolled back already; the answer to this one does not matter.
      await engine.run('rollback').catch(() => undefined);
      const tables = changed.filter((table) => table !== undefined);
      throw await explainRefusal(error, tables, (sql) => engine.query(sql));
    }
    await this.#writeColumns();
  }

  /** Small batches go through a temporary table. Other appends read the segments inside of the insert; what is compared by key
   * is read once into a temporary table. */
  async stage(load: StagedLoad): Promise<Staged> {
    this.#pendingColumns += load.plan.columns.length;
    this.#mostRecords = Math.max(this.#mostRecords, load.records);
    if (load.segments.some(isHeavy)) {
      this.#staysApart = true;
      await this.#options.engine.useOneThread();
      await this.#stopJoining();
    }
    const hidesRowid = load.plan.columns.some(({ name }) => this.dialect.names.fold(name) === 'rowid');
    if (load.small !== undefined && !hidesRowid) return this.#stageSmall(load, load.small);
    const select = castSelect(load);
    if (!load.ordered) return { sql: `(${select})`, release: async () => undefined };
    const table = this.#nextTable();
    const numbered = hidesRowid ? `select *, row_number() over () as _arrival from (${select})` : select;
    await this.#options.engine.run(`create or replace temp table ${table} as ${numbered}`);
    return this.#ofTable(table, hidesRowid ? '*' : `*, ${ARRIVAL}`);
  }

  async #stageSmall(load: StagedLoad, batch: SmallBatch): Promise<Staged> {
    const { plan, generationId, syncId = null } = load;
    const table = this.#nextTable();
    await this.#options.engine.createSmall(table, plan, plan.columns.map(columnType), batch);
    const meta = literal(`{"sync_id":${syncId},"changes":[]}`);
    const ours = `uuid() as _airbyte_raw_id, ${meta}::json as _airbyte_meta, ${generationId}::bigint as _airbyte_generation_id`;
    return this.#ofTable(table, `*, ${ours}, ${ARRIVAL}`);
  }

  #nextTable(): string {
    this.#staged += 1;
    return `_cuttle_batch_${this.#staged}`;
  }

  #ofTable(table: string, columns: string): Staged {
    return {
      sql: `(select ${columns} from ${table})`,
      release: async () => {
        await this.#options.engine.run(`drop table if exists ${table}`);
      },
    };
  }

  async close(): Promise<void> {
    this.#options.engine.close();
  }

  /**
   * Committed columns stay in memory, a block or more each, until they are written to the file. What cannot be written now
   * is safe in the file's log, and leaving the file tries again.
   */
  async #writeColumns(): Promise<void> {
    if (this.#pendingColumns < MOST_PENDING_COLUMNS) return;
    await this.#chooseCompression();
    await this.#options.engine.run(`checkpoint ${DATABASE}`).catch(() => 0);
    this.#pendingColumns = 0;
    this.#mostRecords = 0;
  }

  /** Looking for the best compression of a column costs more than a few values of it take without one. */
  async #chooseCompression(): Promise<void> {
    const kind = this.#mostRecords < FEW_RECORDS ? 'uncompressed' : 'auto';
    await this.#options.engine.run(`set force_compression = '${kind}'`);
  }

  async #attach(): Promise<void> {
    const { engine, file, waitMs, signal } = this.#options;
    const deadline = performance.now() + waitMs;
    for (;;) {
      try {
        this.#databaseFile.check();
        await engine.run(`attach ${literal(file)} as ${DATABASE}`);
        this.#databaseFile.remember();
        break;
      } catch (error) {
        const refusal = attachError(error, file);
        if (!(refusal instanceof TransientError) || performance.now() >= deadline) throw refusal;
        await sleep(ATTACH_POLL_MS, undefined, { signal });
      }
    }
    await engine.run(`use ${DATABASE}`);
  }

  /** Closing moves what was committed from the file's log into its tables. The log stays whole when that fails. */
  async #detach(): Promise<void> {
    try {
      await this.#leave();
    } catch {
      await this.#stopJoining();
      await this.#attach();
      await this.#leave();
    }
  }

  /**
   * Closing a file joins small row groups and those with deleted rows, which takes longer than many a commit: once in a run
   * is enough. 2,048 rows are held in memory for it at once: with heavy rows that is more than the engine may use, so theirs
   * stay apart.
   */
  async #join(): Promise<void> {
    if (this.#staysApart) return;
    this.#staysApart = true;
    await this.#options.engine.run('set max_vacuum_tasks = 100');
  }

  async #stopJoining(): Promise<void> {
    await this.#options.engine.run('set max_vacuum_tasks = 0');
  }

  async #leave(): Promise<void> {
    await this.#chooseCompression();
    await this.#options.engine.run('use memory');
    await this.#options.engine.run(`detach ${DATABASE}`);
    this.#pendingColumns = 0;
    this.#mostRecords = 0;
  }
}

function isHeavy({ bytes, records, longestLine }: Segment): boolean {
  return bytes > records * HEAVY_ROW_BYTES || longestLine > HEAVY_LINE_BYTES;
}
