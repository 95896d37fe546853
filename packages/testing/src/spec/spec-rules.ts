import { isJsonObject, type Json, type JsonObject } from '@cuttle/protocol';

/** A field of a config schema with its place, such as `/credentials/key`. */
interface Field {
  readonly place: string;
  readonly name: string;
  readonly schema: JsonObject;
}

const FORBIDDEN = [
  '$ref',
  'not',
  'anyOf',
  'allOf',
  'patternProperties',
  'prefixItems',
  'if',
  'then',
  'else',
  'dependentSchemas',
  'dependentRequired',
];
const SECRET_NAME =
  /(^|_)(token|secret|password|passwd|key|credentials?|certificate|cert|jwt|service_account|passphrase|api_?key|private_?key)(_|$)/i;
const ITEM_TYPES = ['object', 'string', 'number', 'integer', 'boolean'];

/** SPEC-03: keywords that the platform's form cannot show. */
export function keywordProblems(schema: JsonObject): readonly string[] {
  return schemasIn(schema).flatMap(({ place, schema: part }) =>
    FORBIDDEN.filter((keyword) => Object.hasOwn(part, keyword)).map((keyword) => `${place} uses ${keyword}`),
  );
}

/** SPEC-04: a `oneOf` is told apart by one constant property. */
export function oneOfProblems(schema: JsonObject): readonly string[] {
  return schemasIn(schema).flatMap(({ place, schema: part }) => {
    const variants = part['oneOf'];
    if (variants === undefined) return [];
    const problems = typesOf(part).includes('object') ? [] : [`${place} has oneOf but is no object`];
    const all = Array.isArray(variants) ? variants.filter(isJsonObject) : [];
    const properties = all.map((variant) => objectOf(variant['properties']));
    if (all.length === 0 || properties.some((own) => Object.keys(own).length === 0)) {
      return [...problems, `${place} has a variant without properties`];
    }
    const shared = Object.keys(properties[0]!).filter((name) =>
      properties.every((own) => Object.hasOwn(objectOf(own[name]), 'const')),
    );
    if (shared.length !== 1) return [...problems, `${place} has ${shared.length} constants in each variant, not one`];
    const spoiled = properties.some((own) => ['default', 'enum'].some((word) => word in objectOf(own[shared[0]!])));
    return spoiled ? [...problems, `${place}/${shared[0]} has a default or enum`] : problems;
  });
}

/** SPEC-05: enums, arrays, objects and lists of types. */
export function shapeProblems(schema: JsonObject): readonly string[] {
  return schemasIn(schema).flatMap(({ place, schema: part }) => {
    const problems: string[] = [];
    const { enum: values, items, type } = part;
    if (Array.isArray(values) && new Set(values.map((value) => JSON.stringify(value))).size !== values.length) {
      problems.push(`${place} repeats a value of its enum`);
    }
    if (typesOf(part).includes('array')) {
      const item = isJsonObject(items) ? items : undefined;
      const isKnown = item !== undefined && (typesOf(item).some((name) => ITEM_TYPES.includes(name)) || 'enum' in item);
      if (!isKnown) problems.push(`${place} is an array without one item schema`);
    }
    const isEmpty = Object.keys(objectOf(part['properties'])).length === 0 && part['oneOf'] === undefined;
    if (place !== '' && typesOf(part).includes('object') && isEmpty) problems.push(`${place} is an empty object`);
    if (Array.isArray(type) && !(type.length === 1 || (type.length === 2 && type[1] === 'null'))) {
      problems.push(`${place} has the types ${JSON.stringify(type)}`);
    }
    return problems;
  });
}

/** SPEC-06: what can hold a secret is marked, what cannot is not. Constants, choices and booleans hold none. */
export function secretProblems(schema: JsonObject): readonly string[] {
  return fieldsIn(schema).flatMap(({ place, name, schema: part }) => {
    const types = typesOf(part);
    const isFixed = 'const' in part || 'enum' in part || types.includes('boolean');
    const isText = types.includes('string') || types.includes('integer') || types.includes('number');
    const isMarked = part['airbyte_secret'] === true;
    if (isFixed && isMarked) return [`${place} is marked as a secret but cannot hold one`];
    if (!isFixed && isText && SECRET_NAME.test(name) && !isMarked) return [`${place} is not marked as a secret`];
    return [];
  });
}

/** SPEC-07: extra fields, order, groups and display types. */
export function layoutProblems(schema: JsonObject): readonly string[] {
  const problems = schemasIn(schema).flatMap(({ place, schema: part }) => {
    const found: string[] = [];
    if ((part['additionalProperties'] ?? true) !== true) found.push(`${place} refuses additional properties`);
    if (place.split('/').length > 2 && 'group' in part) found.push(`${place} has a group below the top level`);
    if ('display_type' in part && !('oneOf' in part) && !['dropdown', 'radio'].includes(String(part['display_type']))) {
      found.push(`${place} has a display_type that means nothing`);
    }
    found.push(...orderProblems(place, objectOf(part['properties'])));
    return found;
  });
  return problems;
}

/** SPEC-08: fields that a person fills in are explained; dates and patterns say how. */
export function helpProblems(schema: JsonObject): readonly string[] {
  return fieldsIn(schema).flatMap(({ place, schema: part }) => {
    const problems: string[] = [];
    for (const word of ['title', 'description'])
      if (typeof part[word] !== 'string') problems.push(`${place} has no ${word}`);
    const isChoice =
      'const' in part || 'enum' in part || typesOf(part).some((type) => ['boolean', 'object'].includes(type));
    if (!isChoice && !('examples' in part) && !('default' in part)) problems.push(`${place} has no examples`);
    const isDate = ['date', 'date-time'].includes(String(part['format']));
    if (isDate && typeof part['pattern'] !== 'string') problems.push(`${place} is a date without a pattern`);
    if ('pattern' in part && typeof part['pattern_descriptor'] !== 'string') {
      problems.push(`${place} has a pattern without a descriptor`);
    }
    return problems;
  });
}

function orderProblems(place: string, properties: JsonObject): readonly string[] {
  const taken = new Map<string, string>();
  return Object.entries(properties).flatMap(([name, part]) => {
    const { order, group = '' } = objectOf(part);
    if (order === undefined) return [];
    const key = `${group}:${order}`;
    const other = taken.get(key);
    taken.set(key, name);
    return other === undefined ? [] : [`${place}/${name} has the order of ${other}`];
  });
}

/** Every schema inside of a schema, itself included. */
export function schemasIn(schema: JsonObject, place = '', name = ''): readonly Field[] {
  const inner = Object.entries(objectOf(schema['properties'])).flatMap(([key, part]) =>
    isJsonObject(part) ? schemasIn(part, `${place}/${key}`, key) : [],
  );
  const variants = ['oneOf', 'anyOf', 'allOf'].flatMap((keyword) => {
    const list = schema[keyword];
    return Array.isArray(list) ? list.filter(isJsonObject).flatMap((part) => schemasIn(part, place, name)) : [];
  });
  const items = isJsonObject(schema['items']) ? schemasIn(schema['items'], `${place}/*`, '') : [];
  return [{ place, name, schema }, ...inner, ...variants, ...items];
}

/** Every named field inside of a schema. */
function fieldsIn(schema: JsonObject): readonly Field[] {
  return schemasIn(schema).filter(({ name, schema: part }) => name !== '' && !('oneOf' in part && !('type' in part)));
}

/** Types of a schema as a list. */
export function typesOf(schema: JsonObject): readonly string[] {
  const { type } = schema;
  if (Array.isArray(type)) return type.map(String);
  return typeof type === 'string' ? [type] : [];
}

/** A JSON object, or an empty one. */
export function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
