const fs = require('node:fs');
const path = require('node:path');

/** Maps each workspace name to its source, so that unit tests need no build. */
function workspaceSources() {
  const map = {};
  for (const group of ['packages', 'sources', 'destinations']) {
    for (const folder of fs.readdirSync(path.join(__dirname, group))) {
      const file = path.join(__dirname, group, folder, 'package.json');
      if (!fs.existsSync(file)) continue;
      const { name } = JSON.parse(fs.readFileSync(file, 'utf8'));
      map[`^${name}$`] = `<rootDir>/${group}/${folder}/src/index.ts`;
    }
  }
  return map;
}

/** What all projects share. */
const base = {
  rootDir: __dirname,
  modulePathIgnorePatterns: ['/dist/', '/\\.cuttle/', '/ci/templates/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Our relative imports end in .js, as Node wants them; the sources end in .ts.
  moduleNameMapper: { ...workspaceSources(), '^(\\.{1,2}/.*)\\.js$': '$1' },
};

const IGNORED = ['/node_modules/', '/dist/', '/ci/templates/'];
const ENDS = { full: '\\.full\\.test\\.ts$', browser: '\\.browser\\.test\\.ts$', peers: '\\.peers\\.test\\.ts$' };

/**
 * Projects by the end of the file name: `test` is what `npm test` runs, `full` comes on top in `npm run test:full`,
 * `browser` needs Chromium, `peers` the programs of other people that `ci/peers` installs.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  rootDir: __dirname,
  projects: [
    {
      ...base,
      displayName: 'test',
      testMatch: ['**/test/**/*.test.ts'],
      testPathIgnorePatterns: [...IGNORED, ...Object.values(ENDS)],
    },
    ...Object.keys(ENDS).map((name) => ({
      ...base,
      displayName: name,
      testMatch: [`**/test/**/*.${name}.test.ts`],
      testPathIgnorePatterns: IGNORED,
    })),
  ],
  reporters: ['default', '<rootDir>/ci/conformance-reporter.js'],
  testTimeout: 30_000,
  maxWorkers: 2,
};
