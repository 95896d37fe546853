import type { DuckDBConnection } from '@duckdb/node-api';
import { insert, merge, remove, update } from './change-rows.js';
import { type Database, engineTable } from './database.js';
import { type DefineContext, define, tableOf } from './define.js';
import { readObjectName } from './object-name.js';
import { parseCheck } from './parse-check.js';
import { type Result, statusResult } from './result.js';
import { select } from './select.js';
import { absent, SqlError } from './sql-error.js';
import { copyInto, put, removeFiles } from './stage-files.js';
import { TokenReader, tokenize } from './tokens.js';
import { translate } from './translate.js';

/** Who waits for whom: a session that blocks another too long has its transaction rolled back. */
export interface SessionHost {
  /** Folder in which stages are folders. */
  readonly stageRoot: string;
  database(name: string): Promise<Database> | undefined;
  abort(session: string): Promise<void>;
}

const DEFINITIONS = ['CREATE', 'ALTER', 'DROP', 'TRUNCATE', 'COMMENT'];

/** A session: its database and schema, and a connection of the engine with the transaction that is open. */
export class Session {
  readonly id: string;
  readonly role: string | undefined;
  readonly #host: SessionHost;
  readonly #connections = new Map<string, DuckDBConnection>();
  readonly #place: { readonly database: string | undefined; readonly schema: string | undefined };
  #isInTransaction = false;

  constructor(
    id: string,
    host: SessionHost,
    place: { readonly database?: string; readonly schema?: string; readonly role?: string },
  ) {
    this.id = id;
    this.role = place.role;
    this.#host = host;
    this.#place = { database: place.database, schema: place.schema };
  }

  /** @throws {SqlError} */
  async run(sql: string): Promise<Result> {
    await parseCheck(sql);
    const reader = new TokenReader(tokenize(sql.trim().replace(/;\s*$/, '')));
    const first = reader.peek()?.value ?? '';
    try {
      if (first === 'ALTER' && reader.peek(1)?.value === 'SESSION') return statusResult();
      if (['BEGIN', 'COMMIT', 'ROLLBACK'].includes(first)) return await this.#transaction(first);
      const context = await this.#context();
      if (DEFINITIONS.includes(first)) {
        // A definition commits what went before, as it does there.
        if (this.#isInTransaction) await this.#transaction('COMMIT');
        return await define(context, reader);
      }
      return await this.#run(first, context, reader);
    } catch (error) {
      if (error instanceof SyntaxError) throw new SqlError('001003', `SQL compilation error:\n${error.message}`);
      throw error;
    }
  }

  async abort(): Promise<void> {
    if (this.#isInTransaction) await this.#transaction('ROLLBACK');
  }

  async close(): Promise<void> {
    await this.abort();
    for (const connection of this.#connections.values()) connection.closeSync();
    this.#connections.clear();
  }

  async #run(first: string, context: DefineContext, reader: TokenReader): Promise<Result> {
    const { connection, target } = context;
    switch (first) {
      case 'SELECT':
      case 'WITH': {
        const sql = translate(reader.rest());
        if (/\bsf_(columns|tables)\b/.test(sql)) await target.publishCatalog(connection);
        return select(connection, sql);
      }
      case 'PUT':
        return put(context, reader);
      case 'REMOVE':
      case 'RM':
        return removeFiles(context, reader);
      case 'COPY':
        return this.#changing(context, reader, 2, () => copyInto(context, reader));
      case 'INSERT':
        return this.#changing(context, reader, reader.peek(1)?.value === 'OVERWRITE' ? 3 : 2, (into) =>
          insert(connection, reader, into),
        );
      case 'UPDATE':
        return this.#changing(context, reader, 1, (into) => update(connection, reader, into));
      case 'DELETE':
        return this.#changing(context, reader, 2, (into) => remove(connection, reader, into));
      case 'MERGE':
        return this.#changing(context, reader, 2, (into) => merge(connection, reader, into));
      default:
        throw new SqlError(
          '001003',
          `SQL compilation error:\nsyntax error line 1 at position 0 unexpected '${first}'.`,
        );
    }
  }

  /** Locks the table that is changed, in a transaction of its own unless one is open. */
  async #changing(
    context: DefineContext,
    reader: TokenReader,
    wordsBefore: number,
    change: (into: string) => Promise<Result>,
  ): Promise<Result> {
    const ahead = new TokenReader(reader.tokensFrom(wordsBefore));
    const name = readObjectName(ahead, this.#place);
    tableOf(context.target, name);
    const isAlone = !this.#isInTransaction;
    await context.target.locks.take(`${name.schema}\0${name.name}`, this.id, (session) => this.#host.abort(session));
    if (isAlone) await this.#transaction('BEGIN');
    try {
      const result = await change(engineTable(name.schema, name.name));
      if (isAlone) await this.#transaction('COMMIT');
      return result;
    } catch (error) {
      // The engine gives up a whole transaction for one failed statement; so does a client that is careful.
      await this.#transaction('ROLLBACK');
      throw error;
    }
  }

  async #transaction(verb: string): Promise<Result> {
    const { connection, target } = await this.#context();
    if (verb === 'BEGIN' && this.#isInTransaction) return statusResult();
    if (verb !== 'BEGIN' && !this.#isInTransaction) return statusResult();
    await connection.run(verb);
    this.#isInTransaction = verb === 'BEGIN';
    if (verb !== 'BEGIN') target.locks.release(this.id);
    return statusResult();
  }

  async #context(): Promise<DefineContext> {
    const { database, schema } = this.#place;
    const target = database === undefined ? undefined : await this.#host.database(database);
    if (target === undefined) throw absent('Database', database ?? 'current');
    let connection = this.#connections.get(target.name);
    if (connection === undefined) {
      connection = await target.connect();
      this.#connections.set(target.name, connection);
    }
    return { database, schema, target, connection, stageRoot: this.#host.stageRoot };
  }
}
