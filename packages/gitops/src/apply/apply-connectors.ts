import { ConfigError, canonicalJson, mapInSlots } from '@cuttle/protocol';
import { ApiError } from '../client/api-error.js';
import type { RemoteDefinition } from '../client/wire.js';
import { hashOf } from '../model/leaves.js';
import type { Work } from '../plan/planned.js';
import { changedSince } from './changed-since.js';
import type { ApplyContext } from './context.js';
import { writeSafely } from './write-safely.js';

type ConnectorWork = Work & { readonly kind: 'connector' };

/** Makes and changes connector definitions. */
export async function applyConnectors(context: ApplyContext, works: readonly ConnectorWork[]): Promise<void> {
  await mapInSlots(works, 4, async (work) => {
    const { item, remote } = work;
    if (item.action === 'none') {
      if (remote !== undefined) remember(context, work, remote);
      return;
    }
    await context.step(item.key, item.action, [], async () => {
      remember(context, work, remote === undefined ? await create(context, work) : await update(context, work, remote));
    });
  });
}

async function create(context: ApplyContext, { wanted, item }: ConnectorWork): Promise<RemoteDefinition> {
  const { api, client } = context.session;
  const find = (): Promise<RemoteDefinition | undefined> =>
    findDefinition(context, wanted.role, wanted.image!.repository);
  if ((await find()) !== undefined) throw changedSince(item.key, 'made');
  const { repository, tag } = wanted.image!;
  const body = { name: wanted.title, dockerRepository: repository, dockerImageTag: tag };
  return writeSafely(client.clock, () => api.createDefinition(wanted.role, body), find);
}

async function update(context: ApplyContext, work: ConnectorWork, before: RemoteDefinition): Promise<RemoteDefinition> {
  const { wanted, item } = work;
  const { api, client } = context.session;
  const body = { name: wanted.title, dockerImageTag: wanted.image!.tag };
  const read = async (): Promise<RemoteDefinition> => {
    const found = (await api.listDefinitions(wanted.role))?.find(({ id }) => id === before.id);
    if (found === undefined) throw changedSince(item.key, 'deleted');
    return found;
  };
  const now = await read();
  if (hashOf({ image: `${now.repository}:${now.tag}`, title: now.name }) !== item.seen)
    throw changedSince(item.key, 'changed');
  const done = async (): Promise<RemoteDefinition | undefined> => {
    const found = await read();
    const isDone = found.name === body.name && found.tag === body.dockerImageTag;
    if (!isDone && canonicalJson({ ...found }) !== canonicalJson({ ...now })) throw changedSince(item.key, 'changed');
    return isDone ? found : undefined;
  };
  try {
    return await writeSafely(client.clock, () => api.updateDefinition(wanted.role, before.id, body), done);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 500) throw error;
    throw new ConfigError(`${error.message} (Airbyte 1.6.0 and 1.6.1 cannot change the tag of an image.)`, {
      code: 'DEFINITION_NOT_CHANGED',
      cause: error,
    });
  }
}

async function findDefinition(
  context: ApplyContext,
  role: 'source' | 'destination',
  repository: string,
): Promise<RemoteDefinition | undefined> {
  const found = await context.session.api.listDefinitions(role);
  return found?.find((definition) => definition.repository === repository);
}

function remember(context: ApplyContext, { wanted, item }: ConnectorWork, definition: RemoteDefinition): void {
  const applied = { image: `${wanted.image?.repository}:${wanted.image?.tag}`, title: wanted.title };
  const known = context.session.lock?.get(item.key);
  context.ids.set(item.key, definition.id);
  if (known?.id === definition.id && canonicalJson(known.applied ?? {}) === canonicalJson(applied)) return;
  context.remember(item.key, definition.id, { applied });
}
