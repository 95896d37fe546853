import { didYouMean } from '@cuttle/project';
import { ConfigError } from '@cuttle/protocol';
import type { Backfill } from '../model/plan.js';
import type { PlanContext } from './make-plan.js';
import type { Work } from './planned.js';

/**
 * The streams that are read again, as far as they were asked for.
 *
 * @throws {ConfigError} `BACKFILL_UNKNOWN`, `BACKFILL_AMBIGUOUS`
 */
export function planBackfills(context: PlanContext, works: readonly Work[]): readonly Backfill[] {
  const { backfill } = context.options;
  if (backfill === undefined) return [];
  const connections = works.flatMap((work) => (work.kind === 'connection' ? [work] : []));
  if (backfill === true) {
    return connections.flatMap(({ wanted, item }): Backfill[] => {
      const flagged = item.streams.filter(({ needsBackfill }) => needsBackfill).map(({ stream }) => stream);
      const pending = context.session.lock?.get(item.key)?.needsBackfill ?? [];
      const streams = [...new Set([...flagged, ...pending])];
      return streams.length === 0 ? [] : [{ connection: wanted.name, streams }];
    });
  }
  const found = new Map<string, string[]>();
  for (const name of backfill) {
    const { connection, stream } = findStream(name, connections, context);
    found.set(connection, [...(found.get(connection) ?? []), stream]);
  }
  return [...found].map(([connection, streams]) => ({ connection, streams: [...new Set(streams)] }));
}

interface Candidate {
  readonly connection: string;
  readonly stream: string;
  readonly isFlagged: boolean;
}

/** A stream by its name, or as `connection:stream`; flagged ones win over others of the same name. */
function findStream(
  name: string,
  connections: readonly (Work & { readonly kind: 'connection' })[],
  context: PlanContext,
): Candidate {
  const all = connections.flatMap(({ wanted, item, remote }): Candidate[] => {
    const flagged = item.streams.filter(({ needsBackfill }) => needsBackfill).map(({ stream }) => stream);
    const pending = context.session.lock?.get(item.key)?.needsBackfill ?? [];
    const listed = wanted.streams.filter(({ isEnabled }) => isEnabled).map(({ key }) => key);
    const read = (remote?.streams ?? []).map((stream) => String(stream['name']));
    return [...new Set([...flagged, ...listed, ...read])].map((stream) => ({
      connection: wanted.name,
      stream,
      isFlagged: flagged.includes(stream) || pending.includes(stream),
    }));
  });
  const fits = all.filter(({ connection, stream }) => stream === name || `${connection}:${stream}` === name);
  const flagged = fits.filter(({ isFlagged }) => isFlagged);
  const chosen = flagged.length > 0 ? flagged : fits;
  if (chosen.length === 1) return chosen[0]!;
  if (chosen.length === 0) {
    const hint = didYouMean(name, new Set(all.map(({ stream }) => stream)));
    throw new ConfigError(`No connection has a stream "${name}" to read again.${hint}`, { code: 'BACKFILL_UNKNOWN' });
  }
  const names = chosen.map(({ connection, stream }) => `"${connection}:${stream}"`).join(', ');
  throw new ConfigError(`Several connections have a stream "${name}": say which one, ${names}.`, {
    code: 'BACKFILL_AMBIGUOUS',
  });
}
