import type { LogLevel } from '@cuttle/protocol';
import { indented } from '../render/table.js';
import type { Paint, Terminal } from '../terminal.js';

/** What each command gets. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly colours: Paint;
  /** Whether the result is JSON. */
  readonly isJson: boolean;
}

/** Writes a result: the text, or the data as versioned JSON. */
export function writeResult(context: CommandContext, text: string, data: object): void {
  context.terminal.out(context.isJson ? `${JSON.stringify({ version: 1, ...data }, null, 2)}\n` : text);
}

/** Shows the logs of a connector: all of them, or what needs a look. */
export function connectorLogs(
  { terminal, colours }: CommandContext,
  isVerbose: boolean,
): (level: LogLevel, message: string) => void {
  return (level, message) => {
    const isShown = isVerbose || level === 'WARN' || level === 'ERROR' || level === 'FATAL';
    if (isShown) terminal.err(`${colours.dim(level)} ${indented(message)}\n`);
  };
}
