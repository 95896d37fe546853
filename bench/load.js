// Messages into a typed DuckDB table: destination-duckdb beside DuckDB's own reader, the appender and row inserts.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { measure, rounds } = require('./lib/measure.js');
const { catalog, writeMessages } = require('./lib/purchases.js');
const { report, runAlone } = require('./lib/report.js');
const { verifyPurchases } = require('./lib/verify.js');

const DESTINATION = path.join(__dirname, '..', 'destinations', 'duckdb', 'bin', 'main.js');
const NATIVE = path.join(__dirname, 'lib', 'native-load.js');

async function load({ records = 1_000_000, count = 3 } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-bench-'));
  const messages = path.join(folder, 'messages.ndjson');
  const bytes = writeMessages(messages, range(records));
  const insertRows = Math.min(records, 2000);
  const appendRows = Math.min(records, 200_000);
  const peer = (name, rows) => ({
    name,
    run: () =>
      withDatabase(folder, rows, name === 'appender' ? [] : undefined, (file) =>
        measure([NATIVE, name, messages, file, String(rows)]),
      ),
  });
  try {
    const results = await rounds(count, [
      {
        name: 'destination-duckdb',
        run: () => withDatabase(folder, records, undefined, (file) => destination(folder, messages, file)),
      },
      peer('read_ndjson', records),
      peer('read_ndjson_1', records),
      peer('appender', appendRows),
      peer('insert', insertRows),
    ]);
    const rows = {
      'destination-duckdb': records,
      read_ndjson: records,
      read_ndjson_1: records,
      appender: appendRows,
      insert: insertRows,
    };
    return report('load append', { records, bytes, results, rows, against: ['read_ndjson', 'read_ndjson_1'] });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

async function destination(folder, messages, file) {
  const config = path.join(folder, 'config.json');
  const configured = path.join(folder, 'catalog.json');
  fs.writeFileSync(config, JSON.stringify({ destination_path: file }));
  fs.writeFileSync(configured, JSON.stringify(catalog({ destination_sync_mode: 'append' })));
  return measure([DESTINATION, 'write', '--config', config, '--catalog', configured], { input: messages });
}

async function withDatabase(folder, rows, expected, run) {
  const file = path.join(folder, 'warehouse.duckdb');
  const result = await run(file);
  await verifyPurchases(file, rows, expected);
  for (const name of [file, `${file}.wal`]) fs.rmSync(name, { force: true });
  return result;
}

function* range(count) {
  for (let index = 0; index < count; index += 1) yield index;
}

module.exports = { load };
runAlone(module, load);
