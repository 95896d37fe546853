import {
  ConfigError,
  decodeConfiguredCatalog,
  decodeStates,
  isKnownError,
  type JsonObject,
  type KnownError,
  type StreamDescriptor,
  SystemError,
  TransientError,
  toKnownError,
} from '@cuttle/protocol';
import { collectSecrets, Secrets } from '../config/secrets.js';
import { validateConfig } from '../config/validate-config.js';
import { HOST_UNREACHABLE } from '../http/request-error.js';
import { createLogger } from '../io/logger.js';
import { isClosedOutput, MessageWriter } from '../io/message-writer.js';
import { type CommandLine, type CommandOptions, parseArguments, UsageError, usageText } from './arguments.js';
import { Awaited } from './awaited.js';
import type { Connector, ConnectorCommand } from './connector.js';
import { errorMessage } from './error-message.js';
import { type Host, processHost } from './host.js';
import type { Invocation } from './invocation.js';
import { readJsonFile } from './json-file.js';
import { installShutdown, type Shutdown } from './shutdown.js';

/** How long last words may wait for a slow reader after a crash, in ms. */
const CRASH_GRACE_MS = 20_000;
const USAGE_EXIT_CODE = 2;
/** Commands of one answer. A client may end the process once it has it, as PyAirbyte does; that is no failure. */
const ONE_ANSWER: readonly (string | undefined)[] = ['spec', 'check', 'discover'];

/**
 * Runs the command that `host.argv` names and gives the exit code, with everything sent that could be sent.
 *
 * 0 is success (also a `check` that answers FAILED), 1 a failure with an ERROR trace, 2 a command line that is not
 * understood, 143 and 130 a run that was stopped by SIGTERM or SIGINT before `spec`, `check` or `discover` had answered.
 */
export async function runConnector(connector: Connector, host: Host): Promise<number> {
  const options = commandOptions(connector);
  let line: CommandLine;
  try {
    line = parseArguments(host.argv, options);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    // Whoever closed stderr does not want to read it.
    host.stderr.once('error', () => undefined);
    host.stderr.write(`${error.message}\n${usageText(commandOptions(connector, isShown))}\n`);
    return USAGE_EXIT_CODE;
  }
  return new CommandRun(connector, host).run(line);
}

/**
 * Runs a connector as this process: sets the exit code and returns, so that queued output is never cut off. A handle
 * that somebody left open does not keep the process alive for more than 2 s, and not at all behind a command of one answer.
 */
export async function runMain(connector: Connector): Promise<void> {
  const host = processHost();
  const hasOneAnswer = ONE_ANSWER.includes(host.argv[0]);
  // Caught to the very end: a signal behind the answer changes nothing.
  if (hasOneAnswer) for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => undefined);
  const exitCode = await runConnector(connector, host);
  process.exitCode = exitCode;
  // Node that ends by itself takes its handlers off first, and a signal would kill it then.
  if (hasOneAnswer) process.exit(exitCode);
  setTimeout(() => process.exit(exitCode), 2000).unref();
}

function isShown({ isHidden }: ConnectorCommand): boolean {
  return isHidden !== true;
}

function commandOptions(
  connector: Connector,
  isWanted: (command: ConnectorCommand) => boolean = () => true,
): CommandOptions {
  const own = Object.entries(connector.commands)
    .filter(([, command]) => isWanted(command))
    .map(([name, command]) => [name, command.options] as const);
  return { spec: [], check: ['config'], ...Object.fromEntries(own) };
}

/** One run of one command: its outputs and how it ends. */
class CommandRun {
  readonly #connector: Connector;
  readonly #host: Host;
  readonly #secrets = new Secrets();
  readonly #awaited = new Awaited();
  readonly #writer: MessageWriter;
  readonly #shutdown: Shutdown;
  #hasFailed = false;
  /** Whether a command of one answer has given it. */
  #hasAnswered = false;
  /** The end by an error that nobody caught, or because nothing is left to wait for. */
  #crash: Promise<number> | undefined;

  constructor(connector: Connector, host: Host) {
    this.#connector = connector;
    this.#host = host;
    this.#writer = new MessageWriter({
      output: host.stdout,
      secrets: this.#secrets,
      clock: host.clock,
      onFailure: () => this.#shutdown.stop('output'),
    });
    this.#shutdown = installShutdown(host, {
      onCrash: (error) => {
        this.#crash = this.#endCrashed(error, 1);
      },
      onStall: () => {
        this.#crash = this.#endStalled();
      },
    });
  }

  async run(line: CommandLine): Promise<number> {
    try {
      await this.#awaited.during(`the command ${line.command}`, this.#execute(line));
      this.#hasAnswered = ONE_ANSWER.includes(line.command) && !this.#hasFailed;
    } catch (error) {
      // What a crash or a stall made fail is an echo of it.
      if (this.#crash === undefined) this.#reportEnd(error);
    }
    await this.#endTurn();
    if (this.#crash !== undefined) return this.#crash;
    const wasOnlyTold = this.#wasSignalled() && this.#hasAnswered;
    if (this.#wasSignalled() && !this.#hasFailed && !wasOnlyTold) this.#report(stoppedError());
    await this.#writer.end();
    const exitCode = wasOnlyTold ? 0 : (this.#shutdown.exitCode() ?? (this.#hasFailed ? 1 : 0));
    this.#shutdown.dispose();
    return exitCode;
  }

  /**
   * What the last await left behind shows itself only now: Node tells of a rejected promise at the end of a turn of the
   * event loop, and timers that are due run in the next one.
   */
  async #endTurn(): Promise<void> {
    await this.#writer.flush().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }

  async #execute(line: CommandLine): Promise<void> {
    if (line.command === 'spec') {
      await this.#writer.write({ type: 'SPEC', spec: this.#connector.spec });
      return;
    }
    const raw = await readJsonFile('config', line.files.config);
    if (line.command === 'check') return this.#check(raw);
    const command = this.#connector.commands[line.command]!;
    const config = await this.#checkConfig(raw);
    const needsCatalog = command.options.includes('catalog');
    const catalog = needsCatalog
      ? decodeConfiguredCatalog(await readJsonFile('catalog', line.files.catalog))
      : undefined;
    const states = line.files.state === undefined ? [] : decodeStates(await readJsonFile('state', line.files.state));
    await command.run({ ...this.#invocation(config), catalog: catalog ?? { streams: [] }, states });
  }

  async #check(raw: unknown): Promise<void> {
    try {
      await this.#connector.check(this.#invocation(await this.#checkConfig(raw)));
      await this.#writer.write({ type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } });
    } catch (error) {
      if (!isUsersToMend(error) || this.#wasSignalled()) throw error;
      const { message } = error;
      await this.#writer.write({ type: 'CONNECTION_STATUS', connectionStatus: { status: 'FAILED', message } });
    }
  }

  async #checkConfig(raw: unknown): Promise<JsonObject> {
    const schema = this.#connector.spec.connectionSpecification;
    collectSecrets(schema, raw, this.#secrets);
    const config = await validateConfig(schema, raw);
    collectSecrets(schema, config, this.#secrets);
    const flushMs = config['flush_interval_ms'];
    if (typeof flushMs === 'number') this.#writer.setFlushInterval(flushMs);
    return config;
  }

  #invocation(config: JsonObject): Invocation {
    return {
      config,
      catalog: { streams: [] },
      states: [],
      writer: this.#writer,
      log: createLogger(this.#writer, config['log_level'] === 'debug'),
      awaited: this.#awaited,
      signal: this.#shutdown.signal,
      secrets: this.#secrets,
      clock: this.#host.clock,
      ...(this.#host.timer === undefined ? {} : { timer: this.#host.timer }),
      stdin: this.#host.stdin,
      report: (error, stream) => this.#report(error, stream),
    };
  }

  #report(error: KnownError, stream?: StreamDescriptor): void {
    this.#hasFailed = true;
    if (!isClosedOutput(error)) this.#writer.post(errorMessage(error, this.#host.clock(), stream));
  }

  /** A throw of a command: under a signal it is only the echo of the stop. */
  #reportEnd(error: unknown): void {
    if (this.#wasSignalled()) this.#report(stoppedError(error));
    else this.#report(toKnownError(error));
  }

  #wasSignalled(): boolean {
    const { reason } = this.#shutdown.signal;
    return reason === 'SIGTERM' || reason === 'SIGINT';
  }

  /** Sends the one ERROR trace of an error that nobody caught, then ends the process. */
  async #endCrashed(error: unknown, exitCode: number): Promise<number> {
    if (!isClosedOutput(error)) this.#report(toKnownError(error));
    const timer = setTimeout(() => this.#host.exit(exitCode), CRASH_GRACE_MS);
    await this.#writer.end();
    clearTimeout(timer);
    this.#shutdown.dispose();
    this.#host.exit(exitCode);
    return exitCode;
  }

  /** Ends a command that can no longer finish, where Node alone would exit with 0. */
  #endStalled(): Promise<number> {
    const { names } = this.#awaited;
    createLogger(this.#writer).error(`Nothing is left that could end the command. It waits for ${names.join(', ')}.`);
    const error = this.#wasSignalled() ? stoppedError() : stalledError(names.at(-1));
    return this.#endCrashed(error, this.#shutdown.exitCode() ?? 1);
  }
}

/** While somebody types in an address, a host that cannot be reached is a wrong address. */
function isUsersToMend(error: unknown): error is Error {
  return error instanceof ConfigError || (isKnownError(error) && error.code === HOST_UNREACHABLE);
}

function stoppedError(cause?: unknown): TransientError {
  return new TransientError('The run was stopped by a signal before it was finished.', { code: 'STOPPED', cause });
}

function stalledError(name = 'its own end'): SystemError {
  const message = `The command stopped before it was finished: it waits for ${name}, which can no longer come. Run it again; if it stops again, report it as a defect.`;
  return new SystemError(message, { code: 'COMMAND_STALLED' });
}
