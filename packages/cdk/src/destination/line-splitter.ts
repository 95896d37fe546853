import { SystemError } from '@cuttle/protocol';

/** Gets each line of the input, without its newline and a trailing carriage return. `line` counts from 1. */
export type OnLine = (buffer: Buffer, start: number, end: number, line: number) => void;

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Cuts a byte stream into lines without decoding it. Lines without anything but white space are skipped but counted; a byte order mark at the
 * very beginning is dropped. The buffer handed to `onLine` is only valid during the call.
 */
export class LineSplitter {
  readonly #onLine: OnLine;
  readonly #maxLineBytes: number;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #line = 0;
  #atStart = true;

  /** @param maxLineBytes longest accepted line; a longer one is an error, so that memory stays bounded */
  constructor(onLine: OnLine, maxLineBytes: number) {
    this.#onLine = onLine;
    this.#maxLineBytes = maxLineBytes;
  }

  /** Lines begun so far. */
  get line(): number {
    return this.#line;
  }

  /** @throws {SystemError} `INPUT_LINE_TOO_LONG` */
  push(chunk: Buffer): void {
    let from = 0;
    if (this.#pendingBytes > 0) {
      const newline = chunk.indexOf(NEWLINE);
      if (newline < 0) return this.#keep(chunk);
      this.#keep(chunk.subarray(0, newline));
      const line = Buffer.concat(this.#pending, this.#pendingBytes);
      this.#pending = [];
      this.#pendingBytes = 0;
      this.#emit(line, 0, line.length);
      from = newline + 1;
    }
    for (;;) {
      const newline = chunk.indexOf(NEWLINE, from);
      if (newline < 0) break;
      this.#emit(chunk, from, newline);
      from = newline + 1;
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
  }

  /** The bytes behind the last newline: a line that was cut off, if there are any but white space. */
  rest(): Buffer {
    const rest = Buffer.concat(this.#pending, this.#pendingBytes);
    return rest.every((byte) => byte <= 0x20) ? Buffer.alloc(0) : rest;
  }

  #keep(part: Buffer): void {
    this.#pendingBytes += part.length;
    if (this.#pendingBytes > this.#maxLineBytes) {
      throw new SystemError(
        `Input line ${this.#line + 1} is longer than ${this.#maxLineBytes} bytes. Leave the large field out, or raise the limit.`,
        { code: 'INPUT_LINE_TOO_LONG' },
      );
    }
    // The stream may reuse its chunk, so what outlives this call is copied.
    this.#pending.push(Buffer.from(part));
  }

  #emit(buffer: Buffer, from: number, to: number): void {
    this.#line += 1;
    let start = from;
    let end = to;
    if (this.#atStart) {
      this.#atStart = false;
      if (buffer.subarray(start, start + 3).equals(BYTE_ORDER_MARK)) start += 3;
    }
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
