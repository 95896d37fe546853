import fs from 'node:fs';
import path from 'node:path';
import { SystemError } from '@cuttle/protocol';
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

/**
 * The log file of one run of a connection or pipeline, `runs/<name>/<start>.jsonl`: one event a line, the result last. Progress is left out.
 * Written through at once, so that it survives a crash.
 */
export class RunLog {
  readonly file: string;
  private readonly descriptor: number;

  /**
   * @param folder the `.cuttle` folder
   * @param startedAt ISO 8601, UTC
   */
  constructor(folder: string, connection: string, startedAt: string) {
    const own = logFolder(folder, connection);
    fs.mkdirSync(own, { recursive: true, mode: 0o700 });
    const logs = fs
      .readdirSync(own)
      .filter((name) => name.endsWith(ENDING))
      .sort();
    for (const name of logs.slice(0, Math.max(0, logs.length - KEPT_LOGS + 1))) fs.rmSync(path.join(own, name));
    this.file = path.join(own, `${startedAt.replaceAll(':', '')}-${process.pid}${ENDING}`);
    this.descriptor = fs.openSync(this.file, 'a', 0o600);
  }

  /** @throws {SystemError} `LOG_NOT_WRITTEN` */
  write(at: string, entry: LogEntry): void {
    if (entry.type === 'progress') return;
    try {
      fs.writeSync(this.descriptor, `${JSON.stringify({ at, ...entry })}\n`);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
      throw new SystemError(`The run log ${this.file} cannot be written (${code}).`, {
        code: 'LOG_NOT_WRITTEN',
        cause: error,
      });
    }
  }

  close(): void {
    fs.closeSync(this.descriptor);
  }
}

/** The result of the last run of a connection, `running` when its log has no result yet, undefined when there is none. */
export function lastResult(folder: string, connection: string): RunResult | 'unfinished' | undefined {
  const own = logFolder(folder, connection);
  const logs = fs.existsSync(own)
    ? fs
        .readdirSync(own)
        .filter((name) => name.endsWith(ENDING))
        .sort()
    : [];
  const last = logs.at(-1);
  if (last === undefined) return undefined;
  const lines = fs.readFileSync(path.join(own, last), 'utf8').trimEnd().split('\n');
  try {
    const entry = JSON.parse(lines.at(-1)!) as { readonly type: string; readonly result?: RunResult };
    return entry.type === 'result' && entry.result !== undefined ? entry.result : 'unfinished';
  } catch {
    return 'unfinished';
  }
}

function logFolder(folder: string, connection: string): string {
  return path.join(folder, 'runs', safeName(connection));
}
