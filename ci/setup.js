// Makes a checkout ready: installs what package-lock.json says, when it is not there yet. Fast when nothing is to be done.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
const NEEDED = [20, 19];

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return;
  process.stderr.write(
    `Cuttle needs Node ${NEEDED.join('.')} or newer; this is ${process.versions.node} (${process.execPath}).\n`,
  );
  process.exit(1);
}

/** The packages of a lock file that matter here: what npm wrote into node_modules, and what the checkout asks for. */
function lockedPackages(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * npm keeps a copy of the lock file inside node_modules, without the root and without what other platforms need.
 * Up to date is: every package of the copy is as the lock file says, and nothing that the platform needs is missing.
 */
function isInstalled() {
  const wanted = lockedPackages(path.join(ROOT, 'package-lock.json'));
  const present = lockedPackages(path.join(ROOT, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || present === undefined) return false;
  for (const [name, { version, link }] of Object.entries(present)) {
    const locked = wanted[name];
    if (locked === undefined || locked.version !== version || locked.link !== link) return false;
  }
  return Object.entries(wanted).every(
    ([name, { optional, peer, devOptional }]) =>
      !name.startsWith('node_modules/') || name in present || optional || peer || devOptional,
  );
}

function install() {
  process.stderr.write('Installing dependencies (npm ci).\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status, error } = spawnSync(npm, ['ci', '--no-audit', '--no-fund'], {
    cwd: ROOT,
    // stdout belongs to the command that called this one.
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (error !== undefined) process.stderr.write(`npm could not be started: ${error.message}\n`);
  if (status !== 0) process.exit(status ?? 1);
}

refuseOldNode();
if (!isInstalled()) install();
