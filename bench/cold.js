// Cold starts: `spec` of each connector, and a `cuttle run` of ten small streams.
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const readline = require('node:readline');
const { STREAMS, THINGS, writeProject } = require('./lib/cold-project.js');
const { measure, rounds } = require('./lib/measure.js');
const { atMost, runAlone, table } = require('./lib/report.js');
const { queryFile } = require('./lib/verify.js');

const ROOT = path.join(__dirname, '..');
const CUTTLE = path.join(ROOT, 'packages', 'cli', 'bin', 'cuttle.js');
const SANDBOX = path.join(__dirname, 'lib', 'cold-sandbox.js');
const BARE = 'node alone';
const RUN = `cuttle run, ${STREAMS.length} streams of ${THINGS} records`;
const SPEC_BARS = { sources: 200, destinations: 300 };
const RUN_BAR = { measure: RUN, bar: 2, unit: 's' };

/** @param {{ count?: number }} options rounds */
async function cold({ count = 9 } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-bench-'));
  const empty = path.join(folder, 'empty.js');
  fs.writeFileSync(empty, '');
  const sandbox = await startSandbox();
  try {
    const connectors = ['sources', 'destinations'].flatMap(listConnectors);
    const results = await rounds(count, [
      { name: BARE, run: () => measure([empty]) },
      ...connectors.map(({ name, main }) => ({ name, run: () => spec(folder, main) })),
      { name: RUN, run: () => runSmall(folder, sandbox) },
    ]);
    return asReport(results, connectors);
  } finally {
    sandbox.close();
    fs.rmSync(folder, { recursive: true });
  }
}

function asReport(results, connectors) {
  const ms = (seconds) => (seconds * 1000).toFixed(0);
  const lines = [...results].map(([name, { median, runs }]) => {
    const walls = runs.map(({ wallSeconds }) => wallSeconds).sort((a, b) => a - b);
    return [name, `${ms(median.wallSeconds)} (${ms(walls[0])} to ${ms(walls.at(-1))})`, ms(median.cpuSeconds)];
  });
  const specBar = ({ name, kind }) =>
    atMost({ measure: `cold: ${name}`, bar: SPEC_BARS[kind], unit: 'ms' }, results.get(name).median.wallSeconds * 1000);
  return {
    text: [
      '### cold start',
      '',
      'From the start of the process to its end. CPU time of `cuttle run` is that of its own process; source and destination are two more.',
      '',
      table(['what', 'ms, median (range)', 'CPU ms'], lines),
      '',
    ].join('\n'),
    bars: [...connectors.map(specBar), atMost(RUN_BAR, results.get(RUN).median.wallSeconds)],
  };
}

function listConnectors(kind) {
  const folders = fs.readdirSync(path.join(ROOT, kind)).sort();
  return folders
    .map((name) => ({ name: `spec, ${kind}/${name}`, kind, main: path.join(ROOT, kind, name, 'bin', 'main.js') }))
    .filter(({ main }) => fs.existsSync(main));
}

async function spec(folder, main) {
  const output = path.join(folder, 'spec.json');
  const usage = await measure([main, 'spec'], { output });
  const [first] = fs.readFileSync(output, 'utf8').split('\n');
  if (JSON.parse(first).spec?.connectionSpecification === undefined) throw new Error(`${main} gave no spec: ${first}`);
  return usage;
}

async function runSmall(parent, { baseUrl, token }) {
  const folder = fs.mkdtempSync(path.join(parent, 'project-'));
  const warehouse = writeProject(folder, baseUrl);
  const usage = await measure([CUTTLE, 'run', 'small'], { cwd: folder, env: { BUBBLE_TOKEN: token, NO_COLOR: '1' } });
  for (const name of STREAMS) {
    const [[rows, ids]] = await queryFile(
      warehouse,
      `select count(*)::integer, count(distinct _id)::integer from ${name}`,
    );
    if (rows !== THINGS || ids !== THINGS) throw new Error(`${name} has ${rows} rows and ${ids} ids`);
  }
  return usage;
}

/** Starts the stand-in of the remote system; it ends with its stdin. */
async function startSandbox() {
  const child = spawn(process.execPath, [SANDBOX], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(readline.createInterface({ input: child.stdout }), 'line');
  return { ...JSON.parse(line), close: () => child.stdin.end() };
}

module.exports = { cold };
runAlone(module, cold);
