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
import { Transaction } from './transaction.js';
import { translate } from './translate.js';

/** Who waits for whom: a session that blocks another too long has its transaction rolled back. */
export interface SessionHost {
  /** Folder in which stages are folders. */
  readonly stageRoot: string;
  database(name: string): Promise<Database> | undefined;
  abort(session: string): Promise<void>;
}

interface SessionContext extends DefineContext {
  readonly transaction: Transaction;
}

const DEFINITIONS = ['CREATE', 'ALTER', 'DROP', 'TRUNCATE', 'COMMENT'];

/** A session: its database and schema, and a connection of the engine with the transaction that is open. */
export class Session {
  readonly id: string;
  readonly role: string | undefined;
  readonly #host: SessionHost;
  readonly #place: { readonly database: string | undefined; readonly schema: string | undefined };
  #transaction: Transaction | undefined;

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
      const context = await this.#context();
      const { transaction } = context;
      if (first === 'BEGIN') return await this.#begin(transaction);
      if (first === 'COMMIT' || first === 'ROLLBACK') return await this.#end(first);
      if (DEFINITIONS.includes(first)) {
        // A definition commits what went before, as it does there.
        await this.#end('COMMIT');
        return await define(context, reader);
      }
      return await transaction.statement(() => this.#run(first, context, reader));
    } catch (error) {
      if (error instanceof SyntaxError) throw new SqlError('001003', `SQL compilation error:\n${error.message}`);
      throw error;
    }
  }

  async abort(): Promise<void> {
    await this.#end('ROLLBACK');
  }

  async close(): Promise<void> {
    await this.abort();
    this.#transaction?.close();
    this.#transaction = undefined;
  }

  async #run(first: string, context: SessionContext, reader: TokenReader): Promise<Result> {
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
    context: SessionContext,
    reader: TokenReader,
    wordsBefore: number,
    change: (into: string) => Promise<Result>,
  ): Promise<Result> {
    const ahead = new TokenReader(reader.tokensFrom(wordsBefore));
    const name = readObjectName(ahead, this.#place);
    tableOf(context.target, name);
    await context.target.locks.take(`${name.schema}\0${name.name}`, this.id, (session) => this.#host.abort(session));
    const work = () => change(engineTable(name.schema, name.name));
    if (context.transaction.isOpen) return work();
    await this.#begin(context.transaction);
    try {
      const result = await work();
      await this.#end('COMMIT');
      return result;
    } catch (error) {
      await this.#end('ROLLBACK');
      throw error;
    }
  }

  async #begin(transaction: Transaction): Promise<Result> {
    if (!transaction.isOpen) await transaction.begin();
    return statusResult();
  }

  /** Ends the transaction that is open, and gives back its locks. */
  async #end(verb: 'COMMIT' | 'ROLLBACK'): Promise<Result> {
    if (this.#transaction?.isOpen !== true) return statusResult();
    try {
      await (verb === 'COMMIT' ? this.#transaction.commit() : this.#transaction.rollback());
    } finally {
      (await this.#context()).target.locks.release(this.id);
    }
    return statusResult();
  }

  async #context(): Promise<SessionContext> {
    const { database, schema } = this.#place;
    const target = database === undefined ? undefined : await this.#host.database(database);
    if (target === undefined) throw absent('Database', database ?? 'current');
    this.#transaction ??= new Transaction(await target.connect());
    const transaction = this.#transaction;
    const { connection } = transaction;
    return { database, schema, target, connection, transaction, stageRoot: this.#host.stageRoot };
  }
}
