import { randomUUID } from 'node:crypto';

/**
 * Stands before and behind our own codes in a text that is still to be filtered. Nobody outside can know it, so no name
 * and no message can bring a code of its own.
 */
const MARK = `\u{10fffe}${randomUUID()}\u{10fffe}`;

/** A control sequence of ours, such as `[31m`, for a text that goes through {@link terminalText}. */
export function ownCode(sequence: string): string {
  return MARK + sequence + MARK;
}

/**
 * A text as it may be written to a terminal: our own codes work; control characters, and those that turn the direction
 * of a text around, are shown as `\u001b`. Line breaks and tabs stay, CRLF becomes a line break. JSON stays the same JSON.
 */
export function terminalText(text: string): string {
  return text
    .split(MARK)
    .map((part, index) => (index % 2 === 0 ? visibleText(part) : `\u001b${part}`))
    .join('');
}

// C0 and C1 controls, line and paragraph separators, and what changes the direction of text (Unicode 15, UAX #9).
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const NAMED: { readonly [character: string]: string } = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text in one line, without control characters. */
export function visible(text: string): string {
  return text.replace(UNSAFE, (character) => NAMED[character] ?? escaped(character));
}

function visibleText(text: string): string {
  const lines = text.replaceAll('\r\n', '\n');
  return lines.replace(UNSAFE, (character) =>
    character === '\n' || character === '\t' ? character : (NAMED[character] ?? escaped(character)),
  );
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
