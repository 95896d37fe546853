import fs from 'node:fs';
import path from 'node:path';
import { diskError, isKnownError, SystemError } from '@cuttle/protocol';
import { safeName } from '../state/safe-name.js';
import type { RunEvent, RunResult } from './events.js';
import type { ActionResult } from './run-pipeline.js';

/** What stands in a log: events of runs, their results, and what a pipeline did. */
export type LogEntry =
  | RunEvent
  | { readonly type: 'result'; readonly result: RunResult }
  | { readonly type: 'step'; readonly names: readonly string[] }
  | { readonly type: 'action'; readonly action: ActionResult };

/** Logs kept of each connection. */
const KEPT_LOGS = 30;
const ENDING = '.jsonl';

/** Size of one log behind which messages are left out; errors and results are still written, up to twice that. */
const MAX_LOG_BYTES = 10 * 1024 * 1024;

/**
 * The log file of one run of a connection or pipeline, `runs/<name>/<start>.jsonl`: one event a line, the result last. Progress is left out.
 * Written through at once, so that it survives a crash. Its size is bounded: what was left out is counted in it.
 */
export class RunLog {
  readonly file: string;
  private readonly descriptor: number;
  private readonly maxBytes: number;
  private bytes = 0;
  private leftOut = 0;

  /**
   * @param folder the `.cuttle` folder
   * @param startedAt ISO 8601, UTC
   * @param maxBytes bound of the log
   * @throws {SystemError} `DISK_FULL`, `LOG_NOT_WRITTEN`
   */
  constructor(folder: string, connection: string, startedAt: string, maxBytes = MAX_LOG_BYTES) {
    const own = logFolder(folder, connection);
    this.maxBytes = maxBytes;
    this.file = path.join(own, `${startedAt.replaceAll(':', '')}-${process.pid}${ENDING}`);
    try {
      makeRoom(own);
      this.descriptor = fs.openSync(this.file, 'a', 0o600);
    } catch (error) {
      throw this.failure(diskError(error, own));
    }
  }

  /** @throws {SystemError} `LOG_NOT_WRITTEN` */
  write(at: string, entry: LogEntry): void {
    if (entry.type === 'progress') return;
    if (entry.type === 'result' && this.leftOut > 0) this.put(at, this.cutNote(entry.result.connection));
    else if (this.isFull(entry)) {
      this.leftOut += 1;
      return;
    }
    this.put(at, entry);
  }

  close(): void {
    fs.closeSync(this.descriptor);
  }

  private isFull({ type }: LogEntry): boolean {
    if (type === 'log') return this.bytes >= this.maxBytes;
    return type === 'error' && this.bytes >= 2 * this.maxBytes;
  }

  private cutNote(connection: string): LogEntry {
    const message = `The log is bounded to ${this.maxBytes} bytes: ${this.leftOut} messages were left out.`;
    return { type: 'log', connection, origin: 'runner', level: 'WARN', message };
  }

  private put(at: string, entry: LogEntry): void {
    try {
      this.bytes += fs.writeSync(this.descriptor, `${JSON.stringify({ at, ...entry })}\n`);
    } catch (error) {
      throw this.failure(error);
    }
  }

  private failure(error: unknown): unknown {
    if (isKnownError(error)) return error;
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    return new SystemError(`The run log ${this.file} cannot be written (${code}).`, {
      code: 'LOG_NOT_WRITTEN',
      cause: error,
    });
  }
}

/** The result of the last run of a connection, `running` when its log has no result yet, undefined when there is none. */
export function lastResult(folder: string, connection: string): RunResult | 'unfinished' | undefined {
  const own = logFolder(folder, connection);
  const last = logsIn(own).at(-1);
  if (last === undefined) return undefined;
  try {
    const lines = fs.readFileSync(path.join(own, last), 'utf8').trimEnd().split('\n');
    const entry = JSON.parse(lines.at(-1)!) as { readonly type: string; readonly result?: RunResult };
    return entry.type === 'result' && entry.result !== undefined ? entry.result : 'unfinished';
  } catch {
    return 'unfinished';
  }
}

/** Makes the folder, and removes the oldest logs of a connection that has as many as are kept. */
function makeRoom(own: string): void {
  fs.mkdirSync(own, { recursive: true, mode: 0o700 });
  const logs = logsIn(own);
  for (const name of logs.slice(0, Math.max(0, logs.length - KEPT_LOGS + 1))) fs.rmSync(path.join(own, name));
}

/** Names of the logs in a folder, the oldest first; none when it is missing or no folder. */
function logsIn(own: string): readonly string[] {
  const found = fs.statSync(own, { throwIfNoEntry: false });
  if (found === undefined || !found.isDirectory()) return [];
  const names = fs.readdirSync(own).filter((name) => name.endsWith(ENDING));
  return names.sort();
}

function logFolder(folder: string, connection: string): string {
  return path.join(folder, 'runs', safeName(connection));
}
