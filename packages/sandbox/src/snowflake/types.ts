import type { TokenReader } from './tokens.js';

/** A column's type as `information_schema` tells it. */
export interface ColumnType {
  readonly name: string;
  readonly precision: number | undefined;
  readonly scale: number | undefined;
}

const ALIASES: Readonly<Record<string, string>> = {
  VARCHAR: 'TEXT',
  STRING: 'TEXT',
  TEXT: 'TEXT',
  CHAR: 'TEXT',
  NUMBER: 'NUMBER',
  DECIMAL: 'NUMBER',
  NUMERIC: 'NUMBER',
  INT: 'NUMBER',
  INTEGER: 'NUMBER',
  BIGINT: 'NUMBER',
  FLOAT: 'FLOAT',
  DOUBLE: 'FLOAT',
  BOOLEAN: 'BOOLEAN',
  DATE: 'DATE',
  TIME: 'TIME',
  TIMESTAMP_TZ: 'TIMESTAMP_TZ',
  TIMESTAMP_NTZ: 'TIMESTAMP_NTZ',
  TIMESTAMP_LTZ: 'TIMESTAMP_LTZ',
  TIMESTAMP: 'TIMESTAMP_NTZ',
  DATETIME: 'TIMESTAMP_NTZ',
  VARIANT: 'VARIANT',
  OBJECT: 'OBJECT',
  ARRAY: 'ARRAY',
};

/** Times are texts that sort by their instant, because the engine has neither nanoseconds with a zone nor offsets. */
const STORED: Readonly<Record<string, string>> = {
  TEXT: 'VARCHAR',
  FLOAT: 'DOUBLE',
  BOOLEAN: 'BOOLEAN',
  DATE: 'DATE',
  TIME: 'VARCHAR',
  TIMESTAMP_TZ: 'VARCHAR',
  TIMESTAMP_NTZ: 'VARCHAR',
  TIMESTAMP_LTZ: 'VARCHAR',
  VARIANT: 'JSON',
  OBJECT: 'JSON',
  ARRAY: 'JSON',
};

export function isTypeName(word: string): boolean {
  return ALIASES[word] !== undefined;
}

/** Reads a type with its numbers: `NUMBER(38, 0)`, `VARCHAR(16)`. */
export function readType(reader: TokenReader): ColumnType {
  const word = reader.name();
  const name = ALIASES[word];
  if (name === undefined) throw new SyntaxError(`Unsupported data type '${word}'`);
  const numbers = reader.peek()?.text === '(' ? reader.brackets().filter(({ kind }) => kind === 'number') : [];
  if (name !== 'NUMBER') return { name, precision: undefined, scale: undefined };
  return { name, precision: Number(numbers[0]?.text ?? 38), scale: Number(numbers[1]?.text ?? 0) };
}

/** The engine's type for a column. */
export function storedType({ name, precision, scale }: ColumnType): string {
  return name === 'NUMBER' ? `DECIMAL(${precision}, ${scale})` : (STORED[name] as string);
}
