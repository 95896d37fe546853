import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { applyPlan, makePlan } from '../src/index.js';
import { markOf } from '../src/model/connections.js';
import { takeWriteLock } from '../src/model/lock.js';
import { Bench } from './bench.js';

describe('lock', () => {
  let bench: Bench;
  afterEach(() => {
    jest.restoreAllMocks();
    bench.remove();
  });

  const novel = async (): Promise<void> => {
    bench = new Bench({ lock: true });
    bench.setVariables(await bench.importAll());
    await bench.apply();
  };

  /** The lock file, and its mark of an apply that runs. */
  const files = (): { readonly lock: string; readonly mark: string } => {
    const lock = path.join(bench.stack, '.lock/prod.json');
    return { lock, mark: `${lock}.applying` };
  };

  it('F-APP-04 what another apply noted since the plan is not overwritten', async () => {
    await novel();
    bench.edit('sources.yaml', 'lookback_days: 2', 'lookback_days: 3');
    const early = await bench.session();
    const planned = await makePlan(early);
    bench.edit('sources.yaml', 'lookback_days: 3', 'lookback_days: 2');
    bench.edit('connections.yaml', 'charges: {}', 'charges: { sync: incremental append }');
    await bench.apply();
    const noted = fs.readFileSync(files().lock, 'utf8');
    expect(noted).toContain('needsBackfill');
    const count = bench.writes().length;
    await expect(applyPlan(early, planned)).rejects.toMatchObject({ code: 'PLAN_STALE' });
    expect(bench.writes()).toHaveLength(count);
    expect(fs.readFileSync(files().lock, 'utf8')).toBe(noted);
    expect(fs.readdirSync(path.dirname(files().lock))).toEqual(['prod.json']);
  });

  it('F-APP-04 of two applies that begin at the same moment one holds the lock', async () => {
    bench = new Bench();
    const { lock } = files();
    const write = fs.writeFileSync;
    const held: (() => void)[] = [];
    jest.spyOn(fs, 'writeFileSync').mockImplementationOnce((file, text, options) => {
      // Here the other one begins: the file is there and still empty.
      write(file, '', options);
      held.push(takeWriteLock(lock, 'other'));
      write(file, text);
    });
    expect(() => held.push(takeWriteLock(lock, 'own'))).toThrow(/Another apply/);
    expect(held).toHaveLength(1);
    held[0]!();
    expect(fs.readdirSync(path.dirname(lock))).toEqual([]);
  });

  it('F-APP-04 the lock of a dead process that another apply takes over first stays that one’s', async () => {
    bench = new Bench();
    const { lock, mark } = files();
    fs.mkdirSync(path.dirname(mark), { recursive: true });
    fs.writeFileSync(mark, JSON.stringify({ pid: 2 ** 30, host: os.hostname(), startedAt: 'then' }));
    const read = fs.readFileSync;
    const other = JSON.stringify({ pid: 1, host: 'another host', startedAt: 'now' });
    jest.spyOn(fs, 'readFileSync').mockImplementationOnce((file, options) => {
      const text = read(file, options);
      fs.writeFileSync(mark, other);
      return text;
    });
    expect(() => takeWriteLock(lock, 'own')).toThrow(/process 1 on another host/);
    expect(fs.readFileSync(mark, 'utf8')).toBe(other);
  });

  it('G-06 G-17 killed right after a stream was changed, the lock still reminds of its backfill', async () => {
    await novel();
    bench.edit('connections.yaml', 'charges: {}', 'charges: { sync: incremental append }');
    const real = bench.fetch;
    let isKilled = false;
    bench.fetch = async (input, init) => {
      if (isKilled) throw new Error('killed');
      const answer = await real(input, init);
      isKilled = init?.method === 'PATCH';
      if (isKilled) throw new Error('killed');
      return answer;
    };
    await bench.apply().catch(() => undefined);
    bench.fetch = real;
    await bench.apply();
    const { plan } = await bench.plan({ backfill: true });
    expect(plan.backfills).toEqual([{ connection: 'stripe-ext to snowflake', streams: ['charges'] }]);
    // A change that Airbyte refuses needs none.
    const noted = fs.readFileSync(files().lock, 'utf8');
    bench.edit('connections.yaml', 'refunds: {}', 'refunds: { sync: incremental append }');
    bench.connection('stripe-ext to snowflake').status = 'locked';
    expect((await bench.apply()).failed).toHaveLength(1);
    const resources = (text: string): unknown => JSON.parse(text).resources;
    expect(resources(fs.readFileSync(files().lock, 'utf8'))).toEqual(resources(noted));
  });

  it('F-APP-07 projects with long names that begin alike do not share their mark', () => {
    bench = new Bench();
    const marks = ['eu', 'us'].map((region) => markOf(`customer-analytics-platform-${region}`));
    expect(new Set(marks).size).toBe(2);
    for (const mark of marks) expect(mark).toMatch(/^cuttle-customer-analyti.*-[0-9a-f]{6}$/);
    expect(marks.every((mark) => mark.length <= 30)).toBe(true);
    expect(markOf('novel')).toBe('cuttle-novel');
  });
});
