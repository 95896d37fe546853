// Peak memory where it could grow without bound: a source behind a slow reader, a destination before a slow warehouse.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { removeDatabase, writeCommand } = require('./lib/destination.js');
const { measure } = require('./lib/measure.js');
const { writePages } = require('./lib/pages.js');
const { measurePiped } = require('./lib/pipe.js');
const { COMPLETE, purchase, stateLine } = require('./lib/purchases.js');
const { atMost, notMet, runAlone, table } = require('./lib/report.js');
const { readCommand } = require('./lib/kit-command.js');
const { queryFile } = require('./lib/verify.js');

const SLOW_ENGINE = path.join(__dirname, 'preload', 'slow-engine.cjs');
const READER_BYTES_PER_SECOND = 8e6;
const INSERT_DELAY_MS = 5000;
/** Pages of 10 records of 1 MB, and records of 100 B to 1 MB. */
const LARGE_RECORDS = 120;
const LARGE_BYTES = 500e6;
const MAX_NOTE = 1_000_000;
const APPEND = { destination_sync_mode: 'append' };
const DEDUP = { destination_sync_mode: 'append_dedup', primary_key: [['id']], cursor_field: ['updated_at'] };

/** @param {{ records?: number }} options records of 423 B that the source sends */
async function memory({ records = 200_000 } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-bench-'));
  try {
    const pages = path.join(folder, 'pages.bin');
    writePages(pages, records);
    const messages = path.join(folder, 'large.ndjson');
    const large = writeLarge(messages);
    const tasks = [
      ...['object', 'raw'].map((stream) => slowReader(folder, stream, { pages_file: pages }, records)),
      slowReader(folder, 'large', { large_records: LARGE_RECORDS }, LARGE_RECORDS),
      slowWarehouse(folder, 'append', APPEND, messages, large),
      slowWarehouse(folder, 'append_dedup', DEDUP, messages, large),
    ];
    const results = [];
    for (const { name, bar, run } of tasks) {
      // A run that fails for want of memory is a result, too.
      const result = await run().catch((error) => ({ failure: reasonOf(error) }));
      results.push({ name, bar, ...result });
    }
    return asReport(results);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function asReport(results) {
  const lines = results
    .filter(({ failure }) => failure === undefined)
    .map(({ name, bytes, wallSeconds, cpuSeconds, peakMiB }) => {
      const cells = [(bytes / 1e6).toFixed(0), wallSeconds.toFixed(1), cpuSeconds.toFixed(1), peakMiB.toFixed(0)];
      return [name, ...cells];
    });
  return {
    text: [
      '### peak memory',
      '',
      `The reader takes ${READER_BYTES_PER_SECOND / 1e6} MB a second. Each insert of the warehouse waits ${INSERT_DELAY_MS / 1000} s, while the messages come as fast as they are taken.`,
      '',
      table(['what', 'MB of messages', 'seconds', 'CPU s', 'peak MiB'], lines),
      '',
    ].join('\n'),
    bars: results.map(({ name, bar, peakMiB, failure }) => {
      const measured = { measure: `peak memory, ${name}`, bar, unit: 'MiB' };
      return failure === undefined ? atMost(measured, peakMiB) : notMet(measured, failure);
    }),
  };
}

/** What an ERROR trace says inside, or the error's own words. */
function reasonOf(error) {
  const inside = /"internal_message":"([^"\\]*)/.exec(error.message)?.[1];
  return `failed: ${(inside ?? error.message).slice(0, 200)}`;
}

function slowReader(folder, stream, config, records) {
  const name = stream === 'large' ? 'source, pages of 10 records of 1 MB' : `source, ${stream} lane, small records`;
  return {
    name,
    bar: 150,
    async run() {
      const argv = readCommand(folder, stream, config);
      const { usage, found } = await measurePiped(folder, argv, {
        bytesPerSecond: READER_BYTES_PER_SECOND,
        isHashing: true,
      });
      if (found.records !== records) throw new Error(`${name}: ${found.records} of ${records} records arrived`);
      return { ...usage, bytes: found.bytes };
    },
  };
}

function slowWarehouse(folder, mode, modes, messages, { records, bytes, noteBytes }) {
  const name = `destination, ${mode}, records up to 1 MB`;
  return {
    name,
    bar: 800,
    async run() {
      const file = path.join(folder, 'warehouse.duckdb');
      const env = { CUTTLE_INSERT_DELAY_MS: String(INSERT_DELAY_MS) };
      const usage = await measure(writeCommand(folder, file, modes), { input: messages, env, preloads: [SLOW_ENGINE] });
      const [found] = await queryFile(file, 'select count(*)::integer, sum(strlen(note))::double from purchases');
      if (found[0] !== records || found[1] !== noteBytes)
        throw new Error(`${name}: ${found} instead of ${records}, ${noteBytes}`);
      removeDatabase(file);
      return { ...usage, bytes };
    },
  };
}

/** Messages with records of all sizes up to 1 MB, and what has to arrive of them. */
function writeLarge(file) {
  const output = fs.openSync(file, 'w');
  const text = 'All of this is one long note. '.repeat(MAX_NOTE / 30 + 1);
  const total = { records: 0, bytes: 0, noteBytes: 0 };
  const add = (line) => {
    total.bytes += fs.writeSync(output, `${line}\n`);
  };
  while (total.bytes < LARGE_BYTES) {
    const size = [100, 10_000, 300_000, MAX_NOTE][total.records % 4];
    const data = { ...purchase(total.records), note: text.slice(0, size) };
    add(JSON.stringify({ type: 'RECORD', record: { stream: 'purchases', emitted_at: 1_763_596_800_000, data } }));
    total.records += 1;
    total.noteBytes += size;
    if (total.records % 100 === 0) add(stateLine(total.records));
  }
  add(stateLine(total.records));
  add(COMPLETE);
  fs.closeSync(output);
  return total;
}

module.exports = { memory };
runAlone(module, memory);
