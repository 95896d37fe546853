/** A column as BigQuery describes it, in the REST API's (legacy) type names. */
export interface TableField {
  readonly name: string;
  readonly type: 'STRING' | 'INTEGER' | 'FLOAT' | 'BOOLEAN' | 'TIMESTAMP' | 'DATE' | 'NUMERIC' | 'BYTES' | 'RECORD';
  readonly mode: 'NULLABLE' | 'REPEATED' | 'REQUIRED';
  readonly fields?: readonly TableField[];
}

/** A row: INTEGER, NUMERIC and TIMESTAMP (microseconds) values are decimal texts, FLOAT numbers; absent is null. */
export type Row = Readonly<Record<string, unknown>>;

/** A single column. */
export function column(name: string, type: TableField['type']): TableField {
  return { name, type, mode: 'NULLABLE' };
}

/** A nested column. */
export function record(name: string, fields: readonly TableField[]): TableField {
  return { name, type: 'RECORD', mode: 'NULLABLE', fields };
}

/** A list of nested columns. */
export function repeated(name: string, fields: readonly TableField[]): TableField {
  return { name, type: 'RECORD', mode: 'REPEATED', fields };
}

/**
 * Bytes that BigQuery counts for a value: 8 for numbers, 1 for booleans, 2 and the UTF-8 length for texts, nothing for
 * null; nested values add up. Source: "Data size calculation" of the BigQuery pricing page.
 */
export function logicalBytes(field: TableField, value: unknown): number {
  if (value === undefined || value === null) return 0;
  if (field.mode === 'REPEATED') {
    const element: TableField = { ...field, mode: 'NULLABLE' };
    return (value as readonly unknown[]).reduce<number>((sum, entry) => sum + logicalBytes(element, entry), 0);
  }
  switch (field.type) {
    case 'RECORD':
      return (field.fields ?? []).reduce((sum, child) => sum + logicalBytes(child, (value as Row)[child.name]), 0);
    case 'BOOLEAN':
      return 1;
    case 'NUMERIC':
      return 16;
    case 'STRING':
    case 'BYTES':
      return 2 + Buffer.byteLength(String(value));
    case 'INTEGER':
    case 'FLOAT':
    case 'TIMESTAMP':
    case 'DATE':
      return 8;
    default:
      return field.type satisfies never;
  }
}
