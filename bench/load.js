// Messages into a typed DuckDB table: destination-duckdb beside DuckDB's own reader, the appender and row inserts.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { destinationTask, removeDatabase } = require('./lib/destination.js');
const { ENVELOPES } = require('./lib/envelopes.js');
const { measure, rounds } = require('./lib/measure.js');
const { range, writeMessages } = require('./lib/purchases.js');
const { atLeast, atMost, report, runAlone } = require('./lib/report.js');
const { verifyPurchases } = require('./lib/verify.js');

const NATIVE = path.join(__dirname, 'lib', 'native-load.js');
const MODES = { destination_sync_mode: 'append' };
/** How the messages are written by each sender. */
const ORDERS = Object.keys(ENVELOPES);
const OURS = (order) => `destination-duckdb, ${order} order`;
const READER = (order) => `read_ndjson, ${order} order`;
/** Inputs in the platform's order that are harder than most. */
const HARD = {
  'destination-duckdb, 2 % bad values': { isDirty: true },
  'destination-duckdb, one state behind all': { isOneState: true },
  'destination-duckdb, 10 % long fractions': { longFractions: 10 },
  'destination-duckdb, 100 % long fractions': { longFractions: 1 },
};
const [, ONE_STATE, LONG_FRACTIONS] = Object.keys(HARD);
const BASE = OURS('platform');
/** Rows of the slow peers: enough to tell their speed. */
const APPENDER_ROWS = 200_000;
const INSERT_ROWS = 2000;

async function load({ records = 1_000_000, count = 3 } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-bench-'));
  try {
    const write = (name, options) => {
      const file = path.join(folder, `${name}.ndjson`);
      return { file, bytes: writeMessages(file, range(0, records), options) };
    };
    const inputs = Object.fromEntries(ORDERS.map((order) => [order, write(order, { envelope: order })]));
    const tasks = ORDERS.flatMap((order) => [
      ours(folder, OURS(order), inputs[order].file, records),
      peer(folder, READER(order), 'read_ndjson', inputs[order].file, records),
    ]);
    const hard = Object.entries(HARD).map(([name, options], place) => {
      const { file } = write(`hard-${place}`, { envelope: 'platform', ...options });
      return ours(folder, name, file, records, options);
    });
    const rows = { appender: Math.min(records, APPENDER_ROWS), insert: Math.min(records, INSERT_ROWS) };
    const peers = ['read_ndjson_1', 'appender', 'insert'].map((method) =>
      peer(folder, method, method, inputs.own.file, rows[method] ?? records),
    );
    const results = await rounds(count, [...tasks, ...hard, ...peers]);
    const all = Object.fromEntries([...results.keys()].map((name) => [name, rows[name] ?? records]));
    return asReport({ records, bytes: inputs.own.bytes, results, rows: all });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function asReport({ records, bytes, results, rows }) {
  const seconds = (name) => results.get(name).median.wallSeconds;
  const cpu = (name) => results.get(name).median.cpuSeconds;
  const worst = ORDERS.map((order) => ({
    order,
    share: (seconds(READER(order)) / seconds(OURS(order))) * 100,
    cpu: (cpu(OURS(order)) / records) * 1e6,
  }));
  const slowest = worst.reduce((a, b) => (b.share < a.share ? b : a));
  const dearest = worst.reduce((a, b) => (b.cpu > a.cpu ? b : a));
  const more = (name) => (cpu(name) / cpu(BASE) - 1) * 100;
  const note =
    'Whole processes, start-up and the closing of the file included. The same records in the envelopes of four senders, `read_ndjson` with all threads on the same bytes; it, `read_ndjson_1` with one thread and the others take what fits the types, without checks. A state each 10,000 records, but for the line that says otherwise; `%` lines are in platform order.';
  return {
    text: report('load, append', { note, records, bytes, results, rows, against: [READER('own'), BASE] }),
    bars: [
      atLeast(
        { measure: `load, append, worst order (${slowest.order}), against DuckDB read_ndjson`, bar: 50, unit: '%' },
        slowest.share,
      ),
      atMost(
        { measure: `load, append, worst order (${dearest.order}), CPU a record`, bar: 5, unit: 'us' },
        dearest.cpu,
      ),
      atMost({ measure: 'load, append, more CPU for 10 % long fractions', bar: 20, unit: '%' }, more(LONG_FRACTIONS)),
      atMost({ measure: 'load, append, more CPU for one state behind all', bar: 20, unit: '%' }, more(ONE_STATE)),
    ],
  };
}

/** destination-duckdb over a file of messages. */
function ours(folder, name, messages, records, options) {
  return {
    name,
    run: destinationTask(folder, messages, MODES, (file) => verifyPurchases(file, records, options)),
  };
}

/** One way of DuckDB's own to load the messages (see native-load.js). */
function peer(folder, name, method, messages, rows) {
  return {
    name,
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
