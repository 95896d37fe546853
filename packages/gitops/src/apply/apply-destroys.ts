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
      if ((await gone()) === undefined) await writeSafely(client.clock, remove, gone);
      for (const key of [item.key, ...item.cascade]) lock?.remove(key);
    });
  }
}
