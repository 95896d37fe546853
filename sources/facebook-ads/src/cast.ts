import { isJsonObject, type Json, type JsonObject } from '@cuttle/protocol';
import type { FieldKind } from './schema/field-kind.js';

/** Makes a record's values fit its schema; fields that are not in it stay as they are. */
export type CastRecord = (record: JsonObject) => JsonObject;

/** Numbers of an action: its value, and that of each window of attribution, such as `7d_click`. */
const ACTION_NUMBER = /^(?:value|incrementality|dda|\d{1,3}d_[a-z_]+|skan_[a-z_]+)$/;

/**
 * A function that casts records by the kinds that the schema is made of: the API sends numbers as texts, and times as
 * `2023-03-21T22:41:46-0700`. Ids are texts, so they stay texts. A text that is no number becomes null.
 */
export function recordCast(kinds: ReadonlyMap<string, FieldKind>): CastRecord {
  // Names such as __proto__ are data, so no plain assignment.
  return (record) =>
    Object.fromEntries(
      Object.entries(record).map(([name, value]) => {
        const kind = kinds.get(name);
        return [name, kind === undefined || value === null ? value : castValue(kind, value)];
      }),
    );
}

function castValue(kind: FieldKind, value: Json): Json {
  switch (kind) {
    case 'integer':
    case 'number':
      return castNumber(value);
    case 'boolean':
      return castBoolean(value);
    case 'text':
    case 'date':
      return castText(value);
    case 'time':
      // RFC 3339 wants a colon in the offset.
      return String(castText(value)).replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
    case 'stats':
      return Array.isArray(value) ? value.map(castAction) : value;
    case 'object':
    case 'list':
    case 'results':
      return value;
    default:
      return kind satisfies never;
  }
}

function castAction(action: Json): Json {
  if (!isJsonObject(action)) return action;
  const entries = Object.entries(action);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, ACTION_NUMBER.test(name) ? castNumber(value) : value]),
  );
}

function castNumber(value: Json): Json {
  if (typeof value !== 'string') return value;
  const number = value.trim() === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : null;
}

function castBoolean(value: Json): Json {
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  return word === 'true' ? true : word === 'false' ? false : value;
}

function castText(value: Json): Json {
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
