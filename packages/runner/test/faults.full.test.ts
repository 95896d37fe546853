import fs from 'node:fs';
import path from 'node:path';
import { isAlive, startRunner, until, Workspace, type WorkspaceOptions } from './harness.js';

const open: Workspace[] = [];
function workspace(options: WorkspaceOptions): Workspace {
  const made = new Workspace(options);
  open.push(made);
  return made;
}
afterEach(() => {
  for (const made of open.splice(0)) made.remove();
});

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
const ORDERS = [{ name: 'orders', count: 10, state_every: 4 }];
const fault = (how: string, after = 6): { fault: object } => ({ fault: { stream: 'orders', after, how } });

describe('a source that fails', () => {
  it('F-RUN-09 exits 0 without COMPLETE: what was acknowledged stays, the run fails', async () => {
    const made = workspace({ streams: ORDERS, source: fault('no_complete') });
    const result = await made.run();
    expect(result).toMatchObject({ outcome: 'failed', errors: [{ origin: 'source', code: 'STREAM_INCOMPLETE' }] });
    expect(made.state().streams[0]).toMatchObject({ state: { offset: 10 } });
  });

  it('F-RUN-09 leaves one stream without COMPLETE: the other one is done, the run is partial', async () => {
    const made = workspace({ streams: [...ORDERS, { name: 'users', count: 3 }], source: fault('no_complete') });
    const result = await made.run();
    expect(result.outcome).toBe('partial');
    expect(result.streams.map(({ isComplete }) => isComplete)).toEqual([false, true]);
  });

  it('F-RUN-09 exits 1 after COMPLETE: nothing is put in place, the run fails', async () => {
    const made = workspace({
      streams: ORDERS,
      source: fault('exit_1_after_complete', -1),
      sync: 'full refresh overwrite',
    });
    const result = await made.run();
    expect(result).toMatchObject({ outcome: 'failed', errors: [{ origin: 'source', code: 'SOURCE_FAILED' }] });
    expect(result.streams[0]!.isComplete).toBe(false);
    expect(made.state().streams[0]).toMatchObject({ isOpen: true });
  });

  it('F-RUN-09 prints lines that are no messages: they are logged, the run succeeds', async () => {
    const made = workspace({ streams: ORDERS, source: fault('garbage') });
    const result = await made.run();
    expect(result.outcome).toBe('succeeded');
    expect(result.events).toContainEqual(
      expect.objectContaining({ type: 'log', message: expect.stringContaining('Traceback') }),
    );
    expect(made.ids('default.orders')).toEqual(range(10));
  });

  it('F-RUN-09 prints a line of 100 MB: the run fails with the limit, what was acknowledged stays', async () => {
    const made = workspace({ streams: ORDERS, source: fault('huge_line') });
    const result = await made.run();
    expect(result).toMatchObject({ outcome: 'failed', errors: [{ code: 'LINE_TOO_LONG' }] });
    expect(made.state().streams[0]).toMatchObject({ state: { offset: 4 } });
    made.write({ streams: ORDERS });
    await made.run();
    expect(made.ids('default.orders')).toEqual(range(10));
  });

  it('F-RUN-09 sends an ERROR that is null: the run fails with a text, not with a fault of ours', async () => {
    const made = workspace({ streams: ORDERS, source: fault('odd_error') });
    const result = await made.run();
    expect(result.errors[0]).toMatchObject({ origin: 'source', message: 'It gave no reason.' });
  });

  it('X-01 names a stream after its secret: neither result, events nor log show it', async () => {
    const made = workspace({ streams: ORDERS });
    fs.writeFileSync(made.file('token'), 'canary-token');
    made.write({ streams: ORDERS, source: { ...fault('secret_stream'), token: { $file: made.file('token') } } });
    const result = await made.run();
    expect(result.errors).toMatchObject([{ code: 'RECORD_UNKNOWN_STREAM', stream: { name: 'of ****' } }]);
    const log = fs.readFileSync(result.logFile!, 'utf8');
    expect(JSON.stringify(result) + log).not.toContain('canary-token');
  });

  it('F-RUN-09 closes its output and lives on: it is killed, and the error says so', async () => {
    const made = workspace({ streams: ORDERS, source: fault('closed_output') });
    const result = await made.run({ limits: { stopMs: 100 } });
    expect(result.errors).toMatchObject([
      { code: 'SOURCE_FAILED', message: 'The source closed its output, did not end itself, and was killed.' },
    ]);
  });

  it('F-RUN-10 waits for a rate limit that ends in 250,000 years: the wait has an end', async () => {
    const made = workspace({ streams: ORDERS, source: fault('limited') });
    const result = await made.run({ limits: { sourceSilenceMs: 200, rateLimitMs: 200, stopMs: 500 } });
    expect(result.errors[0]!.code).toBe('SOURCE_SILENT');
  });

  it.each([
    ['cut_off', 'OUTPUT_CUT_OFF'],
    ['broken_record', 'RECORD_NOT_JSON'],
    ['unknown_stream', 'RECORD_UNKNOWN_STREAM'],
    ['legacy_state', 'STATE_LEGACY'],
    ['broken_state', 'STATE_INVALID'],
    ['state_not_utf8', 'STATE_INVALID'],
    ['exit', 'SOURCE_FAILED'],
    ['kill', 'SOURCE_FAILED'],
  ])('F-RUN-09 %s ends in %s, and the next run resumes', async (how, code) => {
    const made = workspace({ streams: ORDERS, source: fault(how) });
    const result = await made.run();
    expect(result.errors.map((error) => error.code)).toEqual([code]);
    expect(result.outcome).toBe('failed');
    expect(made.state().streams[0]).toMatchObject({ state: { offset: 4 } });
    made.write({ streams: ORDERS });
    expect((await made.run()).outcome).toBe('succeeded');
    expect(made.ids('default.orders')).toEqual(range(10));
  });

  it('F-RUN-08 falls silent: the heartbeat ends the run', async () => {
    const made = workspace({ streams: ORDERS, source: fault('silence') });
    const result = await made.run({ limits: { sourceSilenceMs: 800, stopMs: 1000 } });
    expect(result).toMatchObject({
      outcome: 'failed',
      errors: [{ code: 'SOURCE_SILENT', failureType: 'transient_error' }],
    });
  });

  it('F-RUN-08 falls silent and ignores SIGTERM: it is killed', async () => {
    const made = workspace({ streams: ORDERS, source: { ...fault('silence'), ignores_term: true, pid_file: 'pid' } });
    const result = await made.run({ limits: { sourceSilenceMs: 500, stopMs: 300 } });
    expect(result.errors[0]!.code).toBe('SOURCE_SILENT');
    expect(isAlive(Number(fs.readFileSync(made.file('pid'), 'utf8')))).toBe(false);
  });

  it('F-RUN-08 takes the heartbeat of the Connectors document', async () => {
    const made = workspace({ streams: ORDERS, source: fault('silence') });
    const file = made.file('connections/test/all.yaml');
    fs.writeFileSync(
      file,
      fs.readFileSync(file, 'utf8').replace('/source }', '/source, maxSecondsBetweenMessages: 0.5 }'),
    );
    expect((await made.run({ limits: { stopMs: 500 } })).errors[0]!.code).toBe('SOURCE_SILENT');
  });
});

describe('a destination that fails', () => {
  it.each([
    ['dies_after', 'DESTINATION_FAILED'],
    ['fails_after', undefined],
  ])('F-RUN-08 F-RUN-01 %s: the source ends too, and the next run resumes', async (how, code) => {
    const streams = [{ name: 'orders', count: 50_000, state_every: 1000 }];
    const made = workspace({ streams, destination: { [how]: 5000 }, source: { pid_file: 'pid' } });
    const result = await made.run();
    expect(result.outcome).toBe('failed');
    expect(result.errors).toEqual([expect.objectContaining({ origin: 'destination' })]);
    expect(result.errors[0]!.code).toBe(code);
    expect(isAlive(Number(fs.readFileSync(made.file('pid'), 'utf8')))).toBe(false);
    const offset = (made.state().streams[0]!['state'] as { offset: number }).offset;
    expect(offset).toBeGreaterThanOrEqual(1000);
    made.write({ streams });
    expect((await made.run()).streams[0]!.records).toBe(50_000 - offset);
    expect(made.ids('default.orders').length).toBe(50_000);
  });

  it('F-RUN-09 acknowledges a state that was not sent: it is not kept, the run fails', async () => {
    const made = workspace({ streams: ORDERS, destination: { invents_state: true } });
    const result = await made.run();
    expect(result).toMatchObject({ outcome: 'failed', errors: [{ code: 'STATE_NOT_SENT' }] });
    expect(JSON.stringify(made.state())).not.toContain('invented');
  });

  it('F-RUN-09 returns the last state of several only, which stands for those before: the run is complete', async () => {
    const made = workspace({ streams: [{ ...ORDERS[0]!, count: 18 }], destination: { echoes_last: true } });
    const result = await made.run();
    expect(result).toMatchObject({ outcome: 'succeeded', errors: [] });
    expect(result.streams[0]).toMatchObject({ states: 5, acknowledgedStates: 5 });
    expect(made.state().streams[0]!['state']).toEqual({ offset: 18 });
  });

  it('F-RUN-09 closes its input and lives on: it is stopped, the run does not wait until it counts as hung', async () => {
    const made = workspace({ streams: [{ ...ORDERS[0]!, count: 20_000 }], destination: { closes_input_after: 3 } });
    const result = await made.run({ limits: { stopMs: 100 } });
    expect(result).toMatchObject({ outcome: 'failed', errors: [{ code: 'DESTINATION_CLOSED_INPUT' }] });
  });

  it('F-RUN-08 never reads: the run ends after the limit, with bounded memory', async () => {
    const made = workspace({ streams: [{ name: 'orders', count: 2_000_000 }], destination: { hangs: true } });
    const before = process.memoryUsage().rss;
    const result = await made.run({ limits: { destinationSilenceMs: 1500, stopMs: 500, finishMs: 500 } });
    expect(result).toMatchObject({ outcome: 'failed', errors: [{ code: 'DESTINATION_HUNG' }] });
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    // Back-pressure reached the source: it could not write what it had.
    expect(result.streams[0]!.records).toBeLessThan(20_000);
  });

  it('F-RUN-08 does not end: the run does', async () => {
    const made = workspace({ streams: ORDERS, destination: { hangs_at_end: true } });
    const result = await made.run({ limits: { destinationSilenceMs: 800, stopMs: 300, finishMs: 500 } });
    expect(result).toMatchObject({ outcome: 'failed', errors: [{ code: 'DESTINATION_HUNG' }] });
    expect(made.state().streams[0]).toMatchObject({ state: { offset: 10 } });
  });

  it('F-RUN-03 never echoes a state: none is saved, and success is not believed', async () => {
    const made = workspace({ streams: ORDERS, destination: { no_echo: true } });
    const result = await made.run();
    expect(result).toMatchObject({ outcome: 'failed', errors: [{ code: 'STATES_NOT_ACKNOWLEDGED' }] });
    expect(made.state().streams[0]).not.toHaveProperty('state');
  });

  it('F-RUN-08 is slower than the source: every record arrives, memory is bounded', async () => {
    const made = workspace({ streams: [{ name: 'orders', count: 100_000 }], destination: { slow_ms: 2 } });
    const before = process.memoryUsage().rss;
    const result = await made.run();
    expect(result.outcome).toBe('succeeded');
    expect(made.rows('default.orders').length).toBe(100_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });
});

describe('a runner that is stopped', () => {
  const slow = [{ name: 'orders', count: 100_000, state_every: 10, pause_ms: 1 }];
  const start = (made: Workspace): ReturnType<typeof startRunner> => startRunner(made, { stopMs: 2000 });
  const pids = (made: Workspace): readonly number[] =>
    ['source.pid', 'destination.pid'].map((name) => Number(fs.readFileSync(made.file(name), 'utf8')));
  const slowWorkspace = (): Workspace =>
    workspace({ streams: slow, source: { pid_file: 'source.pid' }, destination: { pid_file: 'destination.pid' } });
  const savedOffset = (made: Workspace): number => {
    const state = made.state().streams[0]?.['state'] as { readonly offset: number } | undefined;
    return state?.offset ?? 0;
  };
  const untilReading = (made: Workspace): Promise<void> =>
    until(() => fs.existsSync(made.stateFile) && savedOffset(made) >= 20, 15_000);

  it('F-RUN-10 Ctrl-C once: graceful, the state is kept', async () => {
    const made = slowWorkspace();
    const runner = start(made);
    await untilReading(made);
    runner.kill('SIGINT');
    const { code, result } = await runner.ended;
    expect(code).toBe(0);
    expect(result).toMatchObject({ outcome: 'cancelled', errors: [] });
    expect(pids(made).some(isAlive)).toBe(false);
    expect(savedOffset(made)).toBe(made.rows('default.orders').length);
  });

  it('F-RUN-10 Ctrl-C twice: at once, even if nobody listens', async () => {
    const made = workspace({
      streams: slow,
      source: { pid_file: 'source.pid', ignores_term: true },
      destination: { pid_file: 'destination.pid', ignores_term: true },
    });
    // The first one alone would give both ten minutes.
    const runner = startRunner(made, { stopMs: 600_000 });
    await untilReading(made);
    runner.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 100));
    runner.kill('SIGINT');
    const { result } = await runner.ended;
    expect(result?.outcome).toBe('cancelled');
    expect(pids(made).some(isAlive)).toBe(false);
  });

  it('F-RUN-01 kill -9 of the runner: both others end, the state is the last acknowledged one, the next run resumes', async () => {
    const made = slowWorkspace();
    const runner = start(made);
    await untilReading(made);
    runner.kill('SIGKILL');
    await runner.ended;
    await until(() => !pids(made).some(isAlive), 10_000);
    const rows = made.rows('default.orders').length;
    const saved = savedOffset(made);
    // The destination may have committed one more interval than the runner could save.
    expect(saved).toBeGreaterThanOrEqual(20);
    expect(saved).toBeLessThanOrEqual(rows);
    expect(rows - saved).toBeLessThanOrEqual(100);
    made.write({ streams: [{ name: 'orders', count: saved + 5 }] });
    const next = await made.run();
    expect(next.outcome).toBe('succeeded');
    expect(next.streams[0]!.records).toBe(5);
    expect(next.events).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('its lock was taken over') }),
    );
    expect(new Set(made.ids('default.orders')).size).toBeGreaterThanOrEqual(saved + 5);
  });

  it('F-RUN-01 kill -9 of the runner while the source is silent: the source ends all the same', async () => {
    const made = workspace({
      streams: [{ name: 'orders', count: 30, state_every: 10 }],
      source: { pid_file: 'source.pid', ...fault('silence', 25) },
      destination: { pid_file: 'destination.pid' },
    });
    const runner = start(made);
    await untilReading(made);
    runner.kill('SIGKILL');
    await until(() => !pids(made).some(isAlive), 10_000);
    expect(savedOffset(made)).toBe(20);
  });

  it('X-03 SIGTERM removes the private files', async () => {
    const made = slowWorkspace();
    const runner = start(made);
    await untilReading(made);
    const config = fs
      .readFileSync(`/proc/${pids(made)[0]}/cmdline`, 'utf8')
      .split('\0')
      .find((part) => part.endsWith('-config.json'))!;
    expect(fs.statSync(config).mode & 0o777).toBe(0o600);
    expect(fs.statSync(path.dirname(config)).mode & 0o777).toBe(0o700);
    runner.kill('SIGTERM');
    await runner.ended;
    expect(fs.existsSync(config)).toBe(false);
  });

  it('F-RUN-04 a second run of the same connection fails at once and names the holder', async () => {
    const made = slowWorkspace();
    const runner = start(made);
    await untilReading(made);
    const second = await made.run();
    expect(second.outcome).toBe('locked');
    expect(second.errors[0]!.message).toContain(`process ${runner.pid} on `);
    expect(second.errors[0]!.message).toMatch(/started \d{4}-\d\d-\d\dT/);
    expect(isAlive(runner.pid)).toBe(true);
    runner.kill('SIGTERM');
    await runner.ended;
  });
});

describe('clocks', () => {
  it('F-RUN-11 durations do not follow the wall clock, and a clock set back does not lower a generation', async () => {
    const made = workspace({ streams: ORDERS, sync: 'full refresh overwrite' });
    await made.run();
    const first = Number(made.state().streams[0]!['generationId']);
    let now = Date.now();
    const result = await made.run({ wallClock: () => (now -= 3600_000) });
    expect(result.elapsedMs).toBeGreaterThanOrEqual(0);
    expect(result.elapsedMs).toBeLessThan(3600_000);
    expect(Number(made.state().streams[0]!['generationId'])).toBe(first + 1);
    expect(made.ids('default.orders')).toEqual(range(10));
  });
});
