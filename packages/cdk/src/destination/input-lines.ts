import { LineSplitter, SystemError } from '@cuttle/protocol';

/** Gets each line of the input, without its newline and a trailing carriage return. `line` counts from 1. */
export type OnInputLine = (buffer: Buffer, start: number, end: number, line: number) => void;

const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Numbers the lines of an input. Lines without anything but white space are skipped but counted; a byte order mark at the
 * very beginning is dropped. The buffer handed to `onLine` is only valid during the call.
 */
export class InputLines {
  readonly #onLine: OnInputLine;
  readonly #splitter: LineSplitter;
  #line = 0;

  /** @param maxLineBytes longest accepted line; a longer one is an error, so that memory stays bounded */
  constructor(onLine: OnInputLine, maxLineBytes: number) {
    this.#onLine = onLine;
    this.#splitter = new LineSplitter((buffer, start, end) => this.#emit(buffer, start, end), {
      maxLineBytes,
      tooLong: () =>
        new SystemError(
          `Input line ${this.#line + 1} is longer than ${maxLineBytes} bytes. Leave the large field out, or raise the limit.`,
          { code: 'INPUT_LINE_TOO_LONG' },
        ),
    });
  }

  /** Lines begun so far. */
  get line(): number {
    return this.#line;
  }

  /** @throws {SystemError} `INPUT_LINE_TOO_LONG` */
  push(chunk: Buffer): void {
    this.#splitter.push(chunk);
  }

  /** Takes the bytes behind the last newline: a line that was cut off, if there are any but white space. */
  takeRest(): Buffer {
    const rest = this.#splitter.takeRest();
    return rest.every((byte) => byte <= 0x20) ? Buffer.alloc(0) : rest;
  }

  #emit(buffer: Buffer, from: number, to: number): void {
    this.#line += 1;
    let start = from;
    let end = to;
    if (this.#line === 1 && buffer.subarray(start, start + 3).equals(BYTE_ORDER_MARK)) start += 3;
    if (end > start && buffer[end - 1] === CARRIAGE_RETURN) end -= 1;
    if (end > start && !isBlank(buffer, start, end)) this.#onLine(buffer, start, end, this.#line);
  }
}

/** Whether there is nothing but blanks, tabs and carriage returns; for nearly every line one byte tells. */
function isBlank(buffer: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = buffer[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== CARRIAGE_RETURN) return false;
  }
  return true;
}
