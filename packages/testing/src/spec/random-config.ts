import { isJsonObject, type Json, type JsonObject } from '@cuttle/protocol';
import { objectOf, typesOf } from './spec-rules.js';

/** Numbers from 0 (inclusive) to 1 (exclusive), the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * A random config of a spec: every required field, each other one with a chance of one half. Texts with a pattern are
 * taken from examples and defaults, so nearly all configs are valid; the caller checks.
 */
export function randomConfig(schema: JsonObject, random: () => number): JsonObject {
  const variants = Array.isArray(schema['oneOf']) ? schema['oneOf'].filter(isJsonObject) : [];
  const variant = variants[Math.floor(random() * variants.length)];
  const properties = { ...objectOf(schema['properties']), ...objectOf(variant?.['properties']) };
  const required = [schema, variant ?? {}].flatMap((part) => (Array.isArray(part['required']) ? part['required'] : []));
  const entries = Object.entries(properties).filter(([name]) => required.includes(name) || random() < 0.5);
  return Object.fromEntries(entries.map(([name, part]) => [name, randomValue(objectOf(part), random)]));
}

function randomValue(schema: JsonObject, random: () => number): Json {
  const pick = (values: readonly Json[]): Json => values[Math.floor(random() * values.length)] as Json;
  if ('const' in schema) return schema['const'] as Json;
  if (Array.isArray(schema['enum'])) return pick(schema['enum']);
  const known = [
    ...(Array.isArray(schema['examples']) ? schema['examples'] : []),
    ...('default' in schema ? [schema['default'] as Json] : []),
  ];
  const [type] = typesOf(schema);
  switch (type) {
    case 'boolean':
      return random() < 0.5;
    case 'integer':
    case 'number':
      return randomNumber(schema, random);
    case 'array':
      return Array.from({ length: Math.floor(random() * 3) }, () => randomValue(objectOf(schema['items']), random));
    case 'object':
      return randomConfig(schema, random);
    default:
      if (known.length > 0 && ('pattern' in schema || 'format' in schema || random() < 0.3)) return pick(known);
      return randomText(Number(schema['minLength'] ?? 1), random);
  }
}

function randomNumber(schema: JsonObject, random: () => number): number {
  const low = Number(schema['minimum'] ?? 0);
  const high = Number(schema['maximum'] ?? low + 1_000_000);
  const edge = random();
  return edge < 0.1 ? low : edge < 0.2 ? high : Math.floor(low + random() * (high - low));
}

function randomText(minLength: number, random: () => number): string {
  const signs = 'abcXYZ019_-./:@ é😀"\\';
  const letters = [...signs];
  const length = minLength + Math.floor(random() * 20);
  return Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join('');
}
