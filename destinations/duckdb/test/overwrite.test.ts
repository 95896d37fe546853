import { complete, DuckdbFile, errorsOf, record, state, statesOf, streamOf, TestWarehouse } from '@cuttle/testing';
import { profileInProcess } from './profile.js';

/** More than a commit takes as a small batch. */
const ROWS = 3000;
const SCHEMA = { id: 'integer', name: 'string' };

describe('a full refresh that replaces a table of a DuckDB file', () => {
  let warehouse: TestWarehouse;
  beforeEach(() => {
    warehouse = new TestWarehouse(profileInProcess());
  });
  afterEach(() => warehouse.remove());

  /** One overwrite of all rows; each is given the number of its refresh. */
  async function refresh(generation: number, properties: Record<string, string> = SCHEMA): Promise<void> {
    const options = { mode: 'overwrite', generation, minimum: generation, syncId: generation + 1 } as const;
    const stream = streamOf('things', properties, options);
    const extra = Object.fromEntries(Object.keys(properties).map((name) => [name, `${name} ${generation}`]));
    const lines = Array.from({ length: ROWS }, (_, id) => record(stream, { ...extra, id, name: `${generation}` }));
    const result = await warehouse.write([stream], [...lines, state(stream, { generation }), complete(stream)]);
    expect([result.exitCode, errorsOf(result), statesOf(result).length]).toEqual([0, [], 1]);
  }

  function run(sql: string): Promise<readonly (readonly unknown[])[]> {
    return new DuckdbFile(String(warehouse.config['destination_path'])).query(sql);
  }

  const counted = 'select count(*)::integer, min(name), max(name) from main.things';
  const tables = "select table_name from duckdb_tables() where not starts_with(table_name, '_cuttle_control')";

  it('the new rows take the place of the old ones, and no side table stays', async () => {
    await refresh(1);
    await refresh(2);
    expect(await run(counted)).toEqual([[ROWS, '2', '2']]);
    expect(await run(tables)).toEqual([['things']]);
  });

  it('a view over all columns still works, also when a column came between', async () => {
    await refresh(1);
    await run('create view main.seen as select * from main.things');
    await refresh(2);
    expect(await run('select count(*)::integer, min(name) from main.seen')).toEqual([[ROWS, '2']]);
    await run('drop view main.seen');
    await refresh(3, { id: 'integer', kind: 'string', name: 'string' });
    await run('create view main.seen as select * from main.things');
    await refresh(4, { id: 'integer', kind: 'string', name: 'string' });
    expect(await run('select count(*)::integer, min(name), min(kind) from main.seen')).toEqual([[ROWS, '4', 'kind 4']]);
  });

  for (const [what, statement, query, found] of [
    ['an index', 'create index by_name on main.things (name)', 'select index_name from duckdb_indexes()', 'by_name'],
    [
      'a comment on the table',
      "comment on table main.things is 'all things'",
      "select comment from duckdb_tables() where table_name = 'things'",
      'all things',
    ],
    [
      'a comment on a column',
      "comment on column main.things.name is 'its name'",
      "select comment from duckdb_columns() where column_name = 'name' and table_name = 'things'",
      'its name',
    ],
    [
      "a column of the user's own",
      'alter table main.things add column mark integer',
      "select column_name from duckdb_columns() where table_name = 'things' and column_name = 'mark'",
      'mark',
    ],
  ] as const) {
    it(`${what} stays`, async () => {
      await refresh(1);
      await run(statement);
      await refresh(2);
      expect(await run(query)).toEqual([[found]]);
      expect(await run(counted)).toEqual([[ROWS, '2', '2']]);
    });
  }
});
