import { didYouMean } from '@cuttle/project';
import { ConfigError, isJsonObject, type JsonObject } from '@cuttle/protocol';
import { ApiError } from './client/api-error.js';
import type { RemoteConnection } from './client/wire.js';
import { keyOf } from './model/plan.js';
import type { Session } from './model/session.js';

/** The cursors of a connection, in a form that can be kept in a file. */
export interface ExportedState {
  readonly version: 1;
  readonly connection: string;
  readonly state: JsonObject;
}

/** Reads the cursors of a connection. @throws {ConfigError} `CONNECTION_UNKNOWN`, `CONFIG_API_MISSING` */
export async function exportState(session: Session, name: string): Promise<ExportedState> {
  const { id } = await findConnection(session, name);
  const { connectionId: _id, ...state } = await session.config.state(id);
  return { version: 1, connection: name, state };
}

/**
 * Writes the cursors of a connection back.
 *
 * @throws {ConfigError} `STATE_INVALID`, `CONNECTION_BUSY` while a sync runs, and as {@link exportState}
 */
export async function restoreState(session: Session, name: string, exported: unknown): Promise<void> {
  const state = isJsonObject(exported) && exported['version'] === 1 ? exported['state'] : undefined;
  if (!isJsonObject(state) || typeof state['stateType'] !== 'string') {
    throw new ConfigError('The file holds no state that `cuttle state export` wrote.', { code: 'STATE_INVALID' });
  }
  const { id } = await findConnection(session, name);
  try {
    await session.config.putState(id, state);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 423) throw error;
    throw new ConfigError(`"${name}" is syncing; its state can be written once that is over.`, {
      code: 'CONNECTION_BUSY',
    });
  }
}

/** A connection by name; of several with that name the one in the lock. @throws {ConfigError} `CONNECTION_UNKNOWN` */
export async function findConnection(session: Session, name: string): Promise<RemoteConnection> {
  const all = await session.api.listConnections();
  const named = all.filter((entry) => entry.name === name && entry.status !== 'deprecated');
  const locked = session.lock?.get(keyOf('connection', name))?.id;
  const found = all.find(({ id }) => id === locked) ?? (named.length === 1 ? named[0] : undefined);
  if (found !== undefined) return found;
  const hint = didYouMean(
    name,
    all.map((entry) => entry.name),
  );
  const problem = named.length > 1 ? `has several connections "${name}".` : `has no connection "${name}".${hint}`;
  throw new ConfigError(`Airbyte ${problem}`, { code: 'CONNECTION_UNKNOWN' });
}
