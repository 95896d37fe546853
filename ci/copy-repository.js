// A copy of the checkout with its build and its modules, in which tests may make and break what they like.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
const GROUPS = ['packages', 'sources', 'destinations'];
const OWN = '@cuttle';

/** Copies everything that git tracks or would add, and what was built, into a folder. Modules are linked. */
function copyRepository(target) {
  const options = { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 };
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], options);
  for (const file of listed.split('\0').filter(Boolean)) copy(file, target);
  for (const group of GROUPS) {
    for (const name of fs.readdirSync(path.join(ROOT, group))) {
      for (const built of ['dist', 'tsconfig.tsbuildinfo']) copy(`${group}/${name}/${built}`, target);
      // Modules of another version than the one all others have.
      const modules = path.join(ROOT, group, name, 'node_modules');
      if (fs.existsSync(modules)) fs.symlinkSync(modules, path.join(target, group, name, 'node_modules'), 'junction');
    }
  }
  linkModules(path.join(ROOT, 'node_modules'), path.join(target, 'node_modules'));
}

/** Times are kept: they tell a build from a stale one. */
function copy(file, target) {
  const from = path.join(ROOT, file);
  if (!fs.existsSync(from)) return;
  fs.cpSync(from, path.join(target, file), { recursive: true, preserveTimestamps: true });
}

/** Each module is a link to the checkout's; packages of ours are links into the copy, as npm makes them. */
function linkModules(from, to) {
  fs.mkdirSync(path.join(to, OWN), { recursive: true });
  for (const name of fs.readdirSync(from)) {
    if (name === OWN || name === '.bin') continue;
    if (name.startsWith('.')) fs.cpSync(path.join(from, name), path.join(to, name), { recursive: true });
    else fs.symlinkSync(path.join(from, name), path.join(to, name), 'junction');
  }
  for (const folder of [OWN, '.bin']) {
    fs.mkdirSync(path.join(to, folder), { recursive: true });
    for (const name of fs.readdirSync(path.join(from, folder))) {
      fs.symlinkSync(fs.readlinkSync(path.join(from, folder, name)), path.join(to, folder, name));
    }
  }
}

module.exports = { copyRepository };
