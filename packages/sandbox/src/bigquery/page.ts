import { type RowFormat, rowEncoder } from './encode-row.js';
import type { RowSource } from './rows.js';
import type { TableField } from './schema.js';

/** A part of a result. */
export interface PageRequest {
  readonly from: number;
  /** Most rows; undefined for no bound. */
  readonly maxRows: number | undefined;
  /** Most bytes of rows; at least one row is given. */
  readonly maxBytes: number;
  readonly format: RowFormat;
}

/** Rows as JSON text (without the brackets) and where to go on; `next` is undefined at the end. */
export interface Page {
  readonly rowsText: string;
  readonly next: number | undefined;
}

/** Encodes rows until a bound is met. */
export function encodePage(schema: readonly TableField[], source: RowSource, request: PageRequest): Page {
  const encode = rowEncoder(schema, request.format);
  const end = Math.min(source.count, request.from + (request.maxRows ?? Number.POSITIVE_INFINITY));
  const texts: string[] = [];
  let bytes = 0;
  let next = request.from;
  if (next < end) {
    for (const row of source.rows(next, end)) {
      const text = encode(row);
      bytes += text.length;
      if (bytes > request.maxBytes && texts.length > 0) break;
      texts.push(text);
      next += 1;
    }
  }
  return { rowsText: texts.join(','), next: next < source.count ? next : undefined };
}

/** Columns by the `selectedFields` parameter: top-level names or dotted paths, comma separated; all without it. */
export function selectFields(schema: readonly TableField[], selected: string | null): readonly TableField[] {
  if (selected === null || selected === '') return schema;
  const paths = selected.split(',').map((path) => path.split('.'));
  return prune(schema, paths);
}

function prune(schema: readonly TableField[], paths: readonly (readonly string[])[]): TableField[] {
  return schema.flatMap((field) => {
    const matching = paths.filter((path) => path[0] === field.name);
    if (matching.length === 0) return [];
    const inner = matching.map((path) => path.slice(1));
    if (field.fields === undefined || inner.some((path) => path.length === 0)) return [field];
    return [{ ...field, fields: prune(field.fields, inner) }];
  });
}
