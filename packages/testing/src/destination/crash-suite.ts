import fs from 'node:fs';
import path from 'node:path';
import type { ConfiguredStream, StateMessage } from '@cuttle/protocol';
import { errorsOf, type RunResult, statesOf } from '../harness/run-command.js';
import { isLong, ROOT } from '../harness/workspace.js';
import {
  complete,
  type Properties,
  range,
  record,
  type StreamOptions,
  state,
  streamOf,
  type TestWarehouse,
} from './fixture.js';
import { countStatements, killedAfter } from './kill-points.js';
import { sideTables } from './mode-suite.js';
import type { DestinationProfile } from './profile.js';
import { openSuite } from './suite.js';

const MARKER = { __ab_full_refresh_sync_complete: true };
const BATCHES = 4;
const ROWS = 10;

/** How a stream is loaded while it is killed again and again. */
interface Scenario {
  readonly name: string;
  readonly stream: ConfiguredStream;
  /** A source that resumes: it sends what comes after the state; without one, everything. */
  readonly resumes: boolean;
}

/** D-CR and D-EVO-05: SIGKILL after any statement, and what comes back on the next run. */
export function crashSuite(profile: DestinationProfile): void {
  const suite = openSuite(profile, { commit_interval_ms: 30 });
  const { check } = suite;

  for (const scenario of scenarios()) {
    check(
      'D-CR-01',
      `${scenario.name}: killed after every statement, resumed: nothing lost, nothing twice`,
      async () => {
        const total = await statementsOf(suite.warehouse, scenario);
        let kills = 0;
        for (const after of points(total)) {
          suite.renew();
          await prepare(suite.warehouse, scenario);
          const killed = await suite.warehouse.write(
            [scenario.stream],
            slowly(wholeInput(scenario)),
            killedAfter(suite.warehouse, after),
          );
          // Commits go by time, so a run may have a few statements less than the one that was counted.
          if (killed.signal === 'SIGKILL') kills += 1;
          if (killed.exitCode === 0) continue;
          await resume(suite.warehouse, scenario, killed);
          const ids = (await suite.warehouse.data('things')).map(({ id }) => Number(id)).sort((a, b) => a - b);
          expect({ after, ids }).toEqual({ after, ids: [...range(BATCHES * ROWS)] });
          expect({ after, left: sideTables(await profile.tables(suite.warehouse.config)) }).toEqual({
            after,
            left: [],
          });
        }
        expect(kills).toBeGreaterThanOrEqual(3);
      },
      600_000,
    );
  }

  check(
    'D-CR-01',
    'killed twice, at different places, then resumed',
    async () => {
      const scenario = scenarios()[0] as Scenario;
      const total = await statementsOf(suite.warehouse, scenario);
      for (const [first, second] of [
        [total - 3, 8],
        [Math.floor(total / 2), total - 8],
        [total - 1, total - 9],
      ] as const) {
        suite.renew();
        await prepare(suite.warehouse, scenario);
        const one = await suite.warehouse.write(
          [scenario.stream],
          slowly(messages(scenario)),
          killedAfter(suite.warehouse, first),
        );
        const from = lastState(one) ?? 0;
        const two = await suite.warehouse.write(
          [scenario.stream],
          slowly(messages(scenario, from)),
          killedAfter(suite.warehouse, second),
        );
        await resume(suite.warehouse, scenario, two, from);
        expect(await suite.warehouse.rows('things')).toHaveLength(BATCHES * ROWS);
      }
    },
    300_000,
  );

  check(
    'D-EVO-05',
    'killed after each statement of a type change: column and data intact, no leftover',
    async () => {
      const before = streamOf('evolving', { id: 'integer', v: 'integer', w: 'string' });
      const after = streamOf('evolving', { id: 'integer', v: 'string', w: 'integer', x: 'boolean' });
      const lines = [record(after, { id: 2, v: 'text', w: 7, x: true }), state(after, { n: 2 })];
      for (const at of points(22)) {
        suite.renew();
        await suite.warehouse.load([before], [record(before, { id: 1, v: 42, w: '43' }), state(before, { n: 1 })]);
        const killed = await suite.warehouse.write([after], lines, killedAfter(suite.warehouse, at));
        if (statesOf(killed).length === 0) await suite.warehouse.load([after], lines);
        expect(await suite.warehouse.data('evolving')).toEqual([
          { id: '1', v: '42', w: '43', x: null },
          { id: '2', v: 'text', w: '7', x: true },
        ]);
        const columns = await profile.columns(suite.warehouse.config, profile.schema, profile.nameOf('evolving'));
        expect(Object.keys(columns ?? {})).toHaveLength(8);
      }
    },
    300_000,
  );

  check(
    'D-CR-02',
    'a batch that an attempt committed is a no-op the next time, and its state is returned',
    async () => {
      const stream = streamOf('things', { id: 'integer' }, { generation: 1, syncId: 3 });
      const lines = [record(stream, { id: 1 }), state(stream, { n: 1 })];
      await suite.warehouse.write([stream], lines);
      const result = await suite.warehouse.load([stream], [...lines, complete(stream)]);
      expect(statesOf(result)[0]?.destinationStats).toEqual({ recordCount: 1 });
      expect(await suite.warehouse.rows('things')).toHaveLength(1);
    },
  );

  check('D-CR-03', 'of two writers on one stream the later fences the former', async () => {
    const stream = streamOf('things', { id: 'integer', who: 'string' }, { generation: 1, syncId: 3 });
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const former = suite.warehouse.write([stream], held(stream, released), { needsProcess: true });
    await untilFenced(suite.warehouse);
    await suite.warehouse.load(
      [stream],
      [record(stream, { id: 1, who: 'later' }), state(stream, { n: 9 }), complete(stream)],
    );
    release();
    const result = await former;
    expect(result.exitCode).not.toBe(0);
    expect(errorsOf(result)[0]?.message).toMatch(/[Aa]nother run/);
    expect(statesOf(result)).toHaveLength(0);
    expect((await suite.warehouse.data('things')).map(({ who }) => who)).toEqual(['later']);
  });

  for (const id of ['D-CR-04', 'D-CR-05', 'D-CR-08']) {
    check(id, 'the connection to the warehouse fails', async () => {
      throw new Error(`${profile.name} has to bring its own test of ${id}, or a reason why it cannot have one`);
    });
  }

  const preload = (name: string, env: Record<string, string>) => ({
    env: { NODE_OPTIONS: `--require ${path.join(ROOT, 'packages', 'testing', 'preload', name)}`, ...env },
  });

  check(
    'D-CR-06',
    'disk full in the staging folder: no part of a file is loaded, earlier states only, exit code not 0',
    async () => {
      const stream = streamOf('things', { id: 'integer', text: 'string' }, { generation: 1 });
      suite.warehouse.config = { ...suite.warehouse.config, commit_interval_ms: 60_000 };
      const rows = range(5000).map((id) => record(stream, { id, text: 'x'.repeat(1000) }));
      const result = await suite.warehouse.write(
        [stream],
        [...rows, state(stream, { n: 1 })],
        preload('disk-fault.cjs', { CUTTLE_DISK_FULL_AFTER: '2000000' }),
      );
      expect(result.exitCode).not.toBe(0);
      expect(errorsOf(result)[0]?.message).toMatch(/disk|space/i);
      expect(statesOf(result)).toHaveLength(0);
      expect(await suite.warehouse.rows('things')).toHaveLength(0);
    },
  );

  check('D-CR-07', 'a staging file damaged on the way is found and not loaded', async () => {
    const stream = streamOf('things', { id: 'integer' }, { generation: 1 });
    const lines = [record(stream, { id: 1 }), record(stream, { id: 2 }), state(stream, { n: 1 }), complete(stream)];
    const result = await suite.warehouse.write([stream], lines, preload('disk-fault.cjs', { CUTTLE_DISK_LOSES: '1' }));
    expect(result.exitCode).not.toBe(0);
    expect(errorsOf(result)[0]?.message).toContain('staging file');
    expect(statesOf(result)).toHaveLength(0);
    expect(await suite.warehouse.rows('things')).toHaveLength(0);
  });

  check('D-CR-09', 'syncs at once into two namespaces with one stream name, one of them killed', async () => {
    const streams = ['one', 'two'].map((namespace) =>
      streamOf('t', { id: 'integer' }, { namespace, generation: 1, syncId: 1 }),
    );
    const [one, two] = streams as [ConfiguredStream, ConfiguredStream];
    const rows = (stream: ConfiguredStream) => range(200).map((id) => record(stream, { id }));
    const [killed, whole] = await Promise.all([
      suite.warehouse.write([one], lingering([...rows(one), state(one, { n: 1 })]), {
        onStart: (child) => setTimeout(() => child.kill('SIGKILL'), 400),
      }),
      suite.warehouse.write([two], [...rows(two), state(two, { n: 1 }), complete(two)], { needsProcess: true }),
    ]);
    expect(killed.signal).toBe('SIGKILL');
    expect(whole.exitCode).toBe(0);
    expect(await suite.warehouse.rows('t', profile.nameOf('two'))).toHaveLength(200);
    await suite.warehouse.load([one], [...rows(one), state(one, { n: 1 }), complete(one)]);
    expect(await suite.warehouse.rows('t', profile.nameOf('one'))).toHaveLength(200);
  });

  check('D-TAB-04', 'staging files of a killed run are removed by the next', async () => {
    const stream = streamOf('things', { id: 'integer' }, { generation: 1 });
    const staging = path.join(suite.warehouse.folder, 'staging');
    suite.warehouse.config = { ...suite.warehouse.config, staging_path: staging, commit_interval_ms: 60_000 };
    let hasEnded = false;
    let end = () => undefined as unknown;
    const open = new Promise<void>((resolve) => {
      end = () => resolve();
    });
    const killed = await suite.warehouse.write([stream], held(stream, open), {
      onStart: async (child) => {
        child.once('exit', () => {
          hasEnded = true;
          end();
        });
        while (!hasEnded && !(fs.existsSync(staging) && fs.readdirSync(staging).length > 0)) {
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        child.kill('SIGKILL');
      },
    });
    expect(killed.signal).toBe('SIGKILL');
    expect(fs.readdirSync(staging).length).toBe(1);
    await suite.warehouse.write([stream], []);
    expect(fs.readdirSync(staging)).toEqual([]);
  });
}

function scenarios(): readonly Scenario[] {
  const properties: Properties = { id: 'integer', version: 'integer', name: 'string' };
  const stream = (options: StreamOptions) => streamOf('things', properties, options);
  return [
    { name: 'append', stream: stream({ generation: 1, syncId: 9 }), resumes: true },
    {
      name: 'append_dedup',
      stream: stream({ mode: 'append_dedup', key: ['id'], cursor: 'version', generation: 1, syncId: 9 }),
      resumes: true,
    },
    {
      name: 'truncate',
      stream: stream({ generation: 2, minimum: 2, syncId: 9 }),
      resumes: true,
    },
    { name: 'overwrite under the plain rule', stream: stream({ mode: 'overwrite' }), resumes: false },
  ];
}

/** Messages of a source that goes on behind a number of batches. */
function messages({ stream, resumes }: Scenario, from = 0): readonly string[] {
  const lines = range(BATCHES - from).flatMap((n) => {
    const batch = from + n;
    const rows = range(ROWS).map((row) =>
      record(stream, { id: batch * ROWS + row, version: batch, name: `batch ${batch}` }),
    );
    return resumes ? [...rows, state(stream, { batch: batch + 1 })] : rows;
  });
  return resumes ? lines : [...lines, state(stream, MARKER)];
}

/** A table with an old row, so that an overwrite has something to replace. */
async function prepare(warehouse: TestWarehouse, { stream }: Scenario): Promise<void> {
  if (stream.destination_sync_mode !== 'overwrite' && (stream.minimum_generation_id ?? 0) === 0) return;
  const before = {
    ...stream,
    ...(stream.generation_id == null ? {} : { generation_id: 1, minimum_generation_id: 0, sync_id: 1 }),
  };
  await warehouse.load([before], [record(stream, { id: -1 }), state(stream, MARKER), complete(stream)]);
}

async function resume(warehouse: TestWarehouse, scenario: Scenario, killed: RunResult, before = 0): Promise<void> {
  const from = scenario.resumes ? Math.max(before, lastState(killed) ?? 0) : 0;
  await warehouse.load([scenario.stream], wholeInput(scenario, from));
}

/** The messages and, under the strict rule, the status of the end. */
function wholeInput(scenario: Scenario, from = 0): readonly string[] {
  const end = scenario.stream.generation_id == null ? [] : [complete(scenario.stream)];
  return [...messages(scenario, from), ...end];
}

function lastState(result: RunResult): number | undefined {
  const last: StateMessage | undefined = statesOf(result).at(-1);
  return (last?.stream?.stream_state as { batch?: number } | undefined)?.batch;
}

/** Lets commits happen between the batches. */
async function* slowly(lines: readonly string[]): AsyncGenerator<string> {
  for (const [index, line] of lines.entries()) {
    // Long enough white space makes the harness hand over what it has gathered.
    const isPause = index % (ROWS + 1) === ROWS;
    yield isPause ? line + ' '.repeat(256 * 1024) : line;
    if (isPause) await new Promise((resolve) => setTimeout(resolve, 80));
  }
}

/** Keeps the input open for longer than its reader is left alive. */
async function* lingering(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
  await new Promise((resolve) => setTimeout(resolve, 1000));
}

/** Resolves when a writer has taken the fence of a table. A warehouse that it has open for itself is asked again. */
async function untilFenced({ profile, config }: TestWarehouse): Promise<void> {
  for (;;) {
    const control = profile.rows(config, profile.schema, profile.nameOf('_cuttle_control'));
    const rows = await control.catch(() => undefined);
    if (rows?.some(({ kind }) => kind === 'fence') === true) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function* held(stream: ConfiguredStream, released: Promise<void>): AsyncGenerator<string> {
  yield record(stream, { id: 1, who: 'former' }) + ' '.repeat(256 * 1024);
  await released;
  yield state(stream, { n: 1 });
  yield complete(stream);
}

/** Statements of an unbroken run. Times vary, so a run may have fewer commits: killing beyond its end would kill nothing. */
async function statementsOf(warehouse: TestWarehouse, scenario: Scenario): Promise<number> {
  await prepare(warehouse, scenario);
  return countStatements(warehouse, (options) =>
    warehouse.write([scenario.stream], slowly(wholeInput(scenario)), options),
  );
}

/** Places to kill at: all in the long lane, else about six, the last one among them. */
function points(total: number): readonly number[] {
  const all = range(total).map((n) => n + 1);
  if (isLong) return all;
  const step = Math.max(1, Math.floor(total / 5));
  return all.filter((n) => n % step === 0 || n === total);
}
