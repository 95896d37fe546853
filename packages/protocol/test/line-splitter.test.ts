import fc from 'fast-check';
import { LineSplitter } from '../src/line-splitter.js';

const TEXT = '{"a":1}\n\nb\r\n \nüñ\nrest';

/** What comes out of chunks: lines, each with the byte behind it, and the rest. */
function split(chunks: readonly Buffer[], maxLineBytes = 100): { lines: string[]; rest: string } {
  const lines: string[] = [];
  const limit = { maxLineBytes, tooLong: (bytes: number) => new Error(`${bytes} bytes`) };
  const splitter = new LineSplitter((buffer, start, end) => {
    expect(buffer[end]).toBe(0x0a);
    lines.push(buffer.toString('utf8', start, end));
  }, limit);
  for (const chunk of chunks) splitter.push(chunk);
  return { lines, rest: splitter.takeRest().toString('utf8') };
}

describe('LineSplitter', () => {
  it('gives the same lines wherever the chunks are cut', () => {
    const bytes = Buffer.from(TEXT);
    const wanted = { lines: ['{"a":1}', '', 'b\r', ' ', 'üñ'], rest: 'rest' };
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((to, index) => bytes.subarray(places[index], to));
        expect(split(chunks)).toEqual(wanted);
      }),
    );
  });

  it('copies no line that lies in one chunk, so lines behind each other can be handed on as one range', () => {
    const chunk = Buffer.from('a\nbc\nd\n');
    const ranges: (number | boolean)[][] = [];
    const limit = { maxLineBytes: 10, tooLong: () => new Error() };
    new LineSplitter((buffer, start, end) => ranges.push([buffer === chunk, start, end]), limit).push(chunk);
    expect(ranges).toEqual([
      [true, 0, 1],
      [true, 2, 4],
      [true, 5, 6],
    ]);
  });

  it('refuses a line over chunks that is longer than the limit, newline not counted', () => {
    expect(split([Buffer.from('abc'), Buffer.from('de\n')], 5).lines).toEqual(['abcde']);
    expect(() => split([Buffer.from('abc'), Buffer.from('def\n')], 5)).toThrow('6 bytes');
    expect(() => split([Buffer.from('abc'), Buffer.from('def')], 5)).toThrow('6 bytes');
  });
});
