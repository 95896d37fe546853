// What source-faker prints, into DuckDB: destination-duckdb beside PyAirbyte's DuckDB cache, from the same file.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { DESTINATION, removeDatabase } = require('./lib/destination.js');
const { FAKER, installFaker, PYAIRBYTE, runFaker } = require('./lib/faker-install.js');
const { measure, rounds } = require('./lib/measure.js');
const { writeReplaySource } = require('./lib/replay-source.js');
const { atLeast, notMeasured, report, runAlone } = require('./lib/report.js');
const { fingerprints, fingerprintsOfFile } = require('./lib/verify-faker.js');

const LOADER = path.join(__dirname, 'lib', 'pyairbyte-load.py');
const OURS = 'destination-duckdb';
const PEER = PYAIRBYTE.requirement.replace('==', ' ').replace('airbyte', 'PyAirbyte');
const BAR = { measure: `faker, against ${PYAIRBYTE.name}'s DuckDB cache`, bar: 6, unit: 'x' };
/** Purchases are as many as users; products are always so many. */
const PRODUCTS = 100;

async function faker({ records = 400_100, count = 3 } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-bench-'));
  try {
    const tools = tryInstall();
    if (tools.problem !== undefined)
      return { text: `### faker\n\n${tools.problem}\n`, bars: [notMeasured(BAR, tools.problem)] };
    const { streams } = runFaker(tools.faker, folder, (records - PRODUCTS) / 2);
    const messages = path.join(folder, 'messages.ndjson');
    const expected = await fingerprintsOfFile(messages, streams);
    const verify = async (file) => {
      const found = await fingerprints(file, streams);
      if (JSON.stringify(found) !== JSON.stringify(expected))
        throw new Error(`wrong content: ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
    };
    const results = await rounds(count, [
      { name: OURS, run: () => runOurs(folder, messages, streams, verify) },
      { name: PEER, run: () => runPeer(folder, tools.python, verify) },
    ]);
    return asReport(records, fs.statSync(messages).size, results);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function asReport(records, bytes, results) {
  const note = `What ${FAKER.requirement.replace('==', ' ')} printed, three streams deduplicated by key: into a new database. Ours is the whole process; PyAirbyte's imports are left out, and its source is a command that only gives out the file. Numbers and texts of all rows are compared with the file.`;
  const rows = { [OURS]: records, [PEER]: records };
  const seconds = (name) => results.get(name).median.wallSeconds;
  return {
    text: report('faker', { note, records, bytes, results, rows, against: [PEER] }),
    bars: [atLeast(BAR, seconds(PEER) / seconds(OURS))],
  };
}

/** @returns {{ python?: string, faker?: string, problem?: string }} the commands, or why there are none */
function tryInstall() {
  try {
    return installFaker();
  } catch (error) {
    return { problem: `Not measured: ${String(error.message).split('\n')[0]}` };
  }
}

async function runOurs(folder, messages, streams, verify) {
  const file = path.join(folder, 'ours.duckdb');
  const config = path.join(folder, 'config.json');
  const catalog = path.join(folder, 'catalog.json');
  const ids = { generation_id: 1, minimum_generation_id: 0, sync_id: 1 };
  const configured = streams.map((stream) => ({
    stream,
    sync_mode: 'incremental',
    destination_sync_mode: 'append_dedup',
    primary_key: stream.source_defined_primary_key,
    cursor_field: stream.default_cursor_field,
    ...ids,
  }));
  fs.writeFileSync(config, JSON.stringify({ destination_path: file }));
  fs.writeFileSync(catalog, JSON.stringify({ streams: configured }));
  const result = await measure([DESTINATION, 'write', '--config', config, '--catalog', catalog], { input: messages });
  await verify(file);
  removeDatabase(file);
  return result;
}

/** Its process says itself what it took. */
async function runPeer(folder, python, verify) {
  const file = path.join(folder, 'peer.duckdb');
  const env = { ...process.env, DO_NOT_TRACK: '1', AIRBYTE_OFFLINE_MODE: '1', HOME: folder, NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(python, [LOADER, writeReplaySource(folder), file], {
    cwd: folder,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`${PEER} ended with ${status}: ${stderr.slice(-2000)}`);
  await verify(file);
  removeDatabase(file);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1));
}

module.exports = { faker };
runAlone(module, faker);
