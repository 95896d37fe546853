import { createHash } from 'node:crypto';
import { canonicalJson, isJsonObject, type Json, type JsonObject, type JsonSchema } from '@cuttle/protocol';

/** A thing as flat values that can be compared one by one; names are paths joined by dots. */
export type Leaves = Readonly<Record<string, Json>>;

/** What Airbyte shows in place of a secret. */
export const MASK = '**********';

/** Whether a value that was read stands for a secret. */
export function isMasked(value: Json | undefined): boolean {
  return value === MASK || (typeof value === 'string' && value.startsWith('secret_coordinate::'));
}

/** The values of a config: maps are opened, lists of plain values are one value, lists of maps go by index. */
export function configLeaves(config: JsonObject): Leaves {
  const leaves: Record<string, Json> = {};
  const visit = (value: Json, path: string): void => {
    if (isJsonObject(value)) {
      for (const [key, part] of Object.entries(value)) visit(part, path === '' ? key : `${path}.${key}`);
    } else if (Array.isArray(value) && value.some((part) => isJsonObject(part) || Array.isArray(part))) {
      for (const [index, part] of value.entries()) visit(part, `${path}.${index}`);
    } else if (value !== null) {
      leaves[path] = value;
    }
  };
  visit(config, '');
  return leaves;
}

/** The config with the defaults of the spec at properties that it leaves out; variants are not opened. */
export function withDefaults(spec: JsonSchema | undefined, config: JsonObject): JsonObject {
  if (spec === undefined) return config;
  const filled: Record<string, Json> = { ...config };
  const properties = isJsonObject(spec['properties']) ? spec['properties'] : {};
  for (const [key, schema] of Object.entries(properties)) {
    if (!isJsonObject(schema)) continue;
    const value = filled[key];
    if (value === undefined && schema['default'] !== undefined) filled[key] = schema['default'];
    else if (isJsonObject(value)) filled[key] = withDefaults(schema, value);
  }
  return filled;
}

/** The value at a path. */
export function valueAt(config: Json | undefined, path: readonly (string | number)[]): Json | undefined {
  let value: Json | undefined = config;
  for (const part of path) {
    if (Array.isArray(value)) value = value[Number(part)];
    else value = isJsonObject(value) && Object.hasOwn(value, part) ? value[String(part)] : undefined;
  }
  return value;
}

/** A short text that differs when any leaf differs. */
export function hashOf(value: Json): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 32);
}
