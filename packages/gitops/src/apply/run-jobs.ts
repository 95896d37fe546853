import { SystemError } from '@cuttle/protocol';
import { ApiError } from '../client/api-error.js';
import type { StreamName } from '../client/config-api.js';
import { followJob, hasEnded } from '../client/jobs.js';
import type { RemoteJob } from '../client/wire.js';
import { type Backfill, keyOf } from '../model/plan.js';
import { identityOf, streamKeyOf } from '../model/streams.js';
import type { ConnectionWork } from './apply-connections.js';
import type { ApplyContext } from './context.js';
import type { StartedJob } from './report.js';
import { writeSafely } from './write-safely.js';

/** Reads streams again, exactly those that were planned. */
export async function runBackfills(context: ApplyContext, backfills: readonly Backfill[]): Promise<void> {
  for (const { connection, streams } of backfills) {
    const key = keyOf('connection', connection);
    await context.step(`${key} (backfill)`, 'update', [key], async () => {
      const id = context.ids.get(key)!;
      await context.session.config.demand('A backfill');
      const job = await refresh(context, connection, id, await namesOf(context, id, streams));
      note(context, { connection, job: job.id, what: 'backfill', status: job.status });
      settle(context, key, streams);
    });
  }
}

/** Starts a sync of each connection that changed and is active. */
export async function runSyncs(context: ApplyContext, works: readonly ConnectionWork[]): Promise<void> {
  const busy = new Set(context.jobs.map(({ connection }) => connection));
  for (const { item, wanted } of works) {
    if (item.action === 'none' || wanted.status !== 'active' || busy.has(wanted.name)) continue;
    await context.step(`${item.key} (sync)`, 'update', [item.key], async () => {
      const job = await startSync(context, context.ids.get(item.key)!);
      note(context, { connection: wanted.name, job: job.id, what: 'sync', status: job.status });
    });
  }
}

/** Waits for the jobs that were started. */
export async function waitForJobs(context: ApplyContext): Promise<void> {
  for (const [index, started] of context.jobs.entries()) {
    const key = keyOf('connection', started.connection);
    const job = await context.attempt([`${key} (${started.what})`], () => follow(context, key, started.job));
    if (job === undefined) continue;
    context.jobs[index] = { ...started, status: job.status };
    if (job.status === 'failed' || job.status === 'cancelled') {
      context.fail(`${key} (${started.what})`, new SystemError(`job ${job.id} ${job.status}`, { code: 'JOB_FAILED' }));
    }
  }
}

function note(context: ApplyContext, job: StartedJob): void {
  context.jobs.push(job);
  const key = keyOf('connection', job.connection);
  context.emit({ type: 'job', key, job: job.job, status: job.status, rows: undefined });
}

/** What was asked for is on its way: the lock need not remind of it. */
function settle(context: ApplyContext, key: string, streams: readonly string[]): void {
  const { lock } = context.session;
  const entry = lock?.get(key);
  if (lock === undefined || entry?.needsBackfill === undefined) return;
  const { needsBackfill, ...rest } = entry;
  const open = needsBackfill.filter((stream) => !streams.includes(stream));
  lock.set(key, open.length === 0 ? rest : { ...rest, needsBackfill: open });
}

async function namesOf(context: ApplyContext, id: string, streams: readonly string[]): Promise<readonly StreamName[]> {
  const connection = await context.session.api.getConnection(id);
  const known = (connection?.streams ?? []).map(identityOf);
  return streams.map((wanted) => {
    const found = known.find((stream) => streamKeyOf(stream) === wanted) ?? { name: wanted, namespace: undefined };
    const { name, namespace } = found;
    return { streamName: name, ...(namespace === undefined ? {} : { streamNamespace: namespace }) };
  });
}

async function refresh(
  context: ApplyContext,
  connection: string,
  id: string,
  streams: readonly StreamName[],
): Promise<RemoteJob> {
  const { config, client } = context.session;
  try {
    return await writeSafely(client.clock, () => config.refresh(id, streams), newJob(context, id, 'refresh'));
  } catch (error) {
    if (!(error instanceof ApiError) || ![400, 422, 501].includes(error.status)) throw error;
    context.warn(`"${connection}": the destination cannot refresh; its streams are cleared and synced again.`);
  }
  const cleared = await writeSafely(client.clock, () => config.clear(id, streams), newJob(context, id, 'clear'));
  const ended = await follow(context, keyOf('connection', connection), cleared.id);
  if (ended.status !== 'succeeded') {
    throw new SystemError(`The job that clears the streams ended as ${ended.status}.`, { code: 'JOB_FAILED' });
  }
  return startSync(context, id);
}

async function startSync(context: ApplyContext, id: string): Promise<RemoteJob> {
  const { api, client } = context.session;
  return writeSafely(client.clock, () => api.startJob(id, 'sync'), newJob(context, id, 'sync'));
}

/** Finds a job that was started by a request without an answer: one that runs now. */
function newJob(context: ApplyContext, connectionId: string, jobType: string): () => Promise<RemoteJob | undefined> {
  return async () => {
    const jobs = await context.session.api.listJobs({ connectionId, jobType });
    return jobs.find((job) => !hasEnded(job));
  };
}

function follow(context: ApplyContext, key: string, id: number): Promise<RemoteJob> {
  const { signal } = context.options;
  const show = (job: RemoteJob): void =>
    context.emit({ type: 'job', key, job: job.id, status: job.status, rows: job.rows });
  return followJob(context.session.api, id, show, signal);
}
