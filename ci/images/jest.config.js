// The image suite: apart from `npm test`, because it needs a Docker engine. `npm run test:images` builds and runs it.
const base = require('../../jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
  ...base,
  testMatch: ['<rootDir>/ci/images/test/**/*.image.ts'],
  testTimeout: 120_000,
  maxWorkers: 1,
};
