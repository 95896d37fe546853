import { createHmac, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ConfigError, isJsonObject, type Json, type JsonObject, writeDurably } from '@cuttle/protocol';
import type { Leaves } from './leaves.js';

/** What is remembered of one thing. */
export interface LockEntry {
  readonly id: string;
  /** As it was applied last; secrets are left out. */
  readonly applied?: Leaves;
  /** Keyed fingerprint of each secret, by its path. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Where Airbyte keeps each secret. */
  readonly coordinates?: Readonly<Record<string, string>>;
  /** Of a source: the image with which Airbyte looked at its schema last. */
  readonly schemaOf?: string;
  /** Of a connection: its streams when they were last equal by the source's schema. */
  readonly streamMark?: string;
  /** Streams that were changed and not read again since. */
  readonly needsBackfill?: readonly string[];
}

/** Version of the file. */
const VERSION = 1;

/**
 * The lock file: ids and what was applied last, by key such as `source/stripe-ext`. It is optional; nothing is created
 * twice without it. Written whole after each change, by a temporary file that takes its place.
 */
export class Lock {
  readonly file: string;
  /** When it was written last, ISO; undefined for a new one. */
  readonly writtenAt: string | undefined;
  readonly workspaceId: string;
  readonly #target: string;
  readonly #entries: Map<string, LockEntry>;
  readonly #now: () => number;
  /** The file as this lock read or wrote it; empty while there is none. */
  #text: string;

  private constructor(
    file: string,
    target: string,
    workspaceId: string,
    writtenAt: string | undefined,
    entries: Map<string, LockEntry>,
    now: () => number,
    text: string,
  ) {
    this.file = file;
    this.#target = target;
    this.workspaceId = workspaceId;
    this.writtenAt = writtenAt;
    this.#entries = entries;
    this.#now = now;
    this.#text = text;
  }

  /**
   * Reads the file, or begins a new one.
   *
   * @throws {ConfigError} `LOCK_INVALID` for a file that is none; `LOCK_OF_OTHER` for one of another workspace
   */
  static open(file: string, target: string, workspaceId: string, now: () => number): Lock {
    const text = readText(file);
    if (!fs.existsSync(file)) return new Lock(file, target, workspaceId, undefined, new Map(), now, '');
    const content = parse(file, text);
    if (content['workspaceId'] !== workspaceId) {
      throw new ConfigError(`The lock file ${file} belongs to another workspace. Remove it, or name another file.`, {
        code: 'LOCK_OF_OTHER',
      });
    }
    const resources = isJsonObject(content['resources']) ? content['resources'] : {};
    const entries = Object.entries(resources).map(([key, value]): [string, LockEntry] => [
      key,
      value as unknown as LockEntry,
    ]);
    return new Lock(file, target, workspaceId, String(content['writtenAt']), new Map(entries), now, text);
  }

  /** @throws {ConfigError} `PLAN_STALE` when somebody else wrote the file since: what they noted would be lost */
  demandUnchanged(): void {
    if (readText(this.file) === this.#text) return;
    const message = `Another apply wrote ${this.file} since the plan was made. Nothing was applied; plan again.`;
    throw new ConfigError(message, { code: 'PLAN_STALE' });
  }

  get(key: string): LockEntry | undefined {
    return this.#entries.get(key);
  }

  keys(): readonly string[] {
    return [...this.#entries.keys()];
  }

  set(key: string, entry: LockEntry): void {
    this.#entries.set(key, entry);
    this.#write();
  }

  remove(key: string): void {
    if (this.#entries.delete(key)) this.#write();
  }

  #write(): void {
    const resources = Object.fromEntries([...this.#entries].sort(([a], [b]) => (a < b ? -1 : 1)));
    const content = {
      version: VERSION,
      target: this.#target,
      workspaceId: this.workspaceId,
      writtenAt: new Date(this.#now()).toISOString(),
      resources,
    };
    fs.mkdirSync(path.dirname(this.file), { recursive: true });
    const text = `${JSON.stringify(content, null, 2)}\n`;
    writeDurably(this.file, text);
    this.#text = text;
  }
}

function parse(file: string, text: string): JsonObject {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    content = undefined;
  }
  if (isJsonObject(content) && content['version'] === VERSION) return content;
  const message = `The lock file ${file} is damaged or of another version. Without it everything is found again by name.`;
  throw new ConfigError(message, { code: 'LOCK_INVALID' });
}

/** Makes fingerprints of secrets that nobody without the key can guess; without a key there are none. */
export class Fingerprints {
  readonly #key: string | undefined;
  readonly #workspaceId: string;

  constructor(key: string | undefined, workspaceId: string) {
    this.#key = key === undefined || key === '' ? undefined : key;
    this.#workspaceId = workspaceId;
  }

  get hasKey(): boolean {
    return this.#key !== undefined;
  }

  /** Undefined without a key. @param place id of the thing and path of the secret */
  of(place: string, value: Json): string | undefined {
    if (this.#key === undefined) return undefined;
    const text = `${this.#workspaceId}\n${place}\n${JSON.stringify(value)}`;
    return createHmac('sha256', this.#key).update(text).digest('hex').slice(0, 32);
  }
}

/**
 * Keeps other applies of the same lock file out.
 *
 * @returns gives it back
 * @throws {ConfigError} `APPLY_LOCKED` while another process holds it; one that died does not
 */
export function takeWriteLock(file: string, startedAt: string): () => void {
  const own = `${file}.applying`;
  fs.mkdirSync(path.dirname(own), { recursive: true });
  const token = randomBytes(8).toString('hex');
  const text = JSON.stringify({ pid: process.pid, host: os.hostname(), startedAt, token });
  const temporary = `${own}.${token}.tmp`;
  fs.writeFileSync(temporary, text, { flag: 'wx', mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      if (linkNew(temporary, own)) {
        return () => {
          if (readText(own) === text) fs.rmSync(own, { force: true });
        };
      }
      const other = readText(own);
      if (isAlive(other)) throw heldBy(own, other);
      takeAway(own, other, `${temporary}.dead`);
    }
    throw heldBy(own, readText(own));
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}

/** Gives a whole file its second name; false when the name is taken. So nobody ever sees a file that is half written. */
function linkNew(file: string, name: string): boolean {
  try {
    fs.linkSync(file, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/** Removes the file of a dead process; one that somebody else took over in the meantime is put back. */
function takeAway(own: string, dead: string, aside: string): void {
  try {
    fs.renameSync(own, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return;
  }
  if (readText(aside) !== dead) linkNew(aside, own);
  fs.rmSync(aside, { force: true });
}

function readText(file: string): string {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
}

function isAlive(text: string): boolean {
  try {
    const { pid, host } = JSON.parse(text) as { readonly pid: number; readonly host: string };
    if (host !== os.hostname()) return true;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function heldBy(file: string, text: string): ConfigError {
  return new ConfigError(`Another apply of this target is running (${holderOf(text)}). If it is not, remove ${file}.`, {
    code: 'APPLY_LOCKED',
  });
}

/** A file that is empty or cut off names nobody. */
function holderOf(text: string): string {
  try {
    const { pid, host, startedAt } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return `process ${String(pid)} on ${String(host)} since ${String(startedAt)}`;
  } catch {
    return 'its file does not say by whom';
  }
}
