/** Steps over JSON text backward, which the ends of RECORD lines are read by. All stop at `floor` and never go below it. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Whether a byte may stand in a JSON number. */
export function isNumberByte(byte: number | undefined): boolean {
  return (
    byte !== undefined &&
    ((byte >= 0x30 && byte <= 0x39) ||
      byte === 0x2e ||
      byte === 0x2d ||
      byte === 0x2b ||
      byte === 0x65 ||
      byte === 0x45)
  );
}

/** Index just behind the last byte before `at` that is no white space. */
export function backOverSpace(buffer: Buffer, at: number, floor: number): number {
  let index = at;
  while (index > floor && isSpace(buffer[index - 1])) index -= 1;
  return index;
}

/** Whether a byte is white space of JSON. */
export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/** Start of the string whose closing quote stands before `at`, or -1. */
export function backOverString(buffer: Buffer, at: number, floor: number): number {
  for (let index = at - 2; index >= floor; index -= 1) {
    if (buffer[index] !== QUOTE) continue;
    let slashes = 0;
    while (index - 1 - slashes >= floor && buffer[index - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return index;
  }
  return -1;
}

/** Start of the object or array whose closing bracket stands before `at`, or -1. */
export function backOverNested(buffer: Buffer, at: number, floor: number): number {
  let depth = 0;
  for (let index = at; index > floor; ) {
    const byte = buffer[index - 1];
    if (byte === QUOTE) {
      index = backOverString(buffer, index, floor);
      if (index < 0) return -1;
      continue;
    }
    index -= 1;
    if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth += 1;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth -= 1;
      if (depth === 0) return index;
    }
  }
  return -1;
}
