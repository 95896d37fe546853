import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { thisProcess } from '../src/state/process-identity.js';
import { describeHolder, takeLock } from '../src/state/run-lock.js';

describe('takeLock', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-lock-'));
    file = path.join(folder, 'locks', 'a to b@local.lock');
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const take = (): ReturnType<typeof takeLock> => takeLock(folder, 'a to b', 'local', '2026-11-20T00:00:00Z');
  const plant = (holder: object): void => {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, JSON.stringify({ ...thisProcess(), startedAt: '2026-01-01T00:00:00Z', ...holder }));
  };
  async function deadPid(): Promise<number> {
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => child.on('exit', resolve));
    return child.pid!;
  }

  it('F-RUN-04 a folder that is a file is named, not shown as an error of the system', () => {
    fs.writeFileSync(path.join(folder, 'locks'), '');
    expect(take).toThrow(
      expect.objectContaining({ code: 'LOCK_NOT_WRITTEN', message: expect.stringContaining(folder) }),
    );
  });

  it('F-RUN-04 a lock without a time is held since an unknown one', () => {
    plant({ startedAt: undefined });
    const lock = take() as Extract<ReturnType<typeof takeLock>, { kind: 'held' }>;
    expect(describeHolder(file, lock.holder)).toMatch(/^process \d+ on .+, started at an unknown time\.$/);
  });

  it('F-RUN-04 is held by one, told to others, and free again after release', () => {
    const first = take();
    expect(first.kind).toBe('taken');
    expect(take()).toMatchObject({
      kind: 'held',
      holder: { pid: process.pid, host: os.hostname(), startedAt: '2026-11-20T00:00:00Z' },
    });
    if (first.kind === 'taken') first.release();
    expect(fs.readdirSync(path.dirname(file))).toEqual([]);
    expect(take().kind).toBe('taken');
  });

  it('F-RUN-04 takes over the lock of a dead process and says so', async () => {
    const pid = await deadPid();
    plant({ pid });
    expect(take()).toMatchObject({ kind: 'taken', tookOverFrom: { pid } });
    expect(take().kind).toBe('held');
  });

  it('F-RUN-04 does not mistake a reused pid for the holder', () => {
    plant({ start: 'another boot/42' });
    expect(take()).toMatchObject({ kind: 'taken', tookOverFrom: { pid: process.pid } });
  });

  it('F-RUN-04 never takes over the lock of another host', async () => {
    plant({ pid: await deadPid(), host: 'another-host' });
    expect(take()).toMatchObject({ kind: 'held', holder: { host: 'another-host' } });
  });

  it('F-RUN-04 leaves a lock alone that it cannot read', () => {
    plant({});
    fs.writeFileSync(file, '{');
    expect(take()).toMatchObject({ kind: 'held', holder: undefined });
  });

  it('F-RUN-04 does not release the lock of a successor', () => {
    const first = take();
    fs.rmSync(file);
    const second = take();
    expect(second.kind).toBe('taken');
    if (first.kind === 'taken') first.release();
    expect(take().kind).toBe('held');
  });

  it('F-RUN-04 of many processes that start at once on a stale lock, one wins', async () => {
    plant({ pid: await deadPid() });
    const script = `
      const { takeLock } = require(${JSON.stringify(path.join(__dirname, '../dist/state/run-lock.js'))});
      const wait = Number(process.argv[1]) - Date.now();
      setTimeout(() => {
        const result = takeLock(${JSON.stringify(folder)}, 'a to b', 'local', 'x');
        process.stdout.write(result.kind);
        setTimeout(() => {}, 1500);
      }, wait);`;
    const at = String(Date.now() + 1000);
    const results = await Promise.all(
      Array.from({ length: 6 }, () => {
        const child = spawn(process.execPath, ['-e', script, at]);
        return new Promise<string>((resolve) => {
          let text = '';
          child.stdout.on('data', (chunk: Buffer) => {
            text += chunk.toString();
          });
          child.on('close', () => resolve(text));
        });
      }),
    );
    expect(results.sort()).toEqual(['held', 'held', 'held', 'held', 'held', 'taken']);
  });
});
