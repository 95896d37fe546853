// Python environments in `.venv/`, each made once.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
const VENVS = path.join(ROOT, '.venv');
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

/**
 * Makes an environment unless it is there. The file `complete` comes last, so that a broken-off installation is never
 * taken for a whole one.
 *
 * @param {string} name folder in `.venv/`, different for each state of what is installed
 * @param {readonly string[]} requirements arguments of `pip install`
 * @param {string} what for the user: what is installed and when
 * @returns {string | undefined} the folder; undefined when there is no Python or the installation failed, which stderr tells
 */
function ensureVenv(name, requirements, what) {
  const folder = path.join(VENVS, name);
  if (fs.existsSync(path.join(folder, 'complete'))) return folder;
  const python = findPython();
  if (python === undefined) {
    process.stderr.write(
      `${what} needs Python 3.10 or newer with its venv module; install it, or name one by CUTTLE_PYTHON.\n`,
    );
    return undefined;
  }
  process.stderr.write(`Installing ${what} into .venv (once for each version).\n`);
  fs.mkdirSync(VENVS, { recursive: true });
  fs.rmSync(folder, { recursive: true, force: true });
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements];
  if (!run(python, ['-m', 'venv', folder]) || !run(venvProgram(folder, 'python'), install)) {
    process.stderr.write(`${what} could not be installed; the lines above say why.\n`);
    return undefined;
  }
  fs.writeFileSync(path.join(folder, 'complete'), '');
  return folder;
}

/** Path of a program of an environment. */
function venvProgram(folder, name) {
  return path.join(folder, process.platform === 'win32' ? 'Scripts' : 'bin', name);
}

module.exports = { VENVS, ensureVenv, venvProgram };
