import { type FieldPath, isJsonObject, type Json, type JsonObject } from '@cuttle/protocol';
import type { Position } from './diagnostic.js';
import type { SyncWord } from './sync-words.js';

/** One step of a stream's `transform`. */
export type TransformStep =
  | { readonly kind: 'hash'; readonly field: string; readonly method: string; readonly suffix: string }
  | { readonly kind: 'rename'; readonly field: string; readonly to: string }
  | { readonly kind: 'drop'; readonly field: string }
  | { readonly kind: 'filter'; readonly field: string; readonly value: string; readonly keeps: 'equal' | 'different' }
  | {
      readonly kind: 'encrypt';
      readonly field: string;
      readonly method: string;
      readonly suffix: string;
      /** `publicKey`, `key`, `mode` and `padding` as the document has them; keys may be references. */
      readonly parameters: JsonObject;
    };

/** Which fields of a stream are taken. */
export type FieldSelection = { readonly include: readonly string[] } | { readonly exclude: readonly string[] };

/** What a Connection says about one stream, with the defaults of "*" merged in. */
export interface StreamSettings {
  /** Key in the document: `name` or `namespace.name`; `*` for streams taken by `select: all`. */
  readonly key: string;
  readonly isEnabled: boolean;
  /** Undefined when nothing says it. */
  readonly sync?: SyncWord;
  readonly cursor?: FieldPath;
  readonly primaryKey?: readonly FieldPath[];
  readonly fields?: FieldSelection;
  readonly transform: readonly TransformStep[];
  /** Where the stream stands in its file. */
  readonly position: Position;
}

/**
 * Settings of a stream from the document's own words.
 *
 * @param layers from the most general to the stream itself; a key of a later layer wins
 */
export function decodeStreamSettings(key: string, layers: readonly unknown[], position: Position): StreamSettings {
  const merged: JsonObject = Object.fromEntries(
    layers.flatMap((layer): [string, Json][] => (isJsonObject(layer) ? Object.entries(layer) : [])),
  );
  const { sync, cursor, primaryKey, fields, transform } = merged;
  return {
    key,
    isEnabled: merged['enabled'] !== false,
    ...(sync === undefined ? {} : { sync: sync as SyncWord }),
    ...(cursor === undefined ? {} : { cursor: pathOf(cursor) }),
    ...(primaryKey === undefined ? {} : { primaryKey: keyOf(primaryKey) }),
    ...(fields === undefined ? {} : { fields: selectionOf(fields) }),
    transform: (Array.isArray(transform) ? transform : []).filter(isJsonObject).map(stepOf),
    position,
  };
}

function pathOf(value: Json): FieldPath {
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

/** `id` is one field, `[a, b]` two fields, `[[a, x], [b]]` two paths. */
function keyOf(value: Json): readonly FieldPath[] {
  return Array.isArray(value) ? value.map(pathOf) : [pathOf(value)];
}

function selectionOf(value: Json): FieldSelection {
  if (Array.isArray(value)) return { include: value.map(String) };
  const { include, exclude } = value as JsonObject;
  return Array.isArray(include) ? { include: include.map(String) } : { exclude: [exclude ?? []].flat().map(String) };
}

function stepOf(step: JsonObject): TransformStep {
  const text = (key: string): string => String(step[key]);
  if ('hash' in step) {
    const { method, suffix } = step;
    return {
      kind: 'hash',
      field: text('hash'),
      method: typeof method === 'string' ? method : 'SHA-256',
      suffix: typeof suffix === 'string' ? suffix : '_hashed',
    };
  }
  if ('rename' in step) return { kind: 'rename', field: text('rename'), to: text('to') };
  if ('drop' in step) return { kind: 'drop', field: text('drop') };
  if ('filter' in step) {
    const keeps = 'equals' in step ? 'equal' : 'different';
    return { kind: 'filter', field: text('filter'), value: text(keeps === 'equal' ? 'equals' : 'not'), keeps };
  }
  const { encrypt: _field, method, suffix, ...parameters } = step;
  return {
    kind: 'encrypt',
    field: text('encrypt'),
    method: typeof method === 'string' ? method : 'publicKey' in parameters ? 'RSA' : 'AES',
    suffix: typeof suffix === 'string' ? suffix : '_encrypted',
    parameters,
  };
}
