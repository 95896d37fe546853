// Programs of other people that read, write or judge what ours do, by pinned version: where each is installed, and how.
// Python packages have environments of their own in `.venv/`; what they need themselves is pinned in `constraints/`.
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { VENVS, ensureVenv, venvProgram } = require('../python-venv.js');

/** By key: the title for people, and what pip installs, or the Go module that is built. */
const PEERS = {
  pyairbyte: { title: 'PyAirbyte 0.71.3', pip: ['airbyte==0.71.3'], constraints: 'airbyte' },
  stripe: {
    title: 'airbyte-source-stripe 5.14.1',
    pip: ['airbyte-source-stripe==5.14.1'],
    constraints: 'airbyte-source-stripe',
  },
  facebook: {
    title: 'airbyte-source-facebook-marketing 6.1.9',
    pip: ['airbyte-source-facebook-marketing==6.1.9'],
    constraints: 'airbyte-source-facebook-marketing',
  },
  faker: {
    title: 'airbyte-source-faker 7.2.1',
    pip: ['airbyte-source-faker==7.2.1'],
    constraints: 'airbyte-source-faker',
  },
  cdk: { title: 'airbyte-cdk 7.39.1', pip: ['airbyte-cdk[dev]==7.39.1'], constraints: 'airbyte-cdk' },
  api: { title: 'airbyte-api 1.0.1', pip: ['airbyte-api==1.0.1'], constraints: 'airbyte-api' },
  sql: {
    // The driver's fifth version lacks a module that fakesnow imports.
    title: 'fakesnow 0.12.1 with sqlglot 30.22.0',
    pip: ['fakesnow==0.12.1', 'sqlglot==30.22.0', 'snowflake-connector-python==4.8.1'],
    constraints: 'fakesnow',
  },
  stripeMock: { title: 'stripe-mock v0.203.0', go: 'github.com/stripe/stripe-mock@v0.203.0' },
};

/** Where a peer is, or would be: another folder for each state of what is installed. */
function folderOf(key) {
  const { pip, constraints, go } = PEERS[key];
  const pinned = go ?? pip.join('\n') + fs.readFileSync(constraintsFile(constraints), 'utf8');
  const hash = createHash('sha256').update(pinned).digest('hex').slice(0, 12);
  return path.join(VENVS, `peer-${key}-${hash}`);
}

function constraintsFile(name) {
  return path.join(__dirname, 'constraints', `${name}.txt`);
}

/**
 * The path of a program of a peer: of its Python environment, or the one that Go built.
 *
 * @param {string} key
 * @param {string} [program] default `python`; of a Go module its own name
 * @returns {string | undefined} undefined while it is not installed
 */
function peerProgram(key, program = 'python') {
  const folder = folderOf(key);
  if (!fs.existsSync(path.join(folder, 'complete'))) return undefined;
  if (PEERS[key].go === undefined) return venvProgram(folder, program);
  return path.join(folder, path.basename(PEERS[key].go.split('@')[0]));
}

/** Installs a peer unless it is there. @returns whether it is there; stderr says why not */
function installPeer(key) {
  const { title, pip, constraints, go } = PEERS[key];
  const folder = folderOf(key);
  if (go !== undefined) return fs.existsSync(path.join(folder, 'complete')) || buildGo(title, go, folder);
  const pinned = ['--constraint', constraintsFile(constraints)];
  // Files are compiled as they are used: most never are.
  return ensureVenv(path.basename(folder), ['--no-compile', ...pinned, ...pip], title) !== undefined;
}

function buildGo(title, module, folder) {
  process.stderr.write(`Building ${title} into .venv (once for each version).\n`);
  fs.mkdirSync(folder, { recursive: true });
  const env = { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod', CGO_ENABLED: '0' };
  const { status, error } = spawnSync('go', ['install', module], { cwd: folder, stdio: ['ignore', 2, 2], env });
  if (status === 0) {
    fs.writeFileSync(path.join(folder, 'complete'), '');
    return true;
  }
  process.stderr.write(`${title} could not be built${error === undefined ? '' : `: ${error.message}`}.\n`);
  return false;
}

module.exports = { PEERS, installPeer, peerProgram };
