// `cuttle plan` of a large workspace whose server takes its time.
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const readline = require('node:readline');
const { measure, rounds } = require('./lib/measure.js');
const { SIZE } = require('./lib/plan-size.js');
const { atMost, runAlone, table } = require('./lib/report.js');

const CUTTLE = path.join(__dirname, '..', 'packages', 'cli', 'bin', 'cuttle.js');
const PLAN = `cuttle plan, ${SIZE.connections} connections, ${SIZE.latencyMs} ms a request`;
const TIME_BAR = { measure: PLAN, bar: 5, unit: 's' };
const REQUEST_BAR = { measure: 'cuttle plan: requests at once', bar: 4, unit: 'requests' };

/** @param {{ count?: number }} options rounds */
async function plan({ count = 5 } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-bench-'));
  const server = await startServer();
  const env = { AIRBYTE_CLIENT_SECRET: server.clientSecret, NO_COLOR: '1' };
  try {
    writeProject(folder, server.url);
    await measure([CUTTLE, 'import', '--all'], { cwd: folder, env });
    changeOne(path.join(folder, 'connections', 'large', 'connections.yaml'));
    await server.ask();
    const asked = [];
    const results = await rounds(count, [
      {
        name: PLAN,
        run: async () => {
          const usage = await measure([CUTTLE, 'plan', '--json', '--out', 'plan.json'], { cwd: folder, env });
          verify(path.join(folder, 'plan.json'));
          asked.push(await server.ask());
          return usage;
        },
      },
    ]);
    return asReport(results, asked);
  } finally {
    server.close();
    fs.rmSync(folder, { recursive: true });
  }
}

function asReport(results, asked) {
  const { median, runs } = results.get(PLAN);
  const walls = runs.map(({ wallSeconds }) => wallSeconds).sort((a, b) => a - b);
  const seconds = (value) => value.toFixed(2);
  const peak = Math.max(...asked.map((entry) => entry.peak));
  const line = [
    PLAN,
    `${seconds(median.wallSeconds)} (${seconds(walls[0])} to ${seconds(walls.at(-1))})`,
    seconds(median.cpuSeconds),
    median.peakMiB.toFixed(0),
    String(asked[0].requests),
    String(peak),
  ];
  return {
    text: [
      '### plan',
      '',
      `A workspace of ${SIZE.sources} sources and ${SIZE.connections} connections, imported; one value is changed and has to be found.`,
      '',
      table(['what', 's, median (range)', 'CPU s', 'peak MiB', 'requests', 'at once'], [line]),
      '',
    ].join('\n'),
    bars: [atMost(TIME_BAR, median.wallSeconds), atMost(REQUEST_BAR, peak)],
  };
}

function writeProject(folder, url) {
  const stack = path.join(folder, 'connections', 'large');
  fs.mkdirSync(stack, { recursive: true });
  const auth = { clientId: 'cuttle-client', clientSecret: { $env: 'AIRBYTE_CLIENT_SECRET' } };
  const project = {
    kind: 'Project',
    name: 'large',
    targets: { prod: { type: 'airbyte', url, workspace: 'Large', auth } },
  };
  fs.writeFileSync(path.join(stack, 'project.yaml'), JSON.stringify(project));
}

function changeOne(file) {
  const text = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, text.replace('prefix: shop_7_', 'prefix: shop_seven_'));
}

function verify(file) {
  const { plan: made } = JSON.parse(fs.readFileSync(file, 'utf8'));
  const found = made.items.flatMap(({ fields }) => fields.map(({ after }) => after));
  if (found.length !== 1 || found[0] !== 'shop_seven_') throw new Error(`the plan found ${JSON.stringify(found)}`);
}

/** Starts the server; it ends with its stdin. */
async function startServer() {
  const child = spawn(process.execPath, [path.join(__dirname, 'lib', 'airbyte-server.js')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value);
  const first = await next();
  const ask = () => {
    child.stdin.write('\n');
    return next();
  };
  return { ...first, ask, close: () => child.stdin.end() };
}

module.exports = { plan };
runAlone(module, plan);
