import type { LockEntry } from './model/lock.js';
import { type FieldChange, isForeign, type PlanItem, type SecretChange, type StreamChange } from './model/plan.js';
import type { Session } from './model/session.js';
import type { Planned } from './plan/planned.js';

/** Something on the server that is not as it was left. */
export interface DriftItem {
  readonly key: string;
  /** `missing`: the documents have it, and nothing says that it was ever there. */
  readonly what: 'changed' | 'deleted' | 'missing';
  readonly fields: readonly FieldChange[];
  readonly streams: readonly StreamChange[];
  readonly warnings: readonly string[];
}

/** How a server differs from the last apply or, where nothing was recorded, from the documents. */
export interface Drift {
  readonly version: 1;
  readonly comparedWith: 'last apply' | 'documents';
  readonly items: readonly DriftItem[];
}

/** The drift in a plan. */
export function driftOf(session: Session, planned: Planned): Drift {
  const items = planned.plan.items.flatMap((item) => driftItem(session, item));
  return { version: 1, comparedWith: session.lock?.writtenAt === undefined ? 'documents' : 'last apply', items };
}

function driftItem(session: Session, item: PlanItem): readonly DriftItem[] {
  const entry = session.lock?.get(item.key);
  const nothing = { fields: [], streams: [], warnings: [] };
  if (item.action === 'create') {
    if (entry !== undefined) return [{ key: item.key, what: 'deleted', ...nothing }];
    // With a lock it is a change of the documents that was not applied yet.
    return session.lock?.writtenAt === undefined ? [{ key: item.key, what: 'missing', ...nothing }] : [];
  }
  // Without a record of what was applied every difference counts.
  const counts = ({ origin }: FieldChange): boolean => entry?.applied === undefined || origin !== 'file';
  const fields = item.fields.filter(counts);
  const streams = item.streams.flatMap((stream): StreamChange[] => {
    const changed = stream.fields.filter(counts);
    return changed.length === 0 ? [] : [{ ...stream, fields: changed }];
  });
  const warnings = item.warnings.filter(isForeign).map(({ message }) => message);
  warnings.push(...item.secrets.flatMap((change) => secretDrift(change, entry)));
  if (fields.length + streams.length + warnings.length === 0) return [];
  return [{ key: item.key, what: 'changed', fields, streams, warnings }];
}

/** A secret that somebody took away or added: what the last apply sent is noted, or nothing is. */
function secretDrift({ field, state }: SecretChange, entry: LockEntry | undefined): readonly string[] {
  const isNoted = entry?.secrets?.[field] !== undefined || entry?.coordinates?.[field] !== undefined;
  if (state === 'new' && (isNoted || entry?.applied === undefined)) return [`${field}  secret was removed`];
  if (state === 'removed' && !isNoted) return [`${field}  secret was added`];
  return [];
}
