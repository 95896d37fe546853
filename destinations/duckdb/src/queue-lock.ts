import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError, TransientError } from '@cuttle/protocol';

/** How a lock is waited for. */
export interface QueueLockOptions {
  /** The file that is guarded; lock and queue stand beside it. */
  readonly file: string;
  /** Longest wait in ms. */
  readonly waitMs: number;
  /** Stops the wait. */
  readonly signal: AbortSignal;
}

const POLL_MS = 15;

/**
 * Lets one process at a time open a file, in the order in which they came.
 *
 * `<file>.queue/` holds one ticket for each waiting process. The first in order whose process lives makes
 * `<file>.queue/holder`; making a file is exclusive, so two can never hold it. A dead holder or ticket is removed by
 * whoever finds it. Process ids mean nothing on another host: the file is guarded against processes of one host.
 */
export class QueueLock {
  readonly #options: QueueLockOptions;
  readonly #folder: string;
  #tickets = 0;

  constructor(options: QueueLockOptions) {
    this.#options = options;
    this.#folder = `${options.file}.queue`;
  }

  /** @throws {TransientError} `DATABASE_BUSY` after the wait, naming the holder's process id */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    const ticket = this.#draw();
    try {
      await this.#wait(ticket);
      try {
        return await work();
      } finally {
        fs.rmSync(this.#holder, { force: true });
      }
    } finally {
      fs.rmSync(path.join(this.#folder, ticket), { force: true });
      this.#removeEmptyFolder();
    }
  }

  get #holder(): string {
    return path.join(this.#folder, 'holder');
  }

  /** A ticket's name sorts by time, then by process. */
  #draw(): string {
    this.#tickets += 1;
    const time = (performance.timeOrigin + performance.now()).toFixed(3).padStart(18, '0');
    const ticket = `${time}-${identityOf(process.pid)}-${this.#tickets}`;
    for (;;) {
      try {
        fs.mkdirSync(this.#folder, { recursive: true });
        fs.writeFileSync(path.join(this.#folder, ticket), '', { flag: 'wx', mode: 0o600 });
        return ticket;
      } catch (error) {
        // Another process removed the empty folder in between.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw folderError(this.#options.file, error);
      }
    }
  }

  async #wait(ticket: string): Promise<void> {
    const deadline = performance.now() + this.#options.waitMs;
    while (!this.#take(ticket)) {
      if (performance.now() >= deadline) throw this.#busyError();
      await sleep(POLL_MS, undefined, { signal: this.#options.signal });
    }
  }

  #take(ticket: string): boolean {
    if (this.#first() !== ticket) return false;
    try {
      fs.writeFileSync(this.#holder, identityOf(process.pid), { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = this.#holderIdentity();
      if (holder !== undefined && !isAlive(holder)) fs.rmSync(this.#holder, { force: true });
      return false;
    }
  }

  /** The first ticket of a living process; tickets of dead ones are removed. */
  #first(): string | undefined {
    const tickets = fs.readdirSync(this.#folder).filter((name) => name !== 'holder');
    for (const ticket of tickets.sort()) {
      const [, pid, start] = ticket.split('-');
      if (isAlive(`${pid}-${start}`)) return ticket;
      fs.rmSync(path.join(this.#folder, ticket), { force: true });
    }
    return undefined;
  }

  /** Undefined when there is no holder, or when it is just writing its name. */
  #holderIdentity(): string | undefined {
    try {
      const identity = fs.readFileSync(this.#holder, 'utf8');
      if (identity !== '') return identity;
      const isAbandoned = Date.now() - fs.statSync(this.#holder).mtimeMs > 5000;
      return isAbandoned ? NOBODY : undefined;
    } catch {
      return undefined;
    }
  }

  #removeEmptyFolder(): void {
    try {
      fs.rmdirSync(this.#folder);
    } catch {
      // Others wait: they remove it.
    }
  }

  #busyError(): TransientError {
    const identity = this.#holderIdentity();
    const holder = identity === undefined ? 'other connections' : `process ${identity.split('-')[0]}`;
    return new TransientError(
      `The database file ${this.#options.file} was busy for ${Math.round(this.#options.waitMs / 1000)} s: ${holder} had it. Try again later, or raise lock_wait_seconds.`,
      { code: 'DATABASE_BUSY' },
    );
  }
}

const NOBODY = '0-0';

/** Process id and, where the system tells it, start time: a process id alone may be used again. */
function identityOf(pid: number): string {
  return `${pid}-${startOf(pid)}`;
}

function startOf(pid: number): string {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces; the start time is the 20th field behind it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    return '0';
  }
}

function isAlive(identity: string): boolean {
  const [pid, start] = identity.split('-');
  if (identity === NOBODY || pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return start === '0' || startOf(Number(pid)) === start;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function folderError(file: string, cause: unknown): ConfigError {
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  return new ConfigError(
    `The folder of destination_path (${file}) cannot be written: ${reason}. Choose another path, or give the user of this process the right to write there.`,
    { code: 'DESTINATION_NOT_WRITABLE', cause },
  );
}
