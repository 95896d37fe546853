import { spawn } from 'node:child_process';

/** What is started, and what it is told. */
export interface ProgramRequest {
  readonly argv: readonly string[];
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Gets each line of stdout and stderr. */
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

/** Runs a program in a process group of its own, so that Ctrl-C reaches it through us only, once. */
export function runProgram(request: ProgramRequest): Promise<ProgramEnd> {
  const [file, ...args] = request.argv;
  if (request.signal?.aborted) return Promise.resolve({ code: undefined, isCancelled: true });
  const child = spawn(file ?? '', args, {
    cwd: request.folder,
    env: request.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const kill = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // The group is gone.
    }
  };
  let isCancelled = false;
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    isCancelled = true;
    kill('SIGINT');
    timer = setTimeout(() => kill('SIGKILL'), STOP_MS);
  };
  request.signal?.addEventListener('abort', stop, { once: true });
  for (const stream of [child.stdout, child.stderr]) passLines(stream, request.onLine);
  return new Promise((resolve) => {
    const end = (found: Omit<ProgramEnd, 'isCancelled'>): void => {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', stop);
      resolve({ ...found, isCancelled });
    };
    child.once('error', (error) => end({ code: undefined, problem: error.message }));
    child.once('close', (code) => end({ code }));
  });
}

function passLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line.trimEnd());
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}
