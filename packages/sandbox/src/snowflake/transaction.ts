import type { DuckDBConnection } from '@duckdb/node-api';

/** What statements use of a connection of the engine. */
export type EngineConnection = Pick<DuckDBConnection, 'run' | 'runAndReadAll'>;

/**
 * Transactions of a session by Snowflake's rule: a failed statement leaves nothing behind, and the transaction stays open
 * with all that went before. The engine gives up a whole transaction for one failed statement and has no savepoints, so
 * what went before is run again then. The session holds the locks of the tables that it changed, so the rows are the same.
 */
export class Transaction {
  readonly connection: EngineConnection;
  readonly #engine: DuckDBConnection;
  /** What the statements of the open transaction changed, as the engine ran it. */
  #done: string[] = [];
  #running: string[] = [];
  #onCommit: (() => void)[] = [];
  #onRollback: (() => void)[] = [];
  #isOpen = false;

  constructor(engine: DuckDBConnection) {
    this.#engine = engine;
    const noting = async <T>(sql: string, result: Promise<T>): Promise<T> => {
      const value = await result;
      this.#running.push(sql);
      return value;
    };
    this.connection = {
      run: (sql) => noting(sql, engine.run(sql)),
      runAndReadAll: (sql) => noting(sql, engine.runAndReadAll(sql)),
    };
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  async begin(): Promise<void> {
    await this.#engine.run('begin');
    this.#isOpen = true;
  }

  async commit(): Promise<void> {
    await this.#end('commit', this.#onCommit);
  }

  async rollback(): Promise<void> {
    await this.#end('rollback', this.#onRollback);
  }

  /** Runs a statement; when it fails in an open transaction, only what it did is undone. */
  async statement<T>(work: () => Promise<T>): Promise<T> {
    this.#running = [];
    const [commits, rollbacks] = [this.#onCommit.length, this.#onRollback.length];
    try {
      const result = await work();
      if (this.#isOpen) this.#done.push(...this.#running);
      return result;
    } catch (error) {
      if (this.#isOpen) {
        this.#onCommit.splice(commits);
        for (const undo of this.#onRollback.splice(rollbacks)) undo();
        await this.#restore();
      }
      throw error;
    }
  }

  /** Does something outside of the engine with the transaction: `onCommit` at its end, `undo` when it does not take place. */
  attach(onCommit: () => void, undo: () => void): void {
    this.#onCommit.push(onCommit);
    this.#onRollback.push(undo);
  }

  close(): void {
    this.#engine.closeSync();
  }

  async #restore(): Promise<void> {
    await this.#engine.run('rollback');
    await this.#engine.run('begin');
    for (const sql of this.#done) await this.#engine.run(sql);
  }

  async #end(verb: 'commit' | 'rollback', last: readonly (() => void)[]): Promise<void> {
    this.#isOpen = false;
    const works = [...last];
    [this.#done, this.#onCommit, this.#onRollback] = [[], [], []];
    await this.#engine.run(verb);
    for (const work of works) work();
  }
}
