// Records of a source onto stdout: the three lanes of the kit beside faros-airbyte-cdk, from the same answers.
const crypto = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { FAROS_VERSION, installFaros } = require('./lib/faros-install.js');
const { readCommand } = require('./lib/kit-command.js');
const { rounds } = require('./lib/measure.js');
const { order, writePages } = require('./lib/pages.js');
const { measurePiped } = require('./lib/pipe.js');
const { atLeast, notMeasured, report, runAlone } = require('./lib/report.js');

const FAROS_SOURCE = path.join(__dirname, 'lib', 'faros-source.js');
const FAROS = `faros-airbyte-cdk ${FAROS_VERSION}`;
const OBJECT_BAR = { measure: 'emit, object lane against faros-airbyte-cdk', bar: 2.4, unit: 'x' };
const RAW_BAR = { measure: 'emit, raw lane against faros-airbyte-cdk', bar: 8, unit: 'x' };

async function emit({ records = 500_000, count = 3 } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-bench-'));
  try {
    writePages(path.join(folder, 'pages.bin'), records);
    const { faros, problem } = tryFaros(folder);
    const tasks = [lane(folder, 'object'), lane(folder, 'text'), lane(folder, 'raw'), ...faros];
    const bytes = await verify(tasks, records);
    const results = await rounds(count, tasks);
    return asReport({ records, bytes: bytes.get('object lane'), results, problem });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function asReport({ records, bytes, results, problem }) {
  const rows = Object.fromEntries([...results.keys()].map((name) => [name, records]));
  const note =
    'From the first byte that the reader sees to the last, start-up excluded; CPU time with it. All parse or scan the same 100-record answers.';
  if (problem !== undefined) {
    const text = report('emit', { note: `${note} ${problem}`, records, bytes, results, rows, against: [] });
    return { text, bars: [notMeasured(OBJECT_BAR, problem), notMeasured(RAW_BAR, problem)] };
  }
  const seconds = (name) => results.get(name).median.wallSeconds;
  return {
    text: report('emit', { note, records, bytes, results, rows, against: [FAROS] }),
    bars: [
      atLeast(OBJECT_BAR, seconds(FAROS) / seconds('object lane')),
      atLeast(RAW_BAR, seconds(FAROS) / seconds('raw lane')),
    ],
  };
}

/** @returns {{ faros: object[], problem?: string }} the task of faros-airbyte-cdk, or why there is none */
function tryFaros(folder) {
  try {
    const env = { CUTTLE_FAROS: installFaros() };
    return { faros: [{ name: FAROS, ...reading(folder, FAROS_SOURCE, 'object', env) }] };
  } catch (error) {
    const reason = String(error.stderr ?? error.message).trim();
    return { faros: [], problem: `${FAROS} could not be installed: ${reason.split('\n')[0]}` };
  }
}

function lane(folder, stream) {
  return { name: `${stream} lane`, ...reading(folder, undefined, stream, {}) };
}

/** One source and stream: `run` for the clock, `check` for the content. */
function reading(folder, source, stream, env) {
  const argv = readCommand(folder, stream, { pages_file: path.join(folder, 'pages.bin') }, source);
  return {
    async run() {
      const { usage, found } = await measurePiped(folder, argv, { env });
      return { ...usage, wallSeconds: (found.lastMs - found.firstMs) / 1000, bytes: found.bytes };
    },
    async check() {
      const { found } = await measurePiped(folder, argv, { env, isHashing: true });
      return found;
    },
  };
}

/** Reads everything once and compares each record; gives the bytes that each task writes. */
async function verify(tasks, records) {
  const hash = expectedHash(records);
  const bytes = new Map();
  for (const { name, check } of tasks) {
    const found = await check();
    if (found.records !== records || found.hash !== hash)
      throw new Error(`${name}: ${found.records} records with hash ${found.hash}, expected ${records} with ${hash}`);
    bytes.set(name, found.bytes);
  }
  return bytes;
}

function expectedHash(records) {
  const hash = crypto.createHash('sha256');
  for (let index = 0; index < records; index += 1) hash.update(`${JSON.stringify(order(index))}\n`);
  return hash.digest('hex');
}

module.exports = { emit };
runAlone(module, emit);
