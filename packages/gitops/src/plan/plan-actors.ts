import type { SecretPlace, WantedActor, WantedStack } from '@cuttle/project';
import { ConfigError, type JsonSchema } from '@cuttle/protocol';
import type { RemoteActor, RemoteConnection } from '../client/wire.js';
import { coordinatesOf } from '../model/coordinates.js';
import { hashOf } from '../model/leaves.js';
import type { LockEntry } from '../model/lock.js';
import { blankItem, keyOf, type PlanItem, type PlanWarning } from '../model/plan.js';
import { type ActorDiff, diffActor, dotted, remoteActorLeaves, secretsIn } from './diff-actor.js';
import type { PlanContext } from './make-plan.js';
import { missingKeys } from './missing-keys.js';
import type { PlanOptions } from './options.js';
import type { Work } from './planned.js';
import { destroyBlock, lossOf } from './protection.js';

/** The part of a plan about sources and destinations. */
export async function planActors(context: PlanContext): Promise<readonly Work[]> {
  return Promise.all(context.stack.actors.map((wanted) => planActor(context, wanted)));
}

async function planActor(context: PlanContext, wanted: WantedActor): Promise<Work> {
  const key = keyOf(wanted.role, wanted.name);
  const remote = context.matched.actors.get(key);
  const { spec } = wanted;
  if (remote === undefined) {
    const send = new Set(wanted.config.secrets.map(({ path }) => dotted(path)));
    return { kind: 'actor', item: created(key, wanted), wanted, remote, spec, send };
  }
  const { session } = context;
  const entry = session.lock?.get(key) ?? previousEntry(context, wanted);
  const diff = diffActor(wanted, remote, spec, {
    fingerprints: session.fingerprints,
    entry,
    isAsked: (place) => isAsked(context.options, wanted, place),
  });
  context.uncompared.push(...diff.uncompared.map((field) => `${key} ${field}`));
  const isReplaced = isOtherConnector(context, wanted, remote);
  const warnings = await rotatedOutside(context, wanted, remote, entry);
  const item = isReplaced
    ? await replaced(context, wanted, remote)
    : changed(key, wanted, remote, diff, seenHash(wanted, remote, spec));
  return {
    kind: 'actor',
    item: { ...item, warnings: [...item.warnings, ...warnings, ...schemaWarning(context, wanted, entry)] },
    wanted,
    remote,
    spec,
    send: diff.send,
  };
}

function created(key: string, wanted: WantedActor): PlanItem {
  const secrets = wanted.config.secrets
    .filter(({ isCertain }) => isCertain)
    .map(({ path, reference }) => ({ field: dotted(path), state: 'new' as const, reference }));
  return {
    ...blankItem({ key, kind: wanted.role, name: wanted.name }),
    action: 'create',
    summary: `connector ${wanted.connector}`,
    secrets,
  };
}

function changed(key: string, wanted: WantedActor, remote: RemoteActor, diff: ActorDiff, seen: string): PlanItem {
  const { fields, secrets } = diff;
  const action = fields.length + secrets.length === 0 ? 'none' : 'update';
  return { ...blankItem({ key, kind: wanted.role, name: wanted.name }), action, id: remote.id, fields, secrets, seen };
}

/** Hash of what was read of a source or destination; secrets do not count. */
export function seenHash(wanted: WantedActor, remote: RemoteActor, spec: JsonSchema | undefined): string {
  return hashOf({ ...remoteActorLeaves(remote, spec, secretsIn(wanted, remote)), definition: remote.definitionId });
}

/** The definition of a source or destination cannot be changed: another connector needs another one. */
function isOtherConnector(context: PlanContext, wanted: WantedActor, remote: RemoteActor): boolean {
  const found = context.matched.connectors.find(
    (entry) => entry.wanted.role === wanted.role && entry.wanted.key === wanted.connector,
  );
  return found?.id !== remote.definitionId;
}

async function replaced(context: PlanContext, wanted: WantedActor, remote: RemoteActor): Promise<PlanItem> {
  const key = keyOf(wanted.role, wanted.name);
  const attached = context.remote.connections.filter(
    ({ sourceId, destinationId }) => sourceId === remote.id || destinationId === remote.id,
  );
  context.replaced.add(key);
  const loss = await lossOf(context.session.api, attached);
  const own = new Set(context.matched.connections.values());
  const foreign = attached.filter((connection) => !own.has(connection));
  const rules = { allowed: context.options.allowDestroy ?? [] };
  const blocked =
    foreignBlock(foreign) ??
    (await configApiBlock(context)) ??
    destroyBlock({ key, name: wanted.name }, wanted.preventDestroy, loss, rules);
  return {
    ...blankItem({ key, kind: wanted.role, name: wanted.name }),
    action: 'replace',
    id: remote.id,
    summary: `connector ${wanted.connector}`,
    cascade: attached.map(({ name }) => keyOf('connection', name)),
    loss: `${attached.length === 1 ? '1 connection is' : `${attached.length} connections are`} made anew; cursors are kept`,
    ...(blocked === undefined ? {} : { blocked }),
    seen: seenHash(wanted, remote, wanted.spec),
  };
}

function foreignBlock(foreign: readonly RemoteConnection[]): string | undefined {
  if (foreign.length === 0) return undefined;
  const names = foreign.map(({ name }) => `"${name}"`).join(', ');
  return `connections that the documents do not have would be destroyed with it: ${names}`;
}

/** Why cursors cannot be kept; undefined when they can. */
export async function configApiBlock(context: PlanContext): Promise<string | undefined> {
  if (await context.session.config.isThere()) return undefined;
  return "keeping the sync cursors needs Airbyte's Config API (/api/v1), which this server does not offer";
}

/** The image of a source or destination in the documents; undefined for connectors of the registry. */
export function imageOf(stack: WantedStack, { role, connector }: WantedActor): string | undefined {
  const image = stack.connectors.find((entry) => entry.role === role && entry.key === connector)?.image;
  return image === undefined ? undefined : `${image.repository}:${image.tag}`;
}

/** Whether an apply changed the image of a source and did not get to look at its schema again. */
export function hasOldSchema(stack: WantedStack, wanted: WantedActor, entry: LockEntry | undefined): boolean {
  return entry?.schemaOf !== undefined && entry.schemaOf !== imageOf(stack, wanted);
}

function schemaWarning(
  context: PlanContext,
  wanted: WantedActor,
  entry: LockEntry | undefined,
): readonly PlanWarning[] {
  const connector = context.matched.connectors.find(
    ({ wanted: { role, key } }) => role === wanted.role && key === wanted.connector,
  );
  const isBumped = connector?.definition?.tag !== connector?.wanted.image?.tag;
  if (isBumped || !hasOldSchema(context.stack, wanted, entry)) return [];
  const message = `Airbyte read its schema with ${String(entry?.schemaOf)}; apply looks again`;
  return [{ code: 'SCHEMA_OLD', message }];
}

function previousEntry(context: PlanContext, wanted: WantedActor): LockEntry | undefined {
  if (wanted.previousName === undefined) return undefined;
  return context.session.lock?.get(keyOf(wanted.role, wanted.previousName));
}

function isAsked(options: PlanOptions, wanted: WantedActor, place: SecretPlace): boolean {
  const { rotateSecrets } = options;
  if (rotateSecrets === undefined) return false;
  if (rotateSecrets === true) return true;
  const names = [
    place.reference,
    place.reference.replace(/^\$\w+ /, ''),
    keyOf(wanted.role, wanted.name),
    wanted.name,
    `${wanted.name}.${dotted(place.path)}`,
  ];
  return rotateSecrets.some((name) => names.includes(name));
}

/** Airbyte stores a secret elsewhere when its value changes: what nobody here did was done in the UI. */
async function rotatedOutside(
  context: PlanContext,
  wanted: WantedActor,
  remote: RemoteActor,
  entry: LockEntry | undefined,
): Promise<readonly PlanWarning[]> {
  const known = Object.entries(entry?.coordinates ?? {});
  if (known.length === 0) return [];
  const now = await context.session.api.getActor(wanted.role, remote.id, true);
  const moved = known.filter(([path, coordinate]) => {
    const value = now === undefined ? undefined : coordinatesOf(now)[path];
    return value !== undefined && value !== coordinate;
  });
  return moved.map(([path]) => ({
    code: 'SECRET_CHANGED_OUTSIDE',
    message: `${path} was changed in Airbyte since the last apply; --rotate-secrets sends the one of the documents`,
  }));
}

/** @throws {ConfigError} `REFERENCE_UNRESOLVED` naming every secret that has to be sent and is not there */
export function demandSecrets(works: readonly Work[]): void {
  const problems = works.flatMap((work) => {
    if (work.kind === 'connection') return missingKeys(work);
    if (work.kind !== 'actor' || work.item.action === 'none') return [];
    const isWhole = work.item.action !== 'update';
    return work.wanted.config.secrets.flatMap((place) => {
      if (!isWhole && !work.send.has(dotted(place.path))) return [];
      try {
        place.read();
        return [];
      } catch (error) {
        return error instanceof ConfigError ? [error.message] : [String(error)];
      }
    });
  });
  if (problems.length === 0) return;
  throw new ConfigError(`${problems.join('\n')}\nNothing was applied.`, { code: 'REFERENCE_UNRESOLVED' });
}
