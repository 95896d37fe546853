import type { JsonMap } from './model.js';

/** What stands for a secret in an answer. */
export const MASK = '**********';

/** The config with each `airbyte_secret` value replaced; `show` gets its dotted path. */
export function maskSecrets(spec: JsonMap, config: unknown, show: (path: string) => string, path = ''): unknown {
  if (spec['airbyte_secret'] === true) return config === undefined || config === null ? config : show(path);
  if (Array.isArray(config)) {
    const items = asMap(spec['items']);
    return config.map((entry, index) => maskSecrets(items, entry, show, join(path, String(index))));
  }
  if (!isMap(config)) return config;
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      const found = propertySchemas(spec, key);
      const masked = found.reduce<unknown>((kept, schema) => maskSecrets(schema, kept, show, join(path, key)), value);
      return [key, masked];
    }),
  );
}

/**
 * The config as it is stored when it is sent: a mask keeps the stored value. The walk goes through properties and
 * variants but not into list items: a mask there is stored as it is.
 */
export function keepSecrets(spec: JsonMap, sent: unknown, stored: unknown): unknown {
  if (!isMap(sent)) return sent;
  const before = asMap(stored);
  return Object.fromEntries(
    Object.entries(sent).map(([key, value]) => {
      const schemas = propertySchemas(spec, key);
      const isSecret = schemas.some((schema) => schema['airbyte_secret'] === true);
      if (isSecret) return [key, value === MASK && key in before ? before[key] : value];
      const kept = schemas.reduce<unknown>((config, schema) => keepSecrets(schema, config, before[key]), value);
      return [key, kept];
    }),
  );
}

/** Dotted paths of all secrets that a config holds, list items included. */
export function secretPaths(spec: JsonMap, config: unknown): readonly string[] {
  const found: string[] = [];
  maskSecrets(spec, config, (path) => {
    found.push(path);
    return MASK;
  });
  return found;
}

/** Merges as PATCH does: maps key by key, everything else replaced; nothing can be removed. */
export function deepMerge(stored: unknown, sent: unknown): unknown {
  if (!isMap(stored) || !isMap(sent)) return sent;
  const merged: Record<string, unknown> = { ...stored };
  for (const [key, value] of Object.entries(sent)) merged[key] = deepMerge(merged[key], value);
  return merged;
}

/** Value at a dotted path. */
export function valueAt(config: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as JsonMap | undefined)?.[key], config);
}

/** Whether a value is a JSON object. */
export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value when it is a JSON object, else an empty one. */
export function asMap(value: unknown): JsonMap {
  return isMap(value) ? value : {};
}

/** Schemas of a property: its own and those of every variant. */
function propertySchemas(spec: JsonMap, key: string): readonly JsonMap[] {
  const own = asMap(spec['properties'])[key];
  const variants = ['oneOf', 'anyOf', 'allOf'].flatMap((word) => (Array.isArray(spec[word]) ? spec[word] : []));
  return [...(isMap(own) ? [own] : []), ...variants.filter(isMap).flatMap((variant) => propertySchemas(variant, key))];
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
