import {
  type AirbyteTarget,
  airbyteTarget,
  type Environment,
  type Project,
  planAirbyte,
  type WantedStack,
} from '@cuttle/project';
import { type Clock, systemClock } from '../client/clock.js';
import { ConfigApi } from '../client/config-api.js';
import { ApiClient } from '../client/http.js';
import { proxyFetch } from '../client/proxy-fetch.js';
import { PublicApi } from '../client/public-api.js';
import { Catalogs } from './catalogs.js';
import { Fingerprints, Lock } from './lock.js';
import { findWorkspace, type Workspace } from './remote.js';

/** How a target is reached. */
export interface SessionOptions {
  /** Name of the target; undefined takes the only Airbyte target. */
  readonly target?: string | undefined;
  readonly environment: Environment;
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
  /** Time for an ordinary request, default 60 s. */
  readonly timeoutMs?: number;
  /** Time for requests that start a connector, default 15 min. */
  readonly slowTimeoutMs?: number;
}

/** One project at one Airbyte server. */
export interface Session {
  readonly project: Project;
  readonly target: AirbyteTarget;
  readonly workspace: Workspace;
  readonly client: ApiClient;
  readonly api: PublicApi;
  readonly config: ConfigApi;
  /** Undefined when the target has none. */
  readonly lock: Lock | undefined;
  readonly fingerprints: Fingerprints;
  readonly environment: Environment;
}

/** The client of a target, without any request. @throws {ConfigError} of the target's document */
export function connect(project: Project, options: SessionOptions): { target: AirbyteTarget; client: ApiClient } {
  const target = airbyteTarget(project, options.target, options.environment);
  const client = new ApiClient(target, {
    fetch: options.fetch ?? proxyFetch,
    clock: options.clock ?? systemClock,
    timeoutMs: options.timeoutMs ?? 60_000,
    slowTimeoutMs: options.slowTimeoutMs ?? 900_000,
  });
  return { target, client };
}

/**
 * Opens a target: its workspace and lock.
 *
 * @throws {ConfigError} `CREDENTIAL_REJECTED`, and what the target, the workspace and the lock throw
 */
export async function openSession(project: Project, options: SessionOptions): Promise<Session> {
  const { target, client } = connect(project, options);
  const workspace = await findWorkspace(client, target.workspace);
  const { environment } = options;
  return {
    project,
    target,
    workspace,
    client,
    api: new PublicApi(client, workspace.id),
    config: new ConfigApi(client),
    lock:
      target.lock === undefined
        ? undefined
        : Lock.open(target.lock, target.name, workspace.id, () => client.clock.now()),
    fingerprints: new Fingerprints(environment['CUTTLE_LOCK_KEY'], workspace.id),
    environment,
  };
}

/** What the documents want at a session's target. @throws {ConfigError} `REFERENCE_UNRESOLVED` and others */
export function wantedOf(session: Session): WantedStack {
  return planAirbyte(session.project, session.target, session.environment);
}

/** Catalogs of a session, none known yet. */
export function catalogsOf(session: Session): Catalogs {
  return new Catalogs(session.api);
}
