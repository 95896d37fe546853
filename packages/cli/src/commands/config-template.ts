import { isJsonObject, type Json, type JsonObject, type JsonSchema } from '@cuttle/protocol';

/**
 * A config to fill in, as YAML lines behind `config:`: what is required with an example, secrets as references to the
 * environment, everything else as comments with its default.
 *
 * @param key of the connector; names of variables are made of it
 * @param project name of the stack; a database file is called after it
 */
export function configTemplate(spec: JsonSchema, key: string, project: string): string {
  const properties = Object.entries(isJsonObject(spec['properties']) ? spec['properties'] : {}).filter(
    (entry): entry is [string, JsonObject] => isJsonObject(entry[1]),
  );
  const required = Array.isArray(spec['required']) ? spec['required'].map(String) : [];
  const wanted = properties
    .filter(([, schema]) => schema['airbyte_hidden'] !== true)
    .sort(([a, left], [b, right]) => rank(required, a) - rank(required, b) || orderOf(left) - orderOf(right));
  const lines = wanted.flatMap(([name, schema]) => {
    const isNeeded = required.includes(name) || schema['airbyte_secret'] === true;
    const value =
      schema['airbyte_secret'] === true ? `{ $env: ${variable(key, name)} }` : example(name, schema, project);
    return [`  # ${describe(schema)}`, `  ${isNeeded ? '' : '# '}${name}: ${value}`];
  });
  return lines.length === 0 ? ' {}\n' : `\n${lines.join('\n')}\n`;
}

function rank(required: readonly string[], name: string): number {
  return required.includes(name) ? 0 : 1;
}

function orderOf(schema: JsonObject): number {
  return typeof schema['order'] === 'number' ? schema['order'] : 1000;
}

function variable(key: string, name: string): string {
  return `${key}_${name}`.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
}

function describe(schema: JsonObject): string {
  const text = schema['description'] ?? schema['title'];
  return typeof text === 'string' ? text.replaceAll(/\s+/g, ' ') : 'No description.';
}

function example(name: string, schema: JsonObject, project: string): string {
  // Local files belong below .cuttle.
  if (name === 'destination_path') return `.cuttle/${project}.duckdb`;
  const { default: fallback, examples, enum: words } = schema;
  const first = (list: Json | undefined): Json | undefined => (Array.isArray(list) ? list[0] : undefined);
  const value = fallback ?? first(examples) ?? first(words) ?? emptyOf(schema);
  return JSON.stringify(value);
}

function emptyOf(schema: JsonObject): Json {
  const type = [schema['type']].flat()[0];
  if (type === 'integer' || type === 'number') return typeof schema['minimum'] === 'number' ? schema['minimum'] : 0;
  if (type === 'boolean') return false;
  if (type === 'array') return [];
  return type === 'object' ? {} : 'fill in';
}
