import { ownCode, terminalText, visible } from '../src/terminal-text.js';
import { Repository } from './fake-terminal.js';

const ESCAPE = '\u001b';
const EVIL = [
  `${ESCAPE}[2J`,
  `${ESCAPE}[31mred`,
  '\u009b2J',
  '\rover',
  '\u202eback',
  '\u2066in',
  '\u200fmark',
  '\u2028line',
  '\u0007',
];

/** What no text from outside may bring: anything but our line breaks and printable characters in their order. */
const isSafe = (text: string): boolean =>
  !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/.test(text);

describe('terminalText', () => {
  it.each(EVIL)('shows %j as characters', (text) => {
    expect(isSafe(terminalText(`a ${text} b`))).toBe(true);
    expect(terminalText(`a ${text} b`)).toMatch(/\\u[0-9a-f]{4}|\\r/);
  });

  it('lets our own codes through, line breaks and tabs too, and takes CRLF for a line break', () => {
    expect(terminalText(`${ownCode('[31m')}x${ownCode('[39m')}\r\n\ty`)).toBe(`${ESCAPE}[31mx${ESCAPE}[39m\n\ty`);
    // What a name could hold if it knew how our codes look like in the end.
    expect(terminalText(`${ownCode('[31m')}${ESCAPE}[39m`)).toBe(`${ESCAPE}[31m\\u001b[39m`);
  });

  it('leaves JSON the same JSON', () => {
    const data = { evil: EVIL, plain: 'é😀\n' };
    const text = terminalText(JSON.stringify(data, null, 2));
    expect(isSafe(text)).toBe(true);
    expect(JSON.parse(text)).toEqual(data);
  });

  it('of a cell or a name is one line', () => {
    expect(visible('a\nb\tc\u202e')).toBe('a\\nb\\tc\\u202e');
  });
});

describe('texts from outside', () => {
  const repository = new Repository();
  afterAll(() => repository.remove());

  it('reach no terminal with a code of theirs: check, logs, errors, names, in color and in JSON', async () => {
    const evil = `${EVIL.join(' ')}\r\nall: succeeded`;
    const name = `x${ESCAPE}[2J\u202e`;
    repository.writeShop({ [name]: { token: evil, leaks: evil, check_fails: true, stderr: evil } });
    const commands = [
      ['check', `from ${name}`],
      ['discover', `from ${name}`, '--json'],
      ['preview', `from ${name}`],
      ['run', name, '--verbose'],
      ['validate'],
      ['run', `${name}y`],
      ['status'],
    ];
    for (const argv of commands) {
      const { out, err } = await repository.run(argv, { hasColour: true });
      const theirs = (out + err).replaceAll(new RegExp(`${ESCAPE}\\[\\d+m`, 'g'), '');
      expect([argv[0], isSafe(theirs), theirs.length > 0]).toEqual([argv[0], true, true]);
      // No line of theirs passes for one of ours.
      expect([argv[0], /^all: succeeded/m.test(err)]).toEqual([argv[0], false]);
    }
  });
});
