import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runProgram } from '../../src/index.js';
import { isAlive, until } from '../harness.js';

describe('runProgram with a process in the background', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-program-'));
  const file = path.join(folder, 'pid');
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
  const pid = (): number => Number(fs.readFileSync(file, 'utf8'));
  const request = (script: string) => ({ argv: ['sh', '-c', script], folder, environment: process.env });

  it('ends with its process; what it started goes on without the pipe', async () => {
    const lines: string[] = [];
    const script = 'sleep 1000 & echo $! > pid; echo done';
    const end = await runProgram({ ...request(script), onLine: (line) => lines.push(line) });
    const wasAlive = isAlive(pid());
    process.kill(pid(), 'SIGKILL');
    expect([end.code, lines, wasAlive]).toEqual([0, ['done'], true]);
  });

  it('F-RUN-10 the second Ctrl-C ends it at once, though it ignores the first', async () => {
    const [stop, kill] = [new AbortController(), new AbortController()];
    fs.rmSync(file, { force: true });
    const script = `trap '' INT; echo $$ > pid.tmp; mv pid.tmp pid; while :; do sleep 1; done`;
    const run = runProgram({
      ...request(script),
      signal: stop.signal,
      killSignal: kill.signal,
      onLine: () => undefined,
    });
    await until(() => fs.existsSync(file));
    stop.abort();
    kill.abort();
    expect(await run).toMatchObject({ isCancelled: true, code: null });
  });
});
