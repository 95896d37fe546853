import { type LogLevel, logMessage } from '@cuttle/protocol';
import type { MessageWriter } from './message-writer.js';

/** Writes LOG messages: `info` for a person, `debug` for a developer. Secrets are hidden by the writer. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** A logger that queues LOG messages on the writer. Debug messages are left out unless `isVerbose`. */
export function createLogger(writer: Pick<MessageWriter, 'post'>, isVerbose = false): Logger {
  const log = (level: LogLevel) => (message: string) => writer.post(logMessage(level, message));
  return {
    debug: isVerbose ? log('DEBUG') : () => undefined,
    info: log('INFO'),
    warn: log('WARN'),
    error: log('ERROR'),
  };
}
