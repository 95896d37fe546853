import { isJsonObject, type Json } from '@cuttle/protocol';

/** A digit behind the microseconds, which the engine's types do not keep. */
const NANOSECONDS = /\.\d{6}0*[1-9]/;

/** What the notes of all rows of a load share. */
export interface NoteSpec {
  /** `sync_id` as JSON text. */
  readonly syncId: string;
  /** Properties whose values may become null, in the order of the lists that {@link MetaNotes.of} is given. */
  readonly fields: readonly string[];
  /** Place in `fields` of each property whose values may be cut, in the order of its list. */
  readonly cuts: readonly number[];
  /** Place of each property whose number may have more digits than its type keeps, in the order of its list. */
  readonly numbers: readonly number[];
}

/** Writes `_airbyte_meta`: the changes that the source noted, then ours in the order of the columns. */
export class MetaNotes {
  #text = '';
  #spec: NoteSpec = { syncId: 'null', fields: [], cuts: [], numbers: [] };

  /**
   * @param text a {@link NoteSpec} as JSON
   * @param meta `meta` of the record as JSON
   * @param raws for each field, whether the record has no value
   * @param values for each field, whether the row has none
   * @param cuts for each moment that may be cut, its text when that is long enough
   * @param numbers for each number that may be cut, whether it is
   */
  of(
    text: string,
    meta: string | null,
    raws: readonly boolean[],
    values: readonly boolean[],
    cuts: readonly (string | null)[],
    numbers: readonly boolean[],
  ): string {
    if (text !== this.#text) this.#spec = JSON.parse(text) as NoteSpec;
    this.#text = text;
    const { syncId, fields, cuts: places, numbers: numberPlaces } = this.#spec;
    const isCut = new Set([
      ...places.filter((_place, index) => NANOSECONDS.test(cuts[index] ?? '')),
      ...numberPlaces.filter((_place, index) => numbers[index]),
    ]);
    const ours = fields.flatMap((field, index) => {
      if (!raws[index] && values[index]) return [noteOf(field, 'NULLED')];
      return isCut.has(index) && !values[index] ? [noteOf(field, 'TRUNCATED')] : [];
    });
    return `{"sync_id":${syncId},"changes":${JSON.stringify([...knownChanges(meta), ...ours])}}`;
  }
}

/** A change by this destination. */
export function noteOf(field: string, change: 'NULLED' | 'TRUNCATED'): Json {
  return { field, change, reason: 'DESTINATION_SERIALIZATION_ERROR' };
}

/** Changes in the record's own meta, with the three members that the protocol knows. */
function knownChanges(meta: string | null): readonly Json[] {
  if (meta === null) return [];
  const parsed = JSON.parse(meta) as Json;
  const changes = isJsonObject(parsed) ? parsed['changes'] : undefined;
  if (!Array.isArray(changes)) return [];
  return changes
    .filter(isJsonObject)
    .map(({ field = null, change = null, reason = null }) => ({ field, change, reason }));
}
