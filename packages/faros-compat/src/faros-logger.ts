import type { Logger } from '@cuttle/airbyte-cdk';

type Level = 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** Any other value of a pino call: `logger.info({ id: 1 }, 'read')`. */
type PinoArguments = readonly [message: unknown, ...rest: readonly unknown[]];

/** The part of a pino logger that clients of APIs use. */
interface PinoLike extends Record<Level | 'fatal', (...args: PinoArguments) => void> {
  level: string;
  child(): PinoLike;
}

/**
 * Stands for faros-airbyte-cdk's `AirbyteSourceLogger`: everything becomes a LOG message of the kit, with secrets hidden.
 * What is said before a command begins is kept until then. States that carry logs are not sent.
 */
export class FarosLogger {
  /** Set by sources; the kit's `log_level` decides what is shown. */
  level = 'INFO';
  /** Set by faros-airbyte-cdk's own runner, which is not used here. */
  getState: unknown;
  #log: Logger | undefined;
  #early: (readonly [Level, string])[] = [];

  /** Sends what was said so far, and everything from now on, to a command's log. */
  attach(log: Logger): void {
    this.#log = log;
    for (const [level, message] of this.#early.splice(0)) this.#say(level, message);
  }

  error(message: string, stack?: string): void {
    this.#say('error', stack === undefined ? message : `${message}\n${stack}`);
  }

  warn(message: string): void {
    this.#say('warn', message);
  }

  info(message: string): void {
    this.#say('info', message);
  }

  debug(message: string): void {
    this.#say('debug', message);
  }

  trace(message: string): void {
    this.#say('trace', message);
  }

  /** Only the message: an error of an HTTP client carries its request, tokens included. */
  traceError(error: Error): void {
    this.#say('error', error.message);
  }

  /** Takes LOG messages; records and states go through the read only. */
  write(message: {
    readonly type?: string;
    readonly log?: { readonly level: string; readonly message: string };
  }): void {
    if (message.type === 'LOG' && message.log !== undefined) this.#say(levelOf(message.log.level), message.log.message);
  }

  flush(): void {
    // Nothing is held back.
  }

  asPino(level = 'info'): PinoLike {
    const say =
      (own: Level) =>
      (...args: PinoArguments): void =>
        this.#say(own, pinoText(args));
    const logger: PinoLike = {
      level,
      trace: say('trace'),
      debug: say('debug'),
      info: say('info'),
      warn: say('warn'),
      error: say('error'),
      fatal: say('error'),
      child: () => logger,
    };
    return logger;
  }

  #say(level: Level, message: string): void {
    if (this.#log === undefined) this.#early.push([level, message]);
    else this.#log[level === 'trace' ? 'debug' : level](message);
  }
}

function levelOf(word: string): Level {
  switch (word.toUpperCase()) {
    case 'FATAL':
    case 'ERROR':
      return 'error';
    case 'WARN':
      return 'warn';
    case 'DEBUG':
      return 'debug';
    case 'TRACE':
      return 'trace';
    default:
      return 'info';
  }
}

function pinoText(args: PinoArguments): string {
  return args.filter((part) => typeof part === 'string').join(' ');
}
