import { preload } from '../harness/preload.js';
import { errorsOf, messagesOf, type RunOptions, type RunResult, statesOf } from '../harness/run-command.js';
import { statement } from '../harness/statement.js';
import { statusesIn } from '../source/source-read.js';
import { withInput } from './command-suite.js';
import type { ConnectorBench, ConnectorProfile } from './profile.js';
import { told } from './run-checked.js';

const MB = 1_000_000;
const EXIT_CODES = { SIGTERM: 143, SIGINT: 130 } as const;

/** C-01, C-08 and C-09: commands that stall, signals, and errors that nobody catches. */
export function shutdownSuite(profile: ConnectorProfile): void {
  let bench: ConnectorBench;
  beforeAll(async () => {
    bench = await profile.open('process');
  });
  afterAll(() => bench.close());
  const check = (id: string, title: string, run: () => Promise<void>, timeoutMs?: number) =>
    statement(id, title, profile.bypass, run, timeoutMs);

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    check('C-08', `${signal} in mid-run: it ends by itself, whole lines, one ERROR, no COMPLETE`, async () => {
      const { args, input } = await bench.large(30 * MB);
      const result = await bench.run(args, {
        ...withInput(input?.()),
        ...whenBusy((child) => child.kill(signal)),
        ...withLongTimers('never'),
      });
      expect([result.exitCode, result.rest, errorsOf(result).length, told(result)]).toEqual([
        EXIT_CODES[signal],
        '',
        1,
        expect.any(String),
      ]);
      expect(errorsOf(result)[0]?.failureType).toBe('transient_error');
      expect(statusesIn(result)).not.toContain('COMPLETE');
    });
  }

  check('C-08', 'a client that ends it once it has answered spec or check sees exit code 0', async () => {
    const { args } = await bench.small();
    for (const given of [['spec'], ['check', '--config', args[args.indexOf('--config') + 1] as string]]) {
      const result = await bench.run(given, {
        onStart: (child) => void child.stdout?.once('data', () => child.kill('SIGTERM')),
      });
      expect([given[0], result.exitCode, result.signal]).toEqual([given[0], 0, null]);
      expect(errorsOf(result)).toEqual([]);
    }
  });

  check('C-08', 'a second signal ends it at once, also while the reader takes nothing', async () => {
    const { args, input } = await bench.large(30 * MB);
    const order: string[] = [];
    const result = await bench.run(args, {
      ...withInput(input?.()),
      ...withLongTimers('never'),
      isReaderStuck: true,
      onStart: (child) => void child.once('exit', () => order.push('exit')),
      onStderr: (text, child) => {
        for (const line of text.split('\n')) {
          if (line === 'stdout is full' || line === 'SIGTERM came') order.push(line);
          if (line === 'stdout is full') child.kill('SIGTERM');
          // The first one cannot end it, since neither the output nor the grace period does.
          if (line === 'SIGTERM came' && order.filter((step) => step === line).length === 1) child.kill('SIGTERM');
        }
      },
    });
    expect(order.slice(0, 2)).toEqual(['stdout is full', 'SIGTERM came']);
    expect([order.at(-1), result.exitCode]).toEqual(['exit', 143]);
  });

  check('C-08', 'a first signal ends it when its grace period is over, while the reader takes nothing', async () => {
    const { args, input } = await bench.large(30 * MB);
    const result = await bench.run(args, {
      ...withInput(input?.()),
      ...withLongTimers('soon'),
      isReaderStuck: true,
      onStderr: (text, child) => {
        if (text.includes('stdout is full')) child.kill('SIGTERM');
      },
    });
    expect(result.exitCode).toBe(143);
  });

  check('C-01', 'a command that can no longer finish ends with 1 and one ERROR trace, not with 0', async () => {
    const { args, input } = await bench.small();
    const [command = '', , config = ''] = args;
    const catalog = args[args.indexOf('--catalog') + 1] as string;
    const runs: readonly (readonly [readonly string[], string, RunOptions])[] = [
      [['check', '--config', config], config, {}],
      [args, catalog, withInput(input?.())],
    ];
    for (const [given, stalled, options] of runs) {
      const result = await bench.run(given, {
        ...options,
        preload: [preload('stall')],
        env: { CUTTLE_STALL: stalled },
      });
      expect([given[0], result.exitCode, result.signal, told(result)]).toEqual([given[0], 1, null, expect.any(String)]);
      expect(errorsOf(result).map(({ failureType }) => failureType)).toEqual(['system_error']);
      const logs = messagesOf(result, 'LOG').map(({ log }) => `${log.level} ${log.message}`);
      expect(logs.at(-1)).toMatch(/^ERROR .*waits for the command /);
      expect([...messagesOf(result, 'CONNECTION_STATUS'), ...statesOf(result), ...statusesIn(result)]).toEqual([]);
    }
    expect(command).toMatch(/^(read|write)$/);
  });

  for (const kind of ['throw', 'rejection', 'both'] as const) {
    check('C-09', `an error that nobody catches (${kind}): exactly one ERROR trace, then exit 1`, async () => {
      const { args, input } = await bench.large(3 * MB);
      const config = args[args.indexOf('--config') + 1] as string;
      const runs: readonly (readonly [readonly string[], RunOptions])[] = [
        [['check', '--config', config], { env: { CUTTLE_CRASH: kind } }],
        [args, { ...withInput(input?.()), env: { CUTTLE_CRASH: kind, CUTTLE_CRASH_AFTER: '100000' } }],
      ];
      for (const [command, options] of runs) {
        const result = await bench.run(command, { ...options, preload: [preload('crash')] });
        expectOneCrash(result);
      }
    });
  }
}

function expectOneCrash(result: RunResult): void {
  const errors = errorsOf(result);
  expect([result.exitCode, errors.length, errors[0]?.failureType, told(result)]).toEqual([
    1,
    1,
    'system_error',
    expect.any(String),
  ]);
  expect(errors[0]?.message).toContain('a defect made by the test');
  expect(statusesIn(result)).not.toContain('COMPLETE');
}

/** Calls once when the run is in the middle of its work: behind the 50th record or state. */
function whenBusy(act: (child: Parameters<NonNullable<RunOptions['onStart']>>[0]) => void): RunOptions {
  let seen = 0;
  return {
    onMessage: ({ type }, child) => {
      if (type !== 'RECORD' && type !== 'STATE') return;
      seen += 1;
      if (seen === 50) act(child);
    },
  };
}

/** What becomes of the timers of 5 s and more, the grace period among them. */
function withLongTimers(kind: 'never' | 'soon'): RunOptions {
  return { preload: [preload('stuck-output')], env: { CUTTLE_LONG_TIMERS: kind } };
}
