// Makes a new connector part of the workspace: the build, the lock file, and the modules that are installed.
const fs = require('node:fs');
const path = require('node:path');

function readJson(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

function writeJson(file, value) {
  fs.writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Lists a connector where the repository lists them, as `npm install` would: nothing has to be installed, since it needs
 * packages of the repository only.
 */
function register(root, folder) {
  addReference(path.join(root, 'tsconfig.json'), folder);
  const manifest = readJson(path.join(root, folder, 'package.json'));
  addToLock(path.join(root, 'package-lock.json'), folder, manifest);
  const modules = path.join(root, 'node_modules');
  const installed = path.join(modules, '.package-lock.json');
  if (!fs.existsSync(installed)) return;
  const link = path.join(modules, manifest.name);
  fs.rmSync(link, { force: true });
  fs.symlinkSync(path.relative(path.dirname(link), path.join(root, folder)), link, 'junction');
  addToLock(installed, folder, manifest);
}

/** Beside the connectors of its kind. */
function addReference(file, folder) {
  const config = readJson(file);
  const [group] = folder.split('/');
  const last = config.references.findLastIndex((reference) => reference.path.startsWith(`${group}/`));
  config.references.splice(last + 1, 0, { path: folder });
  writeJson(file, config);
}

/** The two entries of a workspace, in npm's order. */
function addToLock(file, folder, { name, version, license, dependencies, devDependencies, engines }) {
  const lock = readJson(file);
  lock.packages[folder] = { name, version, license, dependencies, devDependencies, engines };
  lock.packages[`node_modules/${name}`] = { resolved: folder, link: true };
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  writeJson(file, { ...lock, packages: Object.fromEntries(sorted) });
}

module.exports = { register };
