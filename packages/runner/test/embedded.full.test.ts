import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isAlive, startRunner, until, Workspace, type WorkspaceOptions } from './harness.js';

const ROOT = path.join(__dirname, '../../..');

/** The fake source into the real DuckDB destination, which is built. */
class EmbeddedWorkspace extends Workspace {
  readonly database: string;

  constructor(options: WorkspaceOptions, database?: string) {
    super(options);
    this.database = database ?? this.file('w.duckdb');
    this.useDuckdb();
  }

  useDuckdb(more: object = {}): void {
    const file = this.file('connections/test/all.yaml');
    const config = { destination_path: this.database, lock_wait_seconds: 1, commit_interval_ms: 50, ...more };
    const text = fs
      .readFileSync(file, 'utf8')
      .replace(
        /destinations: \{ fake: \{ path: [^}]*\} \}/,
        `destinations: { fake: { path: ${ROOT}/destinations/duckdb } }`,
      )
      .replace(/(connector: fake\nconfig: )\{"folder".*\}/, `$1${JSON.stringify(config)}`);
    fs.writeFileSync(file, text);
  }

  query(sql: string): readonly Record<string, unknown>[] {
    const script = `
      const { DuckDBInstance } = require('@duckdb/node-api');
      (async () => {
        const connection = await (await DuckDBInstance.create(process.argv[1], { access_mode: 'READ_ONLY' })).connect();
        const reader = await connection.runAndReadAll(process.argv[2]);
        process.stdout.write(JSON.stringify(reader.getRowObjectsJson()));
      })();`;
    const output = execFileSync(process.execPath, ['-e', script, this.database, sql], { cwd: ROOT, encoding: 'utf8' });
    return JSON.parse(output) as Record<string, unknown>[];
  }

  counts(): unknown {
    return this.query('select count(*)::int as n, count(distinct id)::int as ids from main.orders')[0];
  }
}

const open: EmbeddedWorkspace[] = [];
function workspace(options: WorkspaceOptions, database?: string): EmbeddedWorkspace {
  const made = new EmbeddedWorkspace(options, database);
  open.push(made);
  return made;
}
afterEach(() => {
  for (const made of open.splice(0)) made.remove();
});

describe('the embedded warehouse', () => {
  it('holds every row with its digits, and again after a resume', async () => {
    const made = workspace({ streams: [{ name: 'orders', count: 1000, state_every: 100 }] });
    expect(await made.run()).toMatchObject({ outcome: 'succeeded', errors: [] });
    made.write({ streams: [{ name: 'orders', count: 1500, state_every: 100 }] });
    made.useDuckdb();
    expect((await made.run()).outcome).toBe('succeeded');
    expect(made.counts()).toEqual({ n: 1500, ids: 1500 });
    expect(made.query('select distinct big::varchar as big from main.orders')).toEqual([{ big: '9007199254740993' }]);
  });

  it('overwrites in place, and an interrupted overwrite leaves the old rows', async () => {
    const options = { streams: [{ name: 'orders', count: 10 }], sync: 'full refresh overwrite' };
    const made = workspace(options);
    await made.run();
    made.write({ ...options, source: { fault: { stream: 'orders', after: 5, how: 'exit' } } });
    made.useDuckdb();
    expect((await made.run()).outcome).toBe('failed');
    expect(made.counts()).toEqual({ n: 10, ids: 10 });
    made.write({ ...options, streams: [{ name: 'orders', count: 7 }] });
    made.useDuckdb();
    expect((await made.run()).outcome).toBe('succeeded');
    expect(made.counts()).toEqual({ n: 7, ids: 7 });
  });

  it('F-RUN-05 is open elsewhere: the message names the process, the wait is bounded, the outcome is its own', async () => {
    const made = workspace({ streams: [{ name: 'orders', count: 10 }] });
    await made.run();
    const script = `
      const { DuckDBInstance } = require('@duckdb/node-api');
      DuckDBInstance.create(process.argv[1], { access_mode: 'READ_ONLY' }).then((instance) => {
        globalThis.instance = instance;
        process.stdout.write('open');
        setInterval(() => {}, 1e6);
      });`;
    const holder = spawn(process.execPath, ['-e', script, made.database], { cwd: ROOT });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    const result = await made.run();
    expect(result.outcome).toBe('locked');
    expect(result.errors[0]).toMatchObject({ origin: 'destination', code: 'DATABASE_LOCKED' });
    expect(result.errors[0]!.message).toContain(`(process ${holder.pid})`);
    holder.kill();
    await new Promise((resolve) => holder.on('close', resolve));
    expect((await made.run()).outcome).toBe('succeeded');
  });

  it.each([
    'source.pid',
    'destination.pid',
    'runner',
  ])('F-RUN-01 F-RUN-06 kill -9 of the %s: no row is lost or doubled', async (victim) => {
    const streams = [{ name: 'orders', count: 3000, state_every: 50, pause_ms: 1 }];
    const made = workspace({ streams, source: { pid_file: 'source.pid' } });
    const runner = startRunner(made, { stopMs: 2000 });
    const savedOffset = (): number => {
      if (!fs.existsSync(made.stateFile)) return 0;
      return (made.state().streams[0]?.['state'] as { readonly offset: number } | undefined)?.offset ?? 0;
    };
    await until(() => savedOffset() >= 100, 20_000);
    const destination = (): number => destinationPid(runner.pid);
    const pid =
      victim === 'runner'
        ? runner.pid
        : victim === 'source.pid'
          ? Number(fs.readFileSync(made.file('source.pid'), 'utf8'))
          : destination();
    const others = [runner.pid, Number(fs.readFileSync(made.file('source.pid'), 'utf8')), destination()];
    process.kill(pid, 'SIGKILL');
    await until(() => !others.some(isAlive), 10_000);
    await runner.ended;
    made.write({ streams: [{ name: 'orders', count: 3000, state_every: 50 }] });
    made.useDuckdb();
    const next = await made.run();
    expect(next).toMatchObject({ outcome: 'succeeded', errors: [] });
    expect(next.streams[0]!.records).toBeLessThan(3000);
    expect(made.counts()).toEqual({ n: 3000, ids: 3000 });
  });

  it.each([
    ['while the input is open', 50],
    ['when the input has ended', 60_000],
  ])('D-EX-05 F-RUN-01 kill -9 of the runner between the last acknowledgement and its save, %s: nothing doubles', async (_when, commitMs) => {
    const streams = [{ name: 'orders', count: 100, state_every: 20, pause_ms: 1 }];
    const made = workspace({ streams });
    // Its destination may still be about to leave the file.
    made.useDuckdb({ commit_interval_ms: commitMs, lock_wait_seconds: 30 });
    const runner = startRunner(made, { stopMs: 2000 }, '"offset":100');
    expect(await runner.ended).toEqual({ code: 'SIGKILL', result: undefined });
    expect(made.state().streams[0]).toMatchObject({ isOpen: true });
    const next = await made.run();
    expect(next).toMatchObject({ outcome: 'succeeded', errors: [] });
    expect(next.streams[0]!.records).toBeGreaterThan(0);
    expect(made.counts()).toEqual({ n: 100, ids: 100 });
    // That sync ended: the next begins where it stopped.
    expect((await made.run()).streams[0]!.records).toBe(0);
  });

  const moments = { long: 60, full: 5 }[process.env['CUTTLE_TIER'] ?? ''] ?? 2;
  it(`F-RUN-01 kill -9 of the runner at ${moments} moments from its start to its end: the next run completes, exactly`, async () => {
    const made = workspace({ streams: [{ name: 'orders', count: 0 }] });
    for (let index = 1; index <= moments; index += 1) {
      made.write({ streams: [{ name: 'orders', count: 300 * index, state_every: 20, pause_ms: 1 }] });
      made.useDuckdb();
      const runner = startRunner(made);
      await new Promise((resolve) => setTimeout(resolve, (index * 1500) / moments));
      runner.kill('SIGKILL');
      await runner.ended;
    }
    made.write({ streams: [{ name: 'orders', count: 300 * moments, state_every: 20 }] });
    made.useDuckdb();
    expect(await made.run()).toMatchObject({ outcome: 'succeeded', errors: [] });
    expect(made.counts()).toEqual({ n: 300 * moments, ids: 300 * moments });
    expect(fs.readdirSync(made.file('.cuttle/locks'))).toEqual([]);
  }, 300_000);

  const canMount = process.getuid?.() === 0 && process.platform === 'linux';
  (canMount ? it : it.skip)(
    'F-RUN-07 disk full: the run fails, what was committed stays, and it goes on once there is space',
    async () => {
      const disk = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-disk-'));
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk]);
      } catch {
        process.stderr.write('F-RUN-07 is skipped: this user may not mount a small disk.\n');
        fs.rmdirSync(disk);
        return;
      }
      try {
        const made = workspace({ streams: [{ name: 'orders', count: 10 }] }, path.join(disk, 'w.duckdb'));
        expect((await made.run()).outcome).toBe('succeeded');
        fs.writeFileSync(path.join(disk, 'filler'), Buffer.alloc(6.5 * 1024 * 1024));
        made.write({ streams: [{ name: 'orders', count: 200_000, state_every: 20_000 }] });
        made.useDuckdb();
        const full = await made.run();
        expect(full.outcome).toBe('failed');
        expect(full.errors.some((error) => error.origin === 'destination')).toBe(true);
        fs.rmSync(path.join(disk, 'filler'));
        execFileSync('mount', ['-o', 'remount,size=200m', disk]);
        expect(made.query('select count(*)::int as n from main.orders where id < 10')).toEqual([{ n: 10 }]);
        expect(await made.run()).toMatchObject({ outcome: 'succeeded', errors: [] });
        expect(made.counts()).toEqual({ n: 200_000, ids: 200_000 });
      } finally {
        execFileSync('umount', [disk]);
        fs.rmdirSync(disk);
      }
    },
    60_000,
  );

  (canMount ? it : it.skip)('F-RUN-07 no space for state and log: the run fails, the state before stays', async () => {
    const disk = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
    } catch {
      process.stderr.write('F-RUN-07 is skipped: this user may not mount a small disk.\n');
      fs.rmdirSync(disk);
      return;
    }
    try {
      const made = workspace({ streams: [{ name: 'orders', count: 10 }] });
      const folder = path.join(disk, '.cuttle');
      expect((await made.run({ folder })).outcome).toBe('succeeded');
      const state = path.join(folder, 'state/fake.json');
      const before = fs.readFileSync(state, 'utf8');
      const filler = fs.openSync(path.join(disk, 'filler'), 'w');
      expect(() => {
        for (;;) fs.writeSync(filler, Buffer.alloc(4096));
      }).toThrow(/ENOSPC/);
      fs.closeSync(filler);
      made.write({ streams: [{ name: 'orders', count: 20 }] });
      made.useDuckdb();
      const full = await made.run({ folder });
      expect(full).toMatchObject({ outcome: 'failed', errors: [{ code: 'DISK_FULL' }] });
      expect(fs.readFileSync(state, 'utf8')).toBe(before);
      fs.rmSync(path.join(disk, 'filler'));
      expect((await made.run({ folder })).streams[0]!.records).toBe(10);
      expect(made.counts()).toEqual({ n: 20, ids: 20 });
    } finally {
      execFileSync('umount', [disk]);
      fs.rmdirSync(disk);
    }
  });
});

/** The runner's child that runs `write`. */
function destinationPid(runner: number): number {
  const children = fs.readFileSync(`/proc/${runner}/task/${runner}/children`, 'utf8').trim().split(' ');
  const found = children.find((pid) => fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes('write'));
  return Number(found);
}
