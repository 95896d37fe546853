// The image suite: apart from `npm test`, because it needs a Docker engine. `npm run test:images` builds and runs it.
const { projects, ...global } = require('../../jest.config.js');

const { displayName, testPathIgnorePatterns, ...base } = projects[0];

/** @type {import('jest').Config} */
module.exports = {
  ...global,
  ...base,
  testMatch: ['<rootDir>/ci/images/test/**/*.image.ts'],
  testTimeout: 120_000,
  maxWorkers: 1,
};
