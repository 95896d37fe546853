import { SystemError } from '@cuttle/protocol';
import type { RawPage } from './page.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** The bit that a brace has and the bracket of the same direction has not. */
const BRACE_BIT = 0x20;

/**
 * Finds the records of a response without parsing them: the elements of the first array, or of the array behind the
 * first `"field":`. One pass over the bytes; nothing but the nesting is checked.
 *
 * @param field name of the top-level property that holds the records; undefined when the answer itself is the array
 * @throws {SystemError} `RAW_PAGE_BROKEN` when there is no such array or its boundaries do not close
 */
export function rawPage(bytes: Buffer, field?: string): RawPage {
  const from = field === undefined ? 0 : bytes.indexOf(`${JSON.stringify(field)}:`);
  const open = from < 0 ? -1 : bytes.indexOf(OPEN_BRACKET, from);
  if (open < 0) throw brokenPage(`no array "${field ?? ''}" was found`);
  const bounds: number[] = [];
  const { length } = bytes;
  let depth = 0;
  for (let at = open + 1; at < length; at += 1) {
    const byte = bytes[at]!;
    if (byte === QUOTE && depth > 0) {
      at = skipString(bytes, at, length);
    } else if (byte >= OPEN_BRACKET && (byte | BRACE_BIT) === OPEN_BRACE) {
      if (depth === 0) bounds.push(at);
      depth += 1;
    } else if (byte >= OPEN_BRACKET && (byte | BRACE_BIT) === CLOSE_BRACE) {
      if (depth === 0 && byte === CLOSE_BRACKET) return { bytes, bounds };
      depth -= 1;
      if (depth === 0) bounds.push(at + 1);
    } else if (depth === 0 && byte > 0x20 && byte !== COMMA) {
      throw brokenPage('an element of the array is not an object');
    }
  }
  throw brokenPage('the array does not close');
}

/** Index of the closing quote of the string that opens at `open`; `length` when it does not close. */
function skipString(bytes: Buffer, open: number, length: number): number {
  let at = open + 1;
  while (at < length) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return length;
}

function brokenPage(problem: string): SystemError {
  return new SystemError(`The answer cannot be split into records: ${problem}.`, { code: 'RAW_PAGE_BROKEN' });
}
