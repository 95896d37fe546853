import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { SystemError } from '@cuttle/protocol';

/** Bodies of this size and more may not be larger than this many times what came over the wire. */
const RATIO_FLOOR_BYTES = 10 * 1024 * 1024;
const MAX_RATIO = 200;

/**
 * The bytes of a body, decompressed (gzip, deflate, br), within bounds.
 *
 * @throws {SystemError} `BODY_TOO_LARGE` when the decompressed size or its ratio to the wire passes the bound
 */
export async function readBody(stream: Readable, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  const decoder = createDecoder(encoding);
  let wireBytes = 0;
  if (decoder !== undefined) {
    // Both listeners are attached in one go: a stream starts to flow with its first one.
    stream.on('data', (chunk: Buffer) => {
      wireBytes += chunk.length;
    });
    stream.on('error', (error) => decoder.destroy(error));
    stream.pipe(decoder);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of (decoder ?? stream) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(`it is larger than ${maxBytes} bytes`);
      if (decoder !== undefined && size > RATIO_FLOOR_BYTES && size > wireBytes * MAX_RATIO) {
        throw tooLarge(`it is more than ${MAX_RATIO} times as large as what was sent`);
      }
      chunks.push(chunk);
    }
  } finally {
    stream.destroy();
    decoder?.destroy();
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
}

function createDecoder(encoding: string | undefined): Transform | undefined {
  if (encoding === undefined || encoding === '' || encoding === 'identity') return undefined;
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      throw new SystemError(`The answer uses an unknown compression: ${encoding}.`, { code: 'BODY_ENCODING' });
  }
}

function tooLarge(problem: string): SystemError {
  return new SystemError(`The answer was refused: ${problem}.`, { code: 'BODY_TOO_LARGE' });
}
