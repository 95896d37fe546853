import { didYouMean, formatPosition, type WantedConnection } from '@cuttle/project';
import { ConfigError, canonicalJson, mapInSlots, TransientError } from '@cuttle/protocol';
import { ApiError } from '../client/api-error.js';
import { runningJob } from '../client/jobs.js';
import type { RemoteConnection, RemoteTag } from '../client/wire.js';
import {
  connectionBody,
  cronWithoutZone,
  isScheduled,
  markOf,
  remoteConnectionLeaves,
  scheduleText,
  wantedConnectionLeaves,
} from '../model/connections.js';
import type { Leaves } from '../model/leaves.js';
import type { LockEntry } from '../model/lock.js';
import { keyOf, type PlanItem } from '../model/plan.js';
import { markOfCompared, streamMark } from '../model/stream-mark.js';
import { streamKeyOf, streamLeaf, type WantedStream, wantedStreams } from '../model/streams.js';
import { diffLeaves } from '../plan/diff.js';
import { replacementName } from '../plan/match.js';
import { seenConnection } from '../plan/plan-connections.js';
import type { Work } from '../plan/planned.js';
import { changedSince } from './changed-since.js';
import type { ApplyContext } from './context.js';
import { writeSafely } from './write-safely.js';

/** A connection of a plan. */
export type ConnectionWork = Work & { readonly kind: 'connection' };

/** Makes and changes connections. */
export async function applyConnections(context: ApplyContext, works: readonly ConnectionWork[]): Promise<void> {
  await mapInSlots(works, 4, async (work) => {
    const { item, wanted, remote } = work;
    const isChanged = item.action !== 'none' || (await hasNewSchema(context, work));
    if (!isChanged) {
      if (remote !== undefined) await adopt(context, work, remote);
      return;
    }
    const action = item.action === 'none' ? 'update' : item.action;
    const needs = [keyOf('source', wanted.source), keyOf('destination', wanted.destination)];
    await context.step(item.key, action, needs, async () => {
      const streams = await chooseStreams(context, wanted);
      if (remote === undefined)
        remember(context, work, await create(context, work, streams, wanted.name, true), streams);
      else if (action === 'update') remember(context, work, await update(context, work, streams, remote), streams);
      else remember(context, work, await replace(context, work, streams, remote), streams);
    });
  });
}

/** Whether a new image gave the source streams or fields that the documents take without naming them. */
async function hasNewSchema(context: ApplyContext, { wanted, remote }: ConnectionWork): Promise<boolean> {
  if (remote === undefined || !context.refreshed.has(keyOf('source', wanted.source))) return false;
  const found = await context.planned.catalogs.get(remote.sourceId);
  if (found instanceof Error) return false;
  const goal = wantedConnectionLeaves(wanted, wantedStreams(wanted, found));
  const actual = remoteConnectionLeaves(remote, found, markOf(context.planned.stack.project));
  return diffLeaves(goal, actual, undefined).some(({ field }) => streamLeaf(field) !== undefined);
}

/** The streams to send; looks at the source again when one of them is not known yet. */
async function chooseStreams(context: ApplyContext, wanted: WantedConnection): Promise<readonly WantedStream[]> {
  const sourceId = context.ids.get(keyOf('source', wanted.source))!;
  const { catalogs } = context.planned;
  let catalog = await catalogs.get(sourceId);
  const isMissing = (): boolean =>
    catalog instanceof Error || wantedStreams(wanted, catalog).some(({ found }) => found === undefined);
  if (isMissing()) catalog = await catalogs.refresh(sourceId);
  if (catalog instanceof Error) throw catalog;
  const chosen = wantedStreams(wanted, catalog);
  const missing = chosen.filter(({ found }) => found === undefined);
  if (missing.length === 0 && chosen.length > 0) return chosen;
  const known = catalog.map(streamKeyOf);
  const problems = missing.map(
    ({ key, settings }) =>
      `${formatPosition(settings.position)} The source has no stream "${key}".${didYouMean(key, known)}`,
  );
  throw new ConfigError(problems.length === 0 ? 'The source has no streams to take.' : problems.join('\n'), {
    code: 'STREAM_UNKNOWN',
  });
}

async function create(
  context: ApplyContext,
  work: ConnectionWork,
  streams: readonly WantedStream[],
  name: string,
  isNew: boolean,
): Promise<RemoteConnection> {
  const { wanted, item } = work;
  const { api, client } = context.session;
  const sourceId = context.ids.get(keyOf('source', wanted.source))!;
  const destinationId = context.ids.get(keyOf('destination', wanted.destination))!;
  const find = async (): Promise<RemoteConnection | undefined> =>
    (await api.listConnections()).find(
      (entry) => entry.name === name && entry.sourceId === sourceId && entry.destinationId === destinationId,
    );
  const there = await find();
  if (there !== undefined && isNew) throw changedSince(item.key, 'made');
  if (there !== undefined) return there;
  await demandTimezone(context, wanted);
  const own = connectionBody(wanted, streams, undefined, tagsFor(context, wanted, undefined));
  const body = { ...own, name, sourceId, destinationId, ...(isNew ? {} : { status: 'inactive' }) };
  const made = await writeSafely(client.clock, () => api.createConnection(body), find);
  await setTimezone(context, wanted, made.id);
  return made;
}

async function update(
  context: ApplyContext,
  work: ConnectionWork,
  streams: readonly WantedStream[],
  remote: RemoteConnection,
): Promise<RemoteConnection> {
  const { wanted, item } = work;
  const { api, client } = context.session;
  const mark = markOf(context.planned.stack.project);
  const read = async (): Promise<RemoteConnection> => {
    const now = await api.getConnection(remote.id);
    if (now === undefined || now.status === 'deprecated') throw changedSince(item.key, 'deleted');
    return now;
  };
  const now = await read();
  if (seenConnection(now, mark) !== item.seen) throw changedSince(item.key, 'changed');
  if (!isScheduled(wanted, now)) await demandTimezone(context, wanted);
  const body = connectionBody(wanted, streams, now, tagsFor(context, wanted, now));
  const goal = canonicalJson(wantedConnectionLeaves(wanted, streams));
  const catalog = streams.flatMap(({ found }) => found ?? []);
  const forget = noteBackfills(context, work, remote.id);
  const patched = await writeSafely(
    client.clock,
    () => api.patchConnection(remote.id, body),
    async () => {
      const found = await read();
      const reached = { ...remoteConnectionLeaves(found, catalog, mark) };
      // Its time zone comes after this request.
      if (reached['schedule'] === cronWithoutZone(wanted)) reached['schedule'] = scheduleText(wanted);
      if (canonicalJson(reached) === goal) return found;
      if (seenConnection(found, mark) !== item.seen) throw changedSince(item.key, 'changed');
      return undefined;
    },
  ).catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.outcome === 'refused') forget();
    throw error;
  });
  if (!isScheduled(wanted, now)) await setTimezone(context, wanted, remote.id);
  return patched;
}

/** Before the first write: else the connection would run at the hour of another zone. */
async function demandTimezone(context: ApplyContext, wanted: WantedConnection): Promise<void> {
  if (cronWithoutZone(wanted) === undefined) return;
  await context.session.config.demand('The time zone of its schedule');
}

/** The public API knows no time zones. */
async function setTimezone(context: ApplyContext, wanted: WantedConnection, id: string): Promise<void> {
  const { schedule } = wanted;
  if (schedule.kind !== 'cron' || schedule.timezone === 'UTC') return;
  const { config, client } = context.session;
  const set = async (): Promise<true> => {
    await config.setCron(id, schedule.cron, schedule.timezone);
    return true;
  };
  await writeSafely(client.clock, set, async () => undefined);
}

/**
 * Makes a connection anew and keeps its cursors: the new one is made inactive, gets the state, is activated, and takes
 * the name once the old one is gone. Each step may be done again.
 */
async function replace(
  context: ApplyContext,
  work: ConnectionWork,
  streams: readonly WantedStream[],
  old: RemoteConnection,
): Promise<RemoteConnection> {
  const { wanted, item } = work;
  const { api, client, config } = context.session;
  await config.demand('To keep the cursors of a connection');
  const now = await api.getConnection(old.id);
  if (now === undefined) throw changedSince(item.key, 'deleted');
  if (seenConnection(now, markOf(context.planned.stack.project)) !== item.seen) throw changedSince(item.key, 'changed');
  await demandIdle(context, now);
  const made = await create(context, work, streams, replacementName(wanted.name, old.id), false);
  const patch = (id: string, body: object): Promise<RemoteConnection> =>
    writeSafely(
      client.clock,
      () => api.patchConnection(id, body),
      async () => undefined,
    );
  if (now.status === 'active') await patch(old.id, { status: 'inactive' });
  // One that is active has gone on from here already: its state is newer.
  if (made.status !== 'active') {
    // One that began just before the pause would go on behind the cursors that are read here: rows would come twice.
    await demandIdle(context, now);
    const state = await config.state(old.id);
    if (state['stateType'] !== 'not_set') {
      const put = async (): Promise<true> => {
        await config.putState(made.id, state);
        return true;
      };
      await writeSafely(client.clock, put, async () => undefined);
    }
  }
  await patch(made.id, { status: wanted.status });
  const remove = async (): Promise<true> => {
    await api.deleteConnection(old.id);
    return true;
  };
  await writeSafely(client.clock, remove, async () =>
    (await api.getConnection(old.id)) === undefined ? true : undefined,
  );
  return patch(made.id, { name: wanted.name });
}

/** @throws {TransientError} `CONNECTION_BUSY` while a job of the connection runs: its cursors still move */
async function demandIdle(context: ApplyContext, { id, name }: RemoteConnection): Promise<void> {
  const job = await runningJob(context.session.api, id);
  if (job === undefined) return;
  throw new TransientError(
    `"${name}" is at work (job ${job.id}), so its cursors still move and cannot be kept. Apply again when the job has ended.`,
    { code: 'CONNECTION_BUSY' },
  );
}

/** The tags of a connection as requests want them, with the mark of managed ones; undefined on old platforms. */
function tagsFor(
  context: ApplyContext,
  wanted: WantedConnection,
  remote: RemoteConnection | undefined,
): readonly RemoteTag[] | undefined {
  if (context.planned.remote.tags === undefined) return undefined;
  const names = new Set([...wanted.tags, markOf(context.planned.stack.project)]);
  const known = new Map([...(remote?.tags ?? []).map((tag) => [tag.name, tag] as const), ...context.tags]);
  return [...names].flatMap((name) => known.get(name) ?? []);
}

/**
 * Notes the streams that have to be read again before they are changed: killed in between, nothing else would remind of
 * them. @returns takes the note back
 */
function noteBackfills({ session: { lock } }: ApplyContext, { item }: ConnectionWork, id: string): () => void {
  const known = lock?.get(item.key);
  const needsBackfill = openBackfills(known, item);
  if (lock === undefined || needsBackfill.length === 0) return () => undefined;
  lock.set(item.key, { ...known, id, needsBackfill });
  return () => (known === undefined ? lock.remove(item.key) : lock.set(item.key, known));
}

/** Streams that were changed before, or are now, and not read again since. */
function openBackfills(known: LockEntry | undefined, item: PlanItem): readonly string[] {
  const flagged = item.streams.filter(({ needsBackfill }) => needsBackfill).map(({ stream }) => stream);
  return [...new Set([...(known?.needsBackfill ?? []), ...flagged])];
}

/** Remembers what was there already. */
async function adopt(context: ApplyContext, { item, wanted }: ConnectionWork, remote: RemoteConnection): Promise<void> {
  const { lock } = context.session;
  context.ids.set(item.key, remote.id);
  if (lock === undefined) return;
  const known = lock.get(item.key)?.id === remote.id ? lock.get(item.key) : undefined;
  const { applied, streamMark: mark } = await appliedOf(context, wanted, remote, known);
  const isSame = canonicalJson(known?.applied ?? {}) === canonicalJson(applied);
  if (known !== undefined && isSame && known.streamMark === mark) return;
  if (wanted.previousName !== undefined) lock.remove(keyOf('connection', wanted.previousName));
  // Another connection of the name has no cursors, so nothing is left to read again.
  const { streamMark: _, ...rest } = known ?? {};
  lock.set(item.key, { ...rest, id: remote.id, applied, ...(mark === undefined ? {} : { streamMark: mark }) });
}

/** What a connection is, as a lock has it; without a look at the schema where the lock says that nothing changed. */
async function appliedOf(
  context: ApplyContext,
  wanted: WantedConnection,
  remote: RemoteConnection,
  known: LockEntry | undefined,
): Promise<Pick<LockEntry, 'streamMark'> & { readonly applied: Leaves }> {
  const tag = markOf(context.planned.stack.project);
  const mark = streamMark(wanted, remote);
  if (known?.applied !== undefined && known.streamMark === mark) {
    const isOfStream = ([path]: readonly [string, unknown]): boolean => streamLeaf(path) !== undefined;
    const own = Object.entries(remoteConnectionLeaves(remote, undefined, tag)).filter((leaf) => !isOfStream(leaf));
    const streams = Object.entries(known.applied).filter(isOfStream);
    return { applied: Object.fromEntries([...own, ...streams]), streamMark: mark };
  }
  const found = await context.planned.catalogs.get(remote.sourceId);
  const catalog = found instanceof Error ? undefined : found;
  const streams = wantedStreams(wanted, catalog);
  return { applied: remoteConnectionLeaves(remote, catalog, tag), ...compared(wanted, streams, remote) };
}

/** What makes the next plan do without the schema. */
function compared(
  wanted: WantedConnection,
  streams: readonly WantedStream[],
  remote: RemoteConnection,
): Pick<LockEntry, 'streamMark'> {
  const mark = markOfCompared(wanted, streams, remote);
  return mark === undefined ? {} : { streamMark: mark };
}

function remember(
  context: ApplyContext,
  { item, wanted }: ConnectionWork,
  connection: RemoteConnection,
  streams: readonly WantedStream[],
): void {
  const { lock } = context.session;
  context.ids.set(item.key, connection.id);
  if (lock === undefined) return;
  const open = openBackfills(lock.get(item.key), item);
  if (wanted.previousName !== undefined) lock.remove(keyOf('connection', wanted.previousName));
  context.remember(item.key, connection.id, {
    applied: wantedConnectionLeaves(wanted, streams),
    ...compared(wanted, streams, connection),
    ...(open.length === 0 ? {} : { needsBackfill: open }),
  });
}
