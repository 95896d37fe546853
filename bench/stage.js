// Messages into staged Parquet files: destination-snowflake-merge with a driver that answers at once, and its memory
// before a stage that is slow.
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const readline = require('node:readline');
const { measure, rounds } = require('./lib/measure.js');
const { catalog, range, writeMessages } = require('./lib/purchases.js');
const { atLeast, atMost, report, runAlone } = require('./lib/report.js');

const DESTINATION = path.join(__dirname, '..', 'destinations', 'snowflake-merge', 'bin', 'main.js');
const INSTANT = path.join(__dirname, 'preload', 'instant-snowflake.cjs');
const SLOW_STAGE = path.join(__dirname, 'lib', 'slow-stage.js');
const DEDUP = { destination_sync_mode: 'append_dedup', primary_key: [['id']], cursor_field: ['updated_at'] };
const FAST = 'into staged files';
const SLOW = 'with slow uploads';
const PUT_DELAY_MS = 3000;
/** Commits by size, so that the next one fills up while uploads wait. */
const SMALL_COMMITS = { commit_mb: 64 };

async function stage({ records = 1_000_000, count = 3 } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-bench-'));
  try {
    const messages = path.join(folder, 'messages.ndjson');
    const bytes = writeMessages(messages, range(0, records));
    const fast = { name: FAST, run: () => intoFiles(folder, messages, records) };
    const slow = { name: SLOW, isOnce: true, run: () => beforeSlowStage(folder, messages, records) };
    const results = await rounds(count, [fast, slow]);
    return asReport({ records, bytes, results });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function asReport({ records, bytes, results }) {
  const { median: fast } = results.get(FAST);
  return {
    text: report('stage, append + dedup', {
      note: `Whole processes. The first has a driver that answers at once: reading, casting, Parquet and key ranges are left. The second speaks to the Snowflake stand-in, each of whose uploads takes ${PUT_DELAY_MS / 1000} s, with commits of ${SMALL_COMMITS.commit_mb} MB.`,
      records,
      bytes,
      results,
      rows: { [FAST]: records, [SLOW]: records },
      against: [],
    }),
    bars: [
      atLeast(
        { measure: 'stage, messages into Parquet files', bar: 250_000, unit: 'records/s' },
        records / fast.wallSeconds,
      ),
      atMost(
        { measure: 'peak memory, stage with slow uploads', bar: 800, unit: 'MiB' },
        results.get(SLOW).median.peakMiB,
      ),
    ],
  };
}

async function intoFiles(folder, messages, records) {
  const staged = path.join(folder, 'staged');
  fs.writeFileSync(staged, '');
  const argv = writeCommand(folder, { host: 'http://127.0.0.1:1', username: 'bench', password: 'none' });
  const result = await measure(argv, { input: messages, preloads: [INSTANT], env: { CUTTLE_STAGED_FILE: staged } });
  const found = fs
    .readFileSync(staged, 'utf8')
    .split('\n')
    .reduce((sum, rows) => sum + Number(rows), 0);
  if (found !== records) throw new Error(`${found} of ${records} records were staged`);
  return result;
}

async function beforeSlowStage(folder, messages, records) {
  const server = spawn(process.execPath, [SLOW_STAGE, String(PUT_DELAY_MS)], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const lines = readline.createInterface({ input: server.stdout })[Symbol.asyncIterator]();
    const access = JSON.parse((await lines.next()).value);
    const result = await measure(writeCommand(folder, { ...access, ...SMALL_COMMITS }), { input: messages });
    server.stdin.write('select count(distinct id) from raw.purchases\n');
    const found = Number(JSON.parse((await lines.next()).value));
    if (found !== records) throw new Error(`${found} of ${records} records arrived`);
    return result;
  } finally {
    server.stdin.end();
    await once(server, 'close');
  }
}

/** Script and arguments of a `write`; config and catalog are written to `folder`. */
function writeCommand(folder, config) {
  const configFile = path.join(folder, 'config.json');
  const catalogFile = path.join(folder, 'catalog.json');
  const place = { account: 'sandbox', warehouse: 'LOADING', database: 'BENCH', schema: 'RAW' };
  fs.writeFileSync(configFile, JSON.stringify({ ...place, ...config }));
  fs.writeFileSync(catalogFile, JSON.stringify(catalog(DEDUP)));
  return [DESTINATION, 'write', '--config', configFile, '--catalog', catalogFile];
}

module.exports = { stage };
runAlone(module, stage);
