import { ConfigError, canonicalJson, type Json, mapInSlots } from '@cuttle/protocol';
import type { RemoteActor } from '../client/wire.js';
import { coordinatesOf } from '../model/coordinates.js';
import type { LockEntry } from '../model/lock.js';
import { keyOf } from '../model/plan.js';
import { configToSend, dotted, isInList, remoteActorLeaves, secretsIn, wantedActorLeaves } from '../plan/diff-actor.js';
import { replacementName } from '../plan/match.js';
import { imageOf, seenHash } from '../plan/plan-actors.js';
import type { Work } from '../plan/planned.js';
import { changedSince } from './changed-since.js';
import type { ApplyContext } from './context.js';
import { writeSafely } from './write-safely.js';

/** A source or destination of a plan. */
export type ActorWork = Work & { readonly kind: 'actor' };

/** Makes and changes sources and destinations. One that takes the place of another is made beside it. */
export async function applyActors(context: ApplyContext, works: readonly ActorWork[]): Promise<void> {
  await mapInSlots(works, 4, async (work) => {
    const { item, remote, wanted } = work;
    if (item.action === 'none') {
      if (remote !== undefined) await adopt(context, work, remote);
      return;
    }
    const needs = [keyOf('connector', `${wanted.role}/${wanted.connector}`)];
    await context.step(item.key, item.action, needs, async () => {
      if (remote === undefined)
        return remember(context, work, await create(context, work, wanted.name, true), undefined);
      if (item.action === 'update') return remember(context, work, await update(context, work, remote), work.send);
      await checkSeen(context, work, remote);
      const made = await create(context, work, replacementName(wanted.name, remote.id), false);
      context.ids.set(item.key, made.id);
    });
  });
}

/** Deletes sources and destinations that were replaced, once nothing hangs on them, and gives the new ones their name. */
export async function finishReplacements(context: ApplyContext, works: readonly ActorWork[]): Promise<void> {
  for (const work of works.filter(({ item }) => item.action === 'replace' && !context.isBroken(item.key))) {
    const { item, wanted, remote } = work;
    const needs = item.cascade;
    await context.step(`${item.key} (old)`, 'destroy', needs, async () => {
      const { api, client } = context.session;
      const left = (await api.listConnections()).filter(
        ({ sourceId, destinationId }) => sourceId === remote!.id || destinationId === remote!.id,
      );
      if (left.length > 0) {
        const names = left.map(({ name }) => `"${name}"`).join(', ');
        throw new ConfigError(`The old ${wanted.role} still has connections: ${names}.`, { code: 'STILL_IN_USE' });
      }
      const id = context.ids.get(item.key)!;
      const made = await api.getActor(wanted.role, id);
      if (made === undefined) throw changedSince(item.key, 'deleted');
      await deleteActor(context, work, remote!.id);
      // What the server shows of it tells its secrets, which are kept, from ordinary values, which are sent.
      const body = bodyOf(context, work, listSecrets(work), made);
      const renamed = await writeSafely(
        client.clock,
        () => api.replaceActor(wanted.role, id, body),
        async () => undefined,
      );
      await remember(context, work, renamed, undefined);
    });
  }
}

async function deleteActor(context: ApplyContext, { wanted }: ActorWork, id: string): Promise<void> {
  const { api, client } = context.session;
  await writeSafely(
    client.clock,
    async () => {
      await api.deleteActor(wanted.role, id);
      return true;
    },
    async () => ((await api.getActor(wanted.role, id)) === undefined ? true : undefined),
  );
}

async function create(context: ApplyContext, work: ActorWork, name: string, isNew: boolean): Promise<RemoteActor> {
  const { wanted, item } = work;
  const { api, client } = context.session;
  const definitionId = context.ids.get(keyOf('connector', `${wanted.role}/${wanted.connector}`))!;
  const find = async (): Promise<RemoteActor | undefined> =>
    (await api.listActors(wanted.role)).find((actor) => actor.name === name && actor.definitionId === definitionId);
  const there = await find();
  // A replacement that is there already was made by an apply that did not end.
  if (there !== undefined && isNew) throw changedSince(item.key, 'made');
  if (there !== undefined) return there;
  const body = { ...bodyOf(context, work, undefined, undefined), name, definitionId };
  return writeSafely(client.clock, () => api.createActor(wanted.role, body), find);
}

async function update(context: ApplyContext, work: ActorWork, remote: RemoteActor): Promise<RemoteActor> {
  const { wanted, spec, item, send } = work;
  const { api, client } = context.session;
  await checkSeen(context, work, remote);
  const body = bodyOf(context, work, send, remote);
  const hidden = secretsIn(wanted, remote);
  const goal = canonicalJson(wantedActorLeaves(wanted, spec, remote));
  return writeSafely(
    client.clock,
    () => api.replaceActor(wanted.role, remote.id, body),
    async () => {
      const now = await api.getActor(wanted.role, remote.id);
      if (now === undefined) throw changedSince(item.key, 'deleted');
      const isDone = canonicalJson(remoteActorLeaves(now, spec, hidden)) === goal;
      if (!isDone && seenHash(wanted, now, spec) !== item.seen) throw changedSince(item.key, 'changed');
      // Whether a secret arrived cannot be seen: then the same write is sent again.
      return isDone && send.size === 0 ? now : undefined;
    },
  );
}

async function checkSeen(context: ApplyContext, { wanted, spec, item }: ActorWork, remote: RemoteActor): Promise<void> {
  const now = await context.session.api.getActor(wanted.role, remote.id);
  if (now === undefined) throw changedSince(item.key, 'deleted');
  if (seenHash(wanted, now, spec) !== item.seen) throw changedSince(item.key, 'changed');
}

function listSecrets({ wanted }: ActorWork): ReadonlySet<string> {
  return new Set(wanted.config.secrets.filter(isInList).map(({ path }) => dotted(path)));
}

function bodyOf(
  context: ApplyContext,
  { wanted }: ActorWork,
  send: ReadonlySet<string> | undefined,
  remote: RemoteActor | undefined,
): object {
  const { config, secrets } = configToSend(wanted, send, remote);
  // What is sent may come back in an error.
  context.session.client.hide(secrets.flatMap((value) => (typeof value === 'string' ? [value] : [])));
  const allocation = remote?.resourceAllocation;
  return {
    name: wanted.name,
    configuration: config,
    ...(allocation === undefined ? {} : { resourceAllocation: allocation }),
  };
}

/** Remembers what was there already. */
async function adopt(context: ApplyContext, work: ActorWork, remote: RemoteActor): Promise<void> {
  const { lock } = context.session;
  const known = lock?.get(work.item.key);
  const applied = wantedActorLeaves(work.wanted, work.spec, remote);
  context.ids.set(work.item.key, remote.id);
  const schema = known?.id === remote.id && known.schemaOf !== undefined ? {} : schemaNote(context, work, remote);
  const isSame = known?.id === remote.id && canonicalJson(known.applied ?? {}) === canonicalJson(applied);
  if (lock === undefined || (isSame && Object.keys(schema).length === 0)) return;
  const coordinates = known?.id === remote.id ? known.coordinates : undefined;
  const places = coordinates ?? (await readCoordinates(context, work, remote));
  const secrets = Object.keys(places).length === 0 ? {} : { coordinates: places };
  lock.set(work.item.key, { ...known, id: remote.id, applied, ...secrets, ...schema });
}

/** With which image the server looked at the schema of a source: of one that was there, the image before this apply. */
function schemaNote(
  { planned }: ApplyContext,
  { wanted, remote }: ActorWork,
  actor: RemoteActor,
): Pick<LockEntry, 'schemaOf'> {
  if (wanted.role !== 'source') return {};
  const isNew = remote?.id !== actor.id;
  const before = planned.remote.definitions.source.find(({ id }) => id === actor.definitionId);
  const image = isNew ? imageOf(planned.stack, wanted) : before && `${before.repository}:${before.tag}`;
  return image === undefined ? {} : { schemaOf: image };
}

/** @param sent dotted paths of the secrets that were sent; undefined for all */
async function remember(
  context: ApplyContext,
  work: ActorWork,
  actor: RemoteActor,
  sent: ReadonlySet<string> | undefined,
): Promise<void> {
  const { wanted, spec, item } = work;
  const { lock, fingerprints } = context.session;
  context.ids.set(item.key, actor.id);
  if (lock === undefined) return;
  const before =
    lock.get(item.key) ??
    (wanted.previousName === undefined ? undefined : lock.get(keyOf(wanted.role, wanted.previousName)));
  const prints = wanted.config.secrets.flatMap((place): [string, string][] => {
    const path = dotted(place.path);
    const known = before?.id === actor.id ? before.secrets?.[path] : undefined;
    const isSent = sent === undefined || sent.has(path);
    const value: Json | undefined = isSent ? place.peek() : undefined;
    const print = value === undefined ? known : fingerprints.of(`${actor.id} ${path}`, value);
    return print === undefined ? [] : [[path, print]];
  });
  const known = before?.id === actor.id ? before.coordinates : undefined;
  const coordinates = ownCoordinates(await readCoordinates(context, work, actor), known, sent);
  const entry: Omit<LockEntry, 'id'> = {
    applied: wantedActorLeaves(wanted, spec, actor),
    ...(prints.length === 0 ? {} : { secrets: Object.fromEntries(prints) }),
    ...(Object.keys(coordinates).length === 0 ? {} : { coordinates }),
    ...(before?.id === actor.id && before.schemaOf !== undefined
      ? { schemaOf: before.schemaOf }
      : schemaNote(context, work, actor)),
  };
  if (wanted.previousName !== undefined) lock.remove(keyOf(wanted.role, wanted.previousName));
  context.remember(item.key, actor.id, entry);
}

/** Where secrets are by this apply: a place that somebody else chose stays foreign until their secret is replaced. */
function ownCoordinates(
  now: Readonly<Record<string, string>>,
  known: Readonly<Record<string, string>> | undefined,
  sent: ReadonlySet<string> | undefined,
): Readonly<Record<string, string>> {
  const places = Object.entries(now).map(([path, coordinate]) => {
    const isOwn = sent === undefined || sent.has(path);
    return [path, isOwn ? coordinate : (known?.[path] ?? coordinate)];
  });
  return Object.fromEntries(places);
}

/** It only helps to notice changes by others: without an answer it is left out. */
async function readCoordinates(
  context: ApplyContext,
  { wanted }: ActorWork,
  actor: RemoteActor,
): Promise<Readonly<Record<string, string>>> {
  if (wanted.config.secrets.length === 0) return {};
  const shown = await context.session.api.getActor(wanted.role, actor.id, true);
  return shown === undefined ? {} : coordinatesOf(shown);
}
