import { isJsonObject, type Json, type JsonObject } from '@cuttle/protocol';
import type { RawField } from '../type-info.js';

/** Fields of each type, by type name; undefined fields are not known. */
export type FieldsByType = ReadonlyMap<string, readonly RawField[] | undefined>;

/**
 * Types and fields from the answer of `/meta`; undefined when it does not look like one.
 *
 * Sources disagree on its exact shape, so lists and maps, names and objects are taken alike.
 *
 * @param keyStyle which of a field's two names the app uses in its API
 */
export function parseMeta(meta: unknown, keyStyle: 'display' | 'id'): FieldsByType | undefined {
  if (!isJsonObject(meta)) return undefined;
  const described = namedEntries(meta['types']);
  const readable = Array.isArray(meta['get']) ? meta['get'].flatMap(nameOf) : [...described.keys()];
  if (readable.length === 0) return undefined;
  return new Map(readable.map((name) => [name, parseFields(described.get(name), keyStyle)]));
}

function parseFields(type: JsonObject | undefined, keyStyle: 'display' | 'id'): readonly RawField[] | undefined {
  const fields = type?.['fields'];
  if (fields === undefined || fields === null) return undefined;
  return [...namedEntries(fields)].map(([name, field]) => {
    const display = textOf(field, ['display', 'display_name', 'caption', 'name']) ?? name;
    const id = textOf(field, ['id', 'key']) ?? name;
    return { key: keyStyle === 'id' ? id : display, type: textOf(field, ['type', 'value']) ?? 'unknown' };
  });
}

/** A map, or a list of objects that carry their name, as a map. */
function namedEntries(value: Json | undefined): ReadonlyMap<string, JsonObject> {
  if (Array.isArray(value)) {
    return new Map(value.filter(isJsonObject).flatMap((entry) => nameOf(entry).map((name) => [name, entry] as const)));
  }
  if (!isJsonObject(value)) return new Map();
  return new Map(Object.entries(value).map(([name, entry]) => [name, isJsonObject(entry) ? entry : { type: entry }]));
}

function nameOf(value: Json): readonly string[] {
  const name =
    typeof value === 'string' ? value : isJsonObject(value) ? textOf(value, ['id', 'key', 'name']) : undefined;
  return name === undefined ? [] : [name];
}

function textOf(value: JsonObject, names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = value[name];
    if (typeof text === 'string' && text !== '') return text;
  }
  return undefined;
}
