// `npm run new:source -- acme` and `npm run new:destination -- acme`: a connector that works and passes its suites, made
// from ci/templates, to be changed into the real one. docs/add-a-source.md goes on from there.
const { spawnSync } = require('node:child_process');
const { randomUUID } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { checkName, fillIn } = require('./new/name-forms.js');
const { register } = require('./new/register.js');

const ROOT = path.join(__dirname, '..');
const KINDS = ['source', 'destination'];

function usage(kind) {
  return `Usage: npm run new:${kind} -- <name> [--dry-run]

Makes ${kind}s/<name> from ci/templates/${kind}: a ${kind} that works, with its stand-in and tests.

Options:
  --dry-run   list the files and write nothing
  -h, --help  show this

Examples:
  $ npm run new:${kind} -- acme
  $ npm run new:${kind} -- acme-orders --dry-run
`;
}

/** Files of a template by their paths in the connector, sorted. */
function templateFiles(kind) {
  const folder = path.join(__dirname, 'templates', kind);
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ name: path.relative(folder, file), file }));
}

/** The files of a new connector: path from the root, text, and the template's rights. */
function filesFor(kind, name) {
  const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'lerna.json'), 'utf8'));
  const values = { version, definitionId: randomUUID() };
  return templateFiles(kind).map(({ name: template, file }) => ({
    path: `${kind}s/${name}/${fillIn(template, name, values)}`,
    text: fillIn(fs.readFileSync(file, 'utf8'), name, values),
    mode: fs.statSync(file).mode & 0o777,
  }));
}

/** Names of other lengths wrap and sort elsewhere than the template's. */
function format(folder) {
  const biome = path.join(ROOT, 'node_modules', '.bin', 'biome');
  const { status } = spawnSync(biome, ['check', '--write', folder], { cwd: ROOT, stdio: 'ignore' });
  if (status !== 0) process.stderr.write(`${folder} could not be formatted: run npm run format.\n`);
}

function create(kind, name, isDryRun) {
  checkName(name);
  const folder = `${kind}s/${name}`;
  if (fs.existsSync(path.join(ROOT, folder))) throw new Error(`${folder} is already there; nothing was written.`);
  const files = filesFor(kind, name);
  if (!isDryRun) {
    for (const { path: file, text, mode } of files) {
      fs.mkdirSync(path.dirname(path.join(ROOT, file)), { recursive: true });
      fs.writeFileSync(path.join(ROOT, file), text, { mode, flag: 'wx' });
    }
    register(ROOT, folder);
    format(folder);
  }
  return [
    ...files.map((file) => `${isDryRun ? 'would write' : 'wrote'} ${file.path}`),
    ...['tsconfig.json', 'package-lock.json'].map((file) => `${isDryRun ? 'would add it to' : 'added it to'} ${file}`),
    '',
    ...(isDryRun ? [] : nextSteps(kind, name)),
  ].join('\n');
}

function nextSteps(kind, name) {
  return [
    'Next:',
    '  npm run build',
    `  npx jest ${kind}s/${name}`,
    '  node ci/generate-schemas.js',
    `Then change it into the real one: ${kind === 'source' ? 'docs/add-a-source.md' : `${kind}s/${name}/README.md`}. A line in CHANGELOG.md`,
    'and a row in the table of README.md tell the users.',
    '',
  ];
}

function main([kind, ...args]) {
  if (!KINDS.includes(kind)) throw new Error('Run it by npm run new:source or npm run new:destination.');
  if (args.some((arg) => arg === '--help' || arg === '-h')) return usage(kind);
  const names = args.filter((arg) => arg !== '--dry-run');
  const unknown = names.find((arg) => arg.startsWith('-'));
  if (unknown !== undefined) throw new Error(`There is no option ${unknown}.\n\n${usage(kind)}`);
  if (names.length !== 1) throw new Error(`One name is needed.\n\n${usage(kind)}`);
  return create(kind, names[0], names.length < args.length);
}

try {
  process.stdout.write(main(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
