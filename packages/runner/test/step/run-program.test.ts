import { runProgram } from '../../src/index.js';

describe('runProgram', () => {
  const start = async (script: string, signal?: AbortSignal, onLine: (line: string) => void = () => undefined) =>
    runProgram({
      argv: [process.execPath, '-e', script],
      folder: __dirname,
      environment: process.env,
      onLine,
      ...(signal === undefined ? {} : { signal }),
    });

  it('gives the exit code and every line, the last one without a line break too', async () => {
    const lines: string[] = [];
    const end = await start(
      "console.log('a\\nb'); process.stdout.write('c'); process.exitCode = 3",
      undefined,
      (line) => lines.push(line),
    );
    expect(end).toEqual({ code: 3, isCancelled: false });
    expect(lines).toEqual(['a', 'b', 'c']);
  });

  it('hands on the beginning of a line that never ends, and keeps no more of it', async () => {
    const lines: string[] = [];
    const script = "const part = 'x'.repeat(1 << 20); for (let i = 0; i < 64; i += 1) process.stdout.write(part)";
    expect(await start(script, undefined, (line) => lines.push(line))).toMatchObject({ code: 0 });
    expect(lines.map((line) => line.length)).toEqual([20_000]);
  });

  it('says when there is no such program', async () => {
    const argv = ['/nowhere/program'];
    const end = await runProgram({ argv, folder: __dirname, environment: {}, onLine: () => undefined });
    expect(end).toMatchObject({ code: undefined, problem: expect.stringContaining('ENOENT') });
  });

  it('stops it, once, with SIGINT', async () => {
    const stop = new AbortController();
    const script = "process.on('SIGINT', () => process.exit(9)); setInterval(() => {}, 1000); console.log('up')";
    expect(await start(script, stop.signal, () => stop.abort())).toEqual({ code: 9, isCancelled: true });
    expect(await start(script, stop.signal)).toEqual({ code: undefined, isCancelled: true });
  });
});
