import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { writeDurably } from '../src/write-durably.js';

describe('writeDurably', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'durable-'));
    file = path.join(folder, 'notes.json');
  });
  afterEach(() => {
    jest.restoreAllMocks();
    fs.rmSync(folder, { recursive: true });
  });

  const read = () => fs.readFileSync(file, 'utf8');

  it('syncs the new file, renames it, then syncs the folder', () => {
    const order: string[] = [];
    const { fsyncSync, renameSync } = fs;
    jest.spyOn(fs, 'fsyncSync').mockImplementation((handle) => {
      order.push(fs.fstatSync(handle).isDirectory() ? 'folder' : 'file');
      fsyncSync(handle);
    });
    jest.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
      order.push('rename');
      renameSync(from, to);
    });
    writeDurably(file, 'one', { beforeRename: () => order.push('before') });
    expect(order).toEqual(['file', 'before', 'rename', 'folder']);
    expect(read()).toBe('one');
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each([
    'openSync',
    'writeFileSync',
    'fsyncSync',
    'renameSync',
  ] as const)('leaves what was there, and nothing else, when %s fails', (call) => {
    writeDurably(file, 'one');
    jest.spyOn(fs, call).mockImplementationOnce(() => {
      throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    });
    expect(() => writeDurably(file, 'two')).toThrow('full');
    expect(read()).toBe('one');
    expect(fs.readdirSync(folder)).toEqual(['notes.json']);
  });

  it('takes the place of a link at the temporary name, and does not follow it', () => {
    const other = path.join(folder, 'other');
    fs.writeFileSync(other, 'kept');
    fs.symlinkSync(other, `${file}.tmp`);
    writeDurably(file, 'one', { temporary: `${file}.tmp` });
    expect([read(), fs.readFileSync(other, 'utf8')]).toEqual(['one', 'kept']);
  });
});
