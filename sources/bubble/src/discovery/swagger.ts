import { isJsonObject, type Json } from '@cuttle/protocol';
import type { RawField } from '../type-info.js';
import type { FieldsByType } from './meta.js';

/** Types and fields from the answer of `/meta/swagger.json` (Swagger 2.0); undefined when it does not look like one. */
export function parseSwagger(swagger: unknown): FieldsByType | undefined {
  if (!isJsonObject(swagger) || !isJsonObject(swagger['paths'])) return undefined;
  const names = Object.keys(swagger['paths']).flatMap((path) => {
    const name = /^\/obj\/([^/{}]+)$/.exec(path)?.[1];
    return name === undefined ? [] : [decodeURIComponent(name)];
  });
  if (names.length === 0) return undefined;
  const definitions = isJsonObject(swagger['definitions']) ? swagger['definitions'] : {};
  return new Map(names.map((name) => [name, parseDefinition(definitions[name])]));
}

function parseDefinition(definition: Json | undefined): readonly RawField[] | undefined {
  const properties = isJsonObject(definition) ? definition['properties'] : undefined;
  if (!isJsonObject(properties)) return undefined;
  return Object.entries(properties).map(([key, property]) => ({ key, type: propertyType(property) }));
}

function propertyType(property: Json): string {
  if (!isJsonObject(property)) return 'unknown';
  if (property['type'] === 'array') {
    const element = propertyType(property['items'] ?? null);
    return `list.${element}`;
  }
  switch (property['type']) {
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'object':
      return 'object';
    case 'string':
      return property['format'] === 'date-time' || property['format'] === 'date' ? 'date' : stringType(property);
    default:
      return 'unknown';
  }
}

/** References stand in prose only: `('user' represented by a unique ID)`. */
function stringType({ description }: { readonly [key: string]: Json }): string {
  const reference = /\('([^']+)' represented by a unique ID\)/.exec(typeof description === 'string' ? description : '');
  if (reference === null) return 'string';
  return reference[1] === 'user' ? 'user' : `custom.${reference[1]}`;
}
