import { loadProject, planAirbyte, type WantedConnection } from '@cuttle/project';
import { isKnownError } from '@cuttle/protocol';
import { type LockEntry, takeWriteLock } from '../model/lock.js';
import { keyOf } from '../model/plan.js';
import type { Session } from '../model/session.js';
import { markOfCompared } from '../model/stream-mark.js';
import { wantedStreams } from '../model/streams.js';
import type { Imported } from './import.js';

/**
 * Notes in the lock, if there is one, the ids of what was imported, where its secrets are, and that its streams are as
 * the documents say. After the documents are there: what a lock knows and documents do not have counts as left over.
 *
 * @throws {ConfigError} `APPLY_LOCKED` while an apply runs; `PLAN_STALE` when one ended in the meantime
 */
export function rememberImport(session: Session, imported: Imported): void {
  const { lock, client } = session;
  const { ids, coordinates, connections } = imported;
  if (lock === undefined || ids.size === 0) return;
  const release = takeWriteLock(lock.file, new Date(client.clock.now()).toISOString());
  try {
    lock.demandUnchanged();
    const written = connections.size === 0 ? new Map<string, WantedConnection>() : writtenConnections(session);
    for (const [key, id] of ids) {
      const places = coordinates.get(key);
      const more = { ...(places === undefined ? {} : { coordinates: places }), ...streamsOf(imported, written, key) };
      lock.set(key, { ...lock.get(key), id, ...more });
    }
  } finally {
    release();
  }
}

/** The connections of the documents as they are now; none while something else in them is wrong. */
function writtenConnections({ project, target, environment }: Session): ReadonlyMap<string, WantedConnection> {
  try {
    const { connections } = planAirbyte(loadProject(project.folder).project, target, environment);
    return new Map(connections.map((wanted) => [keyOf('connection', wanted.name), wanted]));
  } catch (error) {
    if (isKnownError(error)) return new Map();
    throw error;
  }
}

function streamsOf(
  { connections }: Imported,
  written: ReadonlyMap<string, WantedConnection>,
  key: string,
): Pick<LockEntry, 'streamMark'> {
  const [read, wanted] = [connections.get(key), written.get(key)];
  if (read === undefined || wanted === undefined) return {};
  const mark = markOfCompared(wanted, wantedStreams(wanted, read.catalog), read.remote);
  return mark === undefined ? {} : { streamMark: mark };
}
