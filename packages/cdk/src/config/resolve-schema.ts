import { constantOf, isJsonObject, type Json, type JsonObject, type JsonSchema } from '@cuttle/protocol';

/**
 * The schema as it holds for one value: each `oneOf` of an object is replaced by the variant whose constants the value
 * carries. Without a match the `oneOf` stays, so that validation reports it.
 */
export function resolveSchema(schema: JsonSchema, value: unknown): JsonSchema {
  const chosen = chooseVariant(schema, value);
  const { properties, items } = chosen;
  const out: Record<string, Json> = { ...chosen };
  if (isJsonObject(properties) && isJsonObject(value)) {
    out['properties'] = mapObject(properties, (part, name) =>
      isJsonObject(part) ? resolveSchema(part, ownValue(value, name)) : part,
    );
  }
  if (isJsonObject(items) && Array.isArray(value) && Array.isArray(items['oneOf'])) {
    // Elements may pick different variants, so each position gets its own schema (draft 7 tuple form).
    out['items'] = value.map((part: unknown) => resolveSchema(items, part));
  }
  return out;
}

function chooseVariant(schema: JsonSchema, value: unknown): JsonSchema {
  const variants = schema['oneOf'];
  if (!Array.isArray(variants) || !isJsonObject(value)) return schema;
  const match = variants.filter(isJsonObject).find((variant) => matchesConsts(variant, value));
  if (match === undefined) return schema;
  const { oneOf: _all, ...base } = schema;
  return {
    ...base,
    ...match,
    properties: { ...objectOf(base['properties']), ...objectOf(match['properties']) },
    required: [...listOf(base['required']), ...listOf(match['required'])],
  };
}

/** Whether a variant has constants and the value carries all of them; an `enum` of one that nothing requires may be absent. */
function matchesConsts(variant: JsonSchema, value: JsonObject): boolean {
  const required = listOf(variant['required']);
  const consts = Object.entries(objectOf(variant['properties'])).filter(
    ([name, part]) =>
      constantOf(part) !== undefined &&
      (Object.hasOwn(objectOf(part), 'const') || required.includes(name) || Object.hasOwn(value, name)),
  );
  return consts.length > 0 && consts.every(([name, part]) => constantOf(part) === ownValue(value, name));
}

/**
 * A copy of the value with the defaults of a resolved schema filled in, nested objects and list elements included.
 * A field that is present keeps its value, also `false`, `0`, `""` and null.
 */
export function applyDefaults(schema: JsonSchema, value: Json): Json {
  if (Array.isArray(value)) {
    const { items } = schema;
    return value.map((part: Json, index) => {
      const own = Array.isArray(items) ? items[index] : items;
      return isJsonObject(own) ? applyDefaults(own, part) : part;
    });
  }
  if (!isJsonObject(value)) return value;
  const properties = objectOf(schema['properties']);
  const filled = mapObject(value, (part, name) => {
    const own = ownValue(properties, name);
    return isJsonObject(own) ? applyDefaults(own, part) : part;
  });
  const missing = Object.entries(properties).filter(
    ([name, part]) => isJsonObject(part) && Object.hasOwn(part, 'default') && !Object.hasOwn(value, name),
  );
  return { ...filled, ...Object.fromEntries(missing.map(([name, part]) => [name, objectOf(part)['default'] as Json])) };
}

function ownValue(value: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function mapObject(value: JsonObject, change: (part: Json, name: string) => Json): JsonObject {
  // fromEntries keeps a key named __proto__ as data.
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, change(part, name)]));
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
