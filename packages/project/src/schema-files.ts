import fs from 'node:fs';
import path from 'node:path';
import { configSchema } from './config-schema.js';
import { readConnectorSpec } from './connector-spec.js';
import { type ConfigRule, documentSchema } from './document-schema.js';

/** Name of the schema file that editors are pointed at. */
export const SCHEMA_FILE = 'cuttle.json';

/**
 * The JSON Schema files for editors: one for documents, one for the config of each connector. Connectors are those whose
 * folder below `sources` or `destinations` of the root has a spec file; their key is the folder's name.
 *
 * @returns file name -> text, in a fixed order
 */
export function schemaFiles(root: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const rules: ConfigRule[] = [];
  for (const role of ['source', 'destination'] as const) {
    for (const key of foldersOf(path.join(root, `${role}s`))) {
      const spec = readConnectorSpec(path.join(root, `${role}s`, key));
      if (spec === undefined) continue;
      const file = `${role}-${key}.json`;
      files.set(file, format(configSchema(spec, `Config of ${role} ${key}`)));
      rules.push({ kind: role === 'source' ? 'Source' : 'Destination', connector: key, schema: { $ref: file } });
    }
  }
  return new Map([[SCHEMA_FILE, format(documentSchema(rules))], ...files]);
}

function foldersOf(folder: string): readonly string[] {
  if (!fs.existsSync(folder)) return [];
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function format(schema: unknown): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
