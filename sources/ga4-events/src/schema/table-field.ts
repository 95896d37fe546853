import { SystemError } from '@cuttle/protocol';

/** A column as `tables.get` and query answers describe it (BigQuery REST v2, TableFieldSchema). */
export interface TableField {
  readonly name: string;
  /** Legacy names (INTEGER, FLOAT, BOOLEAN, RECORD) are mapped to the standard ones. */
  readonly type: FieldKind;
  readonly isRepeated: boolean;
  /** Columns of a STRUCT, else empty. */
  readonly fields: readonly TableField[];
}

/** The standard type names; a type that is not known is taken as text. */
export type FieldKind = 'INT64' | 'FLOAT64' | 'BOOL' | 'NUMERIC' | 'TIMESTAMP' | 'DATE' | 'STRUCT' | 'TEXT';

const KINDS: Readonly<Record<string, FieldKind>> = {
  INTEGER: 'INT64',
  INT64: 'INT64',
  FLOAT: 'FLOAT64',
  FLOAT64: 'FLOAT64',
  BOOLEAN: 'BOOL',
  BOOL: 'BOOL',
  NUMERIC: 'NUMERIC',
  BIGNUMERIC: 'NUMERIC',
  TIMESTAMP: 'TIMESTAMP',
  DATE: 'DATE',
  RECORD: 'STRUCT',
  STRUCT: 'STRUCT',
};

/**
 * The columns of a `schema` object of an answer.
 *
 * @throws {SystemError} `SCHEMA_UNREADABLE` when it is not of the documented shape
 */
export function decodeFields(schema: unknown): TableField[] {
  const { fields } = (schema ?? {}) as { fields?: unknown };
  if (!Array.isArray(fields)) throw unreadable('it has no list of fields');
  return fields.map((entry: unknown) => {
    const { name, type, mode, fields: inner } = (entry ?? {}) as Record<string, unknown>;
    if (typeof name !== 'string' || typeof type !== 'string') throw unreadable('a field has no name or type');
    const kind = KINDS[type.toUpperCase()] ?? 'TEXT';
    return {
      name,
      type: kind,
      isRepeated: mode === 'REPEATED',
      fields: kind === 'STRUCT' ? decodeFields({ fields: inner }) : [],
    };
  });
}

function unreadable(problem: string): SystemError {
  return new SystemError(`The schema of a table cannot be read: ${problem}.`, { code: 'SCHEMA_UNREADABLE' });
}
