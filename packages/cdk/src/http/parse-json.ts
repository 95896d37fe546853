import { SystemError } from '@cuttle/protocol';

/** Deepest nesting of an answer that is taken. */
const MAX_DEPTH = 200;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** A body that is not JSON: HTML, cut off, or empty. The caller asks again. */
export class NotJsonError extends Error {
  override readonly name = 'NotJsonError';
}

/**
 * The JSON value of a body; a byte order mark is skipped.
 *
 * @throws {NotJsonError} for HTML, an empty or a truncated body
 * @throws {SystemError} `JSON_TOO_DEEP` for more than 200 levels
 */
export function parseJson(bytes: Buffer): unknown {
  checkDepth(bytes);
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  try {
    return JSON.parse(text);
  } catch {
    const kind = text.trim() === '' ? 'empty' : text.trimStart().startsWith('<') ? 'HTML' : 'not JSON or cut off';
    throw new NotJsonError(`the body is ${kind} (${bytes.length} bytes)`);
  }
}

/** One pass over the bytes; brackets inside strings do not count. */
function checkDepth(bytes: Buffer): void {
  // A body cannot be deeper than its number of opening brackets, and most are far smaller than the scan is worth.
  if (bytes.length <= MAX_DEPTH) return;
  let depth = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at += 1;
      while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) {
        throw new SystemError(`The answer is nested more than ${MAX_DEPTH} levels deep.`, { code: 'JSON_TOO_DEEP' });
      }
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
}
