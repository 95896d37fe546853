import { SystemError } from '@cuttle/protocol';

/** Takes whole lines as ranges of a buffer. */
export interface LineSink {
  /** `buffer[end]` is the newline when there is one: it is there for every line but an unfinished last one. */
  line(buffer: Buffer, start: number, end: number): void;
}

/**
 * Cuts chunks into lines. Lines inside a chunk are handed on as ranges of that chunk; only a line that spans chunks is
 * copied. Memory: at most one unfinished line, bounded by `maxLineBytes`.
 */
export class LineReader {
  private readonly sink: LineSink;
  private readonly maxLineBytes: number;
  private pending: Buffer[] = [];
  private pendingBytes = 0;

  /** @param maxLineBytes longest line, newline not counted */
  constructor(sink: LineSink, maxLineBytes: number) {
    this.sink = sink;
    this.maxLineBytes = maxLineBytes;
  }

  /** @throws {SystemError} `LINE_TOO_LONG` */
  push(chunk: Buffer): void {
    let at = 0;
    let newline = chunk.indexOf(0x0a);
    if (this.pendingBytes > 0) {
      if (newline < 0) {
        this.keep(chunk);
        return;
      }
      this.keep(chunk.subarray(0, newline + 1), 1);
      const line = this.takePending();
      this.sink.line(line, 0, line.length - 1);
      at = newline + 1;
      newline = chunk.indexOf(0x0a, at);
    }
    while (newline >= 0) {
      this.sink.line(chunk, at, newline);
      at = newline + 1;
      newline = chunk.indexOf(0x0a, at);
    }
    if (at < chunk.length) this.keep(chunk.subarray(at));
  }

  /** The bytes behind the last newline; empty when the input ended with one. */
  takePending(): Buffer {
    const rest = this.pending.length === 1 ? this.pending[0]! : Buffer.concat(this.pending, this.pendingBytes);
    this.pending = [];
    this.pendingBytes = 0;
    return rest;
  }

  private keep(part: Buffer, newlineBytes = 0): void {
    this.pending.push(part);
    this.pendingBytes += part.length;
    if (this.pendingBytes - newlineBytes <= this.maxLineBytes) return;
    const seen = this.pendingBytes;
    this.pending = [];
    this.pendingBytes = 0;
    throw new SystemError(`A line is longer than ${this.maxLineBytes} bytes.`, {
      code: 'LINE_TOO_LONG',
      internalMessage: `${seen} bytes were read without a line break`,
    });
  }
}
