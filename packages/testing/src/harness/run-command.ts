import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import type { AirbyteMessage, StateMessage } from '@cuttle/protocol';

/** How a connector is started: `argv` goes before `spec`, `check` and so on. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
}

/** What a started command is given. */
export interface RunOptions {
  /** Written to stdin, then stdin is closed. Without it stdin is empty. */
  readonly input?: Iterable<string | Buffer> | AsyncIterable<string | Buffer>;
  readonly env?: Readonly<Record<string, string>>;
  /** Longest run in ms, default 60 s; the process is killed after it and the run fails. */
  readonly timeoutMs?: number;
  readonly cwd?: string;
  /** Called with the process once it runs, and with each message. */
  readonly onStart?: (child: ChildProcess) => void;
  readonly onMessage?: (message: AirbyteMessage, child: ChildProcess) => void;
  /** Called with each part of stderr. */
  readonly onStderr?: (text: string, child: ChildProcess) => void;
  /** Waits before stdout is read, in ms. */
  readonly readDelayMs?: number;
  /** Takes nothing from stdout, as a reader that hangs; nothing is collected then. */
  readonly isReaderStuck?: boolean;
  /** Reads stdout at most at this rate. */
  readonly bytesPerSecond?: number;
  /** Closes stdout after so many bytes, as a reader that dies. */
  readonly closeAfterBytes?: number;
  /** File descriptor that is the command's stdout; nothing is collected then. */
  readonly stdoutFd?: number;
  /** Gives the command no other environment than `env`. */
  readonly isBareEnv?: boolean;
  /** Files that are loaded into the process before the command (`node --require`). */
  readonly preload?: readonly string[];
}

/** A message with the time of its arrival, in ms since the start. */
export interface TimedMessage {
  readonly message: AirbyteMessage;
  readonly atMs: number;
}

/** Everything that a run left behind. */
export interface RunResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly string[];
  /** What stood behind the last newline: empty unless the process was cut off. */
  readonly rest: string;
  readonly stdoutBytes: number;
  readonly messages: readonly TimedMessage[];
  readonly stderr: string;
  readonly wallMs: number;
  /** Highest resident memory seen while it ran, in MiB; 0 where the system does not tell. */
  readonly peakMemoryMiB: number;
}

/** Runs a connector and collects what it says. Each line of stdout has to be one protocol message. */
export async function runCommand(
  command: Command,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const [file, ...prefix] = command.argv;
  const started = performance.now();
  const child: ChildProcess = spawn(file, [...prefix, ...args], {
    env: environment(command, options),
    cwd: options.cwd,
    stdio: ['pipe', options.stdoutFd ?? 'pipe', 'pipe'],
  });
  options.onStart?.(child);
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000);
  const memory = watchMemory(child);
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    options.onStderr?.(text, child);
  });
  const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  void feed(child, options.input ?? []);
  const messages: TimedMessage[] = [];
  const lines: string[] = [];
  const output = await readLines(child, options, (line) => {
    lines.push(line);
    const message = parseMessage(line, command.argv.join(' '));
    messages.push({ message, atMs: performance.now() - started });
    options.onMessage?.(message, child);
  }).catch((error: unknown) => {
    child.kill('SIGKILL');
    clearTimeout(timer);
    memory.stop();
    throw error;
  });
  const { code, signal } = await exit;
  clearTimeout(timer);
  const wallMs = performance.now() - started;
  const peakMemoryMiB = memory.stop();
  if (signal === 'SIGKILL' && wallMs >= (options.timeoutMs ?? 60_000)) {
    throw new Error(`${command.argv.join(' ')} ${args[0]} did not end in time\n${stderr}`);
  }
  return { exitCode: code, signal, lines, ...output, messages, stderr, wallMs, peakMemoryMiB };
}

function environment(command: Command, options: RunOptions): NodeJS.ProcessEnv {
  const preload = (options.preload ?? []).map((file) => `--require=${file}`).join(' ');
  return {
    ...(options.isBareEnv ? {} : process.env),
    ...command.env,
    ...(preload === '' ? {} : { NODE_OPTIONS: preload }),
    ...options.env,
  };
}

/**
 * A line of stdout as a message.
 *
 * @throws naming the command when it is none
 */
export function parseMessage(line: string, command: string): AirbyteMessage {
  const message: unknown = JSON.parse(line);
  if (typeof message !== 'object' || message === null || typeof (message as AirbyteMessage).type !== 'string') {
    throw new Error(`${command} wrote a line that is no protocol message: ${line.slice(0, 200)}`);
  }
  return message as AirbyteMessage;
}

async function feed(child: ChildProcess, input: NonNullable<RunOptions['input']>): Promise<void> {
  const stdin = child.stdin;
  if (stdin === null) return;
  let isClosed = false;
  const closed = new Promise<void>((resolve) => {
    const settle = () => {
      isClosed = true;
      resolve();
    };
    stdin.on('error', settle).on('close', settle);
  });
  for await (const part of input) {
    if (isClosed) return;
    if (!stdin.write(part)) await Promise.race([new Promise((resolve) => stdin.once('drain', resolve)), closed]);
  }
  stdin.end();
}

async function readLines(
  child: ChildProcess,
  options: RunOptions,
  onLine: (line: string) => void,
): Promise<Pick<RunResult, 'rest' | 'stdoutBytes'>> {
  const { stdout } = child;
  let stdoutBytes = 0;
  // Node takes what is left out of the pipe once the process has ended.
  if (stdout === null || options.isReaderStuck === true) return { rest: '', stdoutBytes };
  if (options.readDelayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, options.readDelayMs));
  let pending: Buffer[] = [];
  for await (const chunk of stdout as AsyncIterable<Buffer>) {
    stdoutBytes += chunk.length;
    if (options.bytesPerSecond !== undefined) {
      await new Promise((resolve) => setTimeout(resolve, (chunk.length / (options.bytesPerSecond as number)) * 1000));
    }
    let from = 0;
    for (let newline = chunk.indexOf(10); newline >= 0; newline = chunk.indexOf(10, from)) {
      onLine(Buffer.concat([...pending, chunk.subarray(from, newline)]).toString('utf8'));
      pending = [];
      from = newline + 1;
    }
    if (from < chunk.length) pending.push(chunk.subarray(from));
    // Leaving the loop destroys the stream, which closes our end.
    if (stdoutBytes >= (options.closeAfterBytes ?? Number.POSITIVE_INFINITY)) break;
  }
  const rest = Buffer.concat(pending).toString('utf8');
  // Only a killed process, or one whose reader left, may leave part of a line.
  const isCut = child.killed || child.signalCode !== null || options.closeAfterBytes !== undefined;
  if (rest !== '' && !isCut) onLine(rest);
  return { rest, stdoutBytes };
}

/** Samples the resident memory of a process; Linux only. */
function watchMemory(child: ChildProcess): { stop(): number } {
  let peak = 0;
  const sample = () => {
    try {
      const status = fs.readFileSync(`/proc/${child.pid}/status`, 'utf8');
      const match = /VmHWM:\s+(\d+) kB/.exec(status);
      if (match !== null) peak = Math.max(peak, Number(match[1]) / 1024);
    } catch {
      // The process is gone, or the system has no /proc.
    }
  };
  const timer = setInterval(sample, 50);
  return {
    stop: () => {
      clearInterval(timer);
      return peak;
    },
  };
}

/** Messages of a type, in order. */
export function messagesOf<T extends AirbyteMessage['type']>(
  result: RunResult,
  type: T,
): readonly Extract<AirbyteMessage, { type: T }>[] {
  return result.messages.map(({ message }) => message).filter((message) => message.type === type) as Extract<
    AirbyteMessage,
    { type: T }
  >[];
}

/** States of a run, in order. */
export function statesOf(result: RunResult): readonly StateMessage[] {
  return messagesOf(result, 'STATE').map(({ state }) => state);
}

/** ERROR traces of a run: failure type and message. */
export function errorsOf(result: RunResult): readonly { readonly failureType: string; readonly message: string }[] {
  return messagesOf(result, 'TRACE').flatMap(({ trace }) =>
    trace.error === undefined ? [] : [{ failureType: trace.error.failure_type ?? '', message: trace.error.message }],
  );
}
