import { isJsonObject, type Json, type JsonObject } from '@cuttle/protocol';
import type { Cast, FieldMapping } from './config.js';

/** A record that cannot be written; the message names the field and no value. */
export class CastError extends Error {}

/**
 * The fields of a record as Bubble takes them. A null, or a field that is missing, empties the field with
 * `on_null: clear` and is left out otherwise.
 *
 * @throws {CastError}
 */
export function mapRecord(record: JsonObject, mapping: readonly FieldMapping[]): JsonObject {
  return Object.fromEntries(
    mapping.flatMap((field): [string, Json][] => {
      const value = record[field.from] ?? null;
      if (value === null) return field.on_null === 'clear' ? [[field.to, null]] : [];
      return [[field.to, field.cast === undefined ? value : cast(value, field.cast, field.from)]];
    }),
  );
}

/** Whether a thing already has all values; an empty field and null are the same. */
export function hasValues(thing: JsonObject, values: JsonObject): boolean {
  return Object.entries(values).every(([field, value]) => canonical(thing[field] ?? null) === canonical(value));
}

/** Bubble writes dates back with milliseconds, whatever it was given. */
function canonical(value: Json): string {
  if (value === '' || value === null) return 'null';
  const isDate =
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) && !Number.isNaN(Date.parse(value));
  return isDate ? new Date(value).toISOString() : JSON.stringify(value);
}

function cast(value: Json, to: Cast, field: string): Json {
  switch (to) {
    case 'text':
    case 'thing-ref':
      return typeof value === 'string' ? value : JSON.stringify(value);
    case 'number':
      return numberOf(value, field);
    case 'date':
      return dateOf(value, field);
    case 'yes-no':
      return yesNoOf(value, field);
    case 'geo':
      return geoOf(value, field);
    case 'list':
      return listOf(value, field);
    default: {
      const missing: never = to;
      return missing;
    }
  }
}

function numberOf(value: Json, field: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw new CastError(`${field} is no number`);
}

/** A time without zone is UTC. */
function dateOf(value: Json, field: string): string {
  const isLocal = typeof value === 'string' && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(value);
  const time = typeof value === 'number' ? value : Date.parse(isLocal ? `${value.replace(' ', 'T')}Z` : String(value));
  if (Number.isNaN(time)) throw new CastError(`${field} is no date`);
  return new Date(time).toISOString();
}

function yesNoOf(value: Json, field: string): boolean {
  if (typeof value === 'boolean') return value;
  const word = String(value).toLowerCase();
  if (['true', 'yes', '1'].includes(word)) return true;
  if (['false', 'no', '0'].includes(word)) return false;
  throw new CastError(`${field} is neither yes nor no`);
}

function geoOf(value: Json, field: string): Json {
  if (typeof value === 'string') return { address: value };
  if (isJsonObject(value) && (typeof value['address'] === 'string' || typeof value['lat'] === 'number')) return value;
  throw new CastError(`${field} is no address`);
}

function listOf(value: Json, field: string): Json {
  if (Array.isArray(value)) return value;
  try {
    const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : undefined;
    if (Array.isArray(parsed)) return parsed as Json;
  } catch {
    // Told below.
  }
  throw new CastError(`${field} is no list`);
}
