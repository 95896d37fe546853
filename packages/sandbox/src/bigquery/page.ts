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

/** Rows as bytes of JSON (without the brackets) and where to go on; `next` is undefined at the end. */
export interface Page {
  readonly rows: Buffer;
  readonly next: number | undefined;
}

/** Encodes rows until a bound is met. */
export function encodePage(schema: readonly TableField[], source: RowSource, request: PageRequest): Page {
  const encode = rowEncoder(schema, request.format);
  const end = Math.min(source.count, request.from + (request.maxRows ?? Number.POSITIVE_INFINITY));
  const bytes = new GrowingBuffer();
  let next = request.from;
  if (next < end) {
    for (const row of source.rows(next, end)) {
      const text = encode(row);
      if (bytes.length > 0 && bytes.length + text.length > request.maxBytes) break;
      bytes.write(bytes.length > 0 ? `,${text}` : text);
      next += 1;
    }
  }
  return { rows: bytes.content(), next: next < source.count ? next : undefined };
}

/** Texts written one behind the other. Keeping thousands of texts instead costs most of a page's time in collection. */
class GrowingBuffer {
  #buffer = Buffer.allocUnsafe(65_536);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  write(text: string): void {
    // A UTF-16 unit takes at most three bytes.
    const needed = this.#length + text.length * 3;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    this.#length += this.#buffer.write(text, this.#length);
  }

  content(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }
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
