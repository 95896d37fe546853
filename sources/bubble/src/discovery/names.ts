import { createHash } from 'node:crypto';
import type { FieldInfo, RawField } from '../type-info.js';

/**
 * Gives fields their names in our records. A field keeps its key unless another key becomes the same column once a
 * warehouse has sanitised it (case, and signs other than leading ones, ignored). Then Bubble's own field keeps its name,
 * or else the key that already is plain (`is_paid`), and each other one (`Is Paid?`) gets the start of its own hash
 * appended.
 *
 * A name depends on the field's own key and on whether it collides, never on the order of fields, so no field can take
 * over the name of another when the app grows.
 *
 * @param builtIn keys of the fields that Bubble itself adds; they are never renamed
 */
export function nameFields(fields: readonly RawField[], builtIn: ReadonlySet<string>): readonly FieldInfo[] {
  const groups = new Map<string, string[]>();
  for (const { key } of fields) groups.set(foldName(key), [...(groups.get(foldName(key)) ?? []), key]);
  return fields.map((field) => {
    const { key } = field;
    const others = groups.get(foldName(key))!.filter((other) => other !== key);
    const isTaken = others.some((other) => builtIn.has(other)) || (others.length > 0 && key !== foldName(key));
    return { ...field, name: isTaken && !builtIn.has(key) ? `${key}_${shortHash(key)}` : key };
  });
}

/** Fields whose name differs from their key. */
export function renamedFields(fields: readonly FieldInfo[]): readonly FieldInfo[] {
  return fields.filter(({ key, name }) => key !== name);
}

function foldName(key: string): string {
  return key
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/(?<=.)_$/, '');
}

function shortHash(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 6);
}
