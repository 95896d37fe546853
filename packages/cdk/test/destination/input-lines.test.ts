import { InputLines } from '../../src/destination/input-lines.js';

function linesOf(...chunks: readonly string[]): readonly string[] {
  const lines: string[] = [];
  const onLine = (buffer: Buffer, start: number, end: number, line: number): void => {
    lines.push(`${line}: ${buffer.toString('utf8', start, end)}`);
  };
  const input = new InputLines(onLine, 1000);
  for (const chunk of chunks) input.push(Buffer.from(chunk));
  return lines;
}

describe('InputLines', () => {
  it('passes over lines without anything but white space, and counts them', () => {
    const text = '{"a":1}\n\n \n\t \t\n\r\n   \r\n{"b":2}\n';
    expect(linesOf(text)).toEqual(['1: {"a":1}', '7: {"b":2}']);
    for (let at = 1; at < text.length; at += 1) {
      expect(linesOf(text.slice(0, at), text.slice(at))).toEqual(['1: {"a":1}', '7: {"b":2}']);
    }
  });

  it('keeps blanks before and behind a message', () => {
    expect(linesOf(' {"a":1} \n')).toEqual(['1:  {"a":1} ']);
  });
});
