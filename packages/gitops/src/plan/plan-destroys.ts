import { didYouMean } from '@cuttle/project';
import { ConfigError } from '@cuttle/protocol';
import type { Role } from '../client/public-api.js';
import type { RemoteConnection } from '../client/wire.js';
import { markOf } from '../model/connections.js';
import { blankItem, keyOf, type PlanItem } from '../model/plan.js';
import type { PlanContext } from './make-plan.js';
import { replacementName } from './match.js';
import type { Work } from './planned.js';
import { destroyBlock, lossOf } from './protection.js';

/** Something on the server that can be destroyed. */
interface Victim {
  readonly key: string;
  readonly kind: PlanItem['kind'];
  readonly role: Role | undefined;
  readonly name: string;
  readonly id: string;
  readonly preventDestroy: boolean | undefined;
}

/**
 * Keys of managed things that the documents no longer have: what the lock knows, and connections with the project's
 * tag. Connector definitions are never among them.
 */
export function findOrphans(context: PlanContext): readonly string[] {
  const { remote, session, matched, stack } = context;
  const wanted = new Set([...matched.actors.keys(), ...matched.connections.keys()]);
  const kept = new Set([...matched.actors.values(), ...matched.connections.values()].map((thing) => thing?.id));
  // What an apply that did not end made to take the place of another one is not left over: the next one goes on with it.
  const halfMade = new Set(
    [...matched.connections].flatMap(([key, old]) =>
      old !== undefined && context.replaced.has(key) ? replacementName(key.slice('connection/'.length), old.id) : [],
    ),
  );
  const mark = markOf(stack.project);
  const tagged = remote.connections.filter((entry) => entry.tags.some(({ name }) => name === mark));
  const keys = [...(session.lock?.keys() ?? []), ...tagged.map(({ name }) => keyOf('connection', name))];
  return [...new Set(keys)]
    .filter((key) => !key.startsWith('connector/') && !wanted.has(key))
    .filter((key) =>
      victims(context).some((victim) => victim.key === key && !kept.has(victim.id) && !halfMade.has(victim.name)),
    )
    .sort();
}

/**
 * The part of a plan that destroys: connections first, then sources and destinations, then definitions.
 *
 * @param names keys, or names that only one thing has
 * @throws {ConfigError} `DESTROY_UNKNOWN`, `DESTROY_AMBIGUOUS`
 */
export async function planDestroys(context: PlanContext, names: readonly string[]): Promise<readonly Work[]> {
  const all = victims(context);
  const chosen = names.map((name) => choose(name, all, context));
  const rank = ({ kind }: Victim): number => (kind === 'connection' ? 0 : kind === 'connector' ? 2 : 1);
  const sorted = [...new Set(chosen)].sort((a, b) => rank(a) - rank(b));
  return Promise.all(
    sorted.map(async (victim): Promise<Work> => {
      const item = await destroyItem(context, victim);
      return { kind: 'destroy', item, role: victim.role, id: victim.id };
    }),
  );
}

function choose(name: string, all: readonly Victim[], context: PlanContext): Victim {
  const fits = all.filter((victim) => victim.key === name || victim.name === name);
  const locked = fits.filter((victim) => context.session.lock?.get(victim.key)?.id === victim.id);
  const chosen = locked.length === 1 ? locked : fits;
  if (chosen.length === 1) return chosen[0]!;
  if (chosen.length === 0) {
    const hint = didYouMean(
      name,
      all.map((victim) => victim.name),
    );
    throw new ConfigError(`Airbyte has nothing named "${name}".${hint}`, { code: 'DESTROY_UNKNOWN' });
  }
  const keys = chosen.map((victim) => `${victim.key} (${victim.id})`).join(', ');
  throw new ConfigError(`Several things are named "${name}": ${keys}.`, { code: 'DESTROY_AMBIGUOUS' });
}

function victims(context: PlanContext): readonly Victim[] {
  const { remote, session, matched, stack } = context;
  const lockedKeys = new Map((session.lock?.keys() ?? []).map((key) => [session.lock?.get(key)?.id, key]));
  const keyFor = (kind: string, name: string, id: string): string => lockedKeys.get(id) ?? keyOf(kind, name);
  const actors = (['source', 'destination'] as const).flatMap((role) =>
    remote.actors[role].map(({ id, name }): Victim => {
      const document = stack.actors.find((entry) => entry.role === role && entry.name === name);
      return { key: keyFor(role, name, id), kind: role, role, name, id, preventDestroy: document?.preventDestroy };
    }),
  );
  const connections = remote.connections.map(({ id, name }): Victim => {
    const document = stack.connections.find((entry) => entry.name === name);
    const { preventDestroy } = document ?? { preventDestroy: undefined };
    return { key: keyFor('connection', name, id), kind: 'connection', role: undefined, name, id, preventDestroy };
  });
  const connectors = matched.connectors.flatMap(({ wanted, definition }): Victim[] => {
    if (definition === undefined) return [];
    const key = keyOf('connector', `${wanted.role}/${wanted.key}`);
    return [{ key, kind: 'connector', role: wanted.role, name: key, id: definition.id, preventDestroy: undefined }];
  });
  return [...connections, ...actors, ...connectors];
}

async function destroyItem(context: PlanContext, victim: Victim): Promise<PlanItem> {
  const { key, kind, name, role } = victim;
  const { keys, connections } = cascadeOf(context, victim);
  const loss = await lossOf(context.session.api, connections);
  const rules = { allowed: context.options.allowDestroy ?? [] };
  const blocked =
    unmanagedBlock(context, victim, connections) ?? destroyBlock(victim, victim.preventDestroy, loss, rules);
  return {
    ...blankItem({ key, kind, name, ...(role === undefined ? {} : { role }) }),
    action: 'destroy',
    id: victim.id,
    cascade: keys,
    loss: loss.text,
    ...(blocked === undefined ? {} : { blocked }),
  };
}

/** What nobody here manages goes only with its own permission. */
function unmanagedBlock(
  context: PlanContext,
  victim: Victim,
  connections: readonly RemoteConnection[],
): string | undefined {
  if (victim.kind === 'connection') return undefined;
  const { session, stack, options } = context;
  const mark = markOf(stack.project);
  const locked = new Set((session.lock?.keys() ?? []).map((key) => session.lock?.get(key)?.id));
  const allowed = options.allowDestroy ?? [];
  const foreign = connections.filter(
    ({ id, name, tags }) =>
      !locked.has(id) &&
      !tags.some((tag) => tag.name === mark) &&
      !stack.connections.some((wanted) => wanted.name === name) &&
      !allowed.includes(name) &&
      !allowed.includes(keyOf('connection', name)),
  );
  if (foreign.length === 0) return undefined;
  const names = foreign.map(({ name }) => `"${name}"`).join(', ');
  return `connections that are not managed here would go with it; --allow-destroy lifts it by their names: ${names}`;
}

/** What the server deletes along with a thing. */
function cascadeOf(
  context: PlanContext,
  victim: Victim,
): { readonly keys: readonly string[]; readonly connections: readonly RemoteConnection[] } {
  const { remote } = context;
  if (victim.kind === 'connection') {
    return { keys: [], connections: remote.connections.filter(({ id }) => id === victim.id) };
  }
  const role = victim.role ?? 'source';
  const actors =
    victim.kind === 'connector' ? remote.actors[role].filter((actor) => actor.definitionId === victim.id) : [];
  const ids = new Set([victim.id, ...actors.map(({ id }) => id)]);
  const connections = remote.connections.filter(
    ({ sourceId, destinationId }) => ids.has(sourceId) || ids.has(destinationId),
  );
  const keys = [
    ...actors.map(({ name }) => keyOf(role, name)),
    ...connections.map(({ name }) => keyOf('connection', name)),
  ];
  return { keys, connections };
}
