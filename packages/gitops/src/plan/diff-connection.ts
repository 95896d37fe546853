import type { FieldChange, StreamChange } from '../model/plan.js';
import { streamLeaf } from '../model/streams.js';

/** Values of a stream whose change makes its old rows or its cursor unfit. */
const NEEDS_BACKFILL: readonly string[] = ['sync', 'cursor', 'key', 'fields', 'mappers'];

/** Sorts the changes of a connection into its own and those of each stream. */
export function splitStreams(changes: readonly FieldChange[]): {
  readonly fields: readonly FieldChange[];
  readonly streams: readonly StreamChange[];
} {
  const fields: FieldChange[] = [];
  const byStream = new Map<string, FieldChange[]>();
  for (const change of changes) {
    const leaf = streamLeaf(change.field);
    if (leaf === undefined) {
      fields.push(change);
      continue;
    }
    const found = byStream.get(leaf.stream) ?? [];
    found.push({ ...change, field: leaf.name });
    byStream.set(leaf.stream, found);
  }
  const streams = [...byStream].map(([stream, changed]) => streamChange(stream, changed));
  return { fields, streams: streams.sort((a, b) => (a.stream < b.stream ? -1 : 1)) };
}

function streamChange(stream: string, fields: readonly FieldChange[]): StreamChange {
  // Each stream has a sync mode: only one that is new or gone has it on one side.
  const sync = fields.find(({ field }) => field === 'sync');
  const action = sync === undefined ? 'change' : !('before' in sync) ? 'add' : !('after' in sync) ? 'remove' : 'change';
  const needsBackfill = action === 'change' && fields.some(({ field }) => NEEDS_BACKFILL.includes(field));
  return { stream, action, fields, needsBackfill };
}
