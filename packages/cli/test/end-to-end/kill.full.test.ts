import type { ChildProcess } from 'node:child_process';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { isLong } from '@cuttle/testing';
import { descendants, Stack } from './stack.js';

/** A full refresh of 2,000 and more things is cut into ranges. */
const COUNTS = { appended: 1500, deduped: 1500, replaced: 2400 };
const RUNS = isLong ? 100 : 6;
const VICTIMS = ['runner', 'source', 'destination'] as const;

/** The same rows in each mode, so that a lost or doubled row shows whatever the mode. */
const STREAMS = {
  appended: { sync: 'incremental append' },
  deduped: { sync: 'incremental dedup', primaryKey: '_id', cursor: 'Modified Date' },
  replaced: { sync: 'full refresh overwrite' },
};

describe('runs killed at random places', () => {
  let sandbox: Sandbox;
  let stack: Stack;

  beforeAll(async () => {
    sandbox = await startSandbox({ users: 2, orders: 2 });
    for (const name of Object.keys(STREAMS)) {
      const fields = [
        { id: 'title_text', display: 'Title', type: 'text' },
        { id: 'count_number', display: 'Count', type: 'number' },
      ];
      sandbox.control.run('bubble.define', { definition: { name, display: name, fields } });
      sandbox.control.run('bubble.seed', {
        type: name,
        count: COUNTS[name as keyof typeof COUNTS],
        created: '2024-05-01T00:00:00.000Z',
        stepMs: 700,
      });
    }
    stack = new Stack(sandbox);
    stack.write(
      [{ kind: 'Connection', name: 'shop', source: 'bubble', destination: 'warehouse', streams: STREAMS }],
      // Without lookback an append reads no row twice, so that tables can be compared.
      {
        bubble: { lookback_seconds: 0, types: Object.keys(STREAMS) },
        destination: { commit_interval_ms: 60, commit_mb: 1 },
      },
    );
  });
  afterAll(async () => {
    stack.remove();
    await sandbox.close();
  });

  const tables = async () => Promise.all(Object.keys(STREAMS).map((name) => stack.rows(name)));

  it(`F-RUN-01 D-EX-05 ${RUNS} runs killed in source, runner or destination and resumed: tables equal to an unbroken run`, async () => {
    let activeMs = 0;
    await stack.run(['run', 'shop'], (child) => {
      whenActive(child, () => {
        const started = performance.now();
        child.once('close', () => {
          activeMs = performance.now() - started;
        });
      });
    });
    const expected = await tables();
    expect(expected.map((rows) => rows.length)).toEqual(Object.values(COUNTS));
    const seed = Number(process.env['CUTTLE_SEED'] ?? 1);
    let random = seed;
    let killed = 0;
    for (let run = 0; killed < RUNS && run < 2 * RUNS; run += 1) {
      stack.reset();
      random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
      const afterMs = (random / 2_147_483_648) * activeMs;
      const victim = VICTIMS[run % VICTIMS.length] as (typeof VICTIMS)[number];
      const result = await stack.run(['run', 'shop'], (child) => {
        whenActive(child, () => setTimeout(() => kill(child, victim), afterMs));
      });
      if (result.code !== 0) killed += 1;
      await stack.succeed(['run', 'shop']);
      expect({ run, seed, victim, afterMs, tables: await tables() }).toEqual({
        run,
        seed,
        victim,
        afterMs,
        tables: expected,
      });
    }
    // A kill that comes too late to hit anything does not count.
    expect(killed).toBe(RUNS);
  }, 1_800_000);

  it('F-RUN-01 a lost state file doubles nothing in overwrite', async () => {
    stack.reset();
    await stack.succeed(['run', 'shop']);
    const before = await stack.rows('replaced');
    const { rmSync } = await import('node:fs');
    rmSync(`${stack.root}/.cuttle/state`, { recursive: true });
    await stack.succeed(['run', 'shop']);
    expect(await stack.rows('replaced')).toEqual(before);
    expect(await stack.rows('deduped')).toHaveLength(COUNTS.deduped);
  }, 60_000);
});

/** Calls back once the destination of a run has begun to write. */
function whenActive(child: ChildProcess, then: () => void): void {
  const timer = setInterval(() => {
    if (child.pid === undefined || descendants(child.pid, 'destinations/duckdb').length === 0) return;
    clearInterval(timer);
    then();
  }, 20);
  child.once('close', () => clearInterval(timer));
}

function kill(child: ChildProcess, victim: (typeof VICTIMS)[number]): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  if (victim === 'runner') {
    child.kill('SIGKILL');
    return;
  }
  const word = victim === 'source' ? 'sources/bubble' : 'destinations/duckdb';
  for (const pid of descendants(child.pid, word)) process.kill(pid, 'SIGKILL');
}
