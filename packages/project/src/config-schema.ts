import { constantOf, isJsonObject, type Json, type JsonObject, type JsonSchema } from '@cuttle/protocol';
import { orReference, REFERENCE_DEFINITIONS, when } from './schema-parts.js';

/** A JSON Schema while it is built. */
type Draft = { [key: string]: Json };

/**
 * Schema of a connector's `config` in our documents, made from its spec: each value may also be a reference, a secret
 * must be one, unknown keys are errors. `oneOf` becomes `if`/`then` on the shared constant, so that errors name the
 * variant that was chosen.
 *
 * @param connectionSpecification the schema inside the connector's SPEC
 */
export function configSchema(connectionSpecification: JsonSchema, title: string): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title,
    ...objectSchema(connectionSpecification),
    definitions: REFERENCE_DEFINITIONS,
  };
}

/** The same schema for an override: nothing is required, and null removes a value. */
export function overrideSchema(schema: JsonSchema): JsonSchema {
  const { required: _required, allOf: _variants, ...rest } = schema as JsonObject;
  const properties = isJsonObject(rest['properties']) ? rest['properties'] : {};
  const nullable = Object.entries(properties).map(([key, value]): [string, Json] => [
    key,
    { if: { type: 'null' }, else: value },
  ]);
  return { ...rest, properties: Object.fromEntries(nullable) };
}

function valueSchema(schema: JsonSchema): JsonSchema {
  if (schema['airbyte_secret'] === true) return secretSchema(schema);
  if (isObjectSchema(schema)) return orReference(objectSchema(schema));
  const items = schema['items'];
  const own = withoutKeywords(schema);
  return orReference(isJsonObject(items) ? { ...own, items: valueSchema(items) } : own);
}

function secretSchema(schema: JsonSchema): JsonSchema {
  const shown = Object.entries(schema).filter(([key]) => ['title', 'description', 'order'].includes(key));
  return { ...Object.fromEntries(shown), allOf: [{ $ref: '#/definitions/secretReference' }] };
}

function isObjectSchema(schema: JsonSchema): boolean {
  return isJsonObject(schema['properties']) || Array.isArray(schema['oneOf']);
}

function objectSchema(schema: JsonSchema): JsonSchema {
  const own = withoutKeywords(schema);
  const properties = convertAll(propertiesOf(schema));
  const variants = (Array.isArray(schema['oneOf']) ? schema['oneOf'] : []).filter(isJsonObject);
  if (variants.length === 0) return { ...own, type: 'object', properties, additionalProperties: false };
  const shared = sharedConstant(variants);
  if (shared === undefined) return { ...own, type: 'object', properties };
  const names: Json = variants.flatMap((variant) => constantIn(variant, shared) ?? []);
  return {
    ...own,
    type: 'object',
    properties: { ...properties, [shared]: { enum: names } },
    required: [...requiredOf(schema), shared],
    allOf: variants.map((variant) => {
      const chosen = { properties: { [shared]: { const: constantIn(variant, shared) ?? null } }, required: [shared] };
      return when(chosen, variantSchema(variant, properties));
    }),
  };
}

function variantSchema(variant: JsonSchema, common: Draft): JsonSchema {
  const properties = { ...common, ...convertAll(propertiesOf(variant)) };
  return { type: 'object', properties, required: requiredOf(variant), additionalProperties: false };
}

function convertAll(properties: JsonObject): Draft {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, isJsonObject(value) ? convertProperty(value) : {}]),
  );
}

function convertProperty(schema: JsonSchema): JsonSchema {
  // A constant selects a variant: it must be readable without resolving anything.
  const constant = constantOf(schema);
  return constant === undefined ? valueSchema(schema) : { ...withoutKeywords(schema), const: constant };
}

/** Annotations and bounds stay; what is rewritten, and Airbyte's own keywords, go. */
function withoutKeywords(schema: JsonSchema): Draft {
  const dropped = ['$schema', '$id', 'properties', 'oneOf', 'additionalProperties', 'items', 'definitions'];
  return Object.fromEntries(
    Object.entries(schema).filter(
      ([key]) =>
        !dropped.includes(key) && !/^(airbyte_|display_type|group|multiline|always_show|pattern_descriptor)/.test(key),
    ),
  );
}

function propertiesOf(schema: JsonSchema): JsonObject {
  return isJsonObject(schema['properties']) ? schema['properties'] : {};
}

function requiredOf(schema: JsonSchema): readonly string[] {
  const required = schema['required'];
  return Array.isArray(required) ? required.filter((key) => typeof key === 'string') : [];
}

/** The property by which variants differ. */
function sharedConstant(variants: readonly JsonSchema[]): string | undefined {
  const candidates = Object.keys(propertiesOf(variants[0]!));
  return candidates.find((key) => {
    const values = variants.map((variant) => constantIn(variant, key));
    return values.every((value) => value !== undefined) && new Set(values).size === variants.length;
  });
}

function constantIn(variant: JsonSchema, key: string): Json | undefined {
  const properties = propertiesOf(variant);
  return Object.hasOwn(properties, key) ? constantOf(properties[key]) : undefined;
}

/**
 * The values at `airbyte_secret` places of a config, for masking. Walks properties, items and every variant.
 *
 * @param config a resolved config
 */
export function secretValues(schema: JsonSchema, config: unknown): readonly string[] {
  if (schema['airbyte_secret'] === true) return textsOf(config);
  const found: string[] = [];
  if (Array.isArray(config) && isJsonObject(schema['items'])) {
    const items = schema['items'];
    found.push(...config.flatMap((entry: unknown) => secretValues(items, entry)));
  }
  if (!isJsonObject(config)) return found;
  for (const [key, property] of Object.entries(propertiesOf(schema))) {
    if (isJsonObject(property) && Object.hasOwn(config, key)) found.push(...secretValues(property, config[key]));
  }
  const variants = [schema['oneOf'], schema['anyOf'], schema['allOf']].flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  return [...found, ...variants.filter(isJsonObject).flatMap((variant) => secretValues(variant, config))];
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return isJsonObject(value) ? Object.values(value).flatMap(textsOf) : [];
}
