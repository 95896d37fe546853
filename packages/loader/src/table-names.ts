import { createHash } from 'node:crypto';
import { ConfigError } from '@cuttle/protocol';
import type { NameRules } from './dialect.js';

/** First hexadecimal digits of a SHA-256: stable, and unique enough for names. */
export function shortHash(text: string, digits = 8): string {
  // Lone surrogates all have the same bytes; escaped, they are told apart.
  const distinct = text.isWellFormed() ? text : JSON.stringify(text);
  return createHash('sha256').update(distinct).digest('hex').slice(0, digits);
}

/** A name in the warehouse's length: cut with a hash of the whole when it is too long. */
export function fitName(name: string, rules: NameRules): string {
  if (name.includes('\0')) {
    throw new ConfigError(
      `The name ${JSON.stringify(name)} holds a NUL character, which no warehouse takes. Rename it.`,
      {
        code: 'NAME_NOT_ALLOWED',
      },
    );
  }
  // What no UTF-8 can hold would be changed on its way, and two names might become one.
  const characters = [...(name === '' ? '_' : rules.spell(name.toWellFormed()))];
  if (characters.length <= rules.maxLength) return characters.join('');
  const suffix = rules.spell(`_${shortHash(name)}`);
  return characters.slice(0, rules.maxLength - suffix.length).join('') + suffix;
}

/** A name for a schema: as {@link fitName}, with a hash behind it where the warehouse keeps the name for itself. */
export function fitSchema(name: string, rules: NameRules): string {
  const plain = fitName(name, rules);
  return rules.reservedSchemas?.has(rules.fold(plain)) === true ? rules.spell(`${name}_${shortHash(name)}`) : plain;
}

/**
 * Gives each name one of its own, although the warehouse folds case or cuts length: a map from name to its identifier.
 *
 * Of names that fold to one, the first keeps the plain form: the one that the existing table already spells that way,
 * else the first in code unit order. The others get a suffix from the hash of the name, so they are the same each time.
 *
 * @param reserved identifiers that are taken
 * @param existing identifiers of the table as it stands
 */
export function mapNames(
  names: readonly string[],
  rules: NameRules,
  reserved: readonly string[],
  existing: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const taken = new Set(reserved.map((name) => rules.fold(rules.spell(name))));
  const sorted = [...new Set(names)].sort((a, b) => {
    const known = Number(existing.has(fitName(b, rules))) - Number(existing.has(fitName(a, rules)));
    return known !== 0 ? known : a < b ? -1 : 1;
  });
  const result = new Map<string, string>();
  for (const name of sorted) {
    const plain = fitName(name, rules);
    const identifier = taken.has(rules.fold(plain)) ? suffixed(name, plain, rules, taken) : plain;
    taken.add(rules.fold(identifier));
    result.set(name, identifier);
  }
  return result;
}

function suffixed(name: string, plain: string, rules: NameRules, taken: ReadonlySet<string>): string {
  for (let digits = 8; digits <= 64; digits += 8) {
    const suffix = rules.spell(`_${shortHash(name, digits)}`);
    const identifier = [...plain].slice(0, rules.maxLength - suffix.length).join('') + suffix;
    if (!taken.has(rules.fold(identifier))) return identifier;
  }
  throw new ConfigError(`No identifier is left for the name ${JSON.stringify(name)}.`, { code: 'NAME_COLLISION' });
}
