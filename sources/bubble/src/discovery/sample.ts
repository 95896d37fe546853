import type { HttpClient } from '@cuttle/airbyte-cdk';
import { isJsonObject, type Json } from '@cuttle/protocol';
import { listThings } from '../api.js';
import type { RawField } from '../type-info.js';
import { typeOfSuffix } from './suffix.js';

const ISO_DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** Fields of a type, guessed from its 100 oldest and 100 newest rows. Fields that are empty in all of them are not found. */
export async function sampleFields(
  http: HttpClient,
  type: string,
  keyStyle: 'display' | 'id',
): Promise<readonly RawField[]> {
  const seen = new Map<string, Set<string>>();
  for (const descending of [false, true]) {
    const { things } = await listThings(http, type, { sortField: 'Created Date', descending, constraints: [] });
    for (const [key, value] of things.flatMap((thing) => Object.entries(thing))) {
      const types = seen.get(key) ?? new Set();
      seen.set(key, types);
      if (value !== null && value !== undefined) types.add(valueType(value));
    }
  }
  return [...seen]
    .map(([key, types]) => ({ key, type: (keyStyle === 'id' ? typeOfSuffix(key) : undefined) ?? unite(types) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

function valueType(value: Json): string {
  if (Array.isArray(value)) {
    const elements = new Set(value.filter((element) => element !== null).map(valueType));
    return `list.${elements.size === 0 ? 'empty' : unite(elements)}`;
  }
  switch (typeof value) {
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'string':
      return ISO_DATE.test(value) ? 'date' : 'string';
    default:
      return isJsonObject(value) && 'lat' in value && 'lng' in value ? 'geographic_address' : 'object';
  }
}

/** One type for all that were seen; a mixture of lists and single values is a list. */
function unite(types: ReadonlySet<string>): string {
  if (types.size === 1) return [...types][0]!.replace('list.empty', 'list.unknown');
  const isList = [...types].some((type) => type.startsWith('list.'));
  const singles = new Set([...types].map((type) => type.replace(/^list\./, '')).filter((type) => type !== 'empty'));
  const single =
    singles.size === 1
      ? [...singles][0]!
      : [...singles].every((type) => isText(type)) && singles.size > 0
        ? 'string'
        : 'unknown';
  return isList ? `list.${single}` : single;
}

function isText(type: string): boolean {
  return type === 'string' || type === 'date';
}
