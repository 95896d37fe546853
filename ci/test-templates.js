// `npm run test:templates`: what the generator makes works untouched. In a copy of the checkout it follows
// docs/add-a-source.md to the letter (files and commands, up to a sync into DuckDB and all suites of the new source),
// makes a destination, runs types, lint, unused code, import rules and metadata checks over both, and bundles them as
// images do. The copy and what runs in it go with this process, also when it is killed.
const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { copyRepository } = require('./copy-repository.js');
const { guideScript } = require('./guide-script.js');

const ROOT = path.join(__dirname, '..');
const GUIDE = 'docs/add-a-source.md';
const STOP_SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** What comes behind the guide. */
const REST = `
npm run new:destination -- acme
npm run build
npx tsc -p tsconfig.test.json
npx biome ci --error-on-warnings .
npx knip
npx jest destinations/acme ci/test/metadata ci/test/layers
for connector in sources/acme destinations/acme; do
  node ci/images/bundle.js "$connector" ".cuttle/bundled/$connector"
  node ".cuttle/bundled/$connector/bin/main.js" spec
done
cp package-lock.json package-lock.made
npm install --package-lock-only --ignore-scripts --no-audit --no-fund --offline
cmp package-lock.json package-lock.made
`;

/** Waits for the end of a process, then ends the group whose id stands in its folder, and removes the folder. */
const WATCH = 'while kill -0 "$1"; do sleep 0.5; done; kill -9 -- "-$(cat "$2/group")"; rm -rf "$2"';

function watch(folder) {
  const args = ['-c', WATCH, 'watch', String(process.pid), folder];
  spawn('bash', args, { detached: true, stdio: 'ignore' }).unref();
}

function remove(folder) {
  fs.rmSync(folder, { recursive: true, force: true });
}

/** Runs a script by bash in a process group of its own, of which nothing is left behind it. @returns its exit code */
function run(script, cwd, onStart) {
  // Every suite, by processes too: what the generator makes has to pass all of them.
  const env = { ...process.env, CUTTLE_TIER: 'full' };
  const options = { cwd, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true };
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], options);
  onStart(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      killGroup(child);
      resolve(code ?? 1);
    });
  });
}

function killGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}

/** What the sync of the guide has to have loaded. @throws when the tables hold something else */
function checkTables(folder) {
  const script = `
    const { DuckDBInstance } = require('@duckdb/node-api');
    (async () => {
      const connection = await (await DuckDBInstance.create('.cuttle/acme.duckdb')).connect();
      const count = async (sql) => Number((await connection.runAndReadAll(sql)).getRows()[0][0]);
      const found = [
        await count('select count(*) from acme_customers'),
        await count('select count(distinct id) from acme_orders'),
        await count('select sum(total_minor) from acme_orders'),
      ];
      console.log('customers, orders, sum of the orders: ' + found.join(', '));
      process.exitCode = found.join() === '6,250,281125' ? 0 : 1;
    })();`;
  const { status } = spawnSync(process.execPath, ['-e', script], { cwd: folder, stdio: 'inherit' });
  if (status !== 0) throw new Error('The sync of the guide did not load what the stand-in has.');
}

/** Follows the guide in a copy below `folder`, then makes a destination and checks both. @throws with what failed */
async function check(folder, onStart) {
  const copy = path.join(folder, 'repository');
  const step = async (script, problem) => {
    if ((await run(script, copy, onStart)) !== 0) throw new Error(`${problem}: see above.`);
  };
  copyRepository(copy);
  const shared = path.join(ROOT, '..', 'shared');
  if (fs.existsSync(shared)) fs.symlinkSync(shared, path.join(folder, 'shared'));
  await step('git init -q && git add -A', 'The copy, in which the guide begins, is no checkout');
  const guide = guideScript(fs.readFileSync(path.join(ROOT, GUIDE), 'utf8'), '.cuttle/stand-in-acme.env');
  await step(guide, `${GUIDE} cannot be followed`);
  checkTables(copy);
  await step(`set -x${REST}`, 'What the generator made is not clean');
}

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-templates-'));
  watch(folder);
  // One test runs a command as another user, who has to reach it.
  fs.chmodSync(folder, 0o755);
  let child;
  const stop = () => {
    if (child !== undefined) killGroup(child);
    remove(folder);
  };
  for (const [signal, code] of Object.entries(STOP_SIGNALS)) {
    process.once(signal, () => {
      stop();
      process.exit(code);
    });
  }
  try {
    await check(folder, (next) => {
      child = next;
      fs.writeFileSync(path.join(folder, 'group'), String(next.pid));
    });
  } finally {
    stop();
  }
}

// Until it is done: a step that never answers must not end as success.
process.exitCode = 1;
main().then(
  () => {
    process.exitCode = 0;
  },
  (error) => process.stderr.write(`${error.message}\n`),
);
