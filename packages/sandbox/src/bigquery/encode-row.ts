import type { Row, TableField } from './schema.js';

/** Writes values as the REST API does. */
export interface RowFormat {
  /** Timestamps as whole microseconds instead of seconds with a fraction (`formatOptions.useInt64Timestamp`). */
  readonly usesInt64Timestamp: boolean;
}

type Encode = (value: unknown) => string;

/**
 * Compiles a function that writes a row as `{"f":[{"v":...}]}`: every scalar is a text or null, lists are
 * `[{"v":...}]` and never null, records are `{"f":[...]}`.
 */
export function rowEncoder(schema: readonly TableField[], format: RowFormat): (row: Row) => string {
  return recordEncoder(schema, format) as (row: Row) => string;
}

function recordEncoder(fields: readonly TableField[], format: RowFormat): Encode {
  const parts = fields.map((field) => ({ name: field.name, encode: fieldEncoder(field, format) }));
  return (value) => {
    const row = value as Row;
    let text = '{"f":[';
    for (let index = 0; index < parts.length; index += 1) {
      const part = parts[index]!;
      text += `${index === 0 ? '' : ','}{"v":${part.encode(row[part.name])}}`;
    }
    return `${text}]}`;
  };
}

function fieldEncoder(field: TableField, format: RowFormat): Encode {
  const single = field.type === 'RECORD' ? recordEncoder(field.fields ?? [], format) : scalarEncoder(field, format);
  const orNull: Encode = (value) => (value === undefined || value === null ? 'null' : single(value));
  if (field.mode !== 'REPEATED') return orNull;
  return (value) => `[${((value ?? []) as readonly unknown[]).map((entry) => `{"v":${orNull(entry)}}`).join(',')}]`;
}

function scalarEncoder(field: TableField, format: RowFormat): Encode {
  switch (field.type) {
    case 'FLOAT':
      return (value) => `"${floatText(Number(value))}"`;
    case 'TIMESTAMP':
      return format.usesInt64Timestamp
        ? (value) => JSON.stringify(String(value))
        : (value) => `"${floatText(Number(value) / 1e6)}"`;
    case 'RECORD':
    case 'STRING':
    case 'INTEGER':
    case 'BOOLEAN':
    case 'DATE':
    case 'NUMERIC':
    case 'BYTES':
      return (value) => JSON.stringify(String(value));
    default:
      return field.type satisfies never;
  }
}

/** A double as BigQuery writes it: `114.0`, `0.5`, `1.2345678E7`, `1.0E-4`, `NaN`, `Infinity`. */
export function floatText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e7)) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}
