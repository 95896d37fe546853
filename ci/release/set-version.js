// `npm run release:version -- 0.2.0`: writes one version into everything that states it: manifests, the dependencies between
// our packages, lerna.json, metadata.yaml and the images of the Connectors documents. Then `npm install --package-lock-only`.
const fs = require('node:fs');
const path = require('node:path');

const SEMVER = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;
const GROUPS = ['packages', 'sources', 'destinations'];

/**
 * Writes the version into the checkout below `root` and gives the changed files.
 *
 * @throws when it is no version, or a changelog has no entry for it yet: then nothing is written
 */
function setVersion(root, version) {
  if (!SEMVER.test(version ?? '')) throw new Error(`"${version}" is no version such as 1.2.3.`);
  const folders = GROUPS.flatMap((group) => foldersWith(root, group, 'package.json'));
  const connectors = folders.filter((folder) => !folder.startsWith('packages/'));
  checkChangelogs(root, connectors, version);
  const edits = new Map();
  const edit = (file, change) => {
    const before = fs.readFileSync(path.join(root, file), 'utf8');
    const text = change(before);
    // A Connectors document may name paths only.
    if (text !== before) edits.set(file, text);
  };
  edit('lerna.json', (text) => inManifest(text, version));
  for (const folder of folders) edit(`${folder}/package.json`, (text) => inManifest(text, version));
  for (const folder of connectors) {
    edit(`${folder}/metadata.yaml`, (text) => text.replace(/^( {2}dockerImageTag: ).*$/m, `$1${version}`));
  }
  for (const folder of foldersWith(root, 'connections', 'connectors.yaml')) {
    edit(`${folder}/connectors.yaml`, (text) => inImages(text, connectors, version));
  }
  for (const [file, text] of edits) fs.writeFileSync(path.join(root, file), text);
  return [...edits.keys()];
}

function foldersWith(root, group, file) {
  return fs
    .readdirSync(path.join(root, group))
    .filter((name) => fs.existsSync(path.join(root, group, name, file)))
    .map((name) => `${group}/${name}`);
}

/** Who upgrades reads there what is new. */
function checkChangelogs(root, connectors, version) {
  const has = (file, text) => fs.readFileSync(path.join(root, file), 'utf8').includes(text);
  const missing = [
    ...(has('CHANGELOG.md', `## ${version}\n`) ? [] : [`CHANGELOG.md: a section "## ${version}"`]),
    ...connectors
      .filter((folder) => !has(`${folder}/README.md`, `| ${version} |`))
      .map((folder) => `${folder}/README.md: a row "| ${version} |" below Changelog`),
  ];
  if (missing.length > 0) throw new Error(`Missing before version ${version}:\n  ${missing.join('\n  ')}`);
}

/** The manifest's own version and those of the packages of ours that it needs. */
function inManifest(text, version) {
  return text
    .replace(/^( {2}"version": ")[^"]*"/m, `$1${version}"`)
    .replace(/^( {4}"@cuttle\/[a-z0-9-]+": ")[^"]*"/gm, `$1${version}"`);
}

function inImages(text, connectors, version) {
  return connectors.reduce((before, folder) => {
    const name = folder.replace('s/', '-');
    return before.replace(new RegExp(`((?:^|[\\s"'/])${name}:)[\\w.-]+`, 'gm'), `$1${version}`);
  }, text);
}

module.exports = { setVersion };

if (require.main === module) {
  try {
    const files = setVersion(path.join(__dirname, '..', '..'), process.argv[2]);
    process.stdout.write(`${files.join('\n')}\nNext: npm install --package-lock-only\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
