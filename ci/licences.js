// Licences of what the packages need at run time, read from the lock file.
const fs = require('node:fs');
const path = require('node:path');

const LOCK = path.join(__dirname, '..', 'package-lock.json');

/** Licences that a user of the connectors may rely on without asking a lawyer. */
const ALLOWED = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  '0BSD',
  'Unlicense',
]);

/** Packages that name their licence in a form that lock files leave out; read in their LICENSE file. */
const READ = { 'node_modules/simple-lru-cache': 'MIT' };

/** Packages of other people that run with ours: name in the lock file, licence, and whether its content is pinned. */
function runtimePackages() {
  const { packages } = JSON.parse(fs.readFileSync(LOCK, 'utf8'));
  return Object.entries(packages)
    .filter(([name, entry]) => name.includes('node_modules/') && entry.link !== true && entry.dev !== true)
    .map(([name, entry]) => ({
      name,
      licence: entry.license ?? READ[name] ?? 'none',
      isPinned: entry.integrity !== undefined,
    }));
}

/** Whether every part of an expression such as `Apache-2.0 AND MIT` is allowed, or one of those joined by OR. */
function isAllowed(licence) {
  const options = licence.replace(/[()]/g, '').split(' OR ');
  return options.some((option) => option.split(' AND ').every((part) => ALLOWED.has(part.trim())));
}

module.exports = { runtimePackages, isAllowed };
