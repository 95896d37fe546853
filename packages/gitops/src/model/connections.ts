import { everyToCron, type NamespaceRule, type Schedule, type WantedConnection } from '@cuttle/project';
import { isJsonObject, type Json, type JsonObject } from '@cuttle/protocol';
import type { RemoteConnection, RemoteStream, RemoteTag } from '../client/wire.js';
import { hashOf, type Leaves } from './leaves.js';
import {
  identityOf,
  remoteStreamLeaves,
  streamBody,
  streamKeyOf,
  type WantedStream,
  wantedStreamLeaves,
} from './streams.js';

/** Values of a wanted connection as the server will show them. @param streams from {@link wantedStreams} */
export function wantedConnectionLeaves(connection: WantedConnection, streams: readonly WantedStream[]): Leaves {
  const own: Leaves = {
    name: connection.name,
    status: connection.status,
    schedule: scheduleText(connection),
    namespace: namespaceText(connection.namespace),
    prefix: connection.prefix,
    schemaChanges: connection.schemaChanges,
    tags: [...connection.tags].sort(),
  };
  return Object.assign({}, own, ...streams.map(wantedStreamLeaves)) as Leaves;
}

/**
 * Values of a connection that was read, in the same form.
 *
 * @param mark tag of managed connections, which is no difference
 */
export function remoteConnectionLeaves(
  connection: RemoteConnection,
  catalog: readonly RemoteStream[] | undefined,
  mark: string,
): Leaves {
  const { raw, streams } = connection;
  const own: Leaves = {
    name: connection.name,
    status: connection.status,
    schedule: readSchedule(raw['schedule']),
    namespace: readNamespace(raw['namespaceDefinition'], raw['namespaceFormat']),
    prefix: typeof raw['prefix'] === 'string' ? raw['prefix'] : '',
    schemaChanges: String(raw['nonBreakingSchemaUpdatesBehavior'] ?? 'ignore'),
    tags: connection.tags
      .map(({ name }) => name)
      .filter((name) => name !== mark)
      .sort(),
  };
  const found = (stream: JsonObject): RemoteStream | undefined => {
    const key = streamKeyOf(identityOf(stream));
    return catalog?.find((entry) => streamKeyOf(entry) === key);
  };
  return Object.assign({}, own, ...streams.map((stream) => remoteStreamLeaves(stream, found(stream)))) as Leaves;
}

/** `manual`, `cron 0 0 5 * * ?`, with the time zone behind it unless it is UTC. */
export function scheduleText({ schedule }: WantedConnection): string {
  if (schedule.kind === 'manual') return 'manual';
  return schedule.kind === 'every' ? `every ${schedule.every}` : cronText(schedule.cron, schedule.timezone);
}

/** How a wanted cron reads until its time zone is set; undefined when it has none of its own. */
export function cronWithoutZone({ schedule }: WantedConnection): string | undefined {
  return schedule.kind === 'cron' && schedule.timezone !== 'UTC' ? cronText(schedule.cron, 'UTC') : undefined;
}

function cronText(cron: string, timezone: string): string {
  return `cron ${cron}${timezone === 'UTC' ? '' : ` ${timezone}`}`;
}

/** A read cron has its time zone behind it; `basic` is what the UI makes of "every 24 hours". */
export function readSchedule(value: Json | undefined): string {
  if (!isJsonObject(value)) return 'manual';
  const { scheduleType, cronExpression, basicTiming } = value;
  if (scheduleType === 'basic') {
    const match = /^Every (\d+) (MINUTE|HOUR|DAY|WEEK)S?$/i.exec(String(basicTiming));
    const unit = match?.[2]?.toUpperCase();
    const every = unit === 'WEEK' ? `${Number(match?.[1]) * 7}d` : `${match?.[1]}${unit?.[0]?.toLowerCase()}`;
    const cron = match === null ? undefined : everyToCron(every);
    if (match === null) return `basic ${String(basicTiming)}`;
    return cron === undefined ? `every ${every}` : `cron ${cron}`;
  }
  if (scheduleType !== 'cron') return 'manual';
  const parts = String(cronExpression ?? '')
    .trim()
    .split(/\s+/);
  const isZone = parts.length > 1 && /^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)*$/.test(parts.at(-1)!) && parts.length > 6;
  return cronText((isZone ? parts.slice(0, -1) : parts).join(' '), isZone ? parts.at(-1)! : 'UTC');
}

function namespaceText(rule: NamespaceRule): string {
  return rule.kind === 'format' ? `format ${rule.format}` : rule.kind;
}

/** `source`, `destination`, or `format ...`. */
export function readNamespace(definition: Json | undefined, format: Json | undefined): string {
  const word = String(definition ?? 'destination');
  if (word !== 'custom_format' && word !== 'customformat') return word;
  // A blank format behaves as the destination's namespace.
  return typeof format === 'string' && format !== '' ? `format ${format}` : 'destination';
}

/** Body of a request that makes or changes a connection: every value, streams whole. */
export function connectionBody(
  connection: WantedConnection,
  streams: readonly WantedStream[],
  remote: RemoteConnection | undefined,
  tags: readonly RemoteTag[] | undefined,
): JsonObject {
  const before = new Map((remote?.streams ?? []).map((stream) => [streamKeyOf(identityOf(stream)), stream]));
  const { namespace, schedule } = connection;
  const rule = namespace.kind === 'format' ? 'custom_format' : namespace.kind;
  return {
    name: connection.name,
    status: connection.status,
    ...(remote !== undefined && isScheduled(connection, remote) ? {} : scheduleBody(schedule, remote === undefined)),
    namespaceDefinition: rule,
    ...(namespace.kind === 'format' ? { namespaceFormat: namespace.format } : {}),
    prefix: connection.prefix,
    nonBreakingSchemaUpdatesBehavior: connection.schemaChanges,
    ...(tags === undefined ? {} : { tags: [...tags] }),
    configurations: { streams: streams.map((stream) => streamBody(stream, connection, before.get(stream.key))) },
  };
}

/**
 * Whether a connection that was read has the wanted schedule. Then it is not sent: a request would take its time zone
 * away, and make a cron of an interval of the UI.
 */
export function isScheduled(connection: WantedConnection, remote: RemoteConnection): boolean {
  return readSchedule(remote.raw['schedule']) === scheduleText(connection);
}

/** On create an explicit manual schedule would attach an empty cron; an interval of the UI stays as it is. */
function scheduleBody(schedule: Schedule, isCreate: boolean): JsonObject {
  if (schedule.kind === 'every') return {};
  if (schedule.kind === 'manual') return isCreate ? {} : { schedule: { scheduleType: 'manual' } };
  return { schedule: { scheduleType: 'cron', cronExpression: schedule.cron } };
}

/** Longest name of a tag. */
const MAX_TAG = 30;

/** The tag of connections that this project manages; a long name ends in a hash, so that no other project has it. */
export function markOf(project: string): string {
  const name = `cuttle-${project}`;
  return name.length <= MAX_TAG ? name : `${name.slice(0, MAX_TAG - 7)}-${hashOf(project).slice(0, 6)}`;
}
