import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { parseMessage, type RunOptions, type RunResult, type TimedMessage } from './run-command.js';

/** What a connector has around it instead of a process. */
export interface InProcessHost {
  readonly argv: readonly string[];
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** In place of the signals of a process. */
  readonly events: EventEmitter;
  readonly exit: (code: number) => void;
}

/** Runs the command that `argv` names, as the connector's main module would, and gives the exit code. */
export type RunIn = (host: InProcessHost) => Promise<number>;

/** Bytes that a pipe hands over at once. */
const PIPE_BYTES = 64 * 1024;
const TIMEOUT_MS = 60_000;

/**
 * As `runCommand`, inside of this process: the same arguments, files, lines in and lines out. For runs whose subject is
 * not the process: its start, its memory, its signals.
 *
 * @throws when the run does not end in time
 */
export async function runInProcess(
  name: string,
  runIn: RunIn,
  args: readonly string[],
  options: Pick<RunOptions, 'input' | 'timeoutMs'> = {},
): Promise<RunResult> {
  const started = performance.now();
  const stdout = new LineCollector();
  const messages: TimedMessage[] = [];
  stdout.onLine = (line) => {
    messages.push({ message: parseMessage(line, name), atMs: performance.now() - started });
  };
  const stderr = new LineCollector();
  const events = new EventEmitter();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    events.emit('SIGTERM');
  }, options.timeoutMs ?? TIMEOUT_MS);
  const stdin = Readable.from(pipeChunks(options.input ?? []), { objectMode: false });
  const exitCode = await runIn({
    argv: args,
    stdin,
    stdout,
    stderr,
    events,
    exit: (code) => {
      throw new Error(`${name} ${args[0]} ended its process with ${code}`);
    },
  }).finally(() => clearTimeout(timer));
  if (stdout.failure !== undefined) throw stdout.failure;
  if (isLate) throw new Error(`${name} ${args[0]} did not end in time\n${stdout.lines.join('\n')}`);
  if (stdout.rest !== '') throw new Error(`${name} ${args[0]} ended inside of a line: ${stdout.rest.slice(0, 200)}`);
  const wallMs = performance.now() - started;
  return {
    exitCode,
    signal: null,
    lines: stdout.lines,
    rest: '',
    stdoutBytes: stdout.bytes,
    messages,
    stderr: [...stderr.lines, stderr.rest].join('\n'),
    wallMs,
    // No bound can be shown to hold by it.
    peakMemoryMiB: Number.NaN,
  };
}

/** A stream that keeps the lines written to it. */
class LineCollector extends Writable {
  readonly lines: string[] = [];
  onLine: (line: string) => void = () => undefined;
  bytes = 0;
  /** What the first bad line was refused with; the run goes on and fails at its end. */
  failure: unknown;
  #pending = Buffer.alloc(0);

  get rest(): string {
    return this.#pending.toString('utf8');
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.bytes += chunk.length;
    const text = Buffer.concat([this.#pending, chunk]);
    let from = 0;
    try {
      for (let newline = text.indexOf(10); newline >= 0; newline = text.indexOf(10, from)) {
        const line = text.toString('utf8', from, newline);
        this.lines.push(line);
        this.onLine(line);
        from = newline + 1;
      }
      this.#pending = text.subarray(from);
    } catch (error) {
      this.failure ??= error;
    }
    done();
  }
}

async function* pipeChunks(input: NonNullable<RunOptions['input']>): AsyncGenerator<Buffer> {
  for await (const part of input) {
    const bytes = Buffer.from(part as string);
    for (let at = 0; at < bytes.length; at += PIPE_BYTES) yield bytes.subarray(at, at + PIPE_BYTES);
  }
}
