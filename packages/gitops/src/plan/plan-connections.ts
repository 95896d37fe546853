import { formatPosition, notSettable, type WantedConnection } from '@cuttle/project';
import { ConfigError } from '@cuttle/protocol';
import type { RemoteConnection, RemoteStream } from '../client/wire.js';
import {
  isScheduled,
  markOf,
  readSchedule,
  remoteConnectionLeaves,
  wantedConnectionLeaves,
} from '../model/connections.js';
import { hashOf, type Leaves } from '../model/leaves.js';
import { blankItem, keyOf, type PlanItem, type PlanWarning } from '../model/plan.js';
import { identityOf, overruled, streamKeyOf, streamLeaf, type WantedStream, wantedStreams } from '../model/streams.js';
import { diffLeaves } from './diff.js';
import { splitStreams } from './diff-connection.js';
import type { PlanContext } from './make-plan.js';
import { configApiBlock } from './plan-actors.js';
import type { Work } from './planned.js';
import { destroyBlock, lossOf } from './protection.js';
import { isBumped, isEqualWithoutSchema } from './schema-need.js';

/** The part of a plan about connections. */
export async function planConnections(context: PlanContext): Promise<readonly Work[]> {
  if (context.remote.tags === undefined && context.stack.connections.some(({ tags }) => tags.length > 0)) {
    const message = 'this server has no tags (Airbyte before 1.6): those of the documents are left out';
    context.notes.push({ code: 'TAGS_MISSING', message });
  }
  return Promise.all(
    context.stack.connections.map(async (wanted): Promise<Work> => {
      const remote = context.matched.connections.get(keyOf('connection', wanted.name));
      const item = await planConnection(context, wanted, remote);
      return { kind: 'connection', item, wanted, remote };
    }),
  );
}

async function planConnection(
  context: PlanContext,
  wanted: WantedConnection,
  remote: RemoteConnection | undefined,
): Promise<PlanItem> {
  const isEqual =
    remote !== undefined &&
    context.options.refreshSchema !== true &&
    !hasOtherEnds(context, wanted, remote) &&
    isEqualWithoutSchema(context, wanted, remote);
  const catalog = isEqual ? undefined : await catalogFor(context, wanted);
  const streams = catalog instanceof Error ? undefined : catalog;
  const chosen = wantedStreams(wanted, streams);
  const warnings = [
    ...(catalog instanceof Error ? [undiscovered(catalog)] : []),
    ...streamWarnings(chosen, streams, context, wanted),
    ...(await timezoneWarning(context, wanted, remote)),
  ];
  refuseInterval(wanted, remote);
  if (remote === undefined) {
    const summary = `${wanted.source} -> ${wanted.destination}`;
    const added = diffLeaves(wantedConnectionLeaves(wanted, chosen), {}, undefined);
    const { streams: list } = splitStreams(added);
    return { ...base(wanted), action: 'create', summary, streams: list, warnings };
  }
  const item = await existing(context, wanted, remote, chosen, isEqual ? 'equal' : streams);
  return {
    ...item,
    warnings: [
      ...warnings,
      ...item.warnings,
      ...lockedWarning(remote, item),
      ...(isRemade(context, item, remote) ? [remade(context, item, remote)] : pending(context, item)),
    ],
  };
}

function base({ name }: WantedConnection): PlanItem {
  return blankItem({ key: keyOf('connection', name), kind: 'connection', name });
}

/** @throws {ConfigError} `SCHEDULE_NOT_POSSIBLE` for an interval that the server does not have already */
function refuseInterval(wanted: WantedConnection, remote: RemoteConnection | undefined): void {
  const { schedule, position } = wanted;
  if (schedule.kind !== 'every' || readSchedule(remote?.raw['schedule']) === `every ${schedule.every}`) return;
  throw new ConfigError(`${formatPosition(position)} ${notSettable(schedule.every)}`, {
    code: 'SCHEDULE_NOT_POSSIBLE',
  });
}

/** What the source of a connection has; undefined when the source is not there yet. */
async function catalogFor(
  context: PlanContext,
  wanted: WantedConnection,
): Promise<readonly RemoteStream[] | Error | undefined> {
  const source = context.matched.actors.get(keyOf('source', wanted.source));
  if (source === undefined || context.replaced.has(keyOf('source', wanted.source))) return undefined;
  return context.options.refreshSchema === true
    ? context.catalogs.refreshOnce(source.id)
    : context.catalogs.get(source.id);
}

async function existing(
  context: PlanContext,
  wanted: WantedConnection,
  remote: RemoteConnection,
  chosen: readonly WantedStream[],
  schema: readonly RemoteStream[] | 'equal' | undefined,
): Promise<PlanItem> {
  const mark = markOf(context.stack.project);
  const catalog = schema === 'equal' ? undefined : schema;
  const actual = remoteConnectionLeaves(remote, catalog, mark);
  const seen = seenConnection(remote, mark);
  const item = { ...base(wanted), id: remote.id, seen };
  const wantedLeaves = known(wantedConnectionLeaves(wanted, chosen), actual, context);
  const applied = context.session.lock?.get(keyOf('connection', wanted.name))?.applied;
  const changes = diffLeaves(wantedLeaves, comparable(actual, wantedLeaves, catalog), applied);
  const { fields, streams } = splitStreams(
    schema === 'equal' ? changes.filter(({ field }) => streamLeaf(field) === undefined) : changes,
  );
  if (hasOtherEnds(context, wanted, remote)) {
    return { ...(await replaced(context, wanted, remote, item)), fields, streams };
  }
  const isSame = fields.length + streams.length === 0;
  return { ...item, action: isSame ? 'none' : 'update', fields, streams };
}

/** Hash of what was read of a connection. */
export function seenConnection(remote: RemoteConnection, mark: string): string {
  const leaves = remoteConnectionLeaves(remote, undefined, mark);
  return hashOf({ ...leaves, source: remote.sourceId, destination: remote.destinationId });
}

/** What cannot be known before something was discovered compares as equal. */
function known(wanted: Leaves, actual: Leaves, context: PlanContext): Leaves {
  const filled: Record<string, Leaves[string]> = { ...wanted };
  const streams = new Set(Object.keys(wanted).flatMap((path) => streamLeaf(path)?.stream ?? []));
  for (const [path, value] of Object.entries(actual)) {
    const leaf = streamLeaf(path);
    if (leaf !== undefined && streams.has(leaf.stream) && !(path in filled)) filled[path] = value;
  }
  // Only Airbyte locks and unlocks.
  if (actual['status'] === 'locked') filled['status'] = 'locked';
  // A platform without tags cannot lack one.
  if (context.remote.tags === undefined) filled['tags'] = actual['tags'] ?? [];
  return filled;
}

/** While `select: all` is open because nothing was discovered, streams that are there already are no difference. */
function comparable(actual: Leaves, wanted: Leaves, catalog: readonly RemoteStream[] | undefined): Leaves {
  if (catalog !== undefined) return actual;
  const hasStreams = Object.keys(wanted).some((path) => streamLeaf(path) !== undefined);
  return hasStreams
    ? actual
    : Object.fromEntries(Object.entries(actual).filter(([path]) => streamLeaf(path) === undefined));
}

/** The ends of a connection cannot be changed: other ones need another connection. */
function hasOtherEnds(context: PlanContext, wanted: WantedConnection, remote: RemoteConnection): boolean {
  const ends = [
    [keyOf('source', wanted.source), remote.sourceId],
    [keyOf('destination', wanted.destination), remote.destinationId],
  ] as const;
  return ends.some(([key, id]) => context.replaced.has(key) || context.matched.actors.get(key)?.id !== id);
}

async function replaced(
  context: PlanContext,
  wanted: WantedConnection,
  remote: RemoteConnection,
  item: PlanItem,
): Promise<PlanItem> {
  context.replaced.add(item.key);
  const loss = await lossOf(context.session.api, [remote]);
  // Who allows a source to be replaced allows it for the connections on it.
  const ends = [
    wanted.source,
    wanted.destination,
    keyOf('source', wanted.source),
    keyOf('destination', wanted.destination),
  ];
  const given = context.options.allowDestroy ?? [];
  const allowed = ends.some((name) => given.includes(name)) ? [...given, wanted.name] : given;
  const blocked =
    (await configApiBlock(context)) ??
    (await streamsBlock(context, wanted, remote)) ??
    destroyBlock({ key: item.key, name: wanted.name }, wanted.preventDestroy, loss, { allowed });
  return {
    ...item,
    action: 'replace',
    summary: `${wanted.source} -> ${wanted.destination}`,
    loss: 'made anew with its cursors kept',
    ...(blocked === undefined ? {} : { blocked }),
  };
}

/** Cursors fit only the streams that they were made for. */
async function streamsBlock(
  context: PlanContext,
  wanted: WantedConnection,
  remote: RemoteConnection,
): Promise<string | undefined> {
  const catalog = await catalogFor(context, wanted);
  if (catalog === undefined || catalog instanceof Error) return undefined;
  const has = new Set(catalog.map(streamKeyOf));
  const missing = remote.streams.map((stream) => streamKeyOf(identityOf(stream))).filter((key) => !has.has(key));
  if (missing.length === 0) return undefined;
  return `the streams differ, so the cursors cannot be kept: the new source has no ${missing.join(', ')}`;
}

function undiscovered(error: Error): PlanWarning {
  return {
    code: 'SOURCE_NOT_DISCOVERED',
    message: `the source's schema cannot be read, so streams are compared in part: ${error.message}`,
  };
}

function streamWarnings(
  chosen: readonly WantedStream[],
  catalog: readonly RemoteStream[] | undefined,
  context: PlanContext,
  wanted: WantedConnection,
): readonly PlanWarning[] {
  if (catalog === undefined) return [];
  const after = isBumped(context, wanted) ? ' apply looks again, because the image changes' : ' apply looks again';
  return chosen.flatMap((stream): PlanWarning[] => {
    if (stream.found === undefined) {
      return [
        {
          code: 'STREAM_NOT_DISCOVERED',
          message: `Airbyte's schema of the source has no stream "${stream.key}";${after}`,
        },
      ];
    }
    return overruled(stream).map((what) => ({
      code: 'SOURCE_DEFINES_IT',
      message: `stream "${stream.key}": the source defines its ${what === 'cursor' ? 'cursor' : 'primary key'}; the one of the documents is not used`,
    }));
  });
}

async function timezoneWarning(
  context: PlanContext,
  wanted: WantedConnection,
  remote: RemoteConnection | undefined,
): Promise<readonly PlanWarning[]> {
  const { schedule } = wanted;
  if (schedule.kind !== 'cron' || schedule.timezone === 'UTC') return [];
  if (remote !== undefined && isScheduled(wanted, remote) && !hasOtherEnds(context, wanted, remote)) return [];
  if (await context.session.config.isThere()) {
    if (remote !== undefined) return [];
    return [{ code: 'TIMEZONE_BY_CONFIG_API', message: `the time zone ${schedule.timezone} is set by the Config API` }];
  }
  const message = `the time zone ${schedule.timezone} needs Airbyte's Config API (/api/v1), which this server does not offer: apply leaves the connection as it is; write the cron in UTC`;
  return [{ code: 'TIMEZONE_NOT_POSSIBLE', message }];
}

function lockedWarning(remote: RemoteConnection, item: PlanItem): readonly PlanWarning[] {
  if (remote.status !== 'locked') return [];
  const reason = remote.statusReason === undefined ? 'no reason is given' : remote.statusReason;
  const effect = item.action === 'none' ? '' : '; Airbyte refuses changes until it is unlocked';
  return [{ code: 'CONNECTION_LOCKED', message: `the connection is locked in Airbyte (${reason})${effect}` }];
}

/** Whether the connection that was applied last is gone, and another one has its name. */
function isRemade(context: PlanContext, item: PlanItem, remote: RemoteConnection): boolean {
  const known = context.session.lock?.get(item.key);
  return known?.applied !== undefined && known.id !== remote.id && item.action !== 'replace';
}

/** What was to be read again is read from the start anyway. */
function remade(context: PlanContext, { key }: PlanItem, remote: RemoteConnection): PlanWarning {
  const before = String(context.session.lock?.get(key)?.id);
  const streams = remote.streams.map((stream) => String(stream['name']));
  const message = `it was deleted and made anew in Airbyte (${before} is ${remote.id} now): the cursors of ${streams.join(', ')} are lost, and its next sync reads everything`;
  return { code: 'CONNECTION_REMADE', message };
}

/** Streams that an apply before changed and nobody read again since. */
function pending(context: PlanContext, item: PlanItem): readonly PlanWarning[] {
  const streams = context.session.lock?.get(item.key)?.needsBackfill ?? [];
  const open = streams.filter(
    (name) => !item.streams.some(({ stream, needsBackfill }) => stream === name && needsBackfill),
  );
  return open.map((stream) => ({
    code: 'BACKFILL_PENDING',
    message: `stream "${stream}" was changed before and not read again: --backfill=${stream}`,
  }));
}
