import type { PublicApi } from '../client/public-api.js';
import type { RemoteConnection } from '../client/wire.js';

/** What would be lost with connections. */
export interface Loss {
  readonly hasSuccessfulJobs: boolean;
  /** `3 connections, sync cursors lost; 41,000 rows re-read last time`. */
  readonly text: string;
}

/** Looks at the job history of connections that would go. */
export async function lossOf(api: PublicApi, connections: readonly RemoteConnection[]): Promise<Loss> {
  const jobs = await Promise.all(
    connections.map(({ id }) => api.listJobs({ connectionId: id, status: 'succeeded', jobType: 'sync', limit: '1' })),
  );
  const last = jobs.flatMap((found) => found.slice(0, 1));
  const rows = last.reduce((sum, job) => sum + (job.rows ?? 0), 0);
  const count = connections.length === 1 ? '1 connection' : `${connections.length} connections`;
  const read = rows === 0 ? '' : `; ${rows.toLocaleString('en-US')} rows re-read last time`;
  return { hasSuccessfulJobs: last.length > 0, text: `${count}, sync cursors lost${read}` };
}

/** Who may destroy or replace things. */
export interface DestroyRules {
  /** Names or keys given by `--allow-destroy`. */
  readonly allowed: readonly string[];
}

/**
 * Why a thing may not be destroyed or replaced; undefined when it may.
 *
 * @param preventDestroy what its document says; undefined when it has none
 */
export function destroyBlock(
  thing: { readonly key: string; readonly name: string },
  preventDestroy: boolean | undefined,
  loss: Loss,
  rules: DestroyRules,
): string | undefined {
  const isAllowed = rules.allowed.includes(thing.name) || rules.allowed.includes(thing.key);
  if (isAllowed || preventDestroy === false) return undefined;
  if (preventDestroy === true) return `its document says preventDestroy; --allow-destroy "${thing.name}" lifts it`;
  if (!loss.hasSuccessfulJobs) return undefined;
  return `it has synced before; \`status: inactive\` stops it without loss, --allow-destroy "${thing.name}" lifts the protection`;
}
