import { isJsonObject } from './decode.js';
import type { Json } from './message.js';

/** The one value that a property of a spec can have: its `const`, or an `enum` of one; undefined for any other. */
export function constantOf(property: unknown): Json | undefined {
  if (!isJsonObject(property)) return undefined;
  if (Object.hasOwn(property, 'const')) return property['const'];
  const { enum: words } = property;
  return Array.isArray(words) && words.length === 1 ? (words[0] as Json) : undefined;
}
