import { ConfigError, isKnownError, mapInSlots, SystemError } from '@cuttle/protocol';
import type { RemoteTag } from '../client/wire.js';
import { markOf } from '../model/connections.js';
import { keyOf } from '../model/plan.js';
import { hasOldSchema, imageOf } from '../plan/plan-actors.js';
import { diffCatalogs } from '../plan/schema-diff.js';
import type { ActorWork } from './apply-actors.js';
import type { ConnectionWork } from './apply-connections.js';
import type { ApplyContext } from './context.js';
import { writeSafely } from './write-safely.js';

/** Colour of tags that are made here; in Airbyte everybody may change it. */
const COLOUR = '75DCFF';

/**
 * Tries the connectors before anything is wired to them: those that change, and both ends of each connection that is
 * made.
 */
export async function checkActors(
  context: ApplyContext,
  actors: readonly ActorWork[],
  connections: readonly ConnectionWork[],
): Promise<void> {
  if (context.options.check === false) return;
  const made = connections.filter(({ item }) => item.action === 'create');
  const ends = new Set(
    made.flatMap(({ wanted }) => [keyOf('source', wanted.source), keyOf('destination', wanted.destination)]),
  );
  const chosen = actors.filter(({ item }) => item.action !== 'none' || ends.has(item.key));
  const tried = chosen.filter(({ item }) => !context.isBroken(item.key) && context.ids.has(item.key));
  if (tried.length === 0) return;
  const hasConfigApi = await context.attempt(
    tried.map(({ item }) => item.key),
    () => context.session.config.isThere(),
  );
  if (hasConfigApi === undefined) return;
  if (!hasConfigApi) {
    context.warn(
      "The connectors were not checked: that needs Airbyte's Config API (/api/v1), which this server does not offer.",
    );
    return;
  }
  await mapInSlots(tried, 4, async ({ item, wanted }) => {
    if (context.skipsAfterStop(`${item.key} (check)`)) return;
    context.emit({ type: 'start', key: item.key, action: 'check' });
    try {
      const problem = await context.session.config.check(wanted.role, context.ids.get(item.key)!);
      if (problem === undefined) context.emit({ type: 'done', key: item.key, action: 'check' });
      else context.fail(item.key, checkFailed(problem));
    } catch (error) {
      context.fail(item.key, error);
    }
  });
}

/** After an image change: looks at the schema of each source of it again, because Airbyte keeps the old one. */
export async function refreshSchemas(context: ApplyContext, actors: readonly ActorWork[]): Promise<void> {
  const { catalogs, works, stack } = context.planned;
  const { lock } = context.session;
  const bumped = new Set(
    works.flatMap(({ kind, item }) =>
      kind === 'connector' && item.fields.some(({ field }) => field === 'image') && !context.isBroken(item.key)
        ? [item.key]
        : [],
    ),
  );
  const sources = actors.filter(
    ({ wanted, remote, item }) =>
      wanted.role === 'source' &&
      remote !== undefined &&
      item.action !== 'replace' &&
      (bumped.has(keyOf('connector', `source/${wanted.connector}`)) ||
        (hasOldSchema(stack, wanted, lock?.get(item.key)) &&
          !context.isBroken(keyOf('connector', `source/${wanted.connector}`)))),
  );
  await mapInSlots(sources, 4, async ({ item, wanted, remote }) => {
    if (context.skipsAfterStop(`${item.key} (schema)`)) return;
    context.emit({ type: 'start', key: item.key, action: 'discover' });
    const before = await catalogs.get(remote!.id);
    const after = await catalogs.refresh(remote!.id);
    if (after instanceof Error) {
      context.fail(item.key, lock === undefined ? withHint(after) : after);
      return;
    }
    const image = imageOf(stack, wanted);
    const entry = lock?.get(item.key);
    if (entry !== undefined && image !== undefined) lock?.set(item.key, { ...entry, schemaOf: image });
    context.refreshed.add(item.key);
    if (!(before instanceof Error)) context.schema.push(...diffCatalogs(wanted.name, before, after));
    context.emit({ type: 'done', key: item.key, action: 'discover' });
  });
}

/** Only a lock remembers that a schema was not read. */
function withHint(error: Error): Error {
  const message = `${error.message} Once that is over, \`apply --refresh-schema\` looks at the schema again.`;
  return isKnownError(error) ? new SystemError(message, { code: error.code, cause: error }) : error;
}

/** Makes the tags that connections of this plan need. */
export async function prepareTags(context: ApplyContext, connections: readonly ConnectionWork[]): Promise<void> {
  const { api, client } = context.session;
  const { tags } = context.planned.remote;
  const written = connections.filter(({ item }) => item.action !== 'none');
  const isStopped = context.options.signal?.aborted === true;
  if (tags === undefined || written.length === 0 || isStopped) return;
  const names = [...new Set([markOf(context.planned.stack.project), ...written.flatMap(({ wanted }) => wanted.tags)])];
  const keys = written.map(({ item }) => item.key);
  const now = await context.attempt(keys, async () => (await api.listTags()) ?? []);
  if (now === undefined) return;
  for (const tag of now) context.tags.set(tag.name, tag);
  for (const name of names.filter((entry) => !context.tags.has(entry))) {
    const find = async (): Promise<RemoteTag | undefined> =>
      (await api.listTags())?.find((tag) => tag.name === name && tag.workspaceId === api.workspaceId);
    const make = (): Promise<RemoteTag> => writeSafely(client.clock, () => api.createTag(name, COLOUR), find);
    const isMark = name === markOf(context.planned.stack.project);
    const users = written.filter(({ wanted }) => isMark || wanted.tags.includes(name));
    const made = await context.attempt(
      users.map(({ item }) => item.key),
      () => make().catch((error: unknown) => otherwise(find, error)),
    );
    if (made !== undefined) context.tags.set(name, made);
  }
}

/** What somebody else made in the meantime. @throws {ApiError} the error when nobody did */
async function otherwise(find: () => Promise<RemoteTag | undefined>, error: unknown): Promise<RemoteTag> {
  const found = await find().catch(() => undefined);
  if (found !== undefined) return found;
  throw error;
}

function checkFailed(problem: string): ConfigError {
  return new ConfigError(`Its check failed: ${problem}`, { code: 'CHECK_FAILED' });
}
