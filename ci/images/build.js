// `npm run images [-- name ...]`: builds the images of all connectors, or of those named, as `source-bubble:0.1.0` and
// `source-bubble:latest`, and prints their sizes. BASE_IMAGE replaces the base, for a mirror or a digest; IMAGE_PREFIX
// (`registry.example.com/team/`) gives a second name, as the Connectors documents spell it.
const { spawnSync } = require('node:child_process');
const { ROOT, chooseConnectors, imageName, readMetadata } = require('./connectors.js');

/** Why no image can be built or started here; undefined when an engine answers. */
function missingEngine() {
  const { error, status } = spawnSync('docker', ['info'], { stdio: 'ignore', timeout: 20_000 });
  if (error?.code === 'ENOENT') return 'docker is not installed';
  return status === 0 ? undefined : 'no Docker engine answers';
}

/** Builds one image. @throws when docker fails; its output has been shown */
function buildImage(folder) {
  const { dockerImageTag: version } = readMetadata(folder);
  const name = imageName(folder);
  const base = process.env.BASE_IMAGE;
  const values = { CONNECTOR: folder, NAME: name, VERSION: version, ...(base ? { BASE_IMAGE: base } : {}) };
  const prefix = process.env.IMAGE_PREFIX;
  const tags = [`${name}:${version}`, `${name}:latest`, ...(prefix ? [`${prefix}${name}:${version}`] : [])];
  const args = [
    ...['build', '--network', 'host', '-f', 'ci/images/Dockerfile', ...tags.flatMap((tag) => ['-t', tag])],
    ...Object.entries(values).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]),
    '.',
  ];
  const { status } = spawnSync('docker', args, { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`The image ${name} could not be built.`);
  return `${name}:${version}`;
}

/** Size of an image in MB, as `docker images` counts. */
function sizeOf(image) {
  const { stdout } = spawnSync('docker', ['image', 'inspect', '-f', '{{.Size}}', image], { encoding: 'utf8' });
  return Math.round(Number(stdout) / 1e6);
}

module.exports = { buildImage, missingEngine };

if (require.main === module) {
  try {
    const reason = missingEngine();
    if (reason !== undefined) throw new Error(`Images cannot be built: ${reason}.`);
    for (const folder of chooseConnectors(process.argv.slice(2))) {
      const image = buildImage(folder);
      process.stdout.write(`${image}  ${sizeOf(image)} MB\n`);
    }
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
