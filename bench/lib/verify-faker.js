const { DuckDBInstance } = require('@duckdb/node-api');
const { literal } = require('@cuttle/loader');
const { queryFile } = require('./verify.js');

/** Properties whose values are the same text in every warehouse: whole numbers and texts that are no moments. */
function comparable({ json_schema: { properties } }) {
  return Object.entries(properties)
    .filter(([, { type, format }]) => (type === 'integer' || type === 'string') && format === undefined)
    .map(([name]) => name);
}

/** Number of rows and a hash over the comparable values of all of them, by stream. */
function hashOf(stream, from, textOf) {
  const row = comparable(stream).map((name) => `coalesce(${textOf(name)}::varchar, '')`);
  const number = `${textOf('id')}::bigint`;
  return `select count(*)::integer, md5(string_agg(concat_ws('|', ${row.join(', ')}), chr(10) order by ${number})) from ${from}`;
}

/** What the tables of a database hold. */
async function fingerprints(file, streams) {
  const found = {};
  for (const stream of streams) {
    const [schema] = await queryFile(
      file,
      `select schema_name from duckdb_tables() where table_name = ${literal(stream.name)}`,
    );
    const [row] = await queryFile(
      file,
      hashOf(stream, `"${schema[0]}"."${stream.name}"`, (name) => `"${name}"`),
    );
    found[stream.name] = row;
  }
  return found;
}

/** What they have to hold: the records of a file of messages. */
async function fingerprintsOfFile(messages, streams) {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const expected = {};
  for (const stream of streams) {
    const lines = `read_ndjson(${literal(messages)}, columns = {type: 'VARCHAR', record: 'STRUCT(stream VARCHAR, data JSON)'})
where type = 'RECORD' and record.stream = ${literal(stream.name)}`;
    const sql = hashOf(stream, lines, (name) => `(record.data ->> '$.${name}')`);
    expected[stream.name] = (await connection.runAndReadAll(sql)).getRowsJson()[0];
  }
  connection.closeSync();
  instance.closeSync();
  return expected;
}

module.exports = { fingerprints, fingerprintsOfFile };
