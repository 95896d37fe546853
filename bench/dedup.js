// append_dedup of 1M rows into a table of 5M: destination-duckdb, then the merge alone beside the other ways to do it.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { destinationTask, removeDatabase, writeCommand } = require('./lib/destination.js');
const { measure, rounds } = require('./lib/measure.js');
const { range, writeMessages } = require('./lib/purchases.js');
const { addPurchases, makeBatch, makeKeyed } = require('./lib/purchases-table.js');
const { atLeast, report, runAlone } = require('./lib/report.js');
const { verifyPurchases } = require('./lib/verify.js');

const MERGE = path.join(__dirname, 'lib', 'native-merge.js');
const WHOLE = 'destination-duckdb, messages to table';
const ALONE = 'its merge alone';
/** Methods of native-merge.js. */
const METHODS = { [ALONE]: 'ours', 'MERGE INTO': 'merge', 'INSERT ON CONFLICT, primary key': 'conflict' };
const MODES = { destination_sync_mode: 'append_dedup', primary_key: [['id']], cursor_field: ['updated_at'] };
/** Rows of the table for each row of the batch. */
const TARGET_FACTOR = 5;

async function dedup({ records = 1_000_000, count = 3 } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-bench-'));
  try {
    const batch = planBatch(records);
    const files = await prepare(folder, records, batch);
    const verify = (file) => verifyPurchases(file, batch.total, batch);
    const results = await rounds(count, [
      { name: WHOLE, run: destinationTask(folder, files.messages, MODES, verify, files.table) },
      ...Object.entries(METHODS).map(([name, method]) => ({
        name,
        run: mergeTask(folder, files, method, verify),
        isOnce: method !== 'ours',
      })),
    ]);
    return asReport({ records, bytes: files.bytes, results });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/**
 * A batch in which 10 % of the rows are new and the rest replaces rows all over the table, 5 % twice: version 1, and
 * version 2 for the second of two.
 */
function planBatch(records) {
  const target = records * TARGET_FACTOR;
  const [fresh, twice] = [Math.floor(records * 0.1), Math.floor(records * 0.05)];
  const replaced = records - fresh - twice;
  const spread = (place) => Math.floor((place * target) / replaced);
  const versions = new Map();
  function* indexes() {
    for (const place of range(0, replaced)) yield spread(place);
    yield* range(target, target + fresh);
    for (const place of range(0, twice)) yield spread(place);
  }
  for (const index of indexes()) versions.set(index, (versions.get(index) ?? 0) + 1);
  return {
    total: target + fresh,
    indexes,
    versionAt: (_index, place) => (place < replaced + fresh ? 1 : 2),
    versionOf: (index) => versions.get(index) ?? 0,
  };
}

/** The messages of the batch, the table as it is before, also with a primary key, and the batch as a table. */
async function prepare(folder, records, { indexes, versionAt }) {
  const file = (name) => path.join(folder, name);
  const files = {
    messages: file('messages.ndjson'),
    table: file('table.duckdb'),
    keyed: file('keyed.duckdb'),
    batch: file('batch.duckdb'),
  };
  const first = file('first.ndjson');
  writeMessages(first, range(0, 1));
  await measure(writeCommand(folder, files.table, MODES), { input: first });
  await addPurchases(files.table, 1, records * TARGET_FACTOR);
  await makeKeyed(files.table, files.keyed);
  const bytes = writeMessages(files.messages, indexes(), { versionAt });
  await makeBatch(files.messages, files.batch);
  return { ...files, bytes };
}

/** The merge of a batch that is there already; only its own time counts. */
function mergeTask(folder, files, method, verify) {
  return async () => {
    const file = path.join(folder, 'warehouse.duckdb');
    const output = path.join(folder, 'took.json');
    fs.copyFileSync(method === 'conflict' ? files.keyed : files.table, file);
    const { peakMiB } = await measure([MERGE, method, file, files.batch], { output });
    const took = JSON.parse(fs.readFileSync(output, 'utf8'));
    const fileMiB = fs.statSync(file).size / 2 ** 20;
    await verify(file);
    removeDatabase(file);
    return { ...took, peakMiB, fileMiB };
  };
}

function asReport({ records, bytes, results }) {
  const rows = Object.fromEntries([...results.keys()].map((name) => [name, records]));
  const rate = (name) => records / results.get(name).median.wallSeconds / 1000;
  const note = `Into a table of ${(records * TARGET_FACTOR).toLocaleString('en')} rows; 10 % of the batch is new, 5 % comes twice. The first line is a whole process with parsing and checks; the others begin with a typed batch, one thread each.`;
  return {
    text: report('load, append_dedup', { note, records, bytes, results, rows, against: [ALONE] }),
    bars: [
      atLeast({ measure: 'append_dedup, merge alone', bar: 300, unit: 'k rows/s' }, rate(ALONE)),
      atLeast(
        { measure: 'append_dedup with parsing and checks, against its merge alone', bar: 60, unit: '%' },
        (rate(WHOLE) / rate(ALONE)) * 100,
      ),
    ],
  };
}

module.exports = { dedup };
runAlone(module, dedup);
