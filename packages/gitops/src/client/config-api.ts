import {
  CONFIG_REDIRECTED,
  ConfigError,
  isJsonObject,
  isKnownError,
  type JsonObject,
  type JsonSchema,
} from '@cuttle/protocol';
import { ApiError } from './api-error.js';
import type { ApiClient } from './http.js';
import type { Role } from './public-api.js';
import { decodeJob, type RemoteJob } from './wire.js';

/** A stream in calls of the Config API. */
export interface StreamName {
  readonly streamName: string;
  readonly streamNamespace?: string;
}

/**
 * The calls of Airbyte's internal Config API that the public API lacks. It may be absent or closed: what needs it says
 * so, everything else goes on.
 */
export class ConfigApi {
  readonly #client: ApiClient;
  #isThere: Promise<boolean> | undefined;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /** Whether it answers. Asked once. */
  isThere(): Promise<boolean> {
    this.#isThere ??= this.#probe().catch((error: unknown) => {
      this.#isThere = undefined;
      throw error;
    });
    return this.#isThere;
  }

  /** Version of the platform, when it says one. */
  async version(): Promise<string | undefined> {
    try {
      const answer = await this.#client.request({
        api: 'config',
        method: 'GET',
        path: '/instance_configuration',
        isRead: true,
      });
      return isJsonObject(answer) && typeof answer['version'] === 'string' ? answer['version'] : undefined;
    } catch (error) {
      if (error instanceof ApiError) return undefined;
      throw error;
    }
  }

  /** Undefined when the connector reaches its system, else the reason. */
  async check(role: Role, id: string): Promise<string | undefined> {
    const answer = await this.#ask(`/${role}s/check_connection`, { [`${role}Id`]: id }, 'a check', true);
    if (answer['status'] === 'succeeded') return undefined;
    return typeof answer['message'] === 'string' ? answer['message'] : 'the check failed without a reason';
  }

  /** The spec of a connector. */
  async spec(role: Role, definitionId: string, workspaceId: string): Promise<JsonSchema | undefined> {
    const body = { [`${role}DefinitionId`]: definitionId, workspaceId };
    const answer = await this.#ask(`/${role}_definition_specifications/get`, body, 'the spec of a connector', true);
    return isJsonObject(answer['connectionSpecification']) ? answer['connectionSpecification'] : undefined;
  }

  /** State of a connection: `{stateType, streamState, ...}`. */
  state(connectionId: string): Promise<JsonObject> {
    return this.#ask('/state/get', { connectionId }, 'the state of a connection');
  }

  /** Replaces the state; refused with 423 while a sync runs. */
  async putState(connectionId: string, state: JsonObject): Promise<void> {
    const connectionState = { ...state, connectionId };
    await this.#tell('/state/create_or_update_safe', { connectionId, connectionState }, 'to write a state');
  }

  /** Reads streams again from the start, rows of before stay until they are replaced. */
  async refresh(connectionId: string, streams: readonly StreamName[]): Promise<RemoteJob> {
    const body = { connectionId, refreshMode: 'Merge', streams };
    return jobOf(await this.#tell('/connections/refresh', body, 'a backfill'));
  }

  /** Empties streams and forgets their cursors. */
  async clear(connectionId: string, streams: readonly StreamName[]): Promise<RemoteJob> {
    return jobOf(await this.#tell('/connections/clear/stream', { connectionId, streams }, 'a backfill'));
  }

  /** The cron with its time zone, which the public API does not take. */
  async setCron(connectionId: string, cronExpression: string, cronTimeZone: string): Promise<void> {
    const scheduleData = { cron: { cronExpression, cronTimeZone } };
    await this.#tell('/connections/update', { connectionId, scheduleType: 'cron', scheduleData }, 'a time zone');
  }

  /** @throws {ConfigError} `CONFIG_API_MISSING` @param what is wanted from it */
  async demand(what: string): Promise<void> {
    if (await this.isThere()) return;
    throw new ConfigError(`${what} needs Airbyte's Config API (/api/v1), which this server does not offer.`, {
      code: 'CONFIG_API_MISSING',
    });
  }

  async #ask(path: string, body: object, what: string, isSlow = false): Promise<JsonObject> {
    await this.demand(`To read ${what}`);
    return mapOf(await this.#client.request({ api: 'config', method: 'POST', path, body, isRead: true, isSlow }));
  }

  async #tell(path: string, body: object, what: string): Promise<JsonObject> {
    await this.demand(`This step (${what})`);
    return mapOf(await this.#client.request({ api: 'config', method: 'POST', path, body, isRead: false }));
  }

  async #probe(): Promise<boolean> {
    if (this.#client.isCloud) return false;
    try {
      await this.#client.request({ api: 'config', method: 'GET', path: '/health', isRead: true });
      return true;
    } catch (error) {
      // Where it is not let through, the web application answers with its page, or a proxy sends to its login.
      const isPage = error instanceof ApiError && error.status === 200;
      const isLogin = isKnownError(error) && error.code === CONFIG_REDIRECTED;
      if (isPage || isLogin || (error instanceof ApiError && error.outcome === 'refused')) return false;
      throw error;
    }
  }
}

function mapOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function jobOf(answer: JsonObject): RemoteJob {
  return decodeJob(isJsonObject(answer['job']) ? answer['job'] : answer);
}
