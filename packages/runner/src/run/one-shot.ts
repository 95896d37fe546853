import type { ConnectorInstance, SecretMask } from '@cuttle/project';
import {
  type AirbyteMessage,
  ConfigError,
  type ErrorTrace,
  type JsonObject,
  type LogLevel,
  SystemError,
  TransientError,
} from '@cuttle/protocol';
import { connectorLines } from '../pipe/connector-lines.js';
import { decodeMessage } from '../pipe/connector-message.js';
import { ConnectorTexts } from '../pipe/connector-texts.js';
import { eachTextLine } from '../pipe/text-lines.js';
import { ConnectorProcess, describeExit } from '../process/connector-process.js';
import type { ConnectorCommandName, Launcher } from '../process/launcher.js';
import { PrivateFiles } from '../process/private-files.js';

/** Time a one-shot command may take by default, in milliseconds. */
export const ONE_SHOT_MS = 120_000;

/** Longest piece of a line that is no message, in characters. */
const MAX_NOISE = 1000;

/** Longest line of a one-shot command, in bytes. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** How a one-shot command is run. */
export interface OneShotOptions {
  readonly launcher: Launcher;
  /** Working directory of the connector. */
  readonly folder: string;
  /** Resolved config; undefined for `spec`. */
  readonly config?: JsonObject;
  readonly mask?: SecretMask;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Logs of the connector, masked. */
  readonly onLog?: (level: LogLevel, message: string) => void;
}

/** Kinds of messages that a one-shot command answers with. */
type AnswerType = 'SPEC' | 'CONNECTION_STATUS' | 'CATALOG';

/**
 * Runs `spec`, `check` or `discover` and gives the message of the wanted type.
 *
 * @throws {ConfigError | TransientError | SystemError} the connector's own ERROR trace in our class; `CONNECTOR_SILENT`
 *   when it ends without an answer, `CONNECTOR_TIMEOUT` when the time is over
 */
export async function runOneShot<Type extends AnswerType>(
  instance: ConnectorInstance,
  command: ConnectorCommandName,
  wanted: Type,
  options: OneShotOptions,
): Promise<AirbyteMessage & { readonly type: Type }> {
  const files = new PrivateFiles();
  const name = `${instance.role} "${instance.name}"`;
  try {
    const config = options.config;
    const given: { readonly [option: string]: string } =
      config === undefined ? {} : { config: files.write('config.json', JSON.stringify(config)) };
    const child = options.launcher.start({ instance, command, files: given, folder: options.folder });
    const running = new ConnectorProcess(child, name);
    const answer = new Answer(wanted, options);
    const isLate = await collect(running, answer, options);
    const exit = await running.exited;
    const found = answer.found;
    if (found !== undefined && (exit.code === 0 || answer.error === undefined)) {
      return found as AirbyteMessage & { readonly type: Type };
    }
    if (isLate) {
      throw new TransientError(`The ${name} did not answer "${command}" in time.`, { code: 'CONNECTOR_TIMEOUT' });
    }
    if (answer.error !== undefined) throw fromTrace(answer.error);
    throw new SystemError(`The ${name} ended with ${describeExit(exit)} and gave no answer to "${command}".`, {
      code: 'CONNECTOR_SILENT',
      internalMessage: answer.lastText,
    });
  } finally {
    files.remove();
  }
}

/** Whether the time was over. */
async function collect(running: ConnectorProcess, answer: Answer, options: OneShotOptions): Promise<boolean> {
  let isLate = false;
  const end = (): void => running.endNow();
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, options.timeoutMs ?? ONE_SHOT_MS);
  options.signal?.addEventListener('abort', end, { once: true });
  running.stdin.end();
  eachTextLine(running.stderr, (text) => answer.noise(text));
  const reader = connectorLines(answer, MAX_LINE_BYTES);
  try {
    for await (const chunk of running.output()) reader.push(chunk);
    const rest = reader.takeRest();
    answer.line(rest, 0, rest.length);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', end);
    if (running.ended === undefined) void running.endWithin(10_000);
  }
  return isLate;
}

class Answer {
  found: AirbyteMessage | undefined;
  error: ErrorTrace | undefined;
  lastText = '';
  private readonly wanted: AnswerType;
  private readonly options: OneShotOptions;
  private readonly texts: ConnectorTexts;

  constructor(wanted: AnswerType, options: OneShotOptions) {
    this.wanted = wanted;
    this.options = options;
    this.texts = new ConnectorTexts(options.mask);
  }

  line(buffer: Buffer, start: number, end: number): void {
    const text = buffer.toString('utf8', start, end);
    const message = decodeMessage(text);
    if (message === undefined) this.noise(text);
    else if (message.type === this.wanted) this.found ??= this.texts.answer(message);
    else if (message.type === 'LOG') this.texts.log(message, this.options.onLog);
    else if (message.type === 'TRACE') this.error ??= this.texts.error(message);
  }

  /** A line that is no message. */
  noise(text: string): void {
    if (text.trim() === '') return;
    this.lastText = this.texts.masked(text.trim()).slice(0, MAX_NOISE);
    this.options.onLog?.('INFO', this.lastText);
  }
}

/** An ERROR trace of a connector as one of our classes; the code is the one our kit puts before the internal message. */
export function fromTrace(trace: ErrorTrace): ConfigError | TransientError | SystemError {
  const internalMessage = trace.internal_message;
  const options = {
    code: traceCode(trace) ?? 'CONNECTOR_FAILED',
    ...(internalMessage === undefined ? {} : { internalMessage }),
    ...(trace.stream_descriptor === undefined ? {} : { stream: trace.stream_descriptor }),
  };
  if (trace.failure_type === 'config_error') return new ConfigError(trace.message, options);
  if (trace.failure_type === 'transient_error') return new TransientError(trace.message, options);
  return new SystemError(trace.message, options);
}

/** The error code of a connector made with our kit: `CODE: details` in the internal message. */
export function traceCode(trace: ErrorTrace): string | undefined {
  return /^([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?::|$)/.exec(trace.internal_message ?? '')?.[1];
}
