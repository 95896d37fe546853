import { PassThrough, Readable } from 'node:stream';
import { askOn } from '../src/terminal.js';

describe('a question to a person', () => {
  it('gives the line that is typed', async () => {
    expect(await askOn(Readable.from(['yes\n', 'more\n']), new PassThrough(), 'Apply? ')).toBe('yes');
  });

  it('C-01 is answered by nothing when the input ends: it does not stay open until the process exits with 0', async () => {
    expect(await askOn(Readable.from([]), new PassThrough(), 'Apply? ')).toBe('');
  });
});
