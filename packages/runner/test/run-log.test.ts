import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PrivateFiles } from '../src/process/private-files.js';
import { lastResult, RunLog } from '../src/run/run-log.js';

const AT = '2026-11-20T00:00:00.000Z';
const full = (): never => {
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
};
const codeOf = (call: () => unknown): string => {
  try {
    call();
    return 'none';
  } catch (error) {
    return `${(error as { code: string }).code} ${(error as Error).message}`;
  }
};

describe('files of a run', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-log-'));
  });
  afterEach(() => {
    jest.restoreAllMocks();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('a flood of messages stops at the bound of the log; errors, the count of what is left out and the result follow', () => {
    const log = new RunLog(folder, 'shop', AT, 10_000);
    const message = 'x'.repeat(100);
    for (let count = 0; count < 10_000; count += 1)
      log.write(AT, { type: 'log', connection: 'shop', origin: 'source', level: 'INFO', message });
    log.write(AT, { type: 'error', connection: 'shop', error: { origin: 'source', message: 'the reason' } });
    const result = {
      connection: 'shop',
      outcome: 'failed',
      startedAt: AT,
      elapsedMs: 1,
      streams: [],
      errors: [],
    } as const;
    log.write(AT, { type: 'result', result });
    log.close();
    const lines = fs.readFileSync(log.file, 'utf8').trimEnd().split('\n');
    expect(fs.statSync(log.file).size).toBeLessThan(12_000);
    const written = lines.filter((line) => line.includes(message)).length;
    expect(lines.at(-3)).toContain('the reason');
    expect(lines.at(-2)).toContain(`10000 bytes: ${10_000 - written} messages were left out`);
    expect(lastResult(folder, 'shop')).toEqual(result);
  });

  it('a file in the place of the logs is no last run', () => {
    fs.mkdirSync(path.join(folder, 'runs'), { recursive: true });
    fs.writeFileSync(path.join(folder, 'runs', 'shop'), '');
    expect(lastResult(folder, 'shop')).toBeUndefined();
  });

  it('a flood of errors is bounded, too', () => {
    const log = new RunLog(folder, 'shop', AT, 10_000);
    for (let count = 0; count < 10_000; count += 1)
      log.write(AT, { type: 'error', connection: 'shop', error: { origin: 'source', message: 'y'.repeat(100) } });
    log.close();
    expect(fs.statSync(log.file).size).toBeLessThan(21_000);
  });

  it('F-RUN-07 no space for the log is DISK_FULL with the folder', () => {
    jest.spyOn(fs, 'openSync').mockImplementation(full);
    expect(codeOf(() => new RunLog(folder, 'shop', AT))).toMatch(
      /^DISK_FULL The disk is full .*runs\/shop\. Free space/,
    );
  });

  it('F-RUN-07 no space for private files is DISK_FULL with the folder', () => {
    const files = new PrivateFiles();
    jest.spyOn(fs, 'writeFileSync').mockImplementation(full);
    expect(codeOf(() => files.write('config.json', '{}'))).toContain(
      `DISK_FULL The disk is full or the quota is used up: ${files.folder}`,
    );
    files.remove();
  });

  it('a folder for temporary files that is not there is an error with its name and the remedy', () => {
    const missing = path.join(folder, 'gone');
    jest.spyOn(os, 'tmpdir').mockReturnValue(missing);
    expect(codeOf(() => new PrivateFiles())).toBe(
      `TEMP_FOLDER_UNUSABLE The folder for temporary files, ${missing}, cannot be used (ENOENT). Make it, or let TMPDIR name another one.`,
    );
  });
});
