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
    bench = await profile.open();
  });
  afterAll(() => bench.close());
  const check = (id: string, title: string, run: () => Promise<void>, timeoutMs?: number) =>
    statement(id, title, profile.bypass, run, timeoutMs);

  // A destination finishes the commit that it is in.
  const stopMs = profile.kind === 'destination' ? 10_000 : 2000;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    check(
      'C-08',
      `${signal} in mid-run: it ends within ${stopMs / 1000} s, whole lines, one ERROR, no COMPLETE`,
      async () => {
        const { args, input } = await bench.large(30 * MB);
        let sentAt = 0;
        const result = await bench.run(args, {
          ...withInput(input?.()),
          ...whenBusy((child) => {
            sentAt = performance.now();
            child.kill(signal);
          }),
        });
        expect(performance.now() - sentAt).toBeLessThan(stopMs);
        expect([result.exitCode, result.rest, errorsOf(result).length, told(result)]).toEqual([
          EXIT_CODES[signal],
          '',
          1,
          expect.any(String),
        ]);
        expect(errorsOf(result)[0]?.failureType).toBe('transient_error');
        expect(statusesIn(result)).not.toContain('COMPLETE');
      },
    );
  }

  check('C-08', 'a second signal ends it at once, also while the reader takes nothing', async () => {
    const { args, input } = await bench.large(30 * MB);
    let first = 0;
    let ended = 0;
    const result = await bench.run(args, {
      ...withInput(input?.()),
      // Nothing is read for 4 s, so the first signal cannot end it.
      readDelayMs: 4000,
      onStart: (child) => {
        child.once('exit', () => {
          ended = performance.now();
        });
        setTimeout(() => {
          first = performance.now();
          child.kill('SIGTERM');
        }, 1500);
        setTimeout(() => child.kill('SIGTERM'), 2500);
      },
    });
    const tookMs = ended - first;
    // A destination may be between two commits, and then ends at the first signal.
    const isSoonest = profile.kind === 'destination' || tookMs >= 900;
    expect([isSoonest, tookMs < 1700, result.exitCode]).toEqual([true, true, 143]);
  });

  check('C-08', 'a first signal with a reader that takes nothing ends it within 10 s', async () => {
    const { args, input } = await bench.large(30 * MB);
    let sent = 0;
    let ended = 0;
    const result = await bench.run(args, {
      ...withInput(input?.()),
      readDelayMs: 10_500,
      onStart: (child) => {
        child.once('exit', () => {
          ended = performance.now();
        });
        setTimeout(() => {
          sent = performance.now();
          child.kill('SIGTERM');
        }, 1500);
      },
    });
    expect(ended - sent).toBeLessThan(10_000);
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
