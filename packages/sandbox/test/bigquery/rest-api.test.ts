import { type Sandbox, startSandbox } from '../../src/index.js';

type Json = Record<string, unknown>;

let sandbox: Sandbox;
let token: string;

beforeEach(async () => {
  sandbox = await startSandbox({ users: 20, orders: 40 });
  token = sandbox.bigquery.token;
});

afterEach(() => sandbox.close());

async function call(path: string, body?: unknown): Promise<{ status: number; body: Json }> {
  const response = await fetch(`${sandbox.bigquery.baseUrl}/projects/novel-capstone${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Json };
}

const TABLES = '/datasets/analytics_357192640/tables';
const run = (action: string, params: Record<string, unknown> = {}): unknown => sandbox.control.run(action, params);
const reasonOf = (body: Json): unknown => (body['error'] as { errors: { reason: string }[] }).errors[0]?.reason;

const SCHEMA = [
  { name: 'n', type: 'INTEGER', mode: 'NULLABLE' },
  { name: 'x', type: 'FLOAT', mode: 'NULLABLE' },
  { name: 's', type: 'STRING', mode: 'NULLABLE' },
  { name: 'b', type: 'BOOLEAN', mode: 'NULLABLE' },
  { name: 'r', type: 'RECORD', mode: 'NULLABLE', fields: [{ name: 'a', type: 'INTEGER', mode: 'REPEATED' }] },
  { name: 'l', type: 'RECORD', mode: 'REPEATED', fields: [{ name: 'k', type: 'STRING', mode: 'NULLABLE' }] },
];

describe('BigQuery stand-in: tables', () => {
  it('lists tables in pages, without row counts', async () => {
    const first = await call(`${TABLES}?maxResults=100`);
    const tables = first.body['tables'] as Json[];
    expect(tables).toHaveLength(100);
    expect(tables[0]).not.toHaveProperty('numRows');
    const second = await call(`${TABLES}?maxResults=100&pageToken=${String(first.body['nextPageToken'])}`);
    const ids = [...tables, ...(second.body['tables'] as Json[])].map((table) => String(table['id']));
    expect(new Set(ids).size).toBe(first.body['totalItems']);
    expect(second.body).not.toHaveProperty('nextPageToken');
    expect((await call(TABLES)).body['tables']).toHaveLength(50);
  });

  it('describes a table with counts and times as texts and the layout of its time', async () => {
    const columns = async (id: string): Promise<string[]> => {
      const { body } = await call(`${TABLES}/${id}`);
      expect([typeof body['numRows'], typeof body['numBytes'], typeof body['lastModifiedTime']]).toEqual(
        Array(3).fill('string'),
      );
      return (body['schema'] as { fields: { name: string }[] }).fields.map((field) => field.name);
    };
    expect(await columns('events_20240601')).not.toContain('batch_page_id');
    expect(await columns('events_20240801')).toContain('batch_page_id');
  });

  it('writes every scalar as a text, lists as {v}, records as {f}', async () => {
    const rows = [
      { n: '9223372036854775807', x: 114, s: 'é"\n', b: true, r: { a: ['1', '-2'] }, l: [{ k: 'v' }, {}] },
      { x: 12345678.5 },
      { x: 0.0001 },
    ];
    run('bigquery.create', { table: 't', schema: SCHEMA, rows });
    const { body } = await call(`${TABLES}/t/data`);
    expect(body['totalRows']).toBe('3');
    expect(body['rows']).toEqual([
      {
        f: [
          { v: '9223372036854775807' },
          { v: '114.0' },
          { v: 'é"\n' },
          { v: 'true' },
          { v: { f: [{ v: [{ v: '1' }, { v: '-2' }] }] } },
          { v: [{ v: { f: [{ v: 'v' }] } }, { v: { f: [{ v: null }] } }] },
        ],
      },
      { f: [{ v: null }, { v: '1.23456785E7' }, { v: null }, { v: null }, { v: null }, { v: [] }] },
      { f: [{ v: null }, { v: '1.0E-4' }, { v: null }, { v: null }, { v: null }, { v: [] }] },
    ]);
  });

  it('keeps a page token on the version it was made for while the table changes', async () => {
    const rows = Array.from({ length: 5 }, (_, index) => ({ n: String(index) }));
    run('bigquery.create', { table: 't', schema: SCHEMA.slice(0, 1), rows });
    const first = await call(`${TABLES}/t/data?maxResults=2`);
    run('bigquery.append', { table: 't', rows: [{ n: '5' }] });
    run('bigquery.add_fields', { table: 't', fields: [SCHEMA[2]] });
    const rest = await call(`${TABLES}/t/data?pageToken=${String(first.body['pageToken'])}`);
    expect(rest.body['rows']).toEqual([{ f: [{ v: '2' }] }, { f: [{ v: '3' }] }, { f: [{ v: '4' }] }]);
    expect(rest.body).not.toHaveProperty('pageToken');
    expect((await call(`${TABLES}/t/data?startIndex=5`)).body['rows']).toEqual([{ f: [{ v: '5' }, { v: null }] }]);
    run('bigquery.create', { table: 't', schema: SCHEMA.slice(0, 1), rows });
    expect((await call(`${TABLES}/t/data?pageToken=${String(first.body['pageToken'])}`)).status).toBe(400);
  });

  it('bounds a page by bytes and leaves rows out when there are none', async () => {
    run('bigquery.create', { table: 'events_20240901', count: 1000 });
    run('bigquery.settings', { maxPageBytes: 10_000 });
    const { body } = await call(`${TABLES}/events_20240901/data`);
    expect((body['rows'] as Json[]).length).toBeLessThan(20);
    expect(body['totalRows']).toBe('1000');
    run('bigquery.create', { table: 'events_20240902', rows: [] });
    expect((await call(`${TABLES}/events_20240902/data`)).body).not.toHaveProperty('rows');
  });

  it('selects columns and paths', async () => {
    run('bigquery.create', { table: 't', schema: SCHEMA, rows: [{ s: 'a', n: '1', r: { a: [] } }] });
    const { body } = await call(`${TABLES}/t/data?selectedFields=s,r.a`);
    expect(body['rows']).toEqual([{ f: [{ v: 'a' }, { v: { f: [{ v: [] }] } }] }]);
  });

  it('answers notFound, accessDenied and 401 with reasons', async () => {
    expect(reasonOf((await call(`${TABLES}/nothing`)).body)).toBe('notFound');
    expect((await call('/datasets/nothing/tables')).status).toBe(404);
    run('bigquery.settings', { deniedPermissions: ['bigquery.tables.getData'] });
    const denied = await call(`${TABLES}/events_20240801/data`);
    expect([denied.status, reasonOf(denied.body)]).toEqual([403, 'accessDenied']);
    sandbox.control.faults.add({ fault: { kind: 'expire_tokens' } });
    expect([(await call(TABLES)).status, (await call(TABLES)).status]).toEqual([401, 401]);
  });

  it('fails with documented reasons on request', async () => {
    run('bigquery.fail', { reason: 'quotaExceeded', match: { path: '0801/data' } });
    expect((await call(TABLES)).status).toBe(200);
    const failed = await call(`${TABLES}/events_20240801/data`);
    expect([failed.status, reasonOf(failed.body)]).toEqual([403, 'quotaExceeded']);
  });

  it('puts the daily table in place of the intraday one', async () => {
    expect((await call(`${TABLES}/events_intraday_20240901`)).status).toBe(200);
    run('bigquery.finish_day', { date: '20240901' });
    expect((await call(`${TABLES}/events_intraday_20240901`)).status).toBe(404);
    expect((await call(`${TABLES}/events_20240901`)).status).toBe(200);
  });
});

describe('BigQuery stand-in: queries', () => {
  const query = (sql: string, more: Json = {}): Promise<{ status: number; body: Json }> =>
    call('/queries', { query: sql, useLegacySql: false, ...more });
  const table = '`novel-capstone.analytics_357192640.t`';
  const values = (body: Json): unknown[] =>
    ((body['rows'] ?? []) as { f: { v: unknown }[] }[]).map((row) => row.f.map((cell) => cell.v));

  beforeEach(() => {
    const rows = Array.from({ length: 4 }, (_, n) => ({ n: String(n), s: `it's ${n}`, x: n / 2 }));
    run('bigquery.create', { table: 't', schema: SCHEMA, rows: [...rows, { s: 'none' }] });
  });

  it('says first that the job is not complete, then gives pages', async () => {
    const first = await query(`select n, s from ${table}`, { maxResults: 2 });
    expect(first.body).toMatchObject({ jobComplete: false });
    expect(first.body).not.toHaveProperty('rows');
    const { jobId } = first.body['jobReference'] as { jobId: string };
    const page = await call(`/queries/${jobId}?maxResults=3`);
    expect(page.body).toMatchObject({ jobComplete: true, totalRows: '5' });
    expect(values(page.body)).toEqual([
      ['0', "it's 0"],
      ['1', "it's 1"],
      ['2', "it's 2"],
    ]);
    const last = await call(`/queries/${jobId}?maxResults=3&pageToken=${String(page.body['pageToken'])}`);
    expect(values(last.body)).toEqual([
      ['3', "it's 3"],
      [null, 'none'],
    ]);
  });

  it.each([
    [`n > 1`, ['2', '3']],
    [`s = 'it\\'s 1'`, ['1']],
    [`n in (0, 3) and x < 1`, ['0']],
    [`n is null`, [null]],
    [`n is not null and s != "it's 0"`, ['1', '2', '3']],
    [`s in unnest(@names)`, ['1', '2']],
    [`n >= @low`, ['2', '3']],
  ])('filters by %s', async (where, expected) => {
    run('bigquery.settings', { pendingPolls: 0 });
    const names = { arrayValues: [{ value: "it's 1" }, { value: "it's 2" }] };
    const queryParameters = [
      { name: 'names', parameterType: { type: 'ARRAY', arrayType: { type: 'STRING' } }, parameterValue: names },
      { name: 'low', parameterType: { type: 'INT64' }, parameterValue: { value: '2' } },
    ];
    const { body } = await query(`SELECT n FROM ${table} WHERE ${where}`, { queryParameters });
    expect(values(body)).toEqual(expected.map((n) => [n]));
  });

  it('sorts and limits', async () => {
    run('bigquery.settings', { pendingPolls: 0 });
    const { body } = await query(`select n from ${table} order by n desc limit 2`);
    expect(values(body)).toEqual([['3'], ['2']]);
  });

  it.each([
    ['select count(*) from T'],
    ['select nope from T'],
    ['select n from t'],
    ['select n from T where n = (select 1)'],
    ['select n from T; drop table T'],
    ["select n from T where n = 'x'"],
    ['delete from T'],
    ['select r from T order by r'],
  ])('refuses %s as invalidQuery', async (sql) => {
    const refused = await query(sql.replaceAll('T', table));
    expect([refused.status, reasonOf(refused.body)]).toEqual([400, 'invalidQuery']);
  });

  it('takes legacy SQL as the default and refuses it', async () => {
    const refused = await call('/queries', { query: `select n from ${table}` });
    expect(reasonOf(refused.body)).toBe('invalidQuery');
  });

  it('tells bytes in a dry run, by column, without running', async () => {
    const bytes = async (columns: string): Promise<unknown> => {
      const { body } = await query(`select ${columns} from ${table}`, { dryRun: true });
      expect(body).not.toHaveProperty('rows');
      return body['totalBytesProcessed'];
    };
    // Four numbers of 8 bytes; texts of 2 + 6 bytes, and one of 2 + 4.
    expect(await bytes('n')).toBe('32');
    expect(await bytes('n, s')).toBe(String(32 + 4 * 8 + 6));
  });

  it('keeps to maximumBytesBilled, counting at least 10 MB', async () => {
    const refused = await query(`select n from ${table}`, { maximumBytesBilled: '1000' });
    expect(reasonOf(refused.body)).toBe('bytesBilledLimitExceeded');
    expect((await query(`select n from ${table}`, { maximumBytesBilled: '10485760' })).status).toBe(200);
  });

  it('runs jobs that are inserted and reports their errors in the status', async () => {
    const configuration = { query: { query: `select n from ${table}`, useLegacySql: false } };
    const made = await call('/jobs', { configuration, jobReference: { jobId: 'mine' } });
    expect(made.body).toMatchObject({ status: { state: 'RUNNING' } });
    expect((await call('/jobs/mine')).body).toMatchObject({ status: { state: 'RUNNING' } });
    expect((await call('/jobs/mine')).body).toMatchObject({ status: { state: 'DONE' } });
    expect((await call('/queries/mine')).body).toMatchObject({ jobComplete: true, totalRows: '5' });
    expect((await call('/jobs', { configuration, jobReference: { jobId: 'mine' } })).status).toBe(409);
    const dry = await call('/jobs', { configuration: { ...configuration, dryRun: true } });
    expect(dry.body).toMatchObject({ statistics: { totalBytesProcessed: '32' } });
    run('bigquery.settings', { pendingPolls: 0 });
    const limited = { query: { ...configuration.query, maximumBytesBilled: '1' } };
    const failed = await call('/jobs', { configuration: limited });
    expect(failed.status).toBe(200);
    expect(failed.body).toMatchObject({ status: { errorResult: { reason: 'bytesBilledLimitExceeded' } } });
  });
});
