// `npm run test:images [-- jest arguments]`: builds all images and runs the image suite on them. Without a Docker engine
// it says so and passes, unless CUTTLE_REQUIRE names `engine`.
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { buildImage, missingEngine } = require('./images/build.js');
const { ROOT, connectorFolders } = require('./images/connectors.js');

/** Names in the Connectors documents are those of a registry; the suite runs these documents. */
const PREFIX = 'acme/';

function main() {
  const reason = missingEngine();
  if (reason !== undefined) {
    const isRequired = (process.env.CUTTLE_REQUIRE ?? '').split(',').includes('engine');
    process.stderr.write(`Images are not tested: ${reason}.\n`);
    return isRequired ? 1 : 0;
  }
  process.env.IMAGE_PREFIX = PREFIX;
  for (const folder of connectorFolders()) process.stderr.write(`${buildImage(folder)} is built\n`);
  const jest = path.join(ROOT, 'node_modules', '.bin', 'jest');
  const only = process.argv.slice(2);
  const { status } = spawnSync(jest, ['--config', 'ci/images/jest.config.js', ...only], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...(only.length === 0 ? { CUTTLE_WRITE_CONFORMANCE: 'images' } : {}) },
  });
  return status ?? 1;
}

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
