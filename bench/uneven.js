// Peak memory of destination-duckdb, at its defaults, with rows of very different weight.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { DESTINATION, removeDatabase } = require('./lib/destination.js');
const { measure } = require('./lib/measure.js');
const { atMost, notMet, runAlone, table } = require('./lib/report.js');
const { queryFile } = require('./lib/verify.js');

const BAR_MIB = 800;
const MB = 1_000_000;
const TEXT = 'All of this is one long note. '.repeat(MB / 30 + 1);
const DEDUP = { destination_sync_mode: 'append_dedup', primary_key: [['id']], cursor_field: ['id'] };
const APPEND = { destination_sync_mode: 'append' };
const REFRESH = { destination_sync_mode: 'overwrite', minimum_generation_id: 1 };
const NOTE = { note: 'string' };

/** Bytes of the texts of a record, by its place: one of 1 MB in 200 light ones. */
const mixed = (place) => (place % 200 === 7 ? MB : 100);
const SHAPES = [
  {
    name: 'one record of 1 MB in 200, append, a state each 1,000',
    records: 60_000,
    size: mixed,
    every: 1000,
    modes: APPEND,
  },
  { name: 'one record of 1 MB in 200, append, one state behind all', records: 60_000, size: mixed, modes: APPEND },
  { name: 'one record of 1 MB in 200, append_dedup', records: 60_000, size: mixed, every: 1000, modes: DEDUP },
  { name: 'records of 20 kB, append', records: 25_000, size: () => 20_000, every: 1000, modes: APPEND },
  { name: 'records of 20 kB, append_dedup', records: 25_000, size: () => 20_000, every: 1000, modes: DEDUP },
  {
    name: '520 columns of text, append_dedup',
    records: 40_000,
    columns: 520,
    size: () => 20,
    every: 1000,
    modes: DEDUP,
  },
  { name: '600 records of 1 MB, full refresh, one state behind all', records: 600, size: () => MB, modes: REFRESH },
  { name: '600 records of 1 MB, append_dedup, one state behind all', records: 600, size: () => MB, modes: DEDUP },
  {
    name: '600 records of 1 MB, append, one state behind all',
    records: 600,
    size: () => MB,
    modes: APPEND,
    refused: true,
  },
];

async function uneven() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-bench-'));
  try {
    const results = [];
    for (const shape of SHAPES) {
      const result = await measureShape(folder, shape).catch((error) => ({ failure: error.message.slice(0, 300) }));
      results.push({ shape, ...result });
    }
    return asReport(results);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function asReport(results) {
  const lines = results
    .filter(({ failure }) => failure === undefined)
    .map(({ shape, bytes, wallSeconds, cpuSeconds, peakMiB }) => [
      shape.refused === true ? `${shape.name}: refused` : shape.name,
      ...[bytes / 1e6, wallSeconds, cpuSeconds, peakMiB].map((value, place) =>
        value.toFixed(place === 1 || place === 2 ? 1 : 0),
      ),
    ]);
  return {
    text: [
      '### uneven rows',
      '',
      'Into a fresh database, with the default `memory_mb`. A refusal names the stream and what to set, and counts only when it comes before the rows are loaded.',
      '',
      table(['what', 'MB of messages', 'seconds', 'CPU s', 'peak MiB'], lines),
      '',
    ].join('\n'),
    bars: results.map(({ shape, peakMiB, failure }) => {
      const measured = { measure: `peak memory, ${shape.name}`, bar: BAR_MIB, unit: 'MiB' };
      return failure === undefined ? atMost(measured, peakMiB) : notMet(measured, failure);
    }),
  };
}

async function measureShape(folder, shape) {
  const [messages, catalog, config, file, output] = [
    'messages.ndjson',
    'catalog.json',
    'config.json',
    'w.duckdb',
    'output.ndjson',
  ].map((name) => path.join(folder, name));
  const bytes = writeShape(messages, shape);
  fs.writeFileSync(catalog, JSON.stringify(catalogOf(shape)));
  fs.writeFileSync(config, JSON.stringify({ destination_path: file }));
  try {
    const argv = [DESTINATION, 'write', '--config', config, '--catalog', catalog];
    const exitCode = shape.refused === true ? 1 : 0;
    const usage = await measure(argv, { input: messages, output, exitCode });
    if (shape.refused === true) expectRefusal(fs.readFileSync(output, 'utf8'));
    else await verify(file, shape);
    return { ...usage, bytes };
  } finally {
    removeDatabase(file);
  }
}

function columnsOf({ columns }) {
  if (columns === undefined) return NOTE;
  return Object.fromEntries(Array.from({ length: columns }, (_, place) => [`text_${place}`, 'string']));
}

function catalogOf(shape) {
  const types = Object.entries({ id: 'integer', ...columnsOf(shape) });
  const properties = Object.fromEntries(types.map(([name, type]) => [name, { type: ['null', type] }]));
  const json_schema = { type: 'object', properties };
  const stream = { name: 'uneven', json_schema, supported_sync_modes: ['full_refresh', 'incremental'] };
  const ids = { generation_id: 1, minimum_generation_id: 0, sync_id: 2 };
  return { streams: [{ stream, sync_mode: 'incremental', ...ids, ...shape.modes }] };
}

/** Writes the messages and gives their bytes. */
function writeShape(file, shape) {
  const output = fs.openSync(file, 'w');
  const names = Object.keys(columnsOf(shape));
  let bytes = 0;
  const add = (message) => {
    bytes += fs.writeSync(output, `${JSON.stringify(message)}\n`);
  };
  const descriptor = { name: 'uneven' };
  const state = (id) => ({ type: 'STREAM', stream: { stream_descriptor: descriptor, stream_state: { id } } });
  for (let id = 0; id < shape.records; id += 1) {
    const text = TEXT.slice(0, shape.size(id));
    const data = { id, ...Object.fromEntries(names.map((name) => [name, text])) };
    add({ type: 'RECORD', record: { stream: 'uneven', data, emitted_at: 1_763_596_800_000 } });
    if (shape.every !== undefined && id % shape.every === shape.every - 1) add({ type: 'STATE', state: state(id) });
  }
  add({ type: 'STATE', state: state(shape.records) });
  const status = { stream_descriptor: descriptor, status: 'COMPLETE' };
  add({ type: 'TRACE', trace: { type: 'STREAM_STATUS', emitted_at: 0, stream_status: status } });
  fs.closeSync(output);
  return bytes;
}

async function verify(file, shape) {
  const lengths = Object.keys(columnsOf(shape)).map((name) => `strlen(${name})`);
  const sql = `select count(*)::integer, count(distinct id)::integer, sum(${lengths.join(' + ')})::double from uneven`;
  const [found] = await queryFile(file, sql);
  let size = 0;
  for (let id = 0; id < shape.records; id += 1) size += Math.min(shape.size(id), TEXT.length) * lengths.length;
  const wanted = [shape.records, shape.records, size];
  if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`${found} instead of ${wanted}`);
}

function expectRefusal(output) {
  if (!output.includes('Set memory_mb to') || output.includes('"type":"STATE"')) throw new Error('not refused in time');
}

module.exports = { uneven };
runAlone(module, uneven);
