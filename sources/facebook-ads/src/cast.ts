import { isJsonObject, type Json, type JsonObject, type JsonSchema } from '@cuttle/protocol';

/** Makes a value fit its schema. */
type Cast = (value: Json) => Json;

/** Makes a record's values fit its schema; fields that are not in it stay as they are. */
export type CastRecord = (record: JsonObject) => JsonObject;

/**
 * A function that casts records by a schema: the API sends numbers as texts, and times as `2023-03-21T22:41:46-0700`.
 * Ids are texts in the schema, so they stay texts. A text that is no number becomes null.
 */
export function recordCast(schema: JsonSchema): CastRecord {
  const casts = propertyCasts(schema);
  // Names such as __proto__ are data, so no plain assignment.
  return (record) =>
    Object.fromEntries(
      Object.entries(record).map(([name, value]) => {
        const cast = casts.get(name);
        return [name, cast === undefined ? value : cast(value)];
      }),
    );
}

function propertyCasts(schema: JsonObject): ReadonlyMap<string, Cast> {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  return new Map(
    Object.entries(properties).flatMap(([name, part]) => {
      const cast = isJsonObject(part) ? valueCast(part) : undefined;
      return cast === undefined ? [] : [[name, cast] as const];
    }),
  );
}

function valueCast(schema: JsonObject): Cast | undefined {
  const types = [schema['type']].flat();
  if (types.includes('integer') || types.includes('number')) return castNumber;
  if (types.includes('boolean')) return castBoolean;
  if (types.includes('string')) return schema['format'] === 'date-time' ? castTime : castText;
  if (types.includes('array') && isJsonObject(schema['items'])) {
    const cast = valueCast(schema['items']);
    return cast && ((value) => (Array.isArray(value) ? value.map(cast) : value));
  }
  if (!types.includes('object') || schema['properties'] === undefined) return undefined;
  const cast = recordCast(schema);
  return (value) => (isJsonObject(value) ? cast(value) : value);
}

function castNumber(value: Json): Json {
  if (typeof value !== 'string') return value;
  const number = value.trim() === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : null;
}

function castBoolean(value: Json): Json {
  if (typeof value !== 'string') return value;
  const word = value.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : value;
}

function castText(value: Json): Json {
  if (typeof value === 'string' || value === null) return value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** RFC 3339 wants a colon in the offset. */
function castTime(value: Json): Json {
  const text = castText(value);
  return typeof text === 'string' ? text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2') : text;
}
