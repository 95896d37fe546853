import { isJsonObject, type Json, type JsonObject } from '@cuttle/protocol';
import type { Cast, FieldMapping } from './config.js';
import { isLongInteger } from './exact-json.js';

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
      const value = own(record, field.from);
      if (value === null) return field.on_null === 'clear' ? [[field.to, null]] : [];
      return [[field.to, field.cast === undefined ? asItIs(value, field.from) : cast(value, field.cast, field.from)]];
    }),
  );
}

/** A field of its own; null when there is none, also for names such as `constructor`. */
export function own(object: JsonObject, name: string): Json {
  return Object.hasOwn(object, name) ? (object[name] ?? null) : null;
}

/** Whether a thing already has all values; an empty field and null are the same. */
export function hasValues(thing: JsonObject, values: JsonObject): boolean {
  return Object.entries(values).every(([field, value]) => isSame(own(thing, field), value));
}

/** Bubble adds to objects, as coordinates to an address; only what was given counts. */
function isSame(have: Json, want: Json): boolean {
  if (isJsonObject(have) && isJsonObject(want)) {
    return Object.entries(want).every(([name, value]) => isSame(own(have as JsonObject, name), value as Json));
  }
  return canonical(have) === canonical(want);
}

/** Bubble writes dates back with milliseconds, whatever it was given; an empty list is an empty field. */
function canonical(value: Json): string {
  if (value === '' || value === null || (Array.isArray(value) && value.length === 0)) return 'null';
  const isDate =
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) && !Number.isNaN(Date.parse(value));
  return isDate ? new Date(value).toISOString() : JSON.stringify(value);
}

/** JSON has no infinity: it would be sent as null, which empties the field. */
function asItIs(value: Json, field: string): Json {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new CastError(`${field} is too large for a number`);
  return value;
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
  if (typeof value === 'string' && isLongInteger(value.trim())) {
    throw new CastError(`${field} is a whole number beyond 2^53, which Bubble does not hold exactly; cast it to text`);
  }
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw new CastError(`${field} is no number`);
}

const DATE = /^\d{4}-\d\d-\d\d(?:[T ]|$)/;
const LOCAL_TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/;

/** An ISO date or time, or milliseconds since the epoch; a time without zone is UTC. */
function dateOf(value: Json, field: string): string {
  const date = typeof value === 'string' ? dateOfText(value) : new Date(typeof value === 'number' ? value : Number.NaN);
  if (Number.isNaN(date.getTime())) throw new CastError(`${field} is no date`);
  return date.toISOString();
}

function dateOfText(text: string): Date {
  // Date.parse finds dates in nearly any text that has a number in it.
  if (!DATE.test(text)) return new Date(Number.NaN);
  return new Date(LOCAL_TIME.test(text) ? `${text.replace(' ', 'T')}Z` : text);
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
