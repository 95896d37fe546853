import fs from 'node:fs';
import zlib from 'node:zlib';
import { SystemError } from '@cuttle/protocol';

/** A file of whole RECORD lines of one stream, as they came in, with numbers that a double cuts in texts of their own. */
export interface Segment {
  readonly path: string;
  readonly bytes: number;
  readonly records: number;
  /** CRC-32 of the content. */
  readonly checksum: number;
  /** Whether lines hold numbers as texts (see carried-numbers.ts). */
  readonly carries: boolean;
  /** Bytes of the longest line. */
  readonly longestLine: number;
  /** Pairs of record index in this segment and input line: where each run of successive lines begins. */
  readonly lines: readonly number[];
}

/** Thrown when the reader does not take a segment; its lines then go one by one through the slow lane. */
export class SegmentRefusedError extends Error {
  constructor(cause: unknown) {
    super('the reader does not take the segment', { cause });
    this.name = 'SegmentRefusedError';
  }
}

const CHUNK_BYTES = 1024 * 1024;

/**
 * Makes sure that a segment is what was written, before it is loaded.
 *
 * @throws {SystemError} `SEGMENT_DAMAGED`
 */
export function verifySegment(segment: Segment): void {
  let bytes = 0;
  let checksum = 0;
  for (const chunk of readChunks(segment.path, 0, Number.POSITIVE_INFINITY)) {
    bytes += chunk.length;
    checksum = zlib.crc32(chunk, checksum);
  }
  if (bytes === segment.bytes && checksum === segment.checksum) return;
  throw new SystemError(
    'A staging file is not what was written to it (length or checksum differ). Nothing of it was loaded; check the disk of the staging folder.',
    { code: 'SEGMENT_DAMAGED', internalMessage: `${segment.bytes} bytes expected, ${bytes} found` },
  );
}

/** Pieces of a file from `from` up to `to`; each is only valid until the next. */
export function* readChunks(path: string, from: number, to: number): Generator<Buffer> {
  const file = fs.openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let at = from; at < to; ) {
      const read = fs.readSync(file, buffer, 0, Math.min(CHUNK_BYTES, to - at), at);
      if (read === 0) return;
      at += read;
      yield buffer.subarray(0, read);
    }
  } finally {
    fs.closeSync(file);
  }
}

/** Input line of a record of a segment. */
export function inputLineOf(segment: Segment, record: number): number {
  let run = 0;
  for (let at = 0; at < segment.lines.length && (segment.lines[at] as number) <= record; at += 2) run = at;
  return (segment.lines[run + 1] ?? 0) + record - (segment.lines[run] ?? 0);
}
