import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine, ExistingTable, Row, Staged, StagedLoad, Statement, Warehouse } from '@cuttle/loader';
import { SystemError, TransientError } from '@cuttle/protocol';
import { type ColumnRow, existingType } from './column-types.js';
import { literal } from './quoting.js';
import type { StatementClient } from './snowflake-client.js';
import type { SnowflakeDialect } from './snowflake-dialect.js';
import { Stage } from './stage.js';

/** What loading into Snowflake takes. */
export interface SnowflakeWarehouseOptions {
  readonly client: StatementClient;
  readonly dialect: SnowflakeDialect;
  readonly engine: Engine;
  /** Folder for Parquet files. */
  readonly folder: string;
  /** Longest time for which a transaction is begun anew after the session or the network was lost, in ms. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/** Snowflake as a warehouse: Parquet files through a stage into a table of the batch, then one transaction. */
export class SnowflakeWarehouse implements Warehouse {
  readonly dialect: SnowflakeDialect;
  readonly #options: SnowflakeWarehouseOptions;
  readonly #stage: Stage;

  constructor(options: SnowflakeWarehouseOptions) {
    this.#options = options;
    this.dialect = options.dialect;
    this.#stage = new Stage({ ...options, run: (sql) => this.#run(sql) });
  }

  session<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  async describe(schema: string): Promise<ReadonlyMap<string, ExistingTable>> {
    const rows = await this.query(
      `select table_name, column_name, data_type, numeric_precision, numeric_scale, is_nullable from information_schema.columns where table_schema = ${literal(schema)} order by table_name, ordinal_position`,
    );
    const tables = new Map<string, Map<string, string>>();
    for (const [table, ...column] of rows) {
      const columns = tables.get(String(table)) ?? new Map<string, string>();
      columns.set(String(column[0]), existingType(column as unknown as ColumnRow));
      tables.set(String(table), columns);
    }
    // Grants, comments, and tags stay with a table, so none ever takes the place of another.
    return new Map([...tables].map(([table, columns]) => [table, { columns, isBare: false }]));
  }

  async query(sql: string): Promise<readonly Row[]> {
    return (await this.#run(sql)).rows;
  }

  /**
   * Definitions commit one by one, before and behind the transaction. When the session is lost the transaction is begun
   * anew; if the answer to its COMMIT was lost, the fence of the control table tells whether it took place.
   */
  async commit(statements: readonly Statement[]): Promise<void> {
    const first = statements.findIndex(({ isDdl }) => isDdl !== true);
    const last = statements.findLastIndex(({ isDdl }) => isDdl !== true);
    const [head, inside, tail] =
      first < 0
        ? [statements, [], []]
        : [statements.slice(0, first), statements.slice(first, last + 1), statements.slice(last + 1)];
    for (const { sql } of head) await this.#run(sql);
    if (inside.length > 0) await this.#patiently((isAgain) => this.#transaction(inside, isAgain));
    for (const { sql } of tail) await this.#run(sql);
  }

  stage(load: StagedLoad): Promise<Staged> {
    return this.#stage.load(load);
  }

  /** Removes the tables of batches. What a run that is cut off leaves is removed by the next. */
  async close(): Promise<void> {
    for (const table of this.#stage.tables) {
      await this.#options.client.run(`drop table if exists ${table}`).catch(() => undefined);
    }
    await this.#options.client.close();
  }

  async #transaction(statements: readonly Statement[], isAgain: boolean): Promise<void> {
    const { client } = this.#options;
    const [only] = statements;
    if (statements.length === 1 && only !== undefined) {
      await this.#change(only, isAgain);
      return;
    }
    await client.run('begin');
    try {
      for (const statement of statements) {
        if (await this.#change(statement, isAgain)) continue;
        await client.run('rollback');
        return;
      }
      await this.#end(statements);
    } catch (error) {
      // A session whose transaction may be open sees its own rows: they would pass for proof that it took place.
      await client.run('rollback').catch(() => client.abandon());
      throw error;
    }
  }

  /** Runs a statement; false when it shows that the commit it stands in took place before, and the answer was lost. */
  async #change({ sql, expect, proof }: Statement, isAgain: boolean): Promise<boolean> {
    const { client } = this.#options;
    const { changed } = await client.run(sql);
    if (expect === undefined || changed === expect.rows) return true;
    if (isAgain && proof !== undefined && (await client.run(proof)).rows.length > 0) return false;
    throw expect.otherwise;
  }

  /** Only what can be proved may be begun anew after its COMMIT got no answer. */
  async #end(statements: readonly Statement[]): Promise<void> {
    try {
      await this.#options.client.run('commit');
    } catch (error) {
      if (error instanceof TransientError && !statements.some(({ proof }) => proof !== undefined)) {
        throw new SystemError(
          'Snowflake gave no answer to a COMMIT, so it is not known whether it took place. Run again: the next run finds out.',
          { code: 'OUTCOME_UNKNOWN', cause: error },
        );
      }
      throw error;
    }
  }

  #run(sql: string): Promise<{ readonly rows: readonly Row[]; readonly changed: number }> {
    return this.#patiently(() => this.#options.client.run(sql));
  }

  /** Tries again while what failed may pass. */
  async #patiently<T>(work: (isAgain: boolean) => Promise<T>): Promise<T> {
    const { patienceMs, signal } = this.#options;
    const deadline = performance.now() + patienceMs;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await work(attempt > 0);
      } catch (error) {
        const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
        const isPassing = error instanceof TransientError && error.code === 'WAREHOUSE_UNAVAILABLE';
        if (!isPassing || signal.aborted || performance.now() + pause > deadline) throw error;
        await sleep(pause, undefined, { signal });
      }
    }
  }
}
