import type { RecordData } from '@cuttle/airbyte-cdk';
import { isJsonObject, type Json } from '@cuttle/protocol';
import type { Thing } from './api.js';
import { isFileType, isListType, type TypeInfo } from './type-info.js';

/** A file's address as Bubble writes it, in a text of unknown kind: no scheme, a host with a dot, a path. */
const BARE_URL = /^\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)+\//i;

/** Makes the records of one type from the API's rows; keys are changed as little as possible. */
export type Convert = (thing: Thing) => RecordData;

/**
 * The conversion for a type: addresses of files get their scheme, a single value in a list field becomes a list, fields
 * that would collide get their names, a user's email is copied to the top. Everything else, dates too, stays as it is.
 */
export function convertThings(type: TypeInfo, flattensEmail: boolean): Convert {
  const fields = new Map(type.fields.map((field) => [field.key, field]));
  const wantsEmail = flattensEmail && type.name === 'user';
  return (thing) => {
    const entries = Object.entries(thing).map(([key, value]): [string, Json] => {
      const field = fields.get(key);
      return [field?.name ?? key, convertValue(value, field?.type ?? 'unknown')];
    });
    // fromEntries keeps a key named __proto__ as data.
    const record = Object.fromEntries(entries);
    if (!wantsEmail || Object.hasOwn(record, 'email')) return record;
    const email = emailOf(thing);
    return email === undefined ? record : { ...record, email };
  };
}

function convertValue(value: Json, type: string): Json {
  if (isListType(type) && !Array.isArray(value) && value !== null) return [withScheme(value, type)];
  if (Array.isArray(value)) return value.map((element: Json) => withScheme(element, type));
  return withScheme(value, type);
}

function withScheme(value: Json, type: string): Json {
  if (typeof value !== 'string' || !value.startsWith('//')) return value;
  if (isFileType(type)) return `https:${value}`;
  // Swagger and samples do not tell files from texts; a text that Bubble calls a text is left alone.
  const isUnclear = type === 'unknown' || type === 'string' || type.endsWith('.string') || type.endsWith('.unknown');
  return isUnclear && BARE_URL.test(value) ? `https:${value}` : value;
}

/** The email inside `authentication`: `{email: {email}}`, or the text itself. */
function emailOf(thing: Thing): string | undefined {
  const { authentication } = thing;
  const email = isJsonObject(authentication) ? authentication['email'] : undefined;
  const text = isJsonObject(email) ? email['email'] : email;
  return typeof text === 'string' ? text : undefined;
}
