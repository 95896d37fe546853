/** Gets a line as `buffer[start, end)`. `buffer[end]` is its newline. Lines of one chunk lie in one buffer, in order. */
export type OnLine = (buffer: Buffer, start: number, end: number) => void;

/** How long a line may be, and what is thrown otherwise. */
export interface LineLimit {
  /** Longest line that spans chunks, newline not counted; so memory stays bounded. */
  readonly maxLineBytes: number;
  /** @param bytes bytes of the line so far */
  readonly tooLong: (bytes: number) => Error;
}

const NEWLINE = 0x0a;

/**
 * Cuts a byte stream into lines without decoding it. Lines inside a chunk are ranges of that chunk; only a line that spans
 * chunks is copied. Chunks must not be changed afterwards: parts of them are kept until their line ends.
 */
export class LineSplitter {
  readonly #onLine: OnLine;
  readonly #limit: LineLimit;
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  constructor(onLine: OnLine, limit: LineLimit) {
    this.#onLine = onLine;
    this.#limit = limit;
  }

  /** @throws what the limit says for a line that is too long, and what `onLine` throws */
  push(chunk: Buffer): void {
    let from = 0;
    let newline = chunk.indexOf(NEWLINE);
    if (this.#pendingBytes > 0) {
      if (newline < 0) return this.#keep(chunk, chunk.length);
      this.#keep(chunk.subarray(0, newline + 1), newline);
      const line = this.takeRest();
      this.#onLine(line, 0, line.length - 1);
      from = newline + 1;
      newline = chunk.indexOf(NEWLINE, from);
    }
    while (newline >= 0) {
      this.#onLine(chunk, from, newline);
      from = newline + 1;
      newline = chunk.indexOf(NEWLINE, from);
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from), chunk.length - from);
  }

  /** Takes the bytes behind the last newline: empty when the input ended with one. */
  takeRest(): Buffer {
    const rest = this.#pending.length === 1 ? (this.#pending[0] as Buffer) : Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    return rest;
  }

  /** @param lineBytes bytes of the part that belong to the line's text */
  #keep(part: Buffer, lineBytes: number): void {
    const bytes = this.#pendingBytes + lineBytes;
    if (bytes > this.#limit.maxLineBytes) {
      this.takeRest();
      throw this.#limit.tooLong(bytes);
    }
    this.#pending.push(part);
    this.#pendingBytes = bytes;
  }
}
