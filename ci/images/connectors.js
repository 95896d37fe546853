// Connectors of this repository with their metadata: what images, checks and releases go through.
const fs = require('node:fs');
const path = require('node:path');
const { parse } = require('yaml');

const ROOT = path.join(__dirname, '..', '..');

/** Every folder of a connector, `sources/bubble` and so on. */
function connectorFolders() {
  return ['sources', 'destinations'].flatMap((group) =>
    fs
      .readdirSync(path.join(ROOT, group))
      .filter((name) => fs.existsSync(path.join(ROOT, group, name, 'package.json')))
      .map((name) => `${group}/${name}`),
  );
}

/** `sources/bubble` -> `source-bubble`, as its image is called. */
function imageName(folder) {
  const [group, name] = folder.split('/');
  return `${group.slice(0, -1)}-${name}`;
}

/** The `data` of a connector's metadata.yaml. @throws when there is none */
function readMetadata(folder) {
  const file = path.join(ROOT, folder, 'metadata.yaml');
  if (!fs.existsSync(file)) throw new Error(`${folder} has no metadata.yaml: Airbyte lists connectors by it.`);
  return parse(fs.readFileSync(file, 'utf8')).data;
}

/** Folders of the connectors with the given image names; all without names. @throws for a name that is none */
function chooseConnectors(names) {
  const all = connectorFolders();
  const unknown = names.filter((name) => !all.some((folder) => imageName(folder) === name));
  if (unknown.length > 0) {
    throw new Error(`There is no connector ${unknown.join(', ')}; there are ${all.map(imageName).join(', ')}.`);
  }
  return names.length === 0 ? all : all.filter((folder) => names.includes(imageName(folder)));
}

module.exports = { ROOT, chooseConnectors, connectorFolders, imageName, readMetadata };
