// Messages into a typed DuckDB table: destination-duckdb beside DuckDB's own reader, the appender and row inserts.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { destinationTask, removeDatabase } = require('./lib/destination.js');
const { measure, rounds } = require('./lib/measure.js');
const { range, writeMessages } = require('./lib/purchases.js');
const { atLeast, atMost, report, runAlone } = require('./lib/report.js');
const { verifyPurchases } = require('./lib/verify.js');

const NATIVE = path.join(__dirname, 'lib', 'native-load.js');
const OURS = 'destination-duckdb';
const DIRTY = 'destination-duckdb, 2 % bad values';
const READER = 'read_ndjson';
/** Rows of the slow peers: enough to tell their speed. */
const APPENDER_ROWS = 200_000;
const INSERT_ROWS = 2000;

async function load({ records = 1_000_000, count = 3 } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-bench-'));
  try {
    const clean = path.join(folder, 'clean.ndjson');
    const dirty = path.join(folder, 'dirty.ndjson');
    const bytes = writeMessages(clean, range(0, records));
    writeMessages(dirty, range(0, records), { isDirty: true });
    const rows = {
      [OURS]: records,
      [DIRTY]: records,
      [READER]: records,
      read_ndjson_1: records,
      appender: Math.min(records, APPENDER_ROWS),
      insert: Math.min(records, INSERT_ROWS),
    };
    const peers = [READER, 'read_ndjson_1', 'appender', 'insert'].map((name) => peer(folder, clean, name, rows[name]));
    const ours = (name, messages, isDirty) => ({
      name,
      run: destinationTask(folder, messages, { destination_sync_mode: 'append' }, (file) =>
        verifyPurchases(file, records, { isDirty }),
      ),
    });
    const results = await rounds(count, [ours(OURS, clean, false), ours(DIRTY, dirty, true), ...peers]);
    return asReport({ records, bytes, results, rows });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function asReport({ records, bytes, results, rows }) {
  const { median: ours } = results.get(OURS);
  return {
    text: report('load, append', {
      note: 'Whole processes, start-up and the closing of the file included. `read_ndjson` reads the file with all threads, `read_ndjson_1` with one; both take what fits the types, without checks.',
      records,
      bytes,
      results,
      rows,
      against: [READER],
    }),
    bars: [
      atLeast(
        { measure: 'load, append, against DuckDB read_ndjson', bar: 50, unit: '%' },
        (results.get(READER).median.wallSeconds / ours.wallSeconds) * 100,
      ),
      atMost({ measure: 'load, append, CPU a record', bar: 5, unit: 'us' }, (ours.cpuSeconds / records) * 1e6),
    ],
  };
}

/** One way of DuckDB's own to load the messages (see native-load.js). */
function peer(folder, messages, method, rows) {
  return {
    name: method,
    async run() {
      const file = path.join(folder, 'warehouse.duckdb');
      const result = await measure([NATIVE, method, messages, file, String(rows)]);
      await verifyPurchases(file, rows);
      removeDatabase(file);
      return result;
    },
  };
}

module.exports = { load };
runAlone(module, load);
