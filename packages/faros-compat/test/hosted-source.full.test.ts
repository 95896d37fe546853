import path from 'node:path';
import type { JsonObject } from '@cuttle/protocol';
import {
  assertBuilt,
  type Command,
  errorsOf,
  makeFolder,
  messagesOf,
  type RunOptions,
  type RunResult,
  removeFolder,
  runChecked,
  runCommand,
  statesOf,
  writeJson,
} from '@cuttle/testing';

const FIXTURES = path.join(__dirname, 'fixtures');
const TOKEN = 'tok-91c2a7';

function commandOf(file: string): Command {
  return {
    argv: [process.execPath, '--require', path.join(FIXTURES, 'without-client.cjs'), path.join(FIXTURES, file)],
  };
}

const ours = commandOf('hosted.js');
const theirs = commandOf('original.js');
const ownRead = commandOf('own-read.js');
const unmodified: Command = {
  argv: [
    process.execPath,
    ...['--require', path.join(FIXTURES, 'without-client.cjs'), path.join(__dirname, '..', 'bin', 'faros-compat.js')],
    path.join(FIXTURES, 'shop-package.js'),
  ],
};

describe('a source of faros-airbyte-cdk', () => {
  let folder: string;

  beforeAll(() => assertBuilt('packages/faros-compat'));
  beforeEach(() => {
    folder = makeFolder();
  });
  afterEach(() => removeFolder(folder));

  function read(
    names: readonly string[],
    {
      command = ours,
      config = {},
      state,
      syncMode,
      ...options
    }: RunOptions & Partial<Record<'command', Command>> & ReadInput = {},
  ): Promise<RunResult> {
    const streams = names.map((name) => ({
      stream: { name, json_schema: {}, supported_sync_modes: ['full_refresh', 'incremental'] },
      sync_mode: syncMode ?? (name === 'orders' ? 'incremental' : 'full_refresh'),
      destination_sync_mode: 'append',
    }));
    const args = ['read', '--config', writeJson(folder, 'config.json', { token: TOKEN, ...config })];
    args.push('--catalog', writeJson(folder, 'catalog.json', { streams }));
    if (state !== undefined) args.push('--state', writeJson(folder, 'state.json', state));
    return command === theirs ? runCommand(command, args, options) : runChecked(command, args, options);
  }

  it('spec, check and discover answer as the protocol wants', async () => {
    const spec = await runChecked(ours, ['spec']);
    expect(messagesOf(spec, 'SPEC')[0]?.spec.connectionSpecification).toMatchObject({ title: 'Shop' });
    const good = writeJson(folder, 'good.json', { token: TOKEN });
    const checked = await runChecked(ours, ['check', '--config', good]);
    expect(messagesOf(checked, 'CONNECTION_STATUS')[0]?.connectionStatus).toEqual({ status: 'SUCCEEDED' });
    expect(messagesOf(checked, 'LOG')[0]?.log.message).toBe('asked the shop');
    const refused = await runChecked(ours, ['check', '--config', writeJson(folder, 'bad.json', { token: 'wrong' })]);
    expect([refused.exitCode, messagesOf(refused, 'CONNECTION_STATUS')[0]?.connectionStatus]).toEqual([
      0,
      { status: 'FAILED', message: 'the shop does not know this token' },
    ]);
    const [catalog] = messagesOf(await runChecked(ours, ['discover', '--config', good]), 'CATALOG');
    expect(catalog?.catalog.streams[0]).toMatchObject({
      name: 'orders',
      source_defined_primary_key: [['id']],
      default_cursor_field: ['meta', 'updated'],
      is_resumable: true,
    });
  });

  it('typed states with counts, statuses, dependencies first; undefined is null, dates are texts', async () => {
    const result = await read(['orders', 'customers']);
    expect([result.exitCode, errorsOf(result)]).toEqual([0, []]);
    const records = messagesOf(result, 'RECORD').map(({ record }) => record);
    expect(records[0]?.data).toEqual({
      id: 'c1',
      address: { city: 'Ulm', zip: null },
      since: '1970-01-01T00:00:00.000Z',
      gone: null,
    });
    expect(records.map(({ stream }) => stream)).toEqual(['customers', 'customers', ...Array(15).fill('orders')]);
    const states = statesOf(result).filter(({ stream }) => stream?.stream_descriptor.name === 'orders');
    expect(states.every(({ type }) => type === 'STREAM')).toBe(true);
    const counts = states.map(({ sourceStats }) => sourceStats?.recordCount ?? 0);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(15);
    // The source changes its state in place; each state is what it was when its records went out.
    expect(states.slice(0, 3).map(({ stream }) => stream?.stream_state)).toEqual([
      { updated: 2 },
      { updated: 4 },
      { updated: 5 },
    ]);
    const original = await read(['orders', 'customers'], { command: theirs });
    expect(statesOf(original).every(({ stream, data }) => stream === undefined && data !== undefined)).toBe(true);
  });

  it('goes on from the compressed state that the original runtime left', async () => {
    const original = await read(['orders'], { command: theirs });
    const blob = statesOf(original)[3]?.data as JsonObject;
    expect(blob['format']).toBe('base64/gzip');
    const expected = idsOf(await read(['orders'], { command: theirs, state: blob }));
    expect(expected.length).toBeLessThan(15);
    for (const state of [blob, { type: 'LEGACY', data: blob }]) {
      expect(idsOf(await read(['orders'], { state }))).toEqual(expected);
    }
  });

  it('a throw: what was read before arrives, one ERROR with the stream, other streams run, 1', async () => {
    const config = { broken_id: 8, failure: 503 };
    const result = await read(['orders', 'customers', 'missing'], { config });
    expect(idsOf(result)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect([result.exitCode, errorsOf(result).map(({ failureType }) => failureType)]).toEqual([
      1,
      ['transient_error', 'config_error'],
    ]);
    expect(messagesOf(result, 'RECORD').filter(({ record }) => record.stream === 'customers')).toHaveLength(2);
    const state = statesOf(result).filter(({ stream }) => stream?.stream_descriptor.name === 'orders');
    expect(state.at(-1)?.stream?.stream_state).toEqual({ updated: 7 });
    expect(idsOf(await read(['orders'], { state }))).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
  });

  it('the token of a failed request stays inside; the original prints it', async () => {
    const config = { broken_id: 3, failure: 401 };
    const result = await read(['orders'], { config });
    expect(errorsOf(result).map(({ failureType }) => failureType)).toEqual(['config_error']);
    expect(result.lines.join('\n') + result.stderr).not.toContain(TOKEN);
    const original = await read(['orders'], { command: theirs, config });
    expect(original.lines.join('\n')).toContain(TOKEN);
  });

  it('a slice that fails without ending the stream holds its state back; the original moves past it', async () => {
    const config = { broken_id: 8, failure: 'non-fatal' };
    const result = await read(['orders'], { config });
    expect([result.exitCode, errorsOf(result)]).toEqual([0, []]);
    expect(idsOf(result)).toEqual([1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 14, 15]);
    const state = statesOf(result);
    expect(idsOf(await read(['orders'], { state }))).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
    const blob = statesOf(await read(['orders'], { command: theirs, config })).at(-1)?.data as JsonObject;
    expect(idsOf(await read(['orders'], { state: blob }))).toEqual([]);
  });

  it('max_slice_failures goes on behind a failed slice, but the stream is not complete', async () => {
    const config = { broken_id: 8, failure: 500, max_slice_failures: -1 };
    const result = await read(['orders'], { config });
    expect(idsOf(result)).toContain(15);
    expect([result.exitCode, errorsOf(result)[0]?.message]).toEqual([1, expect.stringContaining('1 slices')]);
    expect(statesOf(result).at(-1)?.stream?.stream_state).toEqual({ updated: 7 });
  });

  it('backfill reads everything and leaves the state as it was', async () => {
    const state = [{ type: 'STREAM', stream: { stream_descriptor: { name: 'orders' }, stream_state: { updated: 9 } } }];
    const result = await read(['orders'], { state, config: { backfill: true } });
    expect(idsOf(result)).toHaveLength(15);
    expect(statesOf(result).map(({ stream }) => stream?.stream_state)).toEqual([
      expect.objectContaining({ updated: 9 }),
    ]);
  });

  it('an unmodified package is run by faros-compat: same records and states, its logs too, a crash is told', async () => {
    const spec = await runChecked(unmodified, ['spec']);
    expect(messagesOf(spec, 'SPEC')[0]?.spec.connectionSpecification).toMatchObject({ title: 'Shop' });
    const streams = ['orders', 'customers'];
    const result = await read(streams, { command: unmodified });
    const known = await read(streams);
    expect([result.exitCode, errorsOf(result)]).toEqual([0, []]);
    expect(dataOf(result)).toEqual(dataOf(known));
    expect(statesOf(result)).toEqual(statesOf(known));
    expect(messagesOf(result, 'LOG')[0]?.log.message).toBe('the package was loaded');
    // Its runner's own listener would end the process at once, with the records queued.
    const crashed = await read(streams, { command: unmodified, config: { crash_id: 12 } });
    expect([crashed.exitCode, errorsOf(crashed).map(({ message }) => message)]).toEqual([
      1,
      [expect.stringContaining('nobody awaits order 12')],
    ]);
  });

  it('faros-compat says what it wants when a module starts no source', async () => {
    const [node, ...argv] = unmodified.argv;
    const run = (...args: readonly string[]) => runCommand({ argv: [node, ...argv.slice(0, -1)] }, args);
    expect(await run()).toMatchObject({ exitCode: 2, stdoutBytes: 0, stderr: expect.stringContaining('Examples:') });
    expect(await run(path.join(FIXTURES, 'shop-source.js'), 'spec')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('exports no mainCommand()'),
    });
  });

  it('a source that wrote its own read: statuses, typed states of what changed, counts; it goes on from them', async () => {
    const check = (token: string) => runChecked(ownRead, ['check', '--config', writeJson(folder, 'c.json', { token })]);
    expect(messagesOf(await check('wrong'), 'CONNECTION_STATUS')[0]?.connectionStatus).toEqual({
      status: 'FAILED',
      message: 'the diary stays closed',
    });
    const from = (state?: unknown, config = {}) =>
      read(['pages', 'notes'], { command: ownRead, syncMode: 'incremental', config, state });
    const whole = await from();
    expect([whole.exitCode, errorsOf(whole)]).toEqual([0, []]);
    expect(dataOf(whole).slice(0, 2)).toEqual([{ number: 1, mood: null }, { of: 1 }]);
    const states = (result: RunResult) =>
      statesOf(result)
        .filter(({ stream }) => stream?.stream_descriptor.name === 'pages')
        .map(({ stream, sourceStats }) => [stream?.stream_state, sourceStats?.recordCount]);
    expect(states(whole)).toEqual([
      [{ number: 2 }, 2],
      [{ number: 4 }, 2],
      [{ number: 6 }, 2],
    ]);
    expect(statusesOf(whole, 'pages')).toEqual(['STARTED', 'RUNNING', 'COMPLETE']);
    const cut = await from(undefined, { broken_id: 4 });
    expect([cut.exitCode, errorsOf(cut).length, dataOf(cut).length, states(cut)]).toEqual([
      1,
      1,
      6,
      [[{ number: 2 }, 2]],
    ]);
    expect(statusesOf(cut, 'pages').at(-1)).toBe('INCOMPLETE');
    const rest = await from(statesOf(cut));
    expect(dataOf(rest).flatMap(({ number }) => (number === undefined ? [] : [number]))).toEqual([3, 4, 5, 6]);
    const anew = await read(['pages'], { command: ownRead, syncMode: 'full_refresh' });
    expect(statesOf(anew).map(({ stream }) => stream?.stream_state)).toEqual([
      { __ab_full_refresh_sync_complete: true },
    ]);
  });

  it('a stream that is unknown costs the others nothing; the original reads none', async () => {
    const result = await read(['customers', 'missing']);
    expect([result.exitCode, dataOf(result).length]).toEqual([1, 2]);
    const original = await read(['customers', 'missing'], { command: theirs });
    expect([original.exitCode === 0, dataOf(original).length]).toEqual([false, 0]);
  });

  it('a full refresh begins anew whatever is stored; the original hands the stored state to the stream', async () => {
    const state = { orders: { updated: 9 } };
    const fresh = (command: Command) => read(['orders'], { command, state, syncMode: 'full_refresh' });
    expect(idsOf(await fresh(ours))).toHaveLength(15);
    expect(idsOf(await fresh(theirs))).toHaveLength(6);
  });

  it('waits for a slow reader with bounded memory, and SIGTERM ends an endless stream with 143', async () => {
    let isSent = false;
    const result = await read(['endless'], {
      readDelayMs: 1500,
      onMessage: ({ type }, child) => {
        if (type !== 'RECORD' || isSent) return;
        isSent = true;
        child.kill('SIGTERM');
      },
    });
    expect([result.exitCode, errorsOf(result).length]).toEqual([143, 1]);
    expect(result.peakMemoryMiB).toBeLessThan(200);
  });

  it('many records behind a slow reader: 50 MB wait outside; the original keeps them in memory', async () => {
    const options = { config: { many: 50_000 }, readDelayMs: 1000 };
    const result = await read(['endless'], options);
    const original = await read(['endless'], { ...options, command: theirs });
    expect([dataOf(result).length, dataOf(original).length]).toEqual([50_000, 50_000]);
    expect(result.peakMemoryMiB).toBeLessThan(200);
    expect(original.peakMemoryMiB).toBeGreaterThan(1.5 * result.peakMemoryMiB);
  });

  it('a crash behind a slow reader loses nothing that was read; the original loses records and the trace', async () => {
    const options = { config: { many: 10_000, crash_id: 10_000 }, readDelayMs: 1000 };
    const result = await read(['endless'], options);
    expect([result.exitCode, dataOf(result).length, errorsOf(result).length]).toEqual([1, 10_000, 1]);
    const original = await read(['endless'], { ...options, command: theirs });
    expect([original.exitCode, dataOf(original).length < 10_000, errorsOf(original).length]).toEqual([1, true, 0]);
  });

  it('a reader that goes away ends it with an error; the original ends with 0', async () => {
    const result = await read(['endless'], { closeAfterBytes: 100_000 });
    expect(result.exitCode).toBe(1);
    const options = { command: theirs, config: { many: 2000 }, closeAfterBytes: 100_000 };
    expect((await read(['endless'], options)).exitCode).toBe(0);
  });
});

interface ReadInput {
  readonly syncMode?: 'full_refresh' | 'incremental';
  readonly config?: JsonObject;
  readonly state?: unknown;
}

function statusesOf(result: RunResult, name: string): readonly string[] {
  return messagesOf(result, 'TRACE').flatMap(({ trace }) =>
    trace.stream_status?.stream_descriptor.name === name ? [trace.stream_status.status] : [],
  );
}

function dataOf(result: RunResult): readonly JsonObject[] {
  return messagesOf(result, 'RECORD').map(({ record }) => record.data);
}

function idsOf(result: RunResult): readonly number[] {
  return messagesOf(result, 'RECORD')
    .filter(({ record }) => record.stream === 'orders')
    .map(({ record }) => Number(record.data['id']));
}
