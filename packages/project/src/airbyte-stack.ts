import { ConfigError, isJsonObject, type Json, type JsonObject, type JsonSchema } from '@cuttle/protocol';
import type { AirbyteTarget } from './airbyte-target.js';
import { connectionDefaults, streamsOf } from './connection-plan.js';
import { connectorInstance } from './connector-instance.js';
import { formatPosition, type Position } from './diagnostic.js';
import type { ConnectorEntry, Project, ProjectDocument } from './document.js';
import { decodeNamespace, type NamespaceRule } from './namespace.js';
import { type PreparedConfig, prepareConfig, resolveValue } from './prepare-config.js';
import type { Environment } from './resolve-config.js';
import { decodeSchedule, type Schedule } from './schedule.js';
import type { StreamSettings } from './stream-settings.js';

/** A connector as Airbyte has to know it. */
export interface WantedConnector {
  readonly role: 'source' | 'destination';
  /** Key in the documents. */
  readonly key: string;
  /** Name shown in Airbyte. */
  readonly title: string;
  readonly image: { readonly repository: string; readonly tag: string } | undefined;
  /** Name in Airbyte's registry. */
  readonly builtin: string | undefined;
  readonly position: Position;
}

/** A source or destination of the documents. */
export interface WantedActor {
  readonly role: 'source' | 'destination';
  readonly name: string;
  readonly connector: string;
  readonly config: PreparedConfig;
  readonly spec: JsonSchema | undefined;
  readonly previousName: string | undefined;
  readonly preventDestroy: boolean | undefined;
  readonly position: Position;
}

/** A connection of the documents. */
export interface WantedConnection {
  readonly name: string;
  readonly source: string;
  readonly destination: string;
  readonly schedule: Schedule;
  readonly namespace: NamespaceRule;
  readonly prefix: string;
  readonly schemaChanges: 'propagate_fully' | 'propagate_columns' | 'ignore' | 'disable_connection';
  readonly status: 'active' | 'inactive';
  readonly tags: readonly string[];
  readonly streams: readonly StreamSettings[];
  /** Settings of streams that are not listed; undefined takes the listed ones only. */
  readonly unlisted: StreamSettings | undefined;
  /** The parameters of an `encrypt` step with its key. @throws {ConfigError} `REFERENCE_UNRESOLVED` */
  readonly readParameters: (parameters: JsonObject) => JsonObject;
  readonly previousName: string | undefined;
  readonly preventDestroy: boolean | undefined;
  readonly position: Position;
}

/** Everything that the documents want on an Airbyte server. */
export interface WantedStack {
  readonly project: string;
  /** Folder of the stack. */
  readonly folder: string;
  readonly connectors: readonly WantedConnector[];
  readonly actors: readonly WantedActor[];
  readonly connections: readonly WantedConnection[];
}

/**
 * What the documents want on an Airbyte server. Secrets stay references; everything else is resolved.
 *
 * @throws {ConfigError} `REFERENCE_UNRESOLVED`, `SCHEDULE_NOT_POSSIBLE`, `CONNECTOR_NOT_ON_AIRBYTE`, all of a kind at once
 */
export function planAirbyte(project: Project, target: AirbyteTarget, environment: Environment): WantedStack {
  const connections = [...project.connections.values()].map((document) =>
    connectionOf(project, document, target, environment),
  );
  const swapped = new Set(target.destinationOverrides.keys());
  const destinations = [...project.destinations.values()].filter(({ name }) => !swapped.has(name));
  const used = usedActors(connections);
  const actors = [
    ...[...project.sources.values()].map((document) => actorOf(project, document, 'source', target, environment)),
    ...destinations.map((document) => actorOf(project, document, 'destination', target, environment)),
  ].filter((actor) => canLive(project, actor) || used.has(`${actor.role} ${actor.name}`));
  const problems = actors.flatMap((actor) => actor.config.problems);
  if (problems.length > 0) throw new ConfigError(problems.join('\n'), { code: 'REFERENCE_UNRESOLVED' });
  const connectors = [
    ...connectorsOf(project.sourceConnectors, actors),
    ...connectorsOf(project.destinationConnectors, actors),
  ];
  return { project: project.name, folder: project.folder, connectors, actors, connections };
}

function usedActors(connections: readonly WantedConnection[]): ReadonlySet<string> {
  return new Set(connections.flatMap(({ source, destination }) => [`source ${source}`, `destination ${destination}`]));
}

/** A connector without image and registry name runs on local targets only: what nothing uses here is left out. */
function canLive(project: Project, actor: WantedActor): boolean {
  const entries = actor.role === 'source' ? project.sourceConnectors : project.destinationConnectors;
  const entry = entries.get(actor.connector);
  return entry?.image !== undefined || entry?.builtin !== undefined;
}

function connectorsOf(
  entries: ReadonlyMap<string, ConnectorEntry>,
  actors: readonly WantedActor[],
): readonly WantedConnector[] {
  return [...entries.values()]
    .filter(({ key, role }) => actors.some((actor) => actor.role === role && actor.connector === key))
    .map((entry) => {
      const { key, role, builtin, title, document } = entry;
      const position = document.yaml.keyAt([`${role}s`, key]);
      if (entry.image === undefined && builtin === undefined) {
        const message = `${formatPosition(position)} The ${role} connector "${key}" has no image and no builtin: Airbyte cannot run it.`;
        throw new ConfigError(message, { code: 'CONNECTOR_NOT_ON_AIRBYTE' });
      }
      const image = entry.image === undefined ? undefined : splitImage(entry.image);
      return { role, key, title: title ?? builtin ?? key, image, builtin, position };
    });
}

/** `host:5000/acme/source-x:1.2` -> repository and tag; without a tag it is `latest`. */
export function splitImage(image: string): { readonly repository: string; readonly tag: string } {
  const colon = image.lastIndexOf(':');
  const hasTag = colon > image.lastIndexOf('/');
  return hasTag
    ? { repository: image.slice(0, colon), tag: image.slice(colon + 1) }
    : { repository: image, tag: 'latest' };
}

function actorOf(
  project: Project,
  document: ProjectDocument,
  role: 'source' | 'destination',
  target: AirbyteTarget,
  environment: Environment,
): WantedActor {
  const entries = role === 'source' ? project.sourceConnectors : project.destinationConnectors;
  const key = String(document.value['connector']);
  const connector = entries.get(key);
  if (connector === undefined) {
    throw new ConfigError(`There is no usable document of the connector "${key}".`, { code: 'CONNECTION_INCOMPLETE' });
  }
  const instance = connectorInstance(project, document, connector, target.overridesPath);
  return {
    role,
    name: document.name,
    connector: key,
    config: prepareConfig(instance, environment),
    spec: instance.spec,
    ...commonOf(document),
  };
}

function commonOf(document: ProjectDocument): Pick<WantedActor, 'previousName' | 'preventDestroy' | 'position'> {
  const { previousName, lifecycle } = document.value;
  const preventDestroy = isJsonObject(lifecycle) ? lifecycle['preventDestroy'] : undefined;
  return {
    previousName: typeof previousName === 'string' ? previousName : undefined,
    preventDestroy: typeof preventDestroy === 'boolean' ? preventDestroy : undefined,
    position: document.yaml.at([]),
  };
}

function connectionOf(
  project: Project,
  document: ProjectDocument,
  target: AirbyteTarget,
  environment: Environment,
): WantedConnection {
  const defaults = connectionDefaults(project);
  const value: JsonObject = { ...defaults, ...document.value };
  const schedule = decodeSchedule(value['schedule']);
  if (schedule instanceof Error) {
    const at = formatPosition(document.yaml.at(['schedule']));
    throw new ConfigError(`${at} ${schedule.message}`, { code: 'SCHEDULE_NOT_POSSIBLE' });
  }
  const destination = String(value['destination']);
  const { streams, unlisted } = streamsOf(document, defaults, value['select'] === 'all');
  const own = commonOf(document);
  return {
    name: document.name,
    source: String(value['source']),
    destination: target.destinationOverrides.get(destination) ?? destination,
    schedule,
    namespace: decodeNamespace(value['namespace']),
    prefix: typeof value['prefix'] === 'string' ? value['prefix'] : '',
    schemaChanges: schemaChangesOf(value['schemaChanges']),
    status: value['status'] === 'inactive' ? 'inactive' : 'active',
    tags: Array.isArray(value['tags']) ? value['tags'].map(String) : [],
    streams,
    unlisted,
    readParameters: (parameters) => readParameters(document, parameters, environment),
    ...own,
    preventDestroy: preventDestroyOf(value) ?? own.preventDestroy,
  };
}

function preventDestroyOf(value: JsonObject): boolean | undefined {
  const lifecycle = value['lifecycle'];
  const found = isJsonObject(lifecycle) ? lifecycle['preventDestroy'] : undefined;
  return typeof found === 'boolean' ? found : undefined;
}

function schemaChangesOf(value: Json | undefined): WantedConnection['schemaChanges'] {
  if (value === 'disable') return 'disable_connection';
  return value === 'propagate_fully' || value === 'propagate_columns' ? value : 'ignore';
}

/** @throws {ConfigError} `REFERENCE_UNRESOLVED` */
function readParameters(document: ProjectDocument, parameters: JsonObject, environment: Environment): JsonObject {
  const problems: string[] = [];
  const { yaml, folder } = document;
  const resolved = Object.entries(parameters).map(([key, value]): [string, Json] => [
    key,
    resolveValue({ key, value, yaml, path: ['streams'], folder }, environment, problems),
  ]);
  if (problems.length > 0) throw new ConfigError(problems.join('\n'), { code: 'REFERENCE_UNRESOLVED' });
  return Object.fromEntries(resolved);
}
