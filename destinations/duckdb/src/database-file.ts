import fs from 'node:fs';
import path from 'node:path';
import { ConfigError, SystemError, TransientError } from '@cuttle/protocol';

/** Name under which the file is attached. */
export const DATABASE = '_cuttle_target';

/** The file of a warehouse: one regular file, and the same one during all of a run. */
export class DatabaseFile {
  /** Absolute, behind links. */
  readonly file: string;
  #identity: string | undefined;

  /** @throws {ConfigError} `DESTINATION_NOT_WRITABLE` when its folder cannot be made */
  constructor(file: string) {
    this.file = realFile(file);
  }

  /**
   * To be called before the file is opened: opening a pipe or device would wait for ever, and a file that is gone would
   * be made again, without the tables and rows of this run.
   *
   * @throws {ConfigError} `DESTINATION_NOT_A_FILE`
   * @throws {SystemError} `DATABASE_REPLACED` when it is not the file that this run began with
   */
  check(): void {
    const found = fs.statSync(this.file, { throwIfNoEntry: false });
    if (found !== undefined && !found.isFile()) throw notAFile(this.file, found);
    if (this.#identity === undefined || identityOf(found) === this.#identity) return;
    const what = found === undefined ? 'is gone' : 'is another one';
    throw new SystemError(
      `The database file ${this.file} ${what}: it was moved, removed or replaced while this run wrote to it. Put it back and run again; what was acknowledged is in it.`,
      { code: 'DATABASE_REPLACED' },
    );
  }

  /** To be called once the file is open. */
  remember(): void {
    this.#identity ??= identityOf(fs.statSync(this.file, { throwIfNoEntry: false }));
  }
}

function identityOf(found: fs.Stats | undefined): string | undefined {
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}

function notAFile(file: string, found: fs.Stats): ConfigError {
  const kinds = { 'a folder': found.isDirectory(), 'a pipe': found.isFIFO(), 'a socket': found.isSocket() };
  const kind = Object.entries(kinds).find(([, isIt]) => isIt)?.[0] ?? 'a device';
  return new ConfigError(
    `destination_path (${file}) is ${kind}, no file. Name a file; it is made when it is not there.`,
    {
      code: 'DESTINATION_NOT_A_FILE',
    },
  );
}

/** The file itself behind links, so that two names of it share one queue. */
function realFile(file: string): string {
  const absolute = path.resolve(file);
  try {
    fs.mkdirSync(path.dirname(absolute), { recursive: true });
    return fs.existsSync(absolute)
      ? fs.realpathSync(absolute)
      : path.join(fs.realpathSync(path.dirname(absolute)), path.basename(absolute));
  } catch (error) {
    throw notWritable(absolute, error);
  }
}

function notWritable(file: string, cause: unknown): ConfigError {
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  return new ConfigError(
    `destination_path (${file}) cannot be written: ${reason}. Choose another path, or give the user of this process the right to write there.`,
    { code: 'DESTINATION_NOT_WRITABLE', cause },
  );
}

/** Tells a file that another program has open from one that can never be opened. */
export function attachError(error: unknown, file: string): Error {
  if (error instanceof ConfigError || error instanceof TransientError) return error;
  if ((error as { readonly code?: unknown }).code === 'DATABASE_REPLACED') return error as Error;
  const text = error instanceof SystemError ? ((error as SystemError).internalMessage ?? '') : String(error);
  const lock = /Conflicting lock is held in (.*?) ?\(PID (\d+)\)/.exec(text);
  if (lock !== null || /Could not set lock/.test(text)) {
    const holder = lock === null ? 'another program' : `${lock[1]} (process ${lock[2]})`;
    return new TransientError(
      `The database file ${file} is open in ${holder}. Close it there, also read-only, or raise lock_wait_seconds.`,
      { code: 'DATABASE_LOCKED', cause: error },
    );
  }
  if ((error as { readonly code?: unknown }).code === 'DATABASE_DAMAGED') {
    return new ConfigError(
      `destination_path (${file}) is damaged: a part of the file is missing or was overwritten. Restore it from a copy, or name another file and sync again.`,
      { code: 'DATABASE_DAMAGED', cause: error },
    );
  }
  if (/not a valid DuckDB database|serialization|storage version/i.test(text)) {
    return new ConfigError(
      `destination_path (${file}) is no DuckDB file, or one of a newer version. Name another file.`,
      { code: 'DESTINATION_NOT_DUCKDB', cause: error },
    );
  }
  if (/Permission denied|Read-only|No such file|Is a directory/i.test(text)) {
    return new ConfigError(
      `destination_path (${file}) cannot be written. Choose another path, or give the user of this process the right to write there.`,
      { code: 'DESTINATION_NOT_WRITABLE', cause: error },
    );
  }
  return error instanceof Error ? error : new Error(String(error));
}
