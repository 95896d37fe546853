const { DuckDBInstance } = require('@duckdb/node-api');
const { literal } = require('@cuttle/loader');

const META = `'{"sync_id":1,"changes":[]}'`;

/** Runs statements on a database file, from which the time zone is UTC. */
async function runOn(file, statements) {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  try {
    for (const sql of ["set TimeZone = 'UTC'", ...statements]) await connection.run(sql);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Adds the purchases from `first` to before `end` to the table that the destination made, without messages. */
function addPurchases(file, first, end) {
  return runOn(file, [
    `insert into purchases by name select uuid() as _airbyte_raw_id,
make_timestamptz((1763596800000 + i) * 1000) as _airbyte_extracted_at, ${META} as _airbyte_meta,
1 as _airbyte_generation_id, i as id, i % 9999 as user_id, i % 100 as product_id, (i % 10000) / 100 as amount,
'eur' as currency, case when i % 3 = 0 then 'pending' else 'done' end as status,
concat('He said "hi"', chr(10), 'üñïcode ', i) as note, i % 2 = 0 as paid,
make_timestamptz((1700000000000 + i * 1000) * 1000) as created_at,
timestamptz '2024-05-05T10:00:00+02:00' as updated_at, date '2024-05-05' as day,
concat('{"street":"Main ', i, '","zip":"01234","geo":{"lat":1.5,"lng":2.25}}') as address, i % 7 as quantity
from range(${first}, ${end}) as r(i)`,
  ]);
}

/** A copy of the table with a primary key. */
async function makeKeyed(file, copy) {
  await runOn(copy, [
    `attach ${literal(file)} as plain (read_only)`,
    'create table purchases as select * from plain.purchases limit 0',
    'alter table purchases add primary key (id)',
    'insert into purchases select * from plain.purchases',
  ]);
}

/** The records of a file of messages as a table with the columns of the final one, in their order. */
function makeBatch(messages, file) {
  const fields = [
    ...['id', 'user_id', 'product_id', 'quantity'].map((name) => `${name} BIGINT`),
    ...['currency', 'status', 'note'].map((name) => `${name} VARCHAR`),
    ...[
      'amount DOUBLE',
      'paid BOOLEAN',
      'created_at TIMESTAMPTZ',
      'updated_at TIMESTAMPTZ',
      'day DATE',
      'address JSON',
    ],
  ].join(', ');
  return runOn(file, [
    `create table batch as select uuid() as _airbyte_raw_id,
make_timestamptz(record.emitted_at * 1000) as _airbyte_extracted_at, ${META}::json as _airbyte_meta,
1::bigint as _airbyte_generation_id, unnest(record.data)
from read_ndjson(${literal(messages)}, records = true,
  columns = {type: 'VARCHAR', record: 'STRUCT(data STRUCT(${fields}), emitted_at BIGINT)'})
where type = 'RECORD'`,
  ]);
}

module.exports = { addPurchases, makeKeyed, makeBatch };
