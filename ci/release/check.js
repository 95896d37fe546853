// `npm run release:check`: what has to hold before anything is published. The release workflow runs it first, on a dry run
// too. It reads BASE_IMAGE (the base of the images) and, on GitHub, the tag that started the run.
const fs = require('node:fs');
const path = require('node:path');

/** By digest, so that nobody can put another image behind the name. A digest of all processors, which buildx resolves. */
const PINNED_BASE = /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*@sha256:[0-9a-f]{64}$/;

/** What stands in the way of a release of the checkout below `root`, one sentence each. */
function releaseProblems(root, environment) {
  const read = (file) => fs.readFileSync(path.join(root, file), 'utf8');
  const { version } = JSON.parse(read('lerna.json'));
  const { BASE_IMAGE: base = '', GITHUB_REF_TYPE: kind, GITHUB_REF_NAME: tag } = environment;
  const problems = [];
  if (!PINNED_BASE.test(base)) {
    problems.push(
      `BASE_IMAGE is "${base}": a release is built on a digest, such as node@sha256:..., which ` +
        '`docker buildx imagetools inspect node:24-bookworm-slim` shows.',
    );
  }
  if (kind === 'tag' && tag !== `v${version}`) {
    problems.push(`The tag is ${tag}, but the checkout states version ${version}: run npm run release:version first.`);
  }
  if (!read('CHANGELOG.md').includes(`## ${version}\n`)) problems.push(`CHANGELOG.md has no section "## ${version}".`);
  return [...problems, ...manifestProblems(root, version)];
}

/** Every package states the version and needs others of ours in just that version. */
function manifestProblems(root, version) {
  const problems = [];
  for (const group of ['packages', 'sources', 'destinations']) {
    for (const name of fs.readdirSync(path.join(root, group))) {
      const file = path.join(group, name, 'package.json');
      if (!fs.existsSync(path.join(root, file))) continue;
      const manifest = JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));
      const needed = Object.entries(manifest.dependencies ?? {}).filter(([other]) => other.startsWith('@cuttle/'));
      const stated = [['version', manifest.version], ...needed];
      for (const [what, found] of stated) {
        if (found !== version) problems.push(`${file}: ${what} is ${found}, not ${version}.`);
      }
    }
  }
  return problems;
}

module.exports = { releaseProblems };

if (require.main === module) {
  const problems = releaseProblems(path.join(__dirname, '..', '..'), process.env);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}
