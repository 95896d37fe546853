// The peer of the measurement of many streams: node native-streams.js MESSAGES CATALOG DATABASE. For each stream one
// statement makes a typed table of its messages by DuckDB's own reader, in a transaction of its own: no checks, no states,
// nothing exact.
const fs = require('node:fs');
const path = require('node:path');
const { DuckDBInstance } = require('@duckdb/node-api');
const { ENGINE_TYPES, typeOf } = require('./many-streams.js');

async function main([messages, catalog, database]) {
  const { streams } = JSON.parse(fs.readFileSync(catalog, 'utf8'));
  const folder = fs.mkdtempSync(path.join(path.dirname(database), 'native-'));
  const files = split(messages, folder);
  const instance = await DuckDBInstance.create(database);
  const connection = await instance.connect();
  for (const { stream } of streams) {
    const properties = Object.entries(stream.json_schema.properties);
    const fields = properties.map(([name, schema]) => `${name} ${ENGINE_TYPES[typeOf(schema)]}`).join(', ');
    await connection.run(`create table ${stream.name} as
select uuid() as _airbyte_raw_id, make_timestamptz(record.emitted_at * 1000) as _airbyte_extracted_at,
'{"sync_id":1,"changes":[]}'::json as _airbyte_meta, 1::bigint as _airbyte_generation_id, unnest(record.data)
from read_ndjson('${files.get(stream.name)}', columns = {record: 'STRUCT(data STRUCT(${fields}), emitted_at BIGINT)'})`);
  }
  connection.closeSync();
  instance.closeSync();
  fs.rmSync(folder, { recursive: true });
}

/** A file of RECORD lines for each stream. */
function split(messages, folder) {
  const lines = new Map();
  for (const line of fs.readFileSync(messages, 'utf8').split('\n')) {
    if (!line.startsWith('{"type":"RECORD"')) continue;
    const { stream } = JSON.parse(line).record;
    lines.set(stream, [...(lines.get(stream) ?? []), line]);
  }
  return new Map(
    [...lines].map(([stream, own]) => {
      const file = path.join(folder, `${stream}.ndjson`);
      fs.writeFileSync(file, own.join('\n'));
      return [stream, file];
    }),
  );
}

void main(process.argv.slice(2));
