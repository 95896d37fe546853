// `npm test`: sets up what is missing, then types, lint, unused code and all tests. Stops at the first step that fails.
const { spawnSync } = require('node:child_process');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');

function bin(name) {
  return path.join(ROOT, 'node_modules', '.bin', name);
}

const STEPS = [
  ['set-up', process.execPath, [path.join(__dirname, 'setup.js')]],
  ['dbt', process.execPath, [path.join(__dirname, 'setup-dbt.js'), '--optional']],
  ['build and types', bin('tsc'), ['-b']],
  ['types of tests', bin('tsc'), ['-p', 'tsconfig.test.json']],
  ['lint', bin('biome'), ['ci', '--error-on-warnings', '.']],
  ['unused code', bin('knip'), []],
  ['tests', bin('jest'), process.argv.slice(2)],
];

for (const [name, command, args] of STEPS) {
  process.stderr.write(`\n> ${name}\n`);
  const isWhole = args.length === 0 && name === 'tests';
  const env = { ...process.env, ...(isWhole ? { CUTTLE_WRITE_CONFORMANCE: '1' } : {}) };
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', env });
  if (error !== undefined) process.stderr.write(`${error.message}\n`);
  if (status !== 0) {
    process.stderr.write(`\n${name} failed\n`);
    process.exitCode = status ?? 1;
    break;
  }
}
