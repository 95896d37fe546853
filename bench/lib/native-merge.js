// Merges a batch into a table of a database: node native-merge.js METHOD TABLE_FILE BATCH_FILE. The batch is first read
// into a temporary table, as destination-duckdb holds it. Prints what the merge alone took. METHOD `ours` runs the statements of destination-duckdb.
const { DuckDBInstance } = require('@duckdb/node-api');
const { columnList } = require('@cuttle/loader');
const { DuckdbDialect } = require('../../destinations/duckdb/dist/duckdb-dialect.js');
const { STREAM } = require('./purchases.js');

const TABLE = { schema: 'main', name: 'purchases' };
const PLAN = {
  table: TABLE,
  columns: Object.keys(STREAM.json_schema.properties).map((name) => ({ property: name, name, type: 'string' })),
  key: ['id'],
  cursor: 'updated_at',
  tombstone: undefined,
};
const DIALECT = new DuckdbDialect();
const COLUMNS = columnList(PLAN, DIALECT);
const BATCH = '(select *, rowid as _arrival from temp.batch)';
const WINNERS = `(select ${COLUMNS.join(', ')} from ${BATCH}
qualify row_number() over (partition by id order by updated_at desc nulls last, _airbyte_extracted_at desc, _arrival desc) = 1)`;
const SET = COLUMNS.filter((name) => name !== '"id"');

const METHODS = {
  ours: DIALECT.load('upsert', { sql: BATCH }, TABLE, PLAN).map(({ sql }) => sql),
  merge: [
    `merge into purchases as t using ${WINNERS} as w on t.id = w.id
when matched and w.updated_at >= t.updated_at then update set ${SET.map((name) => `${name} = w.${name}`).join(', ')}
when not matched then insert (${COLUMNS.join(', ')}) values (${COLUMNS.map((name) => `w.${name}`).join(', ')})`,
  ],
  conflict: [
    `insert into purchases (${COLUMNS.join(', ')}) select * from ${WINNERS}
on conflict (id) do update set ${SET.map((name) => `${name} = excluded.${name}`).join(', ')}
where excluded.updated_at >= purchases.updated_at`,
  ],
};

async function main([method, table, batch]) {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  await connection.run(`attach '${batch}' as waiting (read_only)`);
  await connection.run('create temp table batch as select * from waiting.batch');
  await connection.run(`attach '${table}' as target`);
  await connection.run('use target');
  const started = performance.now();
  const usage = process.cpuUsage();
  for (const sql of ['begin', ...METHODS[method], 'commit', 'checkpoint']) await connection.run(sql);
  const { user, system } = process.cpuUsage(usage);
  const took = { wallSeconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 };
  process.stdout.write(JSON.stringify(took));
  connection.closeSync();
  instance.closeSync();
}

void main(process.argv.slice(2));
