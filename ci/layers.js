// The import rules of the repository: which package may import which, and how. Used by the test beside the rules.
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');

/** What each package may import of ours; `*` in a key stands for every connector of that kind. */
const RULES = {
  'packages/protocol': [],
  'packages/cdk': ['packages/protocol'],
  'packages/loader': ['packages/cdk', 'packages/protocol'],
  'packages/project': ['packages/protocol'],
  'packages/runner': ['packages/project', 'packages/protocol'],
  'packages/gitops': ['packages/project', 'packages/protocol'],
  'packages/warehouse': ['packages/protocol'],
  'packages/report': ['packages/warehouse', 'packages/protocol'],
  'packages/cli': [
    'packages/project',
    'packages/gitops',
    'packages/runner',
    'packages/warehouse',
    'packages/report',
    'packages/protocol',
    'packages/sandbox',
  ],
  'packages/sandbox': [],
  'packages/testing': ['packages/protocol'],
  'packages/faros-compat': ['packages/cdk', 'packages/protocol'],
  'sources/*': ['packages/cdk', 'packages/protocol'],
  'destinations/*': ['packages/loader', 'packages/cdk', 'packages/protocol'],
};

/** Tests may use these on top, whatever the package. */
const TEST_ONLY = ['packages/testing', 'packages/sandbox'];

/** Imported lazily only: `sandbox` and `demo` are the only commands that need it. */
const LAZY = { 'packages/cli': ['packages/sandbox'] };

/** Packages of other people that only one of our packages may import; test suites may read YAML too. */
const EXCLUSIVE = {
  'facebook-nodejs-business-sdk': ['sources/facebook-ads'],
  'google-auth-library': ['sources/ga4-events'],
  yaml: ['packages/project', 'packages/testing'],
  commander: ['packages/cli'],
};

/** Packages that do no I/O, and the one file of each that may. */
const PURE = { 'packages/protocol': 'src/write-durably.ts' };
const IO =
  /^node:(?:child_process|cluster|dgram|dns|fs|http|http2|https|net|process|readline|tls|tty|worker_threads)(?:\/|$)/;

const BUILT_IN = new Set(require('node:module').builtinModules);

/** All workspaces: folder to package.json. */
function workspaces() {
  const found = new Map();
  for (const group of ['packages', 'sources', 'destinations']) {
    for (const name of fs.readdirSync(path.join(ROOT, group))) {
      const file = path.join(ROOT, group, name, 'package.json');
      if (fs.existsSync(file)) found.set(`${group}/${name}`, JSON.parse(fs.readFileSync(file, 'utf8')));
    }
  }
  return found;
}

/** Import specifiers of a TypeScript file, each with whether it is lazy (`import()`). */
function importsOf(text) {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const found = [];
  const pattern =
    /(?:^|[\s;])(?:import|export)\s(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]|\brequire\(\s*['"]([^'"]+)['"]/g;
  for (const match of code.matchAll(pattern)) {
    // A type import is erased: nothing is loaded.
    const isType = /^\W*(?:import|export)\s+type\s/.test(match[0]);
    found.push({ specifier: match[1] ?? match[2] ?? match[3], isLazy: match[1] === undefined || isType });
  }
  return found;
}

function filesBelow(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function ruleOf(folder) {
  return RULES[folder] ?? RULES[`${folder.split('/')[0]}/*`];
}

/** Name of the npm package that a specifier belongs to. */
function packageOf(specifier) {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}

/** Every breach of the rules, one sentence each. */
function findBreaches() {
  const packages = workspaces();
  const byName = new Map([...packages].map(([folder, manifest]) => [manifest.name, folder]));
  const breaches = [];
  for (const [folder, manifest] of packages) {
    const allowed = ruleOf(folder);
    if (allowed === undefined) {
      breaches.push(`${folder}: no import rule names this package`);
      continue;
    }
    for (const part of ['src', 'test']) {
      for (const file of filesBelow(path.join(ROOT, folder, part))) {
        const context = { folder, manifest, allowed, isTest: part === 'test', file, byName };
        for (const imported of importsOf(fs.readFileSync(file, 'utf8')))
          breaches.push(...breachesOf(imported, context));
      }
    }
  }
  return breaches;
}

function breachesOf({ specifier, isLazy }, { folder, manifest, allowed, isTest, file, byName }) {
  const place = path.relative(ROOT, file);
  if (specifier.startsWith('.')) {
    const target = path.relative(path.join(ROOT, folder), path.resolve(path.dirname(file), specifier));
    return target.startsWith('..') ? [`${place}: the relative import ${specifier} leaves the package`] : [];
  }
  const name = packageOf(specifier);
  if (specifier.startsWith('node:') || BUILT_IN.has(name)) {
    if (!specifier.startsWith('node:')) return [`${place}: ${specifier} is imported without node:`];
    return isTest || isPure(specifier, folder, file) ? [] : [`${place}: ${folder} does no I/O, so not by ${specifier}`];
  }
  const breaches = [];
  const ours = byName.get(name);
  if (ours !== undefined && ours !== folder) {
    if (specifier !== name) breaches.push(`${place}: ${specifier} reaches below the entry of ${name}`);
    const mayImport = allowed.includes(ours) || (isTest && (TEST_ONLY.includes(ours) || allowed.includes(ours)));
    if (!mayImport) breaches.push(`${place}: ${folder} may not import ${ours}`);
    if (!isTest && !isLazy && LAZY[folder]?.includes(ours)) breaches.push(`${place}: ${ours} is imported lazily only`);
  }
  const owners = EXCLUSIVE[name];
  if (owners !== undefined && !owners.includes(folder))
    breaches.push(`${place}: only ${owners.join(' and ')} imports ${name}`);
  const declared = {
    ...manifest.dependencies,
    ...manifest.peerDependencies,
    ...(isTest ? manifest.devDependencies : {}),
  };
  const isDeclared = name in declared || name === manifest.name || (isTest && isToolOfTests(name));
  if (!isDeclared) breaches.push(`${place}: ${name} is not declared in ${folder}/package.json`);
  return breaches;
}

/** Whether a file of a package may import a module of Node. */
function isPure(specifier, folder, file) {
  const exempt = PURE[folder];
  return exempt === undefined || !IO.test(specifier) || file === path.join(ROOT, folder, exempt);
}

/** Declared once at the root, for the tests of all packages. */
function isToolOfTests(name) {
  const { devDependencies } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  return name in devDependencies;
}

module.exports = { findBreaches, importsOf, isPure };
