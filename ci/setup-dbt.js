// Makes the Python environment that runs dbt: `.venv/dbt-<hash of dbt/requirements.txt>`, with `.venv/dbt` pointing at it.
// Installs once for each state of that file. Fast when nothing is to be done.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { ensureVenv, VENVS } = require('./python-venv.js');

const REQUIREMENTS = path.join(__dirname, '..', 'dbt', 'requirements.txt');
const LINK = path.join(VENVS, 'dbt');

function setUp() {
  const hash = createHash('sha256').update(fs.readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12);
  const folder = ensureVenv(`dbt-${hash}`, ['-r', REQUIREMENTS], 'dbt');
  if (folder === undefined) return false;
  if (fs.existsSync(LINK) && fs.realpathSync(LINK) === fs.realpathSync(folder)) return true;
  fs.rmSync(LINK, { recursive: true, force: true });
  fs.symlinkSync(folder, LINK, 'junction');
  return true;
}

// Where the tests run, dbt is wanted but not needed unless somebody asks for it.
const isNeeded = !process.argv.includes('--optional') || (process.env.CUTTLE_REQUIRE ?? '').split(',').includes('dbt');
if (!setUp() && isNeeded) process.exitCode = 1;
