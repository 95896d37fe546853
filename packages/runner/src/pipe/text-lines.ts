import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Longest line that is kept while its end has not come, in characters. */
const MAX_LINE = 20_000;

/**
 * Cuts a stream of text into lines: a secret that stands in two chunks is one word again before it is masked. A line
 * that grows beyond 20,000 characters is handed on up to there; its rest is left out.
 */
export function eachTextLine(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = (lines.pop() ?? '').slice(0, MAX_LINE);
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}
