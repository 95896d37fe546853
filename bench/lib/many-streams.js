const fs = require('node:fs');

const ENGINE_TYPES = {
  string: 'VARCHAR',
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMPTZ',
  object: 'JSON',
};
const TYPES = Object.keys(ENGINE_TYPES);

/** Type of a column by its schema. */
function typeOf(schema) {
  return schema.airbyte_type === undefined ? schema.type[1] : 'timestamp';
}

function schemaOf(type) {
  if (type !== 'timestamp') return { type: ['null', type] };
  return { type: ['null', 'string'], format: 'date-time', airbyte_type: 'timestamp_with_timezone' };
}

function sampleOf(type, number) {
  switch (type) {
    case 'string':
      return `text ${number}`;
    case 'integer':
      return number * 7;
    case 'number':
      return number + 0.5;
    case 'boolean':
      return number % 2 === 0;
    case 'timestamp':
      return new Date(Date.UTC(2024, 4, 6) + number * 1000).toISOString();
    default:
      return { a: number };
  }
}

/**
 * Writes a sync of many small streams, as a CRM with many objects gives: full refreshes, one state behind each stream.
 *
 * @param {{ streams: number, columns: number, rows: number }} size columns of all types, one after the other
 */
function writeManyStreams(messages, catalog, { streams, columns, rows }) {
  const names = Array.from({ length: columns }, (_, column) => [`col_${column}`, TYPES[column % TYPES.length]]);
  const properties = Object.fromEntries(names.map(([name, type]) => [name, schemaOf(type)]));
  const file = fs.openSync(messages, 'w');
  const write = (message) => fs.writeSync(file, `${JSON.stringify(message)}\n`);
  const configured = [];
  for (let index = 0; index < streams; index += 1) {
    const name = `object_${index}`;
    configured.push({
      stream: { name, json_schema: { type: 'object', properties }, supported_sync_modes: ['full_refresh'] },
      sync_mode: 'full_refresh',
      destination_sync_mode: 'append',
      generation_id: 2,
      minimum_generation_id: 2,
      sync_id: 2,
    });
    for (let row = 0; row < rows; row += 1) {
      const data = Object.fromEntries(names.map(([column, type], place) => [column, sampleOf(type, row + place)]));
      write({ type: 'RECORD', record: { stream: name, data, emitted_at: 1_717_200_000_000 } });
    }
    const descriptor = { name };
    write({
      type: 'STATE',
      state: { type: 'STREAM', stream: { stream_descriptor: descriptor, stream_state: { row: rows } } },
    });
  }
  for (const { stream } of configured) {
    const status = { stream_descriptor: { name: stream.name }, status: 'COMPLETE' };
    write({ type: 'TRACE', trace: { type: 'STREAM_STATUS', emitted_at: 1, stream_status: status } });
  }
  fs.closeSync(file);
  fs.writeFileSync(catalog, JSON.stringify({ streams: configured }));
}

/** SQL that gives number of rows and a hash of all values of a table, for comparing two loads. */
function digestSql(name, columns) {
  const list = Array.from({ length: columns }, (_, column) => `col_${column}::varchar`).join(', ');
  return `select count(*)::integer as rows, bit_xor(hash(${list}))::varchar as digest from ${name}`;
}

module.exports = { ENGINE_TYPES, typeOf, writeManyStreams, digestSql };
