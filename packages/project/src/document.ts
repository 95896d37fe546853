import type { JsonObject } from '@cuttle/protocol';
import type { Kind } from './document-schema.js';
import type { YamlDocument } from './yaml-file.js';

/** A document whose shape was checked against its kind. */
export interface ProjectDocument {
  readonly kind: Kind;
  /** Empty for Connectors documents, which have none. */
  readonly name: string;
  readonly value: JsonObject;
  readonly yaml: YamlDocument;
  /** Folder of the file, absolute: `$file` paths start here. */
  readonly folder: string;
}

/** How a connector is found. */
export interface ConnectorEntry {
  /** Key in the Connectors document. */
  readonly key: string;
  readonly role: 'source' | 'destination';
  /** Image with tag. */
  readonly image?: string;
  /** Name of a connector of Airbyte's registry. */
  readonly builtin?: string;
  /** Name shown in Airbyte. */
  readonly title?: string;
  /** Absolute folder of the connector, when the document gives a path. */
  readonly folder?: string;
  readonly maxSecondsBetweenMessages?: number;
  /** Names of environment variables that the connector gets besides those of the machine. */
  readonly environment?: readonly string[];
  readonly document: ProjectDocument;
}

/** All documents of one stack. */
export interface Project {
  /** Name of the Project document, else of the folder. */
  readonly name: string;
  /** Folder of the stack, absolute. */
  readonly folder: string;
  /** Repository root, absolute: connector paths and `.cuttle/` lie below it. */
  readonly root: string;
  /** The Project document, when the stack has one. */
  readonly settings?: ProjectDocument;
  readonly sources: ReadonlyMap<string, ProjectDocument>;
  readonly destinations: ReadonlyMap<string, ProjectDocument>;
  readonly connections: ReadonlyMap<string, ProjectDocument>;
  readonly pipelines: ReadonlyMap<string, ProjectDocument>;
  readonly sourceConnectors: ReadonlyMap<string, ConnectorEntry>;
  readonly destinationConnectors: ReadonlyMap<string, ConnectorEntry>;
}
