import type { PublicApi } from './public-api.js';
import type { RemoteJob } from './wire.js';

const FIRST_MS = 500;
const LONGEST_MS = 10_000;

/** Statuses after which a job does not change any more. */
const FINAL: readonly string[] = ['succeeded', 'failed', 'cancelled'];

/** Whether a job has ended. A status that is not known counts as running. */
export function hasEnded(job: RemoteJob): boolean {
  return FINAL.includes(job.status);
}

/** Kinds of jobs that write rows or cursors. Unless a kind is named, the server leaves some of them out. */
const KINDS: readonly string[] = ['sync', 'refresh', 'clear', 'reset'];

/** A job of a connection that has not ended, if there is one. */
export async function runningJob(api: PublicApi, connectionId: string): Promise<RemoteJob | undefined> {
  for (const jobType of KINDS) {
    const found = (await api.listJobs({ connectionId, jobType })).find((job) => !hasEnded(job));
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Looks at a job until it ends, at first twice a second, later every 10 s.
 *
 * @param signal once aborted, the job goes on but is no longer followed
 * @param onStatus gets the job at first and after each change
 */
export async function followJob(
  api: PublicApi,
  id: number,
  onStatus: (job: RemoteJob) => void,
  signal?: AbortSignal,
): Promise<RemoteJob> {
  let last: RemoteJob | undefined;
  for (let waitMs = FIRST_MS; ; waitMs = Math.min(LONGEST_MS, waitMs * 1.5)) {
    const job = await api.getJob(id);
    if (job.status !== last?.status || job.rows !== last.rows) onStatus(job);
    last = job;
    if (hasEnded(job) || signal?.aborted === true) return job;
    await api.client.clock.sleep(waitMs);
  }
}
