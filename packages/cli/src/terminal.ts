import readline from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { ownCode, terminalText } from './terminal-text.js';

/** What `cuttle` writes to and reads from; tests give their own. */
export interface Terminal {
  /** The result. */
  out(text: string): void;
  /** Progress and errors. */
  err(text: string): void;
  /** Whether stderr is a terminal whose lines can be redrawn. */
  readonly isInteractive: boolean;
  readonly hasColour: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  readonly environment: { readonly [name: string]: string | undefined };
  readonly folder: string;
  /** Asks a person; undefined when nobody can answer. */
  readonly ask?: (question: string) => Promise<string>;
}

/** The terminal of this process. Colour only on a terminal and without NO_COLOR. */
export function processTerminal(): Terminal {
  const isInteractive = process.stderr.isTTY === true && process.env['TERM'] !== 'dumb';
  const noColour = process.env['NO_COLOR'];
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isInteractive,
    hasColour: isInteractive && (noColour === undefined || noColour === ''),
    width: process.stderr.columns ?? 100,
    environment: process.env,
    folder: process.cwd(),
    ...(process.stdin.isTTY === true && isInteractive
      ? { ask: (question) => askOn(process.stdin, process.stderr, question) }
      : {}),
  };
}

/**
 * A terminal that lets no control character through but our own: the one place where text is made safe to show. Whatever
 * a connector, a server or a document says may be written to it as it is.
 */
export function safeTerminal(terminal: Terminal): Terminal {
  const { ask } = terminal;
  return {
    ...terminal,
    out: (text) => terminal.out(terminalText(text)),
    err: (text) => terminal.err(terminalText(text)),
    ...(ask === undefined ? {} : { ask: (question) => ask(terminalText(question)) }),
  };
}

/** Asks one question; without an answer, because the input ended, the answer is empty. */
export async function askOn(input: Readable, output: Writable, question: string): Promise<string> {
  const lines = readline.createInterface({ input, output });
  // `question` alone stays pending for ever when the input ends. A line just before the end comes first.
  const ended = new Promise<string>((resolve) => lines.once('close', () => setImmediate(resolve, '')));
  try {
    return await Promise.race([lines.question(question), ended]);
  } finally {
    lines.close();
  }
}

/** Colours of a terminal; without colour every one gives the text as it is. */
export interface Paint {
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

/** The colours of a terminal. */
export function paint(terminal: Terminal): Paint {
  const code =
    (open: number, close: number) =>
    (text: string): string =>
      terminal.hasColour ? ownCode(`[${open}m`) + text + ownCode(`[${close}m`) : text;
  return { red: code(31, 39), green: code(32, 39), yellow: code(33, 39), dim: code(2, 22), bold: code(1, 22) };
}
