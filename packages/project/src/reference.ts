import { isJsonObject, type Json, type JsonObject } from '@cuttle/protocol';

/** What a text from the environment is turned into. */
export type ReferenceType = 'string' | 'integer' | 'number' | 'boolean' | 'json';

/** A value that stands elsewhere: in the environment, in a file, in a secret store. */
export type Reference =
  | { readonly kind: 'env'; readonly name: string; readonly as: ReferenceType; readonly fallback?: Json }
  | { readonly kind: 'file'; readonly path: string | Reference }
  | { readonly kind: 'secret'; readonly path: string };

/** Keys that make an object a reference. */
const REFERENCE_KEYS = ['$env', '$file', '$secretRef'] as const;

/** Whether a value of a document is meant as a reference, well formed or not. */
export function isReference(value: unknown): value is JsonObject {
  return isJsonObject(value) && REFERENCE_KEYS.some((key) => Object.hasOwn(value, key));
}

/** The reference that an object spells; undefined when the object is not one, or not a well formed one. */
export function decodeReference(value: unknown): Reference | undefined {
  if (!isReference(value)) return undefined;
  const { $env: name, $file: file, $secretRef: secret } = value as { [key: string]: Json };
  if (typeof name === 'string') {
    const as = (value['as'] ?? 'string') as ReferenceType;
    return Object.hasOwn(value, 'default')
      ? { kind: 'env', name, as, fallback: value['default']! }
      : { kind: 'env', name, as };
  }
  if (typeof file === 'string') return { kind: 'file', path: file };
  if (file !== undefined) {
    const path = decodeReference(file);
    return path === undefined ? undefined : { kind: 'file', path };
  }
  return typeof secret === 'string' ? { kind: 'secret', path: secret } : undefined;
}

/** How a reference is named to a person: `$env NAME`. Holds no value. */
export function describeReference(reference: Reference): string {
  if (reference.kind === 'env') return `$env ${reference.name}`;
  if (reference.kind === 'secret') return `$secretRef ${reference.path}`;
  return `$file ${typeof reference.path === 'string' ? reference.path : `{ ${describeReference(reference.path)} }`}`;
}
