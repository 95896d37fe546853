// `npm test`, `npm run test:full`, `npm run test:long`, `npm run test:browser` and `npm run test:peers`: set up what is
// missing, then run the steps of that tier. Stops at the first step that fails, and says what each took.
//
//   node ci/test.js [test|full|long|browser|peers] [jest arguments]
const { spawnSync } = require('node:child_process');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');

/** By tier: jest's projects, whether code is checked or peers are installed before, and the page of conformance that a whole run writes. */
const TIERS = {
  test: { projects: ['test'], checks: true },
  full: { projects: ['test', 'full'], checks: false, page: 'full' },
  long: { projects: ['test', 'full'], checks: false },
  browser: { projects: ['browser'], checks: false },
  peers: { projects: ['peers'], checks: false, peers: true },
};

function bin(name) {
  return path.join(ROOT, 'node_modules', '.bin', name);
}

const CHECKS = [
  ['types of tests', bin('tsc'), ['-p', 'tsconfig.test.json']],
  ['lint', bin('biome'), ['ci', '--error-on-warnings', '.']],
  ['unused code', bin('knip'), []],
];

function stepsOf({ projects, checks, peers }, args) {
  return [
    ['set-up', process.execPath, [path.join(__dirname, 'setup.js')]],
    peers === true
      ? ['peers', process.execPath, [path.join(__dirname, 'peers', 'install.js')]]
      : ['dbt', process.execPath, [path.join(__dirname, 'setup-dbt.js'), '--optional']],
    ['build and types', bin('tsc'), ['-b']],
    ...(checks ? CHECKS : []),
    ['tests', bin('jest'), [...args, '--selectProjects', ...projects]],
  ];
}

function environment(name, { page }, args) {
  const isWhole = args.length === 0 && page !== undefined;
  return {
    ...process.env,
    CUTTLE_TIER: name === 'browser' || name === 'peers' ? 'full' : name,
    ...(isWhole ? { CUTTLE_WRITE_CONFORMANCE: page } : {}),
  };
}

function main([first, ...rest]) {
  const isNamed = first !== undefined && first in TIERS;
  const name = isNamed ? first : 'test';
  const args = isNamed ? rest : [first, ...rest].filter((arg) => arg !== undefined);
  const env = environment(name, TIERS[name], args);
  for (const [title, command, commandArgs] of stepsOf(TIERS[name], args)) {
    process.stderr.write(`\n> ${title}\n`);
    const started = performance.now();
    const { status, error } = spawnSync(command, commandArgs, { cwd: ROOT, stdio: 'inherit', env });
    if (error !== undefined) process.stderr.write(`${error.message}\n`);
    process.stderr.write(`${title}: ${Math.round((performance.now() - started) / 1000)} s\n`);
    if (status !== 0) {
      process.stderr.write(`\n${title} failed\n`);
      return status ?? 1;
    }
  }
  return 0;
}

process.exitCode = main(process.argv.slice(2));
