import { spawn } from 'node:child_process';
import { eachTextLine } from '../pipe/text-lines.js';
import { DRAIN_MS } from '../process/connector-process.js';

/** What is started, and what it is told. */
export interface ProgramRequest {
  readonly argv: readonly string[];
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Ends it at once. */
  readonly killSignal?: AbortSignal;
  /** Gets each line of stdout and stderr; of one that is longer than 20,000 characters, its beginning. */
  readonly onLine: (line: string) => void;
}

/** How a program ended. */
export interface ProgramEnd {
  /** Undefined when it could not be started; null when a signal ended it. */
  readonly code: number | null | undefined;
  /** Why it could not be started. */
  readonly problem?: string;
  /** Whether it was stopped from here. */
  readonly isCancelled: boolean;
}

/** Time between SIGINT and SIGKILL, in milliseconds. */
const STOP_MS = 10_000;

/**
 * Runs a program in a process group of its own, so that Ctrl-C reaches it through us only, once. It has ended when its
 * process has: what it left running in the background may keep its pipes, which are closed here after a few seconds.
 */
export function runProgram(request: ProgramRequest): Promise<ProgramEnd> {
  const [file, ...args] = request.argv;
  const { signal, killSignal } = request;
  if (signal?.aborted) return Promise.resolve({ code: undefined, isCancelled: true });
  const child = spawn(file ?? '', args, {
    cwd: request.folder,
    env: request.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const kill = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // The group is gone.
    }
  };
  const close = (): void => {
    child.stdout.destroy();
    child.stderr.destroy();
  };
  let isCancelled = false;
  const timers: NodeJS.Timeout[] = [];
  const end = (): void => {
    kill('SIGKILL');
    close();
  };
  const stop = (): void => {
    isCancelled = true;
    kill('SIGINT');
    timers.push(setTimeout(end, STOP_MS));
  };
  signal?.addEventListener('abort', stop, { once: true });
  killSignal?.addEventListener('abort', end, { once: true });
  for (const stream of [child.stdout, child.stderr]) eachTextLine(stream, (line) => request.onLine(line.trimEnd()));
  return new Promise((resolve) => {
    const settle = (found: Omit<ProgramEnd, 'isCancelled'>): void => {
      for (const timer of timers) clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      killSignal?.removeEventListener('abort', end);
      resolve({ ...found, isCancelled });
    };
    child.once('error', (error) => settle({ code: undefined, problem: error.message }));
    child.once('exit', () => timers.push(setTimeout(isCancelled ? end : close, DRAIN_MS)));
    child.once('close', (code) => settle({ code }));
  });
}
