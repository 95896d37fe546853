import type { TableField } from '../schema/table-field.js';
import type { FvCell, FvRow, FvValue } from './fv-row.js';

/** What tells one event from another. Attribution is filled in later and stays out of it. */
const IDENTITY_COLUMNS = [
  'stream_id',
  'event_timestamp',
  'event_name',
  'user_pseudo_id',
  'event_bundle_sequence_id',
  'batch_event_index',
  'batch_ordering_id',
  'batch_page_id',
  'event_params',
  'items',
] as const;

type Write = (value: FvValue) => string | undefined;

/**
 * Compiles a function that writes what identifies an event as one text. Two rows have the same text exactly when they
 * agree in the identifying columns: a column or nested field that is null, empty or not in the schema counts alike, so
 * that the text stays the same when the export gets new columns; parameters are compared without their order; floats
 * by value, not by spelling.
 */
export function compileIdentity(fields: readonly TableField[]): (row: FvRow) => string {
  const columns = IDENTITY_COLUMNS.map((name) => {
    const index = fields.findIndex((field) => field.name === name);
    const field = fields[index];
    return { index, write: field === undefined ? nothing : compileField(field, name === 'event_params') };
  });
  return (row) => {
    let text = '';
    for (const { index, write } of columns) {
      const value = row.f[index]?.v ?? null;
      text += `${value === null ? 'null' : (write(value) ?? 'null')}\n`;
    }
    return text;
  };
}

const nothing: Write = () => undefined;

function compileField(field: TableField, isSorted: boolean): Write {
  const single = compileValue(field);
  if (!field.isRepeated) return single;
  return (value) => {
    const cells = value as readonly FvCell[];
    if (cells.length === 0) return undefined;
    const texts = cells.map(({ v }) => (v === null ? 'null' : (single(v) ?? 'null')));
    // Each text begins with the parameter's key, so this sorts by key, then by value.
    if (isSorted) texts.sort();
    return `[${texts.join(',')}]`;
  };
}

function compileValue(field: TableField): Write {
  if (field.type === 'FLOAT64' || field.type === 'NUMERIC') return (value) => String(Number(value));
  if (field.type !== 'STRUCT') return (value) => JSON.stringify(value);
  const columns = field.fields
    .map((child, index) => ({ name: child.name, index, write: compileField(child, false) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return (value) => {
    const { f } = value as FvRow;
    let text = '';
    for (const { name, index, write } of columns) {
      const cell = f[index]?.v ?? null;
      const part = cell === null ? undefined : write(cell);
      if (part !== undefined) text += `${text === '' ? '{' : ','}"${name}":${part}`;
    }
    return text === '' ? undefined : `${text}}`;
  };
}
