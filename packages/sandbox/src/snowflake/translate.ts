import { engineText, quoteStored } from './names.js';
import { type Token, TokenReader } from './tokens.js';
import { isTypeName, readType, storedType } from './types.js';

/** Types that are texts for the engine, whose casts are functions. */
const CAST_FUNCTIONS: Readonly<Record<string, string>> = {
  TIMESTAMP_TZ: 'sf_try_timestamp_tz',
  TIMESTAMP_NTZ: 'sf_try_timestamp_ntz',
  TIME: 'sf_try_time',
};

/** A query or change of rows in the engine's SQL. Names keep their case, texts lose their backslashes, types change names. */
export function translate(tokens: readonly Token[]): string {
  const reader = new TokenReader(tokens);
  const parts: string[] = [];
  while (!reader.isAtEnd) parts.push(nextPart(reader));
  return parts.join(' ').replaceAll(' . ', '.');
}

function nextPart(reader: TokenReader): string {
  if (reader.take('INFORMATION_SCHEMA', '.', 'COLUMNS')) return 'sf_columns';
  if (reader.take('INFORMATION_SCHEMA', '.', 'TABLES')) return 'sf_tables';
  if (reader.take('::')) return `:: ${storedType(readType(reader))}`;
  const token = reader.next();
  switch (token.kind) {
    case 'quoted':
      return quoteStored(token.value);
    case 'text':
      return engineText(token.value);
    case 'word':
      return word(token, reader);
    default:
      return token.text;
  }
}

function word(token: Token, reader: TokenReader): string {
  if (token.value === 'TRY_CAST' && reader.peek()?.text === '(') return tryCast(reader);
  const follower = reader.peek();
  if (token.value === 'AS' && follower?.kind === 'word' && isTypeName(follower.value)) {
    return `as ${storedType(readType(reader))}`;
  }
  return token.text;
}

function tryCast(reader: TokenReader): string {
  const inside = new TokenReader(reader.brackets());
  const value = translate(inside.until('AS'));
  inside.expect('AS');
  const type = readType(inside);
  const cast = CAST_FUNCTIONS[type.name];
  return cast === undefined ? `try_cast(${value} as ${storedType(type)})` : `${cast}(${value})`;
}
