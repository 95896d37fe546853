import { mapInSlots } from '@cuttle/protocol';
import { writeSafely } from './apply/write-safely.js';
import { followJob, hasEnded } from './client/jobs.js';
import type { RemoteJob } from './client/wire.js';
import type { Session } from './model/session.js';
import { findConnection } from './state-transfer.js';

/** A sync on the server. */
export interface RemoteRun {
  readonly connection: string;
  readonly job: RemoteJob;
}

/**
 * Starts a sync of each connection, or joins the one that runs, and follows them to their end.
 *
 * @param signal once aborted, the jobs go on but are no longer followed
 */
export async function syncRemote(
  session: Session,
  connections: readonly string[],
  onStatus: (run: RemoteRun) => void,
  signal?: AbortSignal,
): Promise<readonly RemoteRun[]> {
  const { api, client } = session;
  // All names are known before the first job is started.
  const found = await mapInSlots(connections, 4, async (name) => ({
    name,
    id: (await findConnection(session, name)).id,
  }));
  return Promise.all(
    found.map(async ({ name, id }): Promise<RemoteRun> => {
      const running = async (): Promise<RemoteJob | undefined> =>
        (await api.listJobs({ connectionId: id, jobType: 'sync' })).find((job) => !hasEnded(job));
      const started = (await running()) ?? (await writeSafely(client.clock, () => api.startJob(id, 'sync'), running));
      const job = await followJob(api, started.id, (state) => onStatus({ connection: name, job: state }), signal);
      return { connection: name, job };
    }),
  );
}
