import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ConfigError, diskError } from '@cuttle/protocol';
import { lifeOf, type ProcessIdentity, thisProcess } from './process-identity.js';
import { safeName } from './safe-name.js';

/** Who holds a lock. */
export interface LockHolder extends ProcessIdentity {
  /** ISO 8601, UTC; undefined in a lock that somebody else wrote. */
  readonly startedAt?: string;
}

/** A lock that was taken, or who has it. */
export type LockResult =
  | { readonly kind: 'taken'; readonly tookOverFrom?: LockHolder; release(): void }
  | { readonly kind: 'held'; readonly file: string; readonly holder: LockHolder | undefined };

/** Who holds a lock, and what to do when nobody does any more, for a message. */
export function describeHolder(file: string, holder: LockHolder | undefined): string {
  const who =
    holder === undefined
      ? `the lock file ${file}, which cannot be read`
      : `process ${holder.pid} on ${holder.host}, started ${holder.startedAt ?? 'at an unknown time'}`;
  const hint = holder === undefined || holder.host !== os.hostname() ? ` If that run is over, remove ${file}.` : '';
  return `${who}.${hint}`;
}

/**
 * Takes the lock of a connection on a target, without waiting. The lock of a process that is gone is taken over; one of
 * another host never, because nobody here can tell.
 *
 * @param folder the `.cuttle` folder
 * @param startedAt ISO 8601, UTC
 * @throws {ConfigError} `LOCK_NOT_WRITTEN`, {SystemError} `DISK_FULL`
 */
export function takeLock(folder: string, connection: string, target: string, startedAt: string): LockResult {
  try {
    return tryLock(folder, connection, target, startedAt);
  } catch (error) {
    const known = diskError(error, folder);
    if (known !== error) throw known;
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new ConfigError(
      `No lock can be written below ${folder} (${reason}). It must be a folder that this user may write to.`,
      { code: 'LOCK_NOT_WRITTEN', cause: error },
    );
  }
}

function tryLock(folder: string, connection: string, target: string, startedAt: string): LockResult {
  const locks = path.join(folder, 'locks');
  fs.mkdirSync(locks, { recursive: true, mode: 0o700 });
  const file = path.join(locks, `${safeName(connection)}@${safeName(target)}.lock`);
  const mine: LockHolder = { ...thisProcess(), startedAt };
  const token = randomUUID();
  if (claim(file, mine, token)) return taken(file, token);
  const holder = readHolder(file);
  if (holder === 'gone') return tryLock(folder, connection, target, startedAt);
  // An unreadable lock is not ours to remove: claims are written whole.
  if (holder === undefined || lifeOf(holder) !== 'dead') return { kind: 'held', file, holder };
  return takeOver(file, holder, mine, token);
}

/** Only the holder of the guard removes a stale lock, so that two that find it stale cannot both take over. */
function takeOver(file: string, stale: LockHolder, mine: LockHolder, token: string): LockResult {
  const guard = `${file}.takeover`;
  if (!claim(guard, mine, token)) {
    const other = readHolder(guard);
    if (other === 'gone' || other === undefined || lifeOf(other) !== 'dead') {
      return { kind: 'held', file, holder: other === 'gone' ? stale : other };
    }
    fs.rmSync(guard, { force: true });
    if (!claim(guard, mine, token)) return { kind: 'held', file, holder: stale };
  }
  try {
    const now = readHolder(file);
    if (now !== 'gone' && (now === undefined || lifeOf(now) !== 'dead')) return { kind: 'held', file, holder: now };
    fs.rmSync(file, { force: true });
    if (claim(file, mine, token)) return { ...taken(file, token), tookOverFrom: stale };
    const winner = readHolder(file);
    return { kind: 'held', file, holder: winner === 'gone' ? undefined : winner };
  } finally {
    release(guard, token);
  }
}

function taken(file: string, token: string): LockResult & { readonly kind: 'taken' } {
  return { kind: 'taken', release: () => release(file, token) };
}

/** Creates the file whole, or not at all when it exists. */
function claim(file: string, holder: LockHolder, token: string): boolean {
  const temporary = `${file}.${token}.tmp`;
  fs.writeFileSync(temporary, `${JSON.stringify({ ...holder, token })}\n`, { mode: 0o600, flag: 'wx' });
  try {
    fs.linkSync(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}

function release(file: string, token: string): void {
  try {
    const content = JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly token?: unknown };
    if (content.token === token) fs.rmSync(file);
  } catch {
    // Someone removed it by hand.
  }
}

function readHolder(file: string): LockHolder | undefined | 'gone' {
  try {
    const holder = JSON.parse(fs.readFileSync(file, 'utf8')) as LockHolder;
    return typeof holder.pid === 'number' && typeof holder.host === 'string' ? holder : undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : undefined;
  }
}
