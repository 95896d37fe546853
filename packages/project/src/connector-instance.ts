import { isJsonObject, type Json, type JsonSchema } from '@cuttle/protocol';
import { readConnectorSpec } from './connector-spec.js';
import type { ConnectorEntry, Project, ProjectDocument } from './document.js';
import type { DocumentPath, YamlDocument } from './yaml-file.js';

/** One value of a config and where it was written. */
export interface ConfigEntry {
  readonly key: string;
  /** May hold references. */
  readonly value: Json;
  readonly yaml: YamlDocument;
  readonly path: DocumentPath;
  /** `$file` paths start here. */
  readonly folder: string;
}

/** A Source or Destination as one target uses it, before its references are resolved. */
export interface ConnectorInstance {
  readonly role: 'source' | 'destination';
  /** Name of the document. */
  readonly name: string;
  readonly connector: ConnectorEntry;
  readonly config: readonly ConfigEntry[];
  /** Undefined when the connector's folder has no spec file. */
  readonly spec?: JsonSchema;
}

/**
 * A Source or Destination with the overrides of a target merged in, key by key; null removes a key.
 *
 * @param overrides the target's `configOverrides`, and their path in the Project document
 */
export function connectorInstance(
  project: Project,
  document: ProjectDocument,
  connector: ConnectorEntry,
  overridesPath: DocumentPath | undefined,
): ConnectorInstance {
  const own = entriesOf(document, ['config']);
  const settings = project.settings;
  const overrides =
    settings === undefined || overridesPath === undefined ? [] : entriesOf(settings, [...overridesPath, document.name]);
  const merged = new Map([...own, ...overrides].map((entry) => [entry.key, entry]));
  const spec = connector.folder === undefined ? undefined : readConnectorSpec(connector.folder);
  return {
    role: connector.role,
    name: document.name,
    connector,
    config: [...merged.values()].filter((entry) => entry.value !== null),
    ...(spec === undefined ? {} : { spec }),
  };
}

function entriesOf(document: ProjectDocument, path: DocumentPath): readonly ConfigEntry[] {
  let value: unknown = document.value;
  for (const part of path) value = isJsonObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  if (!isJsonObject(value)) return [];
  const { yaml, folder } = document;
  return Object.entries(value).map(([key, entry]) => ({ key, value: entry, yaml, path: [...path, key], folder }));
}
