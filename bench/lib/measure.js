const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const PRELOAD = path.join(__dirname, '..', 'preload', 'usage.cjs');

/**
 * Runs a Node command to its end.
 *
 * @param {readonly string[]} argv script and arguments
 * @param {{ input?: string, output?: string, cwd?: string, env?: Record<string, string>, preloads?: string[], exitCode?: number }} options
 *   files for stdin and stdout, modules that are loaded first, and the exit code that is right (default 0)
 * @returns {Promise<{ wallSeconds: number, cpuSeconds: number, peakMiB: number }>} times of the process itself, start-up included
 */
async function measure(argv, options = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-bench-'));
  const usageFile = path.join(folder, 'usage.json');
  const ownOutput = path.join(folder, 'stdout');
  const stdin = options.input === undefined ? 'ignore' : fs.openSync(options.input, 'r');
  const stdout = fs.openSync(options.output ?? ownOutput, 'w');
  const started = performance.now();
  const preloads = [PRELOAD, ...(options.preloads ?? [])].map((file) => `--require ${file}`).join(' ');
  const child = spawn(process.execPath, argv, {
    cwd: options.cwd,
    stdio: [stdin, stdout, 'pipe'],
    env: { ...process.env, ...options.env, NODE_OPTIONS: preloads, CUTTLE_USAGE_FILE: usageFile },
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  const wallSeconds = (performance.now() - started) / 1000;
  if (typeof stdin === 'number') fs.closeSync(stdin);
  fs.closeSync(stdout);
  const output = options.output === undefined ? fs.readFileSync(ownOutput, 'utf8') : '';
  if (code !== (options.exitCode ?? 0)) {
    throw new Error(`${argv.join(' ')} ended with ${code}: ${stderr.slice(0, 2000)} ${output.slice(-2000)}`);
  }
  const usage = JSON.parse(fs.readFileSync(usageFile, 'utf8'));
  fs.rmSync(folder, { recursive: true });
  return { wallSeconds, ...usage };
}

/**
 * Runs measurements in turn, round by round, so that a machine that gets slower hurts all alike; gives the medians. A
 * task with `isOnce` runs in the first round only.
 */
async function rounds(count, tasks) {
  const results = new Map(tasks.map(({ name }) => [name, []]));
  for (let round = 0; round < count; round += 1) {
    for (const { name, run, isOnce } of tasks) if (round === 0 || !isOnce) results.get(name).push(await run());
  }
  return new Map([...results].map(([name, runs]) => [name, { median: medianOf(runs), runs }]));
}

function medianOf(runs) {
  const keys = Object.keys(runs[0]);
  return Object.fromEntries(keys.map((key) => [key, median(runs.map((run) => run[key]))]));
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

module.exports = { measure, rounds };
