import {
  complete,
  errorsOf,
  range,
  record,
  state,
  statement,
  statesOf,
  streamOf,
  TestWarehouse,
} from '@cuttle/testing';
import { snowflakeProfile } from './profile.js';

const profile = snowflakeProfile();
const APPEND = streamOf('things', { id: 'integer', name: 'string' }, { generation: 1, syncId: 1 });
const DEDUP = streamOf(
  'things',
  { id: 'integer', name: 'string' },
  { generation: 1, syncId: 1, mode: 'append_dedup', key: ['id'] },
);
const ROWS = 20;

/** One load of rows behind two states. */
function input(stream: typeof APPEND): readonly string[] {
  return [
    ...range(ROWS).map((id) => record(stream, { id, name: `n${id}` })),
    state(stream, { n: 1 }),
    ...range(ROWS).map((id) => record(stream, { id: ROWS + id, name: `n${ROWS + id}` })),
    state(stream, { n: 2 }),
    complete(stream),
  ];
}

/** Regular expressions for the statements of a commit. */
const STATEMENTS = {
  PUT: '^put ',
  COPY: '^copy into',
  BEGIN: '^begin',
  'the fence': '^update .*_CUTTLE_CONTROL',
  'the rows': '^(insert into|merge into) "RAW"."THINGS"',
  COMMIT: '^commit',
} as const;

/** Seconds that the driver waits before it sends a request again. */
const PAUSE_SECONDS = 0.02;

describe('destination-snowflake-merge', () => {
  let warehouse: TestWarehouse;
  beforeAll(() => {
    // Its own pauses are seconds long; that it tries again is the subject, not when.
    const driver: typeof import('snowflake-sdk/dist/lib/util.js') = require('snowflake-sdk/dist/lib/util.js');
    jest.spyOn(driver, 'nextSleepTime').mockReturnValue(PAUSE_SECONDS);
  });
  afterAll(() => {
    jest.restoreAllMocks();
  });
  beforeEach(() => {
    warehouse = new TestWarehouse(profile);
  });
  afterEach(() => {
    profile.sandbox().control.faults.clear();
    profile.sandbox().snowflake.account.clearFaults();
    warehouse.remove();
  });
  const ids = async () => (await warehouse.data('things')).map(({ id }) => Number(id)).sort((a, b) => a - b);
  const check = (id: string, title: string, run: () => Promise<void>) => statement(id, title, undefined, run, 60_000);

  for (const stream of [APPEND, DEDUP]) {
    const mode = stream.destination_sync_mode;
    check('D-CR-04', `${mode}: the answer to COMMIT is lost with the session: looked up, nothing twice`, async () => {
      const { account, driver } = profile.sandbox().snowflake;
      // The commit happens; its answer, the memory of it and the session are gone.
      profile.sandbox().control.faults.add({
        fault: { kind: 'reset', when: 'after' },
        match: { system: 'queries', body: '"sqlText":"commit"' },
      });
      const scripts = profile.sandbox().control.scripts;
      scripts.before(2, { system: 'queries', body: '"sqlText":"commit"' }, () => {
        driver.forgetAnswers();
        account.loseSessions();
      });
      const result = await warehouse.load([stream], input(stream));
      expect(statesOf(result)).toHaveLength(2);
      expect(await ids()).toEqual([...range(ROWS * 2)]);
    });

    for (const [name, body] of [
      ['COPY', 'copy into'],
      ['the rows', mode === 'append' ? 'insert into \\"RAW\\".\\"THINGS\\"' : 'merge into \\"RAW\\".\\"THINGS\\"'],
    ] as const) {
      check('D-CR-05', `${mode}: 503, a cut connection and an expired session at ${name}: same rows`, async () => {
        const { control, snowflake } = profile.sandbox();
        const match = { system: 'queries', body };
        control.faults.add({ fault: { kind: 'status', status: 503 }, match });
        control.faults.add({ fault: { kind: 'reset' }, match, after: 1 });
        control.scripts.before(3, match, () => snowflake.account.expireSessions('390112'));
        await warehouse.load([stream], input(stream));
        expect(await ids()).toEqual([...range(ROWS * 2)]);
      });
    }
  }

  for (const [name, match] of Object.entries(STATEMENTS)) {
    check('D-CR-05', `the session ends at ${name} and a new login is needed: same rows`, async () => {
      profile.sandbox().snowflake.account.addFault({ match, code: '390114' });
      await warehouse.load([APPEND], input(APPEND));
      expect(await ids()).toEqual([...range(ROWS * 2)]);
    });
  }

  for (const [name, matches] of Object.entries({
    COMMIT: ['^commit'],
    'the rows and at ROLLBACK': ['^insert into "RAW"."THINGS"', '^rollback'],
  })) {
    check(
      'D-CR-05',
      `a service that gives up at ${name} leaves a transaction open: its own rows are no proof`,
      async () => {
        const { account } = profile.sandbox().snowflake;
        for (const match of matches) account.addFault({ match, code: '000604' });
        const result = await warehouse.load([APPEND], input(APPEND));
        expect(statesOf(result)).toHaveLength(2);
        expect(await ids()).toEqual([...range(ROWS * 2)]);
      },
    );
  }

  for (const stream of [APPEND, DEDUP]) {
    const mode = stream.destination_sync_mode;
    check(
      'D-CR-08',
      `${mode}: a statement that fails leaves its transaction open: it is rolled back, nothing stays`,
      async () => {
        const { account } = profile.sandbox().snowflake;
        await profile.execute(warehouse.config, 'create schema raw');
        await profile.execute(warehouse.config, 'create table raw.things (extra number(38,0) not null)');
        const before = account.statements.length;
        const failed = await warehouse.write([stream], input(stream));
        expect([failed.exitCode, statesOf(failed)]).toEqual([1, []]);
        const run = account.statements.slice(before);
        const failure = run.findIndex(({ code }) => code === '100072');
        // A definition behind it would commit the fence and the notes of the batch.
        expect(run[failure + 1]).toMatchObject({ sql: 'rollback', session: run[failure]?.session, code: undefined });
        const control = await warehouse.rows('_cuttle_control');
        const kinds = control.map(({ kind }) => kind);
        expect([kinds.includes('fence'), kinds.includes('batch')]).toEqual([true, false]);
        expect(await warehouse.rows('things')).toEqual([]);
        await profile.execute(warehouse.config, 'alter table raw.things drop column extra');
        await warehouse.load([stream], input(stream));
        expect(await ids()).toEqual([...range(ROWS * 2)]);
      },
    );
  }

  check('D-CR-05', 'a warehouse that takes its time to resume is waited for', async () => {
    profile.sandbox().snowflake.account.addFault({ match: '^copy into', delayMs: 500 });
    await warehouse.load([APPEND], input(APPEND));
    expect(await ids()).toEqual([...range(ROWS * 2)]);
  });

  check(
    'D-CR-05',
    'a service that stays away ends in one transient error; the next run brings the same rows',
    async () => {
      profile.sandbox().snowflake.account.addFault({ match: '^copy into', code: '000604', count: 0 });
      warehouse.config = { ...warehouse.config, network_wait_seconds: 1 };
      const failed = await warehouse.write([APPEND], input(APPEND));
      expect([failed.exitCode, statesOf(failed).length]).toEqual([1, 0]);
      expect(errorsOf(failed).map(({ failureType }) => failureType)).toEqual(['transient_error']);
      profile.sandbox().snowflake.account.clearFaults();
      await warehouse.load([APPEND], input(APPEND));
      expect(await ids()).toEqual([...range(ROWS * 2)]);
    },
  );

  for (const [name, match] of Object.entries({ ...STATEMENTS, 'CREATE TABLE': '^create .*table' })) {
    check('D-CR-05', `a missing right at ${name} is a config_error that names the right`, async () => {
      profile.sandbox().snowflake.account.addFault({ match, code: '003001', count: 0 });
      const failed = await warehouse.write([APPEND], input(APPEND));
      expect([failed.exitCode, statesOf(failed).length]).toEqual([1, 0]);
      expect(errorsOf(failed)[0]).toMatchObject({ failureType: 'config_error' });
      expect(errorsOf(failed)[0]?.message).toMatch(/lacks a right for [A-Z]+/);
    });
  }

  check('D-CR-08', 'a COPY whose answer was lost is run again and loads nothing more', async () => {
    const { control, snowflake } = profile.sandbox();
    control.faults.add({ fault: { kind: 'reset', when: 'after' }, match: { system: 'queries', body: 'copy into' } });
    control.scripts.before(2, { system: 'queries', body: 'copy into' }, () => snowflake.driver.forgetAnswers());
    await warehouse.load([APPEND], input(APPEND));
    expect(await ids()).toEqual([...range(ROWS * 2)]);
    const copies = snowflake.account.statements.filter(({ sql }) => sql.startsWith('copy into'));
    expect(copies.length).toBeGreaterThanOrEqual(2);
  });
});

describe('statements of a sync', () => {
  const streams = range(20).map((n) =>
    streamOf(`stream_${n}`, { id: 'integer', name: 'string' }, { generation: 1, mode: 'append_dedup', key: ['id'] }),
  );
  let warehouse: TestWarehouse;
  beforeEach(() => {
    warehouse = new TestWarehouse(profile);
  });
  afterEach(() => warehouse.remove());

  /** Statements of a run, without the one that sets up the session. */
  async function statementsOf(lines: readonly string[], syncId: number): Promise<readonly string[]> {
    const { statements } = profile.sandbox().snowflake.account;
    const before = statements.length;
    await warehouse.load(
      streams.map((stream) => ({ ...stream, sync_id: syncId })),
      lines,
    );
    return statements
      .slice(before)
      .map(({ sql }) => sql)
      .filter((sql) => !sql.startsWith('alter session'));
  }

  it('20 unchanged streams take 3 statements; a changed one takes PUT, COPY, BEGIN, fence, MERGE, COMMIT more', async () => {
    const first = streams.flatMap((stream) => [record(stream, { id: 1, name: 'a' }), state(stream, { n: 1 })]);
    const ends = streams.map((stream) => complete(stream));
    await statementsOf([...first, ...ends], 1);
    const unchanged = await statementsOf([...streams.map((stream) => state(stream, { n: 1 })), ...ends], 2);
    expect(unchanged.map((sql) => sql.split(/\s/)[0])).toEqual(['select', 'select', 'merge']);
    const [changed] = streams as [(typeof streams)[0]];
    const again = await statementsOf([record(changed, { id: 1, name: 'b' }), state(changed, { n: 2 }), ...ends], 3);
    const words = again.slice(3).map((sql) => sql.split(/\s/)[0]);
    // Once a run: the stage, its leftovers and the table of the batch, which goes at the end.
    expect(words).toEqual(['create', 'remove', 'create', 'put', 'copy', 'begin', 'update', 'merge', 'commit', 'drop']);
  });
});
