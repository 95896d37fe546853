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
  const parts = fields.map((field, index) => ({
    name: field.name,
    open: `${index === 0 ? '{"f":[' : ''}{"v":`,
    close: index === fields.length - 1 ? '}]}' : '},',
    encode: fieldEncoder(field, format),
  }));
  const known = new WeakMap<object, string>();
  const write = (row: Row): string => {
    let text = '';
    for (const part of parts) text += part.open + part.encode(row[part.name]) + part.close;
    return text;
  };
  return (value) => {
    // Generated rows share frozen parts: their text is made once.
    if (!Object.isFrozen(value)) return write(value as Row);
    const text = known.get(value as object) ?? write(value as Row);
    known.set(value as object, text);
    return text;
  };
}

function fieldEncoder(field: TableField, format: RowFormat): Encode {
  const single = field.type === 'RECORD' ? recordEncoder(field.fields ?? [], format) : scalarEncoder(field, format);
  if (field.mode !== 'REPEATED') return (value) => (value === undefined || value === null ? 'null' : single(value));
  return (value) => {
    let text = '[';
    for (const entry of (value ?? []) as readonly unknown[]) {
      text += `${text === '[' ? '' : ','}{"v":${entry === undefined || entry === null ? 'null' : single(entry)}}`;
    }
    return `${text}]`;
  };
}

function scalarEncoder(field: TableField, format: RowFormat): Encode {
  switch (field.type) {
    case 'FLOAT':
      return (value) => `"${floatText(Number(value))}"`;
    case 'TIMESTAMP':
      return format.usesInt64Timestamp
        ? (value) => JSON.stringify(String(value))
        : (value) => `"${floatText(Number(value) / 1e6)}"`;
    case 'INTEGER':
    case 'NUMERIC':
    case 'BOOLEAN':
      return (value) => `"${String(value)}"`;
    case 'RECORD':
    case 'STRING':
    case 'DATE':
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
