import fs from 'node:fs';
import path from 'node:path';
import { readConnectorSpec } from '@cuttle/project';

/** A connector that lies in this repository or was installed. */
export interface ConnectorFolder {
  readonly role: 'source' | 'destination';
  /** `bubble` for `sources/bubble` and for the package `source-bubble`. */
  readonly key: string;
  readonly folder: string;
  /** From the root, with forward slashes. */
  readonly path: string;
}

/** Connectors with a spec below `sources` or `destinations`, and installed packages `source-*` or `destination-*`. */
export function findConnectors(root: string, role: 'source' | 'destination'): readonly ConnectorFolder[] {
  const found = new Map<string, ConnectorFolder>();
  const add = (key: string, folder: string): void => {
    if (found.has(key) || readConnectorSpec(folder) === undefined) return;
    found.set(key, { role, key, folder, path: path.relative(root, folder).split(path.sep).join('/') });
  };
  for (const key of namesIn(path.join(root, `${role}s`))) add(key, path.join(root, `${role}s`, key));
  const modules = path.join(root, 'node_modules');
  const scopes = namesIn(modules).filter((name) => name.startsWith('@'));
  for (const scope of ['', ...scopes]) {
    for (const name of namesIn(path.join(modules, scope))) {
      if (name.startsWith(`${role}-`)) add(name.slice(role.length + 1), path.join(modules, scope, name));
    }
  }
  return [...found.values()];
}

function namesIn(folder: string): readonly string[] {
  return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
}
