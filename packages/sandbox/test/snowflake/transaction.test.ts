import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Account } from '../../src/snowflake/account.js';

describe('Snowflake emulator: a failed statement in a transaction', () => {
  let account: Account;
  let token: string;
  let other: string;
  beforeEach(async () => {
    account = new Account();
    account.createDatabase('DB');
    token = account.open({ database: 'DB', schema: 'PUBLIC' });
    other = account.open({ database: 'DB', schema: 'PUBLIC' });
    await run('create table public.t (id number(38,0), name varchar not null)');
    await run(`insert into public.t (id, name) values (1, 'a')`);
  });
  afterEach(() => account.close());

  const run = (sql: string, session = token) => account.run(session, sql, undefined);
  const ids = async (session = token) => (await run('select id from public.t order by id', session)).rows.flat();

  /** Statements that fail in the engine, before it, and at once. */
  const FAILING = [
    `insert into public.t (id, name) select 9, name from public.t union all select 10, null`,
    `update public.t set name = null where id = 2`,
    `merge into public.t as t using (select 2 as id union all select 2) as s on t.id = s.id when matched then update set name = 'x'`,
    `insert into public.absent (id) values (1)`,
    `select absent from public.t`,
    `insert into public.t (id, name) select to_date('x', 'YYYY-MM-DD'), 'x'`,
    `this is no statement`,
  ];

  it.each(FAILING)('leaves nothing behind, and the transaction stays open: %s', async (failing) => {
    await run('begin');
    await run(`insert into public.t (id, name) values (2, 'b')`);
    await run(`insert into public.t (id, name) values (3, 'c')`);
    await expect(run(failing)).rejects.toMatchObject({ name: 'SqlError' });
    expect(await ids()).toEqual(['1', '2', '3']);
    expect(await ids(other)).toEqual(['1']);
    await run('delete from public.t where id = 3');
    await expect(run(failing)).rejects.toMatchObject({ name: 'SqlError' });
    await run('commit');
    expect(await ids(other)).toEqual(['1', '2']);
    expect((await run('select name from public.t order by id', other)).rows.flat()).toEqual(['a', 'b']);
  });

  it('is undone by ROLLBACK with all that went before', async () => {
    await run('begin');
    await run(`insert into public.t (id, name) values (2, 'b')`);
    await expect(run(FAILING[0] as string)).rejects.toThrow();
    await run('rollback');
    expect(await ids()).toEqual(['1']);
    await run(`insert into public.t (id, name) values (3, 'c')`);
    expect(await ids(other)).toEqual(['1', '3']);
  });

  it('keeps the locks: another session waits until the transaction ends', async () => {
    await run('begin');
    await run(`insert into public.t (id, name) values (2, 'b')`);
    await expect(run(FAILING[1] as string)).rejects.toThrow();
    const order: string[] = [];
    const waiting = run(`insert into public.t (id, name) values (3, 'c')`, other).then(() => order.push('other'));
    await ids();
    order.push('commit');
    await run('commit');
    await waiting;
    expect(order).toEqual(['commit', 'other']);
    expect(await ids()).toEqual(['1', '2', '3']);
  });

  it('without a transaction undoes itself only', async () => {
    await expect(run(FAILING[0] as string)).rejects.toThrow();
    expect(await ids(other)).toEqual(['1']);
  });

  it('a COPY that is rolled back loads its file when it comes again, and purges it on COMMIT only', async () => {
    await run('create stage public.s');
    const upload = (await run(`put 'file:///x.parquet' '@public.s/f'`)).upload as {
      readonly stageInfo: { readonly location: string };
    };
    const file = path.join(upload.stageInfo.location, 'x.parquet');
    await writeParquet(file);
    const copy = `copy into public.t (id, name) from (select $1:ID, $1:NAME from '@public.s/f') files = ('x.parquet') file_format = (type = parquet) purge = true`;
    await run('begin');
    await run(copy);
    await expect(run(FAILING[0] as string)).rejects.toThrow();
    expect(await ids()).toEqual(['1', '7']);
    await run('rollback');
    expect(fs.existsSync(file)).toBe(true);
    await run('begin');
    await run(copy);
    await run('commit');
    expect(await ids(other)).toEqual(['1', '7']);
    expect(fs.existsSync(file)).toBe(false);
  });

  async function writeParquet(file: string): Promise<void> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parquet-'));
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const from = path.join(folder, 'x.parquet');
    await connection.run(`copy (select 7 as "ID", 'g' as "NAME") to '${from}' (format parquet)`);
    connection.closeSync();
    instance.closeSync();
    fs.renameSync(from, file);
    fs.rmSync(folder, { recursive: true });
  }
});
