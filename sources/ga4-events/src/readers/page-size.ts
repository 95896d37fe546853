import type { TableDetails } from '../api.js';

/** Wanted size of an answer, bytes: large enough that latency does not count, small beside the memory bound. */
const PAGE_BYTES = 800_000;
/** How much larger a row is as JSON cells than its logical size; measured on the export: 3 to 5. */
const JSON_FACTOR = 5;
const MAX_ROWS = 50_000;
const MIN_ROWS = 100;

/** Rows to ask for at once, from what `tables.get` says about the table's size. */
export function pageRows({ rows, bytes }: Pick<TableDetails, 'rows' | 'bytes'>): number {
  const rowBytes = (Number(bytes) / Math.max(1, Number(rows))) * JSON_FACTOR;
  return Math.min(MAX_ROWS, Math.max(MIN_ROWS, Math.floor(PAGE_BYTES / Math.max(1, rowBytes))));
}
