// A connector as its image holds it: one bundled file, its resources, native packages, and the licences of what is inside.
//   node ci/images/bundle.js sources/bubble OUT    (packages must be built)
const fs = require('node:fs');
const path = require('node:path');
const esbuild = require('esbuild');

const ROOT = path.join(__dirname, '..', '..');

/** Packages that hold binaries or load files by path: copied whole, with what they depend on. */
const COPIED = ['@duckdb/node-bindings', 'snowflake-sdk'];

/** Makes OUT/bin/main.js and what it needs beside it. */
async function bundleConnector(connector, out) {
  const { metafile } = await esbuild.build({
    entryPoints: [path.join(ROOT, connector, 'bin', 'main.js')],
    outfile: path.join(out, 'bin', 'main.js'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    external: COPIED,
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    absWorkingDir: ROOT,
  });
  fs.cpSync(path.join(ROOT, connector, 'resources'), path.join(out, 'resources'), { recursive: true });
  const bundled = new Set(Object.keys(metafile.inputs).map(packageFolder).filter(Boolean));
  const copied = new Set(importedPackages(metafile).flatMap((name) => [...withDependencies(name)]));
  for (const folder of copied) {
    fs.cpSync(path.join(ROOT, folder), path.join(out, folder), { recursive: true, filter: isForRunning });
  }
  fs.writeFileSync(path.join(out, 'LICENCES.txt'), licencesText([...bundled].sort()));
}

/** Whether a file of a package is more than types and notes. */
function isForRunning(file) {
  return !/\.(ts|mts|cts|map|md)$/.test(file);
}

/** Packages of COPIED that the bundle really asks for. */
function importedPackages({ outputs }) {
  const imports = Object.values(outputs).flatMap((output) => output.imports.map((entry) => entry.path));
  return COPIED.filter((name) => imports.some((entry) => entry === name || entry.startsWith(`${name}/`)));
}

/** `node_modules/axios/lib/x.js` -> `node_modules/axios`; undefined for our own files. */
function packageFolder(file) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file);
  return match?.[1];
}

/** Folders of a package and of everything it needs that is installed, from the root. */
function withDependencies(name, from = ROOT, found = new Set()) {
  const folder = findPackage(name, from);
  const key = folder && path.relative(ROOT, folder);
  if (key === undefined || found.has(key)) return found;
  found.add(key);
  const { dependencies, optionalDependencies } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  for (const needed of Object.keys({ ...dependencies, ...optionalDependencies }))
    withDependencies(needed, folder, found);
  return found;
}

/** As Node looks it up; undefined for an optional package of another platform. */
function findPackage(name, from) {
  for (let at = from; at.startsWith(ROOT); at = path.dirname(at)) {
    const folder = path.join(at, 'node_modules', name);
    if (fs.existsSync(path.join(folder, 'package.json'))) return folder;
  }
  return undefined;
}

/** Licence texts of the packages inside the bundled file; copied packages carry their own. */
function licencesText(folders) {
  const parts = folders.map((folder) => {
    const { name, version, license } = JSON.parse(fs.readFileSync(path.join(ROOT, folder, 'package.json'), 'utf8'));
    const file = fs.readdirSync(path.join(ROOT, folder)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const text = file === undefined ? '' : fs.readFileSync(path.join(ROOT, folder, file), 'utf8');
    return `${name} ${version} (${license ?? 'see text'})\n\n${text.trim()}\n`;
  });
  return parts.join(`\n${'-'.repeat(80)}\n\n`);
}

module.exports = { bundleConnector };

if (require.main === module) {
  const [connector, out] = process.argv.slice(2);
  // Until it is done: a bundler that never answers must not end as success.
  process.exitCode = 1;
  bundleConnector(connector, path.resolve(out)).then(
    () => {
      process.exitCode = 0;
    },
    (error) => process.stderr.write(`${error.message}\n`),
  );
}
