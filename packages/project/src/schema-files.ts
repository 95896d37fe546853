import fs from 'node:fs';
import path from 'node:path';
import { configSchema } from './config-schema.js';
import { readConnectorSpec } from './connector-spec.js';
import { type ConfigRule, documentSchema } from './document-schema.js';

/** Name of the schema file that editors are pointed at. */
export const SCHEMA_FILE = 'cuttle.json';

/** A connector whose config editors should complete. */
export interface SchemaConnector {
  readonly role: 'source' | 'destination';
  /** As the documents name it. */
  readonly key: string;
  /** With `resources/spec.json`. */
  readonly folder: string;
}

/**
 * The JSON Schema files for editors: one for documents, one for the config of each connector.
 *
 * @param connectors default: those below `sources` and `destinations` of the root, under the names of their folders
 * @returns file name -> text, in a fixed order
 */
export function schemaFiles(
  root: string,
  connectors: readonly SchemaConnector[] = connectorsIn(root),
): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const rules: ConfigRule[] = [];
  for (const { role, key, folder } of connectors) {
    const spec = readConnectorSpec(folder);
    if (spec === undefined) continue;
    const file = `${role}-${key}.json`;
    files.set(file, format(configSchema(spec, `Config of ${role} ${key}`)));
    rules.push({ kind: role === 'source' ? 'Source' : 'Destination', connector: key, schema: { $ref: file } });
  }
  return new Map([[SCHEMA_FILE, format(documentSchema(rules))], ...files]);
}

function connectorsIn(root: string): readonly SchemaConnector[] {
  return (['source', 'destination'] as const).flatMap((role) => {
    const parent = path.join(root, `${role}s`);
    return foldersOf(parent).map((key) => ({ role, key, folder: path.join(parent, key) }));
  });
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
