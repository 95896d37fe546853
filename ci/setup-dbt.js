// Makes the Python environment that runs dbt: `.venv/dbt-<hash of dbt/requirements.txt>`, with `.venv/dbt` pointing at it.
// Installs once for each state of that file. Fast when nothing is to be done.
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
const REQUIREMENTS = path.join(ROOT, 'dbt', 'requirements.txt');
const VENVS = path.join(ROOT, '.venv');
const LINK = path.join(VENVS, 'dbt');
const MISSING = 'dbt needs Python 3.10 or newer with its venv module; install it, or name one by CUTTLE_PYTHON.';
const IS_NEW_ENOUGH = 'import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 10) else 1)';

/** The first Python that is new enough; undefined without one. */
function findPython() {
  const named = process.env.CUTTLE_PYTHON;
  const candidates = named === undefined ? ['python3', 'python3.13', 'python3.12', 'python3.11', 'python'] : [named];
  return candidates.find((name) => spawnSync(name, ['-c', IS_NEW_ENOUGH], { stdio: 'ignore' }).status === 0);
}

/** Runs a command whose output goes to stderr: stdout belongs to the command that called this one. */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (error !== undefined) process.stderr.write(`${command} could not be started: ${error.message}\n`);
  return status === 0;
}

/** Makes the environment. The file `complete` comes last, so that a broken-off installation is never taken for a whole one. */
function install(folder) {
  const python = findPython();
  if (python === undefined) {
    process.stderr.write(`${MISSING}\n`);
    return false;
  }
  process.stderr.write('Installing dbt into .venv (once for each state of dbt/requirements.txt).\n');
  fs.rmSync(folder, { recursive: true, force: true });
  const pip = path.join(folder, process.platform === 'win32' ? 'Scripts' : 'bin', 'python');
  const arguments_ = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS];
  if (!run(python, ['-m', 'venv', folder]) || !run(pip, arguments_)) {
    process.stderr.write('dbt could not be installed; the lines above say why.\n');
    return false;
  }
  fs.writeFileSync(path.join(folder, 'complete'), '');
  return true;
}

function setUp() {
  const hash = createHash('sha256').update(fs.readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12);
  const folder = path.join(VENVS, `dbt-${hash}`);
  fs.mkdirSync(VENVS, { recursive: true });
  if (!fs.existsSync(path.join(folder, 'complete')) && !install(folder)) return false;
  if (fs.existsSync(LINK) && fs.realpathSync(LINK) === fs.realpathSync(folder)) return true;
  fs.rmSync(LINK, { recursive: true, force: true });
  fs.symlinkSync(folder, LINK, 'junction');
  return true;
}

// Where the tests run, dbt is wanted but not needed unless somebody asks for it.
const isNeeded = !process.argv.includes('--optional') || (process.env.CUTTLE_REQUIRE ?? '').split(',').includes('dbt');
if (!setUp() && isNeeded) process.exitCode = 1;
