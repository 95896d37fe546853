// The peers of the load measurement, each as a process of its own: node native-load.js METHOD MESSAGES DATABASE [LIMIT]
const fs = require('node:fs');
const readline = require('node:readline');
const { DuckDBInstance, DuckDBTimestampTZValue } = require('@duckdb/node-api');

const COLUMNS = {
  id: 'BIGINT',
  user_id: 'BIGINT',
  product_id: 'BIGINT',
  amount: 'DOUBLE',
  currency: 'VARCHAR',
  status: 'VARCHAR',
  note: 'VARCHAR',
  paid: 'BOOLEAN',
  created_at: 'TIMESTAMPTZ',
  updated_at: 'TIMESTAMPTZ',
  day: 'DATE',
  address: 'JSON',
  quantity: 'BIGINT',
};
const TABLE = `create table purchases (_airbyte_raw_id UUID, _airbyte_extracted_at TIMESTAMPTZ, _airbyte_meta JSON,
_airbyte_generation_id BIGINT, ${Object.entries(COLUMNS)
  .map(([name, type]) => `${name} ${type}`)
  .join(', ')})`;
const META = `'{"sync_id":1,"changes":[]}'`;

async function main([method, messages, database, limit]) {
  const threads = method === 'read_ndjson_1' ? { threads: '1' } : {};
  const instance = await DuckDBInstance.create(database, threads);
  const connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  await connection.run(TABLE);
  if (method.startsWith('read_ndjson')) await readNdjson(connection, messages);
  else await insertRows(connection, messages, method, Number(limit));
  connection.closeSync();
  instance.closeSync();
}

/** DuckDB's own typed read of the whole envelope: no checks, wrong for odd values, the upper bound. */
async function readNdjson(connection, messages) {
  const fields = Object.entries(COLUMNS)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ');
  await connection.run(`insert into purchases
select uuid(), make_timestamptz(record.emitted_at * 1000), ${META}, 1, unnest(record.data)
from read_ndjson('${messages}', columns = {type: 'VARCHAR', record: 'STRUCT(data STRUCT(${fields}), emitted_at BIGINT)'}, records = true)
where type = 'RECORD'`);
}

async function insertRows(connection, messages, method, limit) {
  const places = Object.values(COLUMNS)
    .map((type, index) => `$${index + 2}::${type}`)
    .join(', ');
  const statement = `insert into purchases values (uuid(), make_timestamptz($1), ${META}, 1, ${places})`;
  const prepared = method === 'insert' ? await connection.prepare(statement) : undefined;
  const appender = method === 'appender' ? await connection.createAppender('purchases') : undefined;
  await connection.run('begin');
  // Made last: lines that come while nothing iterates are lost.
  const lines = readline.createInterface({ input: fs.createReadStream(messages) });
  let rows = 0;
  for await (const line of lines) {
    const { type, record } = JSON.parse(line);
    if (type !== 'RECORD') continue;
    if (prepared !== undefined) await insert(prepared, record);
    else append(appender, record);
    rows += 1;
    if (rows === limit) break;
  }
  if (appender !== undefined) appender.closeSync();
  await connection.run('commit');
  lines.close();
}

async function insert(prepared, record) {
  prepared.bindBigInt(1, BigInt(record.emitted_at) * 1000n);
  Object.keys(COLUMNS).forEach((name, index) => {
    const value = record.data[name];
    prepared.bindVarchar(index + 2, typeof value === 'object' ? JSON.stringify(value) : String(value));
  });
  await prepared.run();
}

function append(appender, { emitted_at: emittedAt, data }) {
  const micros = (text) => new DuckDBTimestampTZValue(BigInt(Date.parse(text)) * 1000n);
  appender.appendNull();
  appender.appendTimestampTZ(new DuckDBTimestampTZValue(BigInt(emittedAt) * 1000n));
  appender.appendVarchar('{"sync_id":1,"changes":[]}');
  appender.appendBigInt(1n);
  for (const name of ['id', 'user_id', 'product_id']) appender.appendBigInt(BigInt(data[name]));
  appender.appendDouble(data.amount);
  for (const name of ['currency', 'status', 'note']) appender.appendVarchar(data[name]);
  appender.appendBoolean(data.paid);
  appender.appendTimestampTZ(micros(data.created_at));
  appender.appendTimestampTZ(micros(data.updated_at));
  appender.appendVarchar(data.day);
  appender.appendVarchar(JSON.stringify(data.address));
  appender.appendBigInt(BigInt(data.quantity));
  appender.endRow();
}

void main(process.argv.slice(2));
