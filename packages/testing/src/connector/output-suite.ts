import fs from 'node:fs';
import path from 'node:path';
import { preload } from '../harness/preload.js';
import { errorsOf, type RunResult } from '../harness/run-command.js';
import { statement } from '../harness/statement.js';
import { isLong } from '../harness/workspace.js';
import { withInput } from './command-suite.js';
import type { ConnectorBench, ConnectorProfile } from './profile.js';
import { told } from './run-checked.js';

const MB = 1_000_000;

/** C-02, C-03, C-04: stdout that is read slowly, not at all, or onto a full device. */
export function outputSuite(profile: ConnectorProfile): void {
  let bench: ConnectorBench;
  beforeAll(async () => {
    bench = await profile.open('process');
  });
  afterAll(() => bench.close());
  const check = (id: string, title: string, run: () => Promise<void>, timeoutMs?: number) =>
    statement(id, title, profile.bypass, run, timeoutMs);

  check('C-02', 'a reader that is 1 s late gets everything that was written', async () => {
    const { args, input } = await bench.large(3 * MB);
    const log = path.join(bench.folder, 'bytes');
    const result = await bench.run(args, {
      ...withInput(input?.()),
      readDelayMs: 1000,
      preload: [preload('crash')],
      env: { CUTTLE_BYTES_LOG: log },
    });
    expect([result.exitCode, told(result)]).toEqual([0, expect.any(String)]);
    expect(result.stdoutBytes).toBe(Number(fs.readFileSync(log, 'utf8')));
    expect(result.stdoutBytes).toBeGreaterThan(1.5 * MB);
    expect(result.rest).toBe('');
  });

  check('C-02', 'a crash loses nothing that was written before it, with a reader that is 1 s late', async () => {
    const { args, input } = await bench.large(3 * MB);
    const whole = await bench.run(args, withInput(input?.()));
    const log = path.join(bench.folder, 'bytes');
    const result = await bench.run(args, {
      ...withInput(input?.()),
      readDelayMs: 1000,
      preload: [preload('crash')],
      env: { CUTTLE_BYTES_LOG: log, CUTTLE_CRASH: 'throw', CUTTLE_CRASH_AFTER: String(MB) },
    });
    expect([result.exitCode, errorsOf(result).length]).toEqual([1, 1]);
    expect(result.stdoutBytes).toBe(Number(fs.readFileSync(log, 'utf8')));
    expect(result.stdoutBytes).toBeGreaterThan(MB);
    expect(result.rest).toBe('');
    const sent = payload(result);
    expect(sent.length).toBeGreaterThan(0);
    expect(sent).toEqual(payload(whole).slice(0, sent.length));
  });

  const volume = isLong ? 300 * MB : 60 * MB;
  check(
    'C-03',
    `a reader that stalls for 3 s and then takes 20 MB/s: memory stays below ${profile.memoryMiB} MiB`,
    async () => {
      const { args, input } = await bench.large(volume);
      const result = await bench.run(args, {
        ...withInput(input?.()),
        readDelayMs: 3000,
        bytesPerSecond: isLong ? MB : 20 * MB,
        timeoutMs: 600_000,
      });
      expect([result.exitCode, told(result)]).toEqual([0, expect.any(String)]);
      expect(result.stdoutBytes).toBeGreaterThan(volume * 0.8);
      expect(result.peakMemoryMiB).toBeLessThan(profile.memoryMiB);
    },
    600_000,
  );

  check('C-04', 'a reader that closes stdout: the run ends with a failure, without a loop', async () => {
    const { args, input } = await bench.large(20 * MB);
    const result = await bench.run(args, { ...withInput(input?.()), closeAfterBytes: 100_000 });
    expectFailedQuietly(result);
  });

  check('C-04', 'a full device: every command ends with a failure, without a loop', async () => {
    const { args, input } = await bench.large(3 * MB);
    const config = args[args.indexOf('--config') + 1] as string;
    const commands = [['spec'], ['check', '--config', config], args];
    if (profile.kind === 'source') commands.push(['discover', '--config', config]);
    for (const command of commands) {
      const full = fs.openSync('/dev/full', 'w');
      try {
        const result = await bench.run(command, { ...withInput(input?.()), stdoutFd: full });
        expectFailedQuietly(result, command[0]);
      } finally {
        fs.closeSync(full);
      }
    }
  });
}

function expectFailedQuietly(result: RunResult, command?: string): void {
  expect([command, result.exitCode]).toEqual([command, expect.any(Number)]);
  expect([command, result.exitCode]).not.toEqual([command, 0]);
  expect(result.stderr.length).toBeLessThan(4000);
}

/** What was read or acknowledged, without times. */
function payload(result: RunResult): readonly string[] {
  return result.messages.flatMap(({ message }) => {
    if (message.type === 'RECORD') return [JSON.stringify(message.record.data)];
    return message.type === 'STATE' ? [JSON.stringify(message.state)] : [];
  });
}
