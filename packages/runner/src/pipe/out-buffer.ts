/** Size of the blocks that bytes are copied into. */
const BLOCK_BYTES = 256 * 1024;

/** Ranges from this size on are handed on by reference. */
const REFERENCE_BYTES = 16 * 1024;

/**
 * Collects output bytes in order. Small ranges are copied together, large ones are referenced: the buffers given must
 * not change afterwards.
 */
export class OutBuffer {
  private block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  /** Where the bytes that are not yet in `parts` begin. */
  private from = 0;
  private used = 0;
  private parts: Buffer[] = [];

  /** Appends `source[start, end)`. */
  append(source: Buffer, start: number, end: number): void {
    const length = end - start;
    if (length >= REFERENCE_BYTES) {
      this.close();
      this.parts.push(source.subarray(start, end));
      return;
    }
    if (this.used + length > BLOCK_BYTES) {
      this.close();
      this.block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      this.from = 0;
      this.used = 0;
    }
    source.copy(this.block, this.used, start, end);
    this.used += length;
  }

  /** Everything since the last call, in order. The buffers belong to the caller. */
  take(): readonly Buffer[] {
    this.close();
    const parts = this.parts;
    this.parts = [];
    return parts;
  }

  private close(): void {
    if (this.used > this.from) this.parts.push(this.block.subarray(this.from, this.used));
    this.from = this.used;
  }
}
