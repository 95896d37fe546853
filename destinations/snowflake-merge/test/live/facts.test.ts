import path from 'node:path';
import { makeFolder, record, removeFolder, state, streamOf, TestWarehouse } from '@cuttle/testing';
import { DuckDBInstance } from '@duckdb/node-api';
import { LiveSession } from './account.js';
import { liveLane } from './lane.js';
import { liveProfile } from './profile.js';

/** What the destination takes from Snowflake's documentation, or from nowhere: asked before everything else. */
liveLane('Snowflake, as the destination takes it to be', () => {
  const profile = liveProfile();
  const { session } = profile;
  let warehouse: TestWarehouse;
  let schema: string;
  beforeEach(async () => {
    warehouse = new TestWarehouse(profile);
    await profile.prepare?.(warehouse.config);
    schema = `${warehouse.config['database']}.PUBLIC`;
  });
  afterEach(() => warehouse.remove());
  const count = async (table: string) => Number((await session.query(`select count(*) from ${table}`))[0]?.[0]);

  /** Puts a Parquet file of the engine into a stage of the schema. */
  async function stage(select: string): Promise<void> {
    const folder = makeFolder();
    try {
      const file = path.join(folder, 'part.parquet');
      const instance = await DuckDBInstance.create(':memory:');
      const connection = await instance.connect();
      await connection.run(`copy (${select}) to '${file}' (format parquet, compression zstd)`);
      connection.closeSync();
      instance.closeSync();
      await session.query(`create stage if not exists ${schema}.S`);
      await session.query(`put 'file://${file}' '@${schema}.S' auto_compress = false overwrite = true`);
    } finally {
      removeFolder(folder);
    }
  }
  const copy = (columns: string) =>
    session.query(
      `copy into ${schema}.T from (select ${columns} from '@${schema}.S') files = ('part.parquet') file_format = (type = parquet) on_error = abort_statement`,
    );

  it('COPY reads the logical types of a Parquet file: decimals, doubles, booleans and texts arrive unchanged', async () => {
    const whole = '9'.repeat(38);
    await session.query(`create table ${schema}.T (A number(38,0), B number(38,9), C float, D boolean, E varchar)`);
    await stage(
      `select '${whole}'::decimal(38,0) as "A", '12345678901234567890.123456789'::decimal(38,9) as "B", 0.1::double as "C", true as "D", 'ü😀 ''"\\' as "E"`,
    );
    await copy('$1:A, $1:B, $1:C, $1:D, $1:E');
    const rows = await session.query(
      `select A::varchar, B::varchar, C = 0.1::float, D, E = 'ü😀 \\'"\\\\' from ${schema}.T`,
    );
    expect(rows.map((row) => row.map(String))).toEqual([
      [whole, '12345678901234567890.123456789', 'true', 'true', 'true'],
    ]);
  });

  it('a nanosecond and an offset, as text, are cast to TIMESTAMP_TZ whole', async () => {
    const [row] = await session.query(
      `select to_varchar(to_timestamp_tz('2024-05-05 10:00:00.123456789 -07:30', 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM'), 'HH24:MI:SS.FF9 TZH:TZM')`,
    );
    expect(row).toEqual(['10:00:00.123456789 -07:30']);
  });

  it('a file is loaded once, also when it is not removed', async () => {
    await session.query(`create table ${schema}.T (A number)`);
    await stage('select 1 as "A"');
    await copy('$1:A');
    await copy('$1:A');
    expect(await count(`${schema}.T`)).toBe(1);
  });

  it('a definition commits what stands before it in a transaction', async () => {
    await session.query(`create table ${schema}.T (A number)`);
    await session.query('begin');
    await session.query(`insert into ${schema}.T values (1)`);
    await session.query(`create table ${schema}.OTHER (A number)`);
    await session.query('rollback');
    expect(await count(`${schema}.T`)).toBe(1);
  });

  it('an update in a transaction keeps another session from changing the table: two writers cannot pass the fence at once', async () => {
    const other = new LiveSession();
    try {
      await session.query(`create table ${schema}.T (A number)`);
      await session.query(`insert into ${schema}.T values (1)`);
      await other.query('alter session set lock_timeout = 3');
      await session.query('begin');
      await session.query(`update ${schema}.T set A = 2 where A = 1`);
      await expect(other.query(`update ${schema}.T set A = 3 where A = 1`)).rejects.toThrow(/lock/i);
      await session.query('commit');
      expect(await session.query(`select A::varchar from ${schema}.T`)).toEqual([['2']]);
    } finally {
      await other.close();
    }
  });

  it('a MERGE bounded by its key range scans less than the table', async () => {
    const things = streamOf(
      'things',
      { id: 'integer', text: 'string' },
      { mode: 'append_dedup', key: ['id'], generation: 1 },
    );
    await warehouse.load([things], [record(things, { id: -1 }), state(things, { n: 0 })]);
    const table = `${warehouse.config['database']}.RAW.THINGS`;
    // Texts that do not compress, in the order of the key, so that there are several micro-partitions.
    await session.query(
      `insert into ${table} (ID, TEXT, _AIRBYTE_EXTRACTED_AT) select seq8(), randstr(500, random()), '2020-01-01'::timestamp_tz from table(generator(rowcount => 500000)) order by 1`,
    );
    await warehouse.load([things], [record(things, { id: 7, text: 'new' }), state(things, { n: 1 })]);
    const [size] = await session.query(
      `select bytes from ${warehouse.config['database']}.information_schema.tables where table_name = 'THINGS'`,
    );
    const [merge] = await session.query(
      `select bytes_scanned from table(${warehouse.config['database']}.information_schema.query_history_by_user(result_limit => 1000))
where query_text ilike 'merge into "RAW"."THINGS"%' and database_name = '${warehouse.config['database']}' order by start_time desc limit 1`,
    );
    expect(Number(merge?.[0])).toBeLessThan(Number(size?.[0]) / 2);
  });
});
