import { ConfigError, isJsonObject, type JsonObject } from '@cuttle/protocol';
import { type ConnectorInstance, connectorInstance } from './connector-instance.js';
import { formatPosition } from './diagnostic.js';
import type { Project, ProjectDocument } from './document.js';
import { type LocalTarget, type LocalTimeouts, localTarget } from './local-target.js';
import { decodeNamespace, type NamespaceRule } from './namespace.js';
import { decodeStreamSettings, type StreamSettings } from './stream-settings.js';
import { didYouMean } from './suggest.js';

/** What is needed to run a connection on a local target; references are still unresolved. */
export interface ConnectionPlan {
  readonly name: string;
  readonly project: string;
  /** Repository root, absolute; connectors are started here. */
  readonly root: string;
  readonly target: string;
  readonly source: ConnectorInstance;
  readonly destination: ConnectorInstance;
  readonly namespace: NamespaceRule;
  /** Put before each stream's name; may be empty. */
  readonly prefix: string;
  /** The streams that the document lists, in its order, disabled ones included. */
  readonly streams: readonly StreamSettings[];
  /** Settings of streams that are not listed; undefined unless the document says `select: all`. */
  readonly unlisted?: StreamSettings;
  readonly timeouts: LocalTimeouts;
}

/**
 * The plan of a connection on a local target.
 *
 * @throws {ConfigError} `CONNECTION_UNKNOWN`, `CONNECTION_INCOMPLETE` (a document it names is missing or broken),
 *   `TRANSFORM_NOT_LOCAL` (a step that only Airbyte can do), and what {@link localTarget} throws
 */
export function planConnection(project: Project, name: string, targetName: string): ConnectionPlan {
  const document = project.connections.get(name);
  if (document === undefined) {
    const hint = didYouMean(name, project.connections.keys());
    throw new ConfigError(`There is no connection "${name}" in ${project.name}.${hint}`, {
      code: 'CONNECTION_UNKNOWN',
    });
  }
  const target = localTarget(project, targetName);
  const defaults = connectionDefaults(project);
  const value: JsonObject = { ...defaults, ...document.value };
  const wanted = String(value['destination']);
  const plan = {
    name,
    project: project.name,
    root: project.root,
    target: target.name,
    source: findActor(project, 'source', String(value['source']), target, document),
    destination: findActor(project, 'destination', target.destinationOverrides.get(wanted) ?? wanted, target, document),
    namespace: decodeNamespace(value['namespace']),
    prefix: typeof value['prefix'] === 'string' ? value['prefix'] : '',
    ...streamsOf(document, defaults, value['select'] === 'all'),
    timeouts: target.timeouts,
  };
  refuseEncrypt(plan);
  return plan;
}

/**
 * A Source or Destination of a project as a target uses it, found by name.
 *
 * @throws {ConfigError} `ACTOR_UNKNOWN`; `ACTOR_AMBIGUOUS` when a source and a destination have this name and no role is
 *   given
 */
export function planConnector(
  project: Project,
  name: string,
  targetName: string,
  role?: 'source' | 'destination',
): ConnectorInstance {
  const target = localTarget(project, targetName);
  const isSource = role !== 'destination' && project.sources.has(name);
  const isDestination = role !== 'source' && project.destinations.has(name);
  if (isSource && isDestination) {
    throw new ConfigError(`"${name}" is a source and a destination; say which one with --role.`, {
      code: 'ACTOR_AMBIGUOUS',
    });
  }
  if (!isSource && !isDestination) {
    const known = [...project.sources.keys(), ...project.destinations.keys()];
    throw new ConfigError(`There is no source or destination "${name}" in ${project.name}.${didYouMean(name, known)}`, {
      code: 'ACTOR_UNKNOWN',
    });
  }
  return findActor(project, isSource ? 'source' : 'destination', name, target);
}

/** What the Project document says about all connections. */
export function connectionDefaults(project: Project): JsonObject {
  const defaults = project.settings?.value['defaults'];
  const connection = isJsonObject(defaults) ? defaults['connection'] : undefined;
  return isJsonObject(connection) ? connection : {};
}

function findActor(
  project: Project,
  role: 'source' | 'destination',
  name: string,
  target: LocalTarget,
  user?: ProjectDocument,
): ConnectorInstance {
  const document = (role === 'source' ? project.sources : project.destinations).get(name);
  const entries = role === 'source' ? project.sourceConnectors : project.destinationConnectors;
  const connector = entries.get(String(document?.value['connector']));
  if (document !== undefined && connector !== undefined) {
    return connectorInstance(project, document, connector, target.overridesPath);
  }
  const what = document === undefined ? `${role} "${name}"` : `the connector of ${role} "${name}"`;
  const at = user === undefined ? '' : `${formatPosition(user.yaml.at([role]))} `;
  throw new ConfigError(`${at}There is no usable document of ${what}; run \`cuttle validate\`.`, {
    code: 'CONNECTION_INCOMPLETE',
  });
}

/** The streams of a Connection, the defaults of the project and of "*" merged in. */
export function streamsOf(
  document: ProjectDocument,
  defaults: JsonObject,
  takesAll: boolean,
): Pick<ConnectionPlan, 'streams' | 'unlisted'> {
  const own = isJsonObject(document.value['streams']) ? document.value['streams'] : {};
  const shared = isJsonObject(defaults['streams']) ? defaults['streams'] : {};
  const star = [shared['*'], own['*']];
  const streams = Object.keys(own)
    .filter((key) => key !== '*')
    .map((key) => {
      const position = document.yaml.keyAt(['streams', key]);
      return decodeStreamSettings(key, [...star, shared[key], own[key]], position);
    });
  if (!takesAll) return { streams };
  return { streams, unlisted: decodeStreamSettings('*', star, document.yaml.keyAt(['select'])) };
}

function refuseEncrypt(plan: ConnectionPlan): void {
  const all = plan.unlisted === undefined ? plan.streams : [...plan.streams, plan.unlisted];
  for (const stream of all.filter((entry) => entry.isEnabled)) {
    for (const step of stream.transform) {
      const what =
        step.kind === 'encrypt'
          ? 'encrypt'
          : step.kind === 'hash' && step.method === 'MD2'
            ? 'hash with MD2'
            : undefined;
      if (what === undefined) continue;
      throw new ConfigError(
        `${formatPosition(stream.position)} Stream "${stream.key}": the transform step "${what}" of field "${step.field}" runs on Airbyte only, and target "${plan.target}" is local.`,
        { code: 'TRANSFORM_NOT_LOCAL' },
      );
    }
  }
}
