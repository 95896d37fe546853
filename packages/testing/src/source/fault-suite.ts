import type { ConfiguredStream } from '@cuttle/protocol';
import { messagesOf } from '../harness/run-command.js';
import { statement } from '../harness/statement.js';
import { SourceBench } from './bench.js';
import { onBench } from './on-bench.js';
import type { SourceProfile, StandIn } from './profile.js';
import { expectEverything } from './read-suite.js';
import type { SourceRead } from './source-read.js';

/** A fault as the stand-ins' control takes it. */
type Fault = Readonly<Record<string, unknown>>;

/** Faults that pass: with all rows read behind them. */
const PASSING: readonly (readonly [string, Fault])[] = [
  ['429, Retry-After in seconds', { kind: 'rate_limit', retryAfter: 'seconds', seconds: 1 }],
  ['429, Retry-After as a date', { kind: 'rate_limit', retryAfter: 'date', seconds: 1 }],
  ['429 without Retry-After', { kind: 'rate_limit', retryAfter: 'absent' }],
  ['429, negative Retry-After', { kind: 'rate_limit', retryAfter: 'negative' }],
  ['500', { kind: 'status', status: 500 }],
  ['502 with HTML', { kind: 'html', status: 502 }],
  ['503', { kind: 'status', status: 503 }],
  ['504', { kind: 'status', status: 504 }],
  ['408', { kind: 'status', status: 408 }],
  ['a reset connection', { kind: 'reset' }],
  ['a connection that is reset behind the work', { kind: 'reset', when: 'after' }],
  ['a body that breaks off', { kind: 'cut_body' }],
  ['JSON that is cut off', { kind: 'truncated_json' }],
  ['HTML in the place of JSON', { kind: 'html' }],
  ['a slow body', { kind: 'slow_body', pieces: 5, pauseMs: 60 }],
];

const ELSEWHERE = 'https://www.example.test/somewhere';

/** Faults that stay, and the kind of error in which they end. */
const STAYING: readonly (readonly [string, Fault, 'transient_error' | 'config_error' | 'system_error'])[] = [
  ['429', { kind: 'rate_limit', retryAfter: 'absent' }, 'transient_error'],
  ['500', { kind: 'status', status: 500 }, 'transient_error'],
  ['503', { kind: 'status', status: 503 }, 'transient_error'],
  ['a reset connection', { kind: 'reset' }, 'transient_error'],
  ['JSON that is cut off', { kind: 'truncated_json' }, 'transient_error'],
  ['HTML in the place of JSON', { kind: 'html' }, 'transient_error'],
  ['a body slower than the time limit', { kind: 'slow_body', pieces: 40, pauseMs: 100 }, 'transient_error'],
  ['401', { kind: 'status', status: 401 }, 'config_error'],
  ['403', { kind: 'status', status: 403 }, 'config_error'],
  ...[301, 302, 303, 307, 308].map(
    (status) =>
      [
        `${status} to another host`,
        { kind: 'status', status, headers: { location: ELSEWHERE } },
        'config_error',
      ] as const,
  ),
  // No API documents them for a read: whoever takes them for success reads an empty list.
  ...[201, 202, 204, 205, 206].map(
    (status) => [`${status} with an empty list`, { kind: 'status', status, body: '{}' }, 'system_error'] as const,
  ),
];

const ATTEMPTS = 3;

/** faults of the remote system and traps of paging. */
export function faultSuite<S extends StandIn>(profile: SourceProfile<S>): void {
  const { stream, page } = profile.paged;
  let bench: SourceBench<S>;
  let streams: readonly ConfiguredStream[];
  beforeAll(async () => {
    bench = await SourceBench.open(profile);
    streams = await bench.streams([stream]);
  });
  afterEach(() => void bench.standIn.control.run('faults.clear'));
  afterAll(() => bench.close());
  const check = (id: string, title: string, run: () => Promise<void>, timeoutMs?: number) =>
    statement(id, title, profile.bypass, run, timeoutMs);
  const fault = (kind: Fault, count: number) =>
    bench.standIn.control.run('faults.add', { fault: kind, match: page, count });
  const impatient = () => ({ ...bench.config, http_max_attempts: ATTEMPTS, http_timeout_seconds: 1 });
  const requests = () => Number(bench.standIn.control.run('requests.count', { ...page }));

  check('R-15', 'each fault that passes is retried, and all rows arrive', async () => {
    for (const [name, kind] of PASSING) {
      bench.standIn.control.run('faults.clear');
      fault(kind, 2);
      const started = performance.now();
      const read = await bench.read(streams, { config: { ...bench.config, http_max_attempts: ATTEMPTS } });
      expect([name, read.exitCode, read.errors]).toEqual([name, 0, []]);
      expectEverything(bench, read, streams);
      if (kind['seconds'] === 1) expect([name, performance.now() - started > 1000]).toEqual([name, true]);
    }
  });

  check(
    'R-15',
    'each fault that stays ends in one error of the right kind after a bounded number of requests',
    async () => {
      let lastStates: SourceRead['states'] = [];
      for (const [name, kind, failureType] of STAYING) {
        bench.standIn.control.run('faults.clear');
        fault(kind, 0);
        bench.standIn.control.run('requests.clear');
        const read = await bench.read(streams, { config: impatient() });
        const seen = [name, read.exitCode, read.errors.map((error) => error.failureType)];
        expect(seen).toEqual([name, 1, [failureType]]);
        expect([name, read.statuses(stream).at(-1), read.records.length]).toEqual([name, 'INCOMPLETE', 0]);
        lastStates = read.states;
        // A refused token may be renewed once by each request that was under way.
        const lanes = 8;
        const most = failureType === 'config_error' ? 2 * lanes : ATTEMPTS * lanes;
        expect([name, requests() > 0 && requests() <= most]).toEqual([name, true]);
      }
      // A state that was sent all the same stands for no row.
      bench.standIn.control.run('faults.clear');
      const state = lastStates.length === 0 ? undefined : lastStates;
      expectEverything(bench, (await bench.read(streams, { state })).expectSuccess(), streams);
    },
  );

  check('R-15', 'a Retry-After that is too long is not waited for: transient_error', async () => {
    fault({ kind: 'rate_limit', retryAfter: 'huge' }, 0);
    const read = await bench.read(streams);
    expect([read.exitCode, read.errors.map((error) => error.failureType)]).toEqual([1, ['transient_error']]);
  });

  check('R-15', 'waits between retries have jitter and grow', async () => {
    fault({ kind: 'status', status: 500 }, 0);
    const config = { ...bench.config, http_max_attempts: 8, http_backoff_ms: 4, log_level: 'debug' };
    const read = await bench.read(streams, { config });
    const waits = messagesOf(read.result, 'LOG').flatMap(({ log }) => {
      const match = /attempt (\d+) failed .* next in (\d+) ms/.exec(log.message);
      return match === null ? [] : [{ attempt: Number(match[1]), ms: Number(match[2]) }];
    });
    expect(waits.length).toBeGreaterThanOrEqual(7);
    for (const { attempt, ms } of waits) expect(ms).toBeLessThanOrEqual(4 * 2 ** (attempt - 1));
    expect(new Set(waits.filter(({ attempt }) => attempt >= 5).map(({ ms }) => ms)).size).toBeGreaterThan(1);
  });

  check('R-16', 'a token that ends in mid-run is renewed once, and the page is asked for again', async () => {
    const { expire, tokenRequest } = profile.expiry!;
    const tokens = () => Number(bench.standIn.control.run('requests.count', { ...tokenRequest }));
    const before = tokens();
    bench.standIn.control.scripts.before(3, page, () => expire(bench.standIn));
    const read = (await bench.read(streams)).expectSuccess();
    expectEverything(bench, read, streams);
    expect(tokens() - before).toBe(2);
  });

  const trap = onBench(profile, () => SourceBench.open(profile));
  for (const entry of profile.traps) {
    if ('bypass' in entry) {
      statement('R-17', entry.title, { 'R-17': entry.bypass }, async () => undefined);
      continue;
    }
    trap('R-17', entry.title, async (own) => {
      const configured = await own.paged();
      entry.arrange(own);
      const read = await own.read(configured, {
        config: { ...own.config, http_max_attempts: ATTEMPTS },
        timeoutMs: 20_000,
      });
      if (entry.outcome === 'everything') expectEverything(own, read.expectSuccess(), configured);
      else if (entry.outcome === 'no gap') {
        const found = new Set(
          read
            .expectSuccess()
            .data(stream)
            .map((data) => profile.identity(stream, data)),
        );
        expect((profile.truth(own.standIn)[stream] ?? []).filter((row) => !found.has(row))).toEqual([]);
      } else {
        expect([read.exitCode, read.errors.map(({ message }) => message)]).toEqual([
          1,
          [expect.stringMatching(entry.outcome)],
        ]);
      }
    });
  }
}
