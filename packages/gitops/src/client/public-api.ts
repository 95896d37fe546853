import { isJsonObject, type Json, type JsonObject, SystemError } from '@cuttle/protocol';
import { ApiError } from './api-error.js';
import type { ApiCall, ApiClient } from './http.js';
import {
  decodeActor,
  decodeConnection,
  decodeDefinition,
  decodeJob,
  decodeStream,
  decodeTag,
  type RemoteActor,
  type RemoteConnection,
  type RemoteDefinition,
  type RemoteJob,
  type RemoteStream,
  type RemoteTag,
} from './wire.js';

/** Which side of a connection. */
export type Role = 'source' | 'destination';

/** Largest page that a server gives. */
const PAGE = 100;
const MAX_PAGES = 1000;

type Call = Omit<ApiCall, 'api' | 'method' | 'isRead'>;

/** Airbyte's public API, typed. Writes are sent once; who calls decides about another attempt. */
export class PublicApi {
  readonly client: ApiClient;
  readonly #workspaceId: string;

  constructor(client: ApiClient, workspaceId: string) {
    this.client = client;
    this.#workspaceId = workspaceId;
  }

  get workspaceId(): string {
    return this.#workspaceId;
  }

  /** Own definitions; undefined when the platform is too old to list them. */
  async listDefinitions(role: Role): Promise<readonly RemoteDefinition[] | undefined> {
    return orMissing(async () => dataOf(await this.#get({ path: this.#definitions(role) })).map(decodeDefinition));
  }

  async createDefinition(role: Role, body: object): Promise<RemoteDefinition> {
    return decodeDefinition(await this.#write('POST', { path: this.#definitions(role), body, isSlow: true }));
  }

  async updateDefinition(role: Role, id: string, body: object): Promise<RemoteDefinition> {
    return decodeDefinition(await this.#write('PUT', { path: `${this.#definitions(role)}/${id}`, body, isSlow: true }));
  }

  async deleteDefinition(role: Role, id: string): Promise<void> {
    await this.#write('DELETE', { path: `${this.#definitions(role)}/${id}` });
  }

  /** Id and name of each connector that the workspace knows, the registry's included. */
  async listConnectors(role: Role): Promise<readonly { readonly id: string; readonly name: string }[]> {
    const query = [
      ['type', role],
      ['workspaceId', this.#workspaceId],
    ] as const;
    const data = dataOf(await this.#get({ path: '/connector_definitions', query }));
    return data.filter(isJsonObject).map((entry) => ({ id: String(entry['id']), name: String(entry['name']) }));
  }

  async listActors(role: Role): Promise<readonly RemoteActor[]> {
    return (await this.#pages(`/${role}s`)).map((entry) => decodeActor(role, entry));
  }

  /** @param withCoordinates whether secrets are shown by where they are stored; older platforms show masks all the same */
  async getActor(role: Role, id: string, withCoordinates = false): Promise<RemoteActor | undefined> {
    const query = withCoordinates ? ([['includeSecretCoordinates', 'true']] as const) : [];
    return orMissing(async () => decodeActor(role, await this.#get({ path: `/${role}s/${id}`, query })));
  }

  async createActor(role: Role, body: object): Promise<RemoteActor> {
    const whole = { ...body, workspaceId: this.#workspaceId };
    return decodeActor(role, await this.#write('POST', { path: `/${role}s`, body: whole }));
  }

  /** Replaces name and whole config. */
  async replaceActor(role: Role, id: string, body: object): Promise<RemoteActor> {
    return decodeActor(role, await this.#write('PUT', { path: `/${role}s/${id}`, body }));
  }

  /** Deletes it and every connection of it. */
  async deleteActor(role: Role, id: string): Promise<void> {
    await this.#write('DELETE', { path: `/${role}s/${id}`, expect: 204 });
  }

  /** @param ignoreCache whether the connector is started to look again */
  async listStreams(sourceId: string, ignoreCache: boolean): Promise<readonly RemoteStream[]> {
    const query = [['sourceId', sourceId], ...(ignoreCache ? [['ignoreCache', 'true'] as const] : [])] as [
      string,
      string,
    ][];
    const answer = await this.#get({ path: '/streams', query, isSlow: true });
    const streams = Array.isArray(answer) ? answer : dataOf(answer);
    return streams.map(decodeStream);
  }

  async listConnections(): Promise<readonly RemoteConnection[]> {
    return (await this.#pages('/connections')).map(decodeConnection);
  }

  async getConnection(id: string): Promise<RemoteConnection | undefined> {
    return orMissing(async () => decodeConnection(await this.#get({ path: `/connections/${id}` })));
  }

  async createConnection(body: object): Promise<RemoteConnection> {
    return decodeConnection(await this.#write('POST', { path: '/connections', body }));
  }

  async patchConnection(id: string, body: object): Promise<RemoteConnection> {
    return decodeConnection(await this.#write('PATCH', { path: `/connections/${id}`, body }));
  }

  async deleteConnection(id: string): Promise<void> {
    await this.#write('DELETE', { path: `/connections/${id}`, expect: 204 });
  }

  /** Undefined when the platform is too old for tags. */
  async listTags(): Promise<readonly RemoteTag[] | undefined> {
    const query = [['workspaceIds', this.#workspaceId]] as const;
    return orMissing(async () => dataOf(await this.#get({ path: '/tags', query })).map(decodeTag));
  }

  async createTag(name: string, color: string): Promise<RemoteTag> {
    const body = { name, color, workspaceId: this.#workspaceId };
    return decodeTag(await this.#write('POST', { path: '/tags', body }));
  }

  /** Newest first. */
  async listJobs(filter: Readonly<Record<string, string>>): Promise<readonly RemoteJob[]> {
    const query = Object.entries({ limit: '20', ...filter });
    return dataOf(await this.#get({ path: '/jobs', query })).map(decodeJob);
  }

  async getJob(id: number): Promise<RemoteJob> {
    return decodeJob(await this.#get({ path: `/jobs/${id}` }));
  }

  async startJob(connectionId: string, jobType: 'sync' | 'clear'): Promise<RemoteJob> {
    return decodeJob(await this.#write('POST', { path: '/jobs', body: { connectionId, jobType } }));
  }

  #definitions(role: Role): string {
    return `/workspaces/${this.#workspaceId}/definitions/${role}s`;
  }

  /** All pages by offset: `next` names a host that may be out of reach. */
  async #pages(path: string): Promise<readonly Json[]> {
    return allPages(this.client, path, [['workspaceIds', this.#workspaceId]]);
  }

  #get(call: Call): Promise<unknown> {
    return this.client.request({ ...call, api: 'public', method: 'GET', isRead: true });
  }

  #write(method: ApiCall['method'], call: Call): Promise<unknown> {
    return this.client.request({ ...call, api: 'public', method, isRead: false });
  }
}

/** Every entry of a paged list; ends with the first page that is not full. */
export async function allPages(
  client: ApiClient,
  path: string,
  filter: readonly (readonly [string, string])[],
): Promise<readonly Json[]> {
  const found: Json[] = [];
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = [...filter, ['limit', String(PAGE)], ['offset', String(page * PAGE)]] as const;
    const data = dataOf(await client.request({ api: 'public', method: 'GET', path, query, isRead: true }));
    found.push(...data);
    if (data.length < PAGE) return found;
  }
  throw new SystemError(`The list ${path} does not end.`, { code: 'AIRBYTE_ANSWER' });
}

function dataOf(answer: unknown): readonly Json[] {
  const data = isJsonObject(answer) ? (answer as JsonObject)['data'] : undefined;
  if (Array.isArray(data)) return data;
  throw new SystemError('Airbyte answered with a list that has no "data".', { code: 'AIRBYTE_ANSWER' });
}

async function orMissing<Result>(call: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
