import {
  formatPosition,
  type WantedActor,
  type WantedConnection,
  type WantedConnector,
  type WantedStack,
} from '@cuttle/project';
import { ConfigError } from '@cuttle/protocol';
import type { PublicApi, Role } from '../client/public-api.js';
import type { RemoteActor, RemoteConnection, RemoteDefinition } from '../client/wire.js';
import type { Lock } from '../model/lock.js';
import { keyOf } from '../model/plan.js';
import type { Remote } from '../model/remote.js';

/** A connector of the documents and what it is on the server. */
export interface MatchedConnector {
  readonly wanted: WantedConnector;
  /** Undefined for connectors of the registry. */
  readonly definition: RemoteDefinition | undefined;
  /** Undefined when it has to be made. */
  readonly id: string | undefined;
}

/** Everything that the documents want, each with what it is on the server. */
export interface Matched {
  readonly connectors: readonly MatchedConnector[];
  readonly actors: ReadonlyMap<string, RemoteActor | undefined>;
  readonly connections: ReadonlyMap<string, RemoteConnection | undefined>;
}

/** Key of a connector in plans and locks. */
export function connectorKey(role: Role, key: string): string {
  return keyOf('connector', `${role}/${key}`);
}

/**
 * Finds each wanted thing: by the id of the lock, else by name, else by its previous name. Connectors by their image.
 *
 * @throws {ConfigError} `NAME_TWICE_ON_SERVER` listing every name that several things have, with their ids
 */
export async function match(
  stack: WantedStack,
  remote: Remote,
  lock: Lock | undefined,
  api: PublicApi,
): Promise<Matched> {
  const problems: string[] = [];
  const connectors = await matchConnectors(stack, remote, lock, api, problems);
  const find = finder(lock, problems);
  const actors = new Map(
    stack.actors.map((wanted) => {
      const key = keyOf(wanted.role, wanted.name);
      return [key, find(key, wanted, remote.actors[wanted.role])] as const;
    }),
  );
  const connections = new Map(
    stack.connections.map((wanted) => {
      const key = keyOf('connection', wanted.name);
      return [key, find(key, wanted, remote.connections)] as const;
    }),
  );
  if (problems.length > 0) {
    const advice =
      'Rename all but one of them in Airbyte, or choose one with `cuttle import KIND/NAME --id ID` (needs a lock).';
    throw new ConfigError(`${problems.join('\n')}\n${advice}`, { code: 'NAME_TWICE_ON_SERVER' });
  }
  return { connectors, actors, connections };
}

/** Name of a thing while it takes the place of another one. */
export function replacementName(name: string, oldId: string): string {
  return `${name} [replaces ${oldId.slice(0, 8)}]`;
}

function isReplacementOf(name: string, wanted: string): boolean {
  return name.startsWith(`${wanted} [replaces `) && name.endsWith(']');
}

type Find = <Entry extends { readonly id: string; readonly name: string }>(
  key: string,
  wanted: WantedActor | WantedConnection,
  entries: readonly Entry[],
) => Entry | undefined;

function finder(lock: Lock | undefined, problems: string[]): Find {
  return (key, wanted, entries) => {
    const locked = lock?.get(key)?.id ?? previousId(lock, key, wanted);
    const known = locked === undefined ? undefined : entries.find(({ id }) => id === locked);
    if (known !== undefined) return known;
    const byName = (fits: (name: string) => boolean): readonly (typeof entries)[number][] =>
      entries.filter(({ name }) => fits(name));
    const candidates = [
      byName((name) => name === wanted.name),
      byName((name) => name === wanted.previousName),
      // An apply that was killed before its last step left this one behind.
      byName((name) => isReplacementOf(name, wanted.name)),
    ];
    const found = candidates.find((entry) => entry.length > 0) ?? [];
    if (found.length > 1) problems.push(twice(wanted, key, found));
    return found[0];
  };
}

function previousId(lock: Lock | undefined, key: string, wanted: WantedActor | WantedConnection): string | undefined {
  if (wanted.previousName === undefined) return undefined;
  return lock?.get(keyOf(key.split('/')[0]!, wanted.previousName))?.id;
}

function twice(wanted: WantedActor | WantedConnection, key: string, found: readonly { readonly id: string }[]): string {
  const ids = found.map(({ id }) => id).join(', ');
  return `${formatPosition(wanted.position)} Airbyte has ${found.length} things for ${key}: ${ids}.`;
}

async function matchConnectors(
  stack: WantedStack,
  remote: Remote,
  lock: Lock | undefined,
  api: PublicApi,
  problems: string[],
): Promise<readonly MatchedConnector[]> {
  const registry = new Map<Role, Awaited<ReturnType<PublicApi['listConnectors']>>>();
  for (const role of ['source', 'destination'] as const) {
    const isAsked = stack.connectors.some((wanted) => wanted.role === role && wanted.image === undefined);
    if (isAsked) registry.set(role, await api.listConnectors(role));
  }
  return stack.connectors.map((wanted) => {
    const { role, image } = wanted;
    if (image === undefined) {
      const found = registry.get(role)?.filter(({ name }) => name === wanted.builtin) ?? [];
      if (found.length !== 1) problems.push(unknownBuiltin(wanted, found.length));
      return { wanted, definition: undefined, id: found[0]?.id };
    }
    const locked = lock?.get(connectorKey(role, wanted.key))?.id;
    const all = remote.definitions[role].filter(({ repository }) => repository === image.repository);
    const known = all.find(({ id }) => id === locked) ?? all[0];
    if (all.length > 1 && known?.id !== locked) problems.push(severalDefinitions(wanted, all));
    return { wanted, definition: known, id: known?.id };
  });
}

function unknownBuiltin(wanted: WantedConnector, count: number): string {
  const at = formatPosition(wanted.position);
  const what = count === 0 ? 'has no' : 'has several';
  return `${at} Airbyte ${what} ${wanted.role} connector named "${wanted.builtin}" in its registry.`;
}

function severalDefinitions(wanted: WantedConnector, found: readonly RemoteDefinition[]): string {
  const ids = found.map(({ id, tag }) => `${id} (${tag})`).join(', ');
  const at = formatPosition(wanted.position);
  return `${at} Airbyte has several definitions of ${wanted.image?.repository}: ${ids}.`;
}
