import {
  type AirbyteCatalog,
  type AirbyteStream,
  isJsonObject,
  type Json,
  type JsonObject,
  streamKey,
} from '@cuttle/protocol';
import { objectOf, schemasIn, typesOf } from '../spec/spec-rules.js';

const TYPES = ['null', 'string', 'number', 'integer', 'boolean', 'object', 'array'];
const FORMATS = ['date', 'date-time', 'time'];
/** Airbyte's own types, each with the type and format beside which it may stand. */
const AIRBYTE_TYPES: Readonly<Record<string, readonly (readonly [string, string | undefined])[]>> = {
  timestamp_with_timezone: [['string', 'date-time']],
  timestamp_without_timezone: [['string', 'date-time']],
  time_with_timezone: [['string', 'time']],
  time_without_timezone: [['string', 'time']],
  integer: [
    ['number', undefined],
    ['integer', undefined],
  ],
};

/** DISC-01 and DISC-02: names and JSON schemas of streams. */
export function streamProblems(catalog: AirbyteCatalog): readonly string[] {
  const keys = catalog.streams.map(streamKey);
  const problems = keys.filter((key, index) => keys.indexOf(key) !== index).map((key) => `${key} stands twice`);
  if (keys.length === 0) problems.push('there is no stream');
  for (const { name, json_schema } of catalog.streams) {
    for (const { place, schema } of schemasIn(json_schema)) {
      for (const keyword of ['$ref', 'allOf', 'not'])
        if (keyword in schema) problems.push(`${name}${place} uses ${keyword}`);
      if ((schema['additionalProperties'] ?? true) !== true)
        problems.push(`${name}${place} refuses additional properties`);
    }
  }
  return problems;
}

/** DISC-03: cursor and key exist in the schema, key parts are plain values, there is a sync mode. */
export function keyProblems(catalog: AirbyteCatalog): readonly string[] {
  return catalog.streams.flatMap((stream) => {
    const { name, default_cursor_field: cursor, supported_sync_modes: modes } = stream;
    const problems: string[] = modes.length === 0 ? [`${name} has no sync mode`] : [];
    if (cursor != null && cursor.length > 0 && schemaAt(stream.json_schema, cursor) === undefined) {
      problems.push(`${name}: the cursor ${cursor.join('.')} is not in the schema`);
    }
    for (const path of stream.source_defined_primary_key ?? []) {
      const part = schemaAt(stream.json_schema, path);
      if (part === undefined) problems.push(`${name}: the key ${path.join('.')} is not in the schema`);
      else if (typesOf(part).some((type) => ['object', 'array'].includes(type))) {
        problems.push(`${name}: the key ${path.join('.')} is an object or a list`);
      }
    }
    return problems;
  });
}

/** DISC-04: types, formats and airbyte types, and how they go together. */
export function typeProblems(catalog: AirbyteCatalog): readonly string[] {
  return catalog.streams.flatMap(({ name, json_schema }) =>
    schemasIn(json_schema).flatMap(({ place, schema }) => {
      const at = `${name}${place}`;
      const problems = typesOf(schema)
        .filter((type) => !TYPES.includes(type))
        .map((type) => `${at} has the type ${type}`);
      const { format, airbyte_type: own } = schema;
      if (format !== undefined && !FORMATS.includes(String(format))) problems.push(`${at} has the format ${format}`);
      if (own === undefined) return problems;
      const allowed = AIRBYTE_TYPES[String(own)];
      if (allowed === undefined) return [...problems, `${at} has the airbyte_type ${own}`];
      const fits = allowed.some(([type, beside]) => typesOf(schema).includes(type) && format === beside);
      return fits ? problems : [...problems, `${at}: ${own} beside ${JSON.stringify(schema['type'])} and ${format}`];
    }),
  );
}

/** DISC-05: what a user of a released catalog would lose under the current one. */
export function catalogBreaks(released: AirbyteCatalog, current: AirbyteCatalog): readonly string[] {
  return released.streams.flatMap((before) => {
    const now = current.streams.find((stream) => streamKey(stream) === streamKey(before));
    if (now === undefined) return [`the stream ${before.name} was removed`];
    const breaks = schemaBreaks(before.json_schema, now.json_schema, before.name);
    const changed = (word: keyof AirbyteStream) =>
      JSON.stringify(before[word] ?? []) !== JSON.stringify(now[word] ?? []);
    if (changed('default_cursor_field')) breaks.push(`${before.name} has another cursor`);
    if (changed('source_defined_primary_key')) breaks.push(`${before.name} has another primary key`);
    return breaks;
  });
}

function schemaBreaks(before: JsonObject, now: JsonObject, place: string): string[] {
  const breaks: string[] = [];
  const types = (schema: JsonObject) =>
    JSON.stringify(
      typesOf(schema)
        .filter((type) => type !== 'null')
        .sort(),
    );
  if (types(before) !== types(now)) breaks.push(`${place} was ${types(before)} and is ${types(now)}`);
  if (typesOf(before).includes('null') && !typesOf(now).includes('null')) breaks.push(`${place} may no longer be null`);
  for (const word of ['format', 'airbyte_type']) {
    if (before[word] !== now[word]) breaks.push(`${place} has another ${word}`);
  }
  const properties = objectOf(now['properties']);
  for (const [name, part] of Object.entries(objectOf(before['properties']))) {
    const own: Json | undefined = properties[name];
    if (!isJsonObject(own)) breaks.push(`${place}.${name} was removed`);
    else breaks.push(...schemaBreaks(objectOf(part), own, `${place}.${name}`));
  }
  if (isJsonObject(before['items']) && isJsonObject(now['items'])) {
    breaks.push(...schemaBreaks(before['items'], now['items'], `${place}.*`));
  }
  return breaks;
}

/** The schema at a path of properties; undefined when there is none. */
function schemaAt(schema: JsonObject, path: readonly string[]): JsonObject | undefined {
  let at: JsonObject = schema;
  for (const part of path) {
    const properties = objectOf(at['properties']);
    const next = Object.hasOwn(properties, part) ? properties[part] : undefined;
    if (!isJsonObject(next)) return undefined;
    at = next;
  }
  return at;
}
