import { BILLING_KINDS } from './billing-kinds.js';
import type { ObjectKind } from './object-kind.js';
import { PAYMENT_KINDS } from './payment-kinds.js';

/** Every object type of the stand-in by its name; `event` is served apart. */
export const KINDS: ReadonlyMap<string, ObjectKind> = new Map(
  [...PAYMENT_KINDS, ...BILLING_KINDS].map((kind) => [kind.object, kind]),
);

/**
 * An object type by name.
 *
 * @throws {Error} when there is none
 */
export function kindNamed(object: string): ObjectKind {
  const kind = KINDS.get(object);
  if (kind === undefined) throw new Error(`Stripe has no object "${object}"`);
  return kind;
}
