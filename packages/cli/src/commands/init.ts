import fs from 'node:fs';
import path from 'node:path';
import { didYouMean, readConnectorSpec, schemaFiles } from '@cuttle/project';
import { ConfigError } from '@cuttle/protocol';
import { EXIT } from '../exit-code.js';
import { configTemplate } from './config-template.js';
import { type ConnectorFolder, findConnectors } from './connector-folders.js';
import { type CommandContext, writeResult } from './context.js';

/** Options of `init`. */
export interface InitOptions {
  readonly source: string;
  readonly destination: string;
}

/** Writes a first project `connections/<name>` from the specs of two connectors. @returns the exit code */
export function init(context: CommandContext, name: string, options: InitOptions): number {
  const root = context.terminal.folder;
  if (!/^[a-z0-9][a-z0-9_-]*$/i.test(name)) {
    throw new ConfigError(`"${name}" cannot be a folder's name: use letters, digits, - and _.`, {
      code: 'NAME_INVALID',
    });
  }
  const sources = findConnectors(root, 'source');
  const destinations = findConnectors(root, 'destination');
  const source = choose(sources, 'source', options.source);
  const destination = choose(destinations, 'destination', options.destination);
  const folder = path.join(root, 'connections', name);
  const files = new Map([
    [path.join(folder, 'project.yaml'), projectFile(name)],
    [path.join(folder, 'connectors.yaml'), connectorsFile(source, destination)],
    [path.join(folder, 'actors.yaml'), actorsFile(name, source, destination)],
    [path.join(folder, 'connection.yaml'), connectionFile(name, source, destination)],
  ]);
  const existing = [...files.keys()].find((file) => fs.existsSync(file));
  if (existing !== undefined) {
    throw new ConfigError(`${path.relative(root, existing)} is already there; nothing was written.`, {
      code: 'FILE_EXISTS',
    });
  }
  const schemas = path.join(root, 'connections', 'schema');
  if (!fs.existsSync(schemas)) {
    for (const [file, text] of schemaFiles(root, [...sources, ...destinations]))
      files.set(path.join(schemas, file), text);
  }
  for (const [file, text] of files) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text, { flag: 'wx' });
  }
  const written = [...files.keys()].map((file) => path.relative(root, file));
  const next = [
    '',
    'Next: fill in actors.yaml, set the variables it names, then',
    '  cuttle validate',
    `  cuttle check ${source.key}`,
    `  cuttle preview ${source.key}`,
    `  cuttle run ${name}`,
    '',
  ];
  writeResult(context, [...written.map((file) => `wrote ${file}`), ...next].join('\n'), { written });
  return EXIT.ok;
}

function choose(known: readonly ConnectorFolder[], role: string, wanted: string): ConnectorFolder {
  const found = known.find((connector) => connector.key === wanted);
  if (found !== undefined) return found;
  const hint = didYouMean(
    wanted,
    known.map((connector) => connector.key),
  );
  throw new ConfigError(`There is no ${role} connector "${wanted}" here.${hint}`, { code: 'CONNECTOR_NOT_FOUND' });
}

const HEADER = '# yaml-language-server: $schema=../schema/cuttle.json\n';

function projectFile(name: string): string {
  return `${HEADER}kind: Project
name: ${name}
targets:
  local:
    type: local # starts the connectors here; no Airbyte is needed
`;
}

function connectorsFile(source: ConnectorFolder, destination: ConnectorFolder): string {
  return `${HEADER}kind: Connectors
sources:
  ${source.key}: { path: ${source.path} }
destinations:
  ${destination.key}: { path: ${destination.path} }
`;
}

function actorsFile(name: string, source: ConnectorFolder, destination: ConnectorFolder): string {
  const document = (kind: string, connector: ConnectorFolder): string => {
    const spec = readConnectorSpec(connector.folder) ?? {};
    const config = configTemplate(spec, connector.key, name);
    return `kind: ${kind}\nname: ${connector.key}\nconnector: ${connector.key}\nconfig:${config}`;
  };
  return `${HEADER}${document('Source', source)}---\n${document('Destination', destination)}`;
}

function connectionFile(name: string, source: ConnectorFolder, destination: ConnectorFolder): string {
  const connection = `${source.key} to ${destination.key}`;
  return `${HEADER}kind: Connection
name: ${connection}
source: ${source.key}
destination: ${destination.key}
prefix: ${source.key.replaceAll('-', '_')}_
select: all # takes every stream; list the ones you want and remove this line
streams:
  "*": { sync: full refresh overwrite } # or: full refresh append, incremental append, incremental dedup
---
kind: Pipeline
name: ${name}
steps:
  - sync: [${connection}]
`;
}
