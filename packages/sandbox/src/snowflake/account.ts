import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Database } from './database.js';
import { Logins } from './logins.js';
import type { Result } from './result.js';
import { Session } from './session.js';
import { SqlError } from './sql-error.js';

/** A statement that was run, for tests to read. */
export interface StatementEntry {
  readonly sql: string;
  readonly session: string;
  /** Undefined when it succeeded. */
  readonly code: string | undefined;
  readonly tag: string | undefined;
}

/** Something that a statement meets. */
export interface StatementFault {
  /** A regular expression over the statement's text, without regard to case. */
  readonly match: string;
  /** Snowflake's code, such as 003001 for a missing right. Without one the statement is only slow. */
  readonly code?: string;
  readonly message?: string;
  /** Statements that are struck; default 1, 0 means all. */
  readonly count?: number;
  /** Pause before the statement runs, in ms: a warehouse that resumes. */
  readonly delayMs?: number;
}

/** An account: databases, warehouses, sessions, and what goes wrong in it. */
export class Account {
  readonly logins = new Logins();
  readonly statements: StatementEntry[] = [];
  /** How long a transaction of a silent session may block others, in ms; counts for databases made from then on. */
  lockAbortMs = 300_000;
  readonly warehouses = new Set(['LOADING']);
  readonly #databases = new Map<string, Promise<Database>>();
  readonly #sessions = new Map<string, Session>();
  readonly #expired = new Map<string, string>();
  #faults: { readonly fault: StatementFault; struck: number }[] = [];
  #stageRoot: string | undefined;

  /** Makes an empty database; its schema PUBLIC is there. */
  createDatabase(name: string): void {
    this.#databases.set(name, Database.create(name, this.lockAbortMs));
  }

  addFault(fault: StatementFault): void {
    this.#faults.push({ fault, struck: 0 });
  }

  clearFaults(): void {
    this.#faults = [];
  }

  /** Gives a session; its id is its token. */
  open(place: { readonly database?: string; readonly schema?: string; readonly role?: string }): string {
    const id = randomUUID();
    const host = {
      stageRoot: this.#stageFolder(),
      database: (name: string) => this.#databases.get(name),
      abort: async (other: string) => this.#sessions.get(other)?.abort(),
    };
    this.#sessions.set(id, new Session(id, host, place));
    return id;
  }

  /** A session's token goes on under a new name. */
  renew(token: string): string {
    const session = this.#sessions.get(token);
    if (session === undefined) throw new SqlError('390111', 'Session no longer exists. New login required.', '08001');
    if (this.#expired.get(token) === '390114') {
      throw new SqlError('390114', 'Authentication token has expired. The user must authenticate again.', '08001');
    }
    const next = randomUUID();
    this.#sessions.delete(token);
    this.#expired.delete(token);
    this.#sessions.set(next, session);
    return next;
  }

  /** @param code 390112: the token can be renewed; 390114: a new login is needed */
  expireSessions(code: '390112' | '390114'): void {
    for (const token of this.#sessions.keys()) this.#expired.set(token, code);
  }

  /** Ends a session; an open transaction is rolled back. */
  async end(token: string): Promise<void> {
    await this.#sessions.get(token)?.close();
    this.#sessions.delete(token);
  }

  /** Forgets all sessions as if their connections were cut: their transactions stay open and hold their locks. */
  loseSessions(): void {
    for (const token of this.#sessions.keys()) this.#expired.set(token, '390111');
  }

  /** @throws {SqlError} */
  async run(token: string, sql: string, tag: string | undefined): Promise<Result> {
    const session = this.#sessions.get(token);
    const expired = session === undefined ? '390104' : this.#expired.get(token);
    if (session === undefined || expired !== undefined) {
      throw new SqlError(expired as string, 'Session token is not valid any more.', '08001');
    }
    try {
      await this.#strike(sql);
      const result = await session.run(sql);
      this.statements.push({ sql, session: session.id, code: undefined, tag });
      return result;
    } catch (error) {
      if (error instanceof SqlError) this.statements.push({ sql, session: session.id, code: error.code, tag });
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const session of this.#sessions.values()) await session.close();
    for (const database of this.#databases.values()) (await database).close();
    if (this.#stageRoot !== undefined) fs.rmSync(this.#stageRoot, { recursive: true, force: true });
  }

  async #strike(sql: string): Promise<void> {
    for (const armed of this.#faults) {
      const { match, count = 1, delayMs, code, message } = armed.fault;
      if ((count > 0 && armed.struck >= count) || !new RegExp(match, 'is').test(sql)) continue;
      armed.struck += 1;
      if (delayMs !== undefined) await wait(delayMs);
      if (code !== undefined) throw new SqlError(code, message ?? `Fault of the sandbox (${code}).`);
    }
  }

  #stageFolder(): string {
    this.#stageRoot ??= fs.mkdtempSync(path.join(os.tmpdir(), 'sandbox-snowflake-'));
    return this.#stageRoot;
  }
}
