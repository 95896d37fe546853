import { ConfigError } from '@cuttle/protocol';
import type { Role } from '../client/public-api.js';
import type { PlanItem } from '../model/plan.js';
import type { Work } from '../plan/planned.js';
import type { ApplyContext } from './context.js';
import { writeSafely } from './write-safely.js';

/** Destroys what the plan says, in its order. */
export async function applyDestroys(
  context: ApplyContext,
  works: readonly (Work & { readonly kind: 'destroy' })[],
): Promise<void> {
  const { api, client, lock } = context.session;
  for (const { item, role, id } of works) {
    await context.step(item.key, 'destroy', [], async () => {
      const remove = async (): Promise<true> => {
        if (item.kind === 'connection') await api.deleteConnection(id);
        else if (item.kind === 'connector') await api.deleteDefinition(role ?? 'source', id);
        else await api.deleteActor(role ?? 'source', id);
        return true;
      };
      const isGone = async (): Promise<boolean> => {
        if (item.kind === 'connection') {
          const found = await api.getConnection(id);
          return found === undefined || found.status === 'deprecated';
        }
        if (item.kind === 'connector') {
          return !((await api.listDefinitions(role ?? 'source')) ?? []).some((definition) => definition.id === id);
        }
        return (await api.getActor(role ?? 'source', id)) === undefined;
      };
      const gone = async (): Promise<true | undefined> => ((await isGone()) ? true : undefined);
      // With the thing before it this one may have gone already.
      if ((await gone()) === undefined) {
        await refuseNewcomers(context, { item, role: role ?? 'source', id });
        await writeSafely(client.clock, remove, gone);
      }
      for (const key of [item.key, ...item.cascade]) lock?.remove(key);
    });
  }
}

/** @throws {ConfigError} `CHANGED_SINCE_PLAN` when something hangs on a thing that the plan did not see there */
async function refuseNewcomers(
  { session: { api }, planned: { remote } }: ApplyContext,
  { item, role, id }: { readonly item: PlanItem; readonly role: Role; readonly id: string },
): Promise<void> {
  if (item.kind === 'connection') return;
  const actors =
    item.kind === 'connector' ? (await api.listActors(role)).filter(({ definitionId }) => definitionId === id) : [];
  const ends = new Set([id, ...actors.map((actor) => actor.id)]);
  const connections = (await api.listConnections()).filter(
    ({ sourceId, destinationId, status }) => status !== 'deprecated' && (ends.has(sourceId) || ends.has(destinationId)),
  );
  const seen = new Set([...remote.actors[role], ...remote.connections].map((thing) => thing.id));
  const names = [...actors, ...connections].filter((thing) => !seen.has(thing.id)).map(({ name }) => `"${name}"`);
  if (names.length === 0) return;
  const message = `Since the plan was made ${names.join(', ')} came to it in Airbyte and would go with it. It was not destroyed; plan again.`;
  throw new ConfigError(message, { code: 'CHANGED_SINCE_PLAN' });
}
