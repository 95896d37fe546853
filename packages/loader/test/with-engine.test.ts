import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { withEngine } from '../src/index.js';

describe('withEngine', () => {
  const stagingPath = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-staging-test-'));
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => fs.rmSync(stagingPath, { recursive: true, force: true }));

  it.each([
    'ENOSPC',
    'EDQUOT',
  ])('F-RUN-07 no space in the staging folder (%s) is DISK_FULL with its name', async (code) => {
    const failing = withEngine({ stagingPath, memoryMb: 100 }, () =>
      // As the system says it of a descriptor: without the file.
      Promise.reject(Object.assign(new Error(`${code}: no space left on device, write`), { code })),
    );
    await expect(failing).rejects.toMatchObject({
      code: 'DISK_FULL',
      message: expect.stringContaining(`The disk is full or the quota is used up: the staging folder ${stagingPath}/`),
    });
    expect(fs.readdirSync(stagingPath)).toEqual([]);
  });

  it('F-RUN-07 no space for the folder itself is the same, not a wrong path', async () => {
    jest.spyOn(fs, 'mkdtempSync').mockImplementation(() => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    });
    const failing = withEngine({ stagingPath, memoryMb: 100 }, () => Promise.resolve());
    await expect(failing).rejects.toMatchObject({ code: 'DISK_FULL', message: expect.stringContaining(stagingPath) });
  });
});
