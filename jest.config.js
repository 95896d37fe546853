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

/** @type {import('jest').Config} */
module.exports = {
  rootDir: __dirname,
  testMatch: ['**/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/ci/templates/'],
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
  reporters: ['default', '<rootDir>/ci/conformance-reporter.js'],
  testTimeout: 30_000,
  maxWorkers: 2,
};
