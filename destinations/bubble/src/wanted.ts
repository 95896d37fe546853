import type { Json, JsonObject } from '@cuttle/protocol';
import type { Entry } from './batch.js';
import { CastError, mapRecord, own } from './cast.js';
import type { StreamPlan } from './modes.js';
import type { RejectedRecord } from './rejections.js';

/** What a record asks for. */
export interface Wanted {
  /** Text of the match value: names the record in the ledger. Empty for an insert without one. */
  readonly key: string;
  /** Value of the match field; null when there is none. */
  readonly match: Json;
  /** Mapped fields. */
  readonly values: JsonObject;
  /** What the ledger gets when it is rejected. */
  readonly record: RejectedRecord;
}

/** A record that cannot be asked for at all. */
interface Refused {
  readonly record: RejectedRecord;
  readonly reason: string;
}

/** Records as Bubble is asked for them. Of several with one key the last one wins, except for inserts. */
export function wantedOf(
  { settings, mode }: StreamPlan,
  entries: readonly Entry[],
): { readonly wanted: readonly Wanted[]; readonly refused: readonly Refused[] } {
  const { stream, match, mapping } = settings;
  const wanted = new Map<string | Entry, Wanted>();
  const refused: Refused[] = [];
  const keyField = mapping.find(({ to }) => to === match?.bubble_field);
  for (const entry of entries) {
    const { data, segment } = entry;
    const given = match === undefined || data === undefined ? null : own(data, match.record_field);
    const record = { stream, key: given === null ? '' : textOf(given), data: data ?? {}, segment };
    if (data === undefined) {
      refused.push({ record, reason: 'the record is no JSON object' });
    } else if (given === null && mode !== 'insert') {
      refused.push({ record, reason: `${match?.record_field} is empty` });
    } else {
      try {
        const values = mapRecord(data, mapping);
        // A key that is mapped as well is looked for as it is written.
        const value = keyField === undefined ? given : own(values, keyField.to);
        if (value === null && mode !== 'insert') throw new CastError(`${keyField?.from} is empty`);
        const place = mode === 'insert' ? entry : textOf(value);
        wanted.delete(place);
        wanted.set(place, { key: value === null ? '' : textOf(value), match: value, values, record });
      } catch (error) {
        if (!(error instanceof CastError)) throw error;
        refused.push({ record, reason: error.message });
      }
    }
  }
  return { wanted: [...wanted.values()], refused };
}

/** One text for one value, however it is spelled. */
export function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
