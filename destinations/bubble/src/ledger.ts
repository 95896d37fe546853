import fs from 'node:fs';
import path from 'node:path';
import { ConfigError, isJsonObject, writeDurably } from '@cuttle/protocol';

/** A record that was rejected. Holds no values besides the key. */
export interface Rejection {
  readonly stream: string;
  /** Empty when the record has none. */
  readonly key: string;
  readonly reason: string;
  /** HTTP status; 0 when nothing was sent. */
  readonly status: number;
  /** Syncs that tried it. */
  readonly attempt: number;
  readonly payloadHash: string;
}

/**
 * The rejected records of all syncs: a file of one JSON a line. A record that is written later leaves it; one without a
 * key cannot be recognised again, so it stays for one sync only.
 */
export class Ledger {
  private readonly file: string | undefined;
  private readonly entries = new Map<string, Rejection>();
  private readonly attempts = new Map<string, number>();
  private hasChanged = false;

  /** @throws {ConfigError} `LEDGER_UNREADABLE` */
  constructor(file: string | undefined) {
    this.file = file;
    if (file === undefined) return;
    for (const entry of readEntries(file)) {
      this.attempts.set(nameOf(entry), entry.attempt);
      if (entry.key === '') this.hasChanged = true;
      else this.entries.set(nameOf(entry), entry);
    }
  }

  /** Whether an earlier sync rejected it. */
  isKnown(stream: string, key: string): boolean {
    return this.attempts.has(nameOf({ stream, key, payloadHash: '' }));
  }

  put(rejection: Omit<Rejection, 'attempt'>): void {
    const name = nameOf(rejection);
    this.entries.set(name, { ...rejection, attempt: (this.attempts.get(name) ?? 0) + 1 });
    this.hasChanged = true;
  }

  /** It is written, or needs no writing. */
  remove(stream: string, key: string): void {
    if (this.entries.delete(nameOf({ stream, key, payloadHash: '' }))) this.hasChanged = true;
  }

  /**
   * Writes the file whole, so that it survives a crash of the machine; nothing when nothing changed.
   *
   * @throws {ConfigError} `LEDGER_NOT_WRITABLE`
   */
  save(): void {
    if (this.file === undefined || !this.hasChanged) return;
    const lines = [...this.entries.values()].map((entry) => `${JSON.stringify(entry)}\n`);
    writeLedger(this.file, lines.join(''));
    this.hasChanged = false;
  }

  /**
   * Makes sure that the ledger can be written, before anything is.
   *
   * @throws {ConfigError} `LEDGER_NOT_WRITABLE`
   */
  probe(): void {
    if (this.file === undefined) return;
    try {
      const folder = path.dirname(path.resolve(this.file));
      fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
      fs.accessSync(folder, fs.constants.W_OK);
      if (fs.existsSync(this.file)) fs.accessSync(this.file, fs.constants.R_OK | fs.constants.W_OK);
    } catch (cause) {
      throw notWritable(this.file, cause);
    }
  }
}

function readEntries(file: string): readonly Rejection[] {
  if (!fs.existsSync(file)) return [];
  try {
    return fs
      .readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map(readEntry);
  } catch (cause) {
    const message = `ledger_path: "${file}" is no ledger of rejected records. Remove it, or name another file.`;
    throw new ConfigError(message, { code: 'LEDGER_UNREADABLE', cause });
  }
}

function readEntry(line: string): Rejection {
  const entry: unknown = JSON.parse(line);
  const isEntry =
    isJsonObject(entry) &&
    ['stream', 'key', 'reason', 'payloadHash'].every((name) => typeof entry[name] === 'string') &&
    ['status', 'attempt'].every((name) => typeof entry[name] === 'number');
  if (!isEntry) throw new TypeError('not an entry');
  return entry as unknown as Rejection;
}

function writeLedger(file: string, text: string): void {
  try {
    fs.mkdirSync(path.dirname(path.resolve(file)), { recursive: true, mode: 0o700 });
    writeDurably(file, text, { temporary: `${file}.tmp` });
  } catch (cause) {
    throw notWritable(file, cause);
  }
}

function notWritable(file: string, cause: unknown): ConfigError {
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
  return new ConfigError(`ledger_path: "${file}" cannot be written (${reason}). Name a file in a folder that exists.`, {
    code: 'LEDGER_NOT_WRITABLE',
    cause,
  });
}

/** Records without a key are told apart by their content. */
function nameOf({ stream, key, payloadHash }: Pick<Rejection, 'stream' | 'key' | 'payloadHash'>): string {
  return JSON.stringify(key === '' ? [stream, key, payloadHash] : [stream, key]);
}
