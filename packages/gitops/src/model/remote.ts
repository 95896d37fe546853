import { didYouMean } from '@cuttle/project';
import { ConfigError } from '@cuttle/protocol';
import type { ApiClient } from '../client/http.js';
import { allPages, type PublicApi, type Role } from '../client/public-api.js';
import type { RemoteActor, RemoteConnection, RemoteDefinition, RemoteTag } from '../client/wire.js';

/** A workspace of the server. */
export interface Workspace {
  readonly id: string;
  readonly name: string;
}

/** Everything in a workspace that documents can describe. */
export interface Remote {
  readonly definitions: Readonly<Record<Role, readonly RemoteDefinition[]>>;
  /** Whether the platform lets definitions be listed and made. */
  readonly hasDefinitions: boolean;
  readonly actors: Readonly<Record<Role, readonly RemoteActor[]>>;
  /** Without those that were deleted. */
  readonly connections: readonly RemoteConnection[];
  /** Undefined when the platform is too old for tags. */
  readonly tags: readonly RemoteTag[] | undefined;
}

/**
 * The workspace of a target: by name or id, or the only one.
 *
 * @throws {ConfigError} `WORKSPACE_UNKNOWN`, `WORKSPACE_AMBIGUOUS`
 */
export async function findWorkspace(client: ApiClient, wanted: string | undefined): Promise<Workspace> {
  const all = (await allPages(client, '/workspaces', [])).map((entry) => {
    const { workspaceId, name } = entry as { readonly workspaceId: string; readonly name: string };
    return { id: workspaceId, name };
  });
  const found = wanted === undefined ? all : all.filter(({ id, name }) => id === wanted || name === wanted);
  if (found.length === 1) return found[0]!;
  const ids = found.map(({ id, name }) => `${name} (${id})`).join(', ');
  if (found.length > 1) {
    throw new ConfigError(`Several workspaces fit: ${ids}. Name one of the ids by { $env: NAME }.`, {
      code: 'WORKSPACE_AMBIGUOUS',
    });
  }
  const hint = didYouMean(
    wanted ?? '',
    all.map(({ name }) => name),
  );
  throw new ConfigError(`The server has no workspace "${wanted ?? ''}".${hint}`, { code: 'WORKSPACE_UNKNOWN' });
}

/** Reads the workspace; at most four requests run at the same time. */
export async function readRemote(api: PublicApi): Promise<Remote> {
  const [sourceDefinitions, destinationDefinitions, sources, destinations, connections, tags] = await Promise.all([
    api.listDefinitions('source'),
    api.listDefinitions('destination'),
    api.listActors('source'),
    api.listActors('destination'),
    api.listConnections(),
    api.listTags(),
  ]);
  return {
    definitions: { source: sourceDefinitions ?? [], destination: destinationDefinitions ?? [] },
    hasDefinitions: sourceDefinitions !== undefined,
    actors: { source: sources, destination: destinations },
    connections: connections.filter(({ status }) => status !== 'deprecated'),
    tags,
  };
}
