import type { Json, JsonObject } from '@cuttle/protocol';
import { canonicalJson, isJsonObject } from '@cuttle/protocol';

/** How two connectors differ over one stream; keys are paths of fields, list entries as `[]`. */
export interface Comparison {
  /** Ids that only one of them gave. */
  readonly onlyOurs: readonly string[];
  readonly onlyTheirs: readonly string[];
  /** Fields of objects that both gave, by which of them has the field. */
  readonly fieldsOfOurs: readonly string[];
  readonly fieldsOfTheirs: readonly string[];
  /** Fields with other values, with an example. */
  readonly values: Readonly<Record<string, readonly [Json, Json]>>;
}

/** Nothing differs. */
export const SAME: Comparison = { onlyOurs: [], onlyTheirs: [], fieldsOfOurs: [], fieldsOfTheirs: [], values: {} };

/** Whether nothing differs. */
export function isSame(found: Comparison): boolean {
  return Object.values(found).every((part) => Object.keys(part).length === 0);
}

/** Compares the records of two connectors, field by field, the last one of each id. A null is no value. */
export function compareRecords(
  ours: readonly JsonObject[],
  theirs: readonly JsonObject[],
  idOf: (data: JsonObject) => string = (data) => String(data['id']),
): Comparison {
  const [own, other] = [ours, theirs].map((list) => new Map(list.map((data) => [idOf(data), data])));
  const [fieldsOfOurs, fieldsOfTheirs] = [new Set<string>(), new Set<string>()];
  const values: Record<string, readonly [Json, Json]> = {};
  const visit = (a: Json | undefined, b: Json | undefined, path: string): void => {
    if ((a ?? null) === null && (b ?? null) === null) return;
    if ((b ?? null) === null) fieldsOfOurs.add(path);
    else if ((a ?? null) === null) fieldsOfTheirs.add(path);
    else if (isJsonObject(a) && isJsonObject(b)) {
      for (const name of new Set([...Object.keys(a), ...Object.keys(b)]))
        visit(a[name], b[name], path === '' ? name : `${path}.${name}`);
    } else if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
      for (const [index, part] of a.entries()) visit(part, b[index], `${path}[]`);
    } else if (canonicalJson(a!) !== canonicalJson(b!) && !isSameMoment(a, b)) values[path] ??= [a!, b!];
  };
  for (const [id, data] of own!) if (other!.has(id)) visit(data, other!.get(id), '');
  const missing = (from: ReadonlyMap<string, unknown>, there: ReadonlyMap<string, unknown>): readonly string[] =>
    [...from.keys()].filter((id) => !there.has(id)).sort();
  return {
    onlyOurs: missing(own!, other!),
    onlyTheirs: missing(other!, own!),
    fieldsOfOurs: [...fieldsOfOurs].sort(),
    fieldsOfTheirs: [...fieldsOfTheirs].sort(),
    values,
  };
}

/** Whether two texts are one moment, with its offset written as `+00:00` or `+0000`. */
function isSameMoment(a: Json | undefined, b: Json | undefined): boolean {
  const [one, other] = [a, b].map((text) => (typeof text === 'string' ? /^(.*T.*[+-]\d\d):?(\d\d)$/.exec(text) : null));
  return one != null && other != null && `${one[1]}${one[2]}` === `${other[1]}${other[2]}`;
}
