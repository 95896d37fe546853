import type { TableDetails } from '../api.js';

/** Wanted size of an answer, bytes: large enough that latency counts little, small beside the memory bound. */
const PAGE_BYTES = 2_500_000;
/** The same for tables whose identities alone take a good part of the memory bound. */
const LARGE_TABLE_PAGE_BYTES = 400_000;
const LARGE_TABLE_ROWS = 1_000_000;
/** How much larger a row is as JSON cells than its logical size; 2.9 and 3.5 in two samples of the export. */
const JSON_FACTOR = 3.2;
const MAX_ROWS = 50_000;
const MIN_ROWS = 100;

/** Rows to ask for at once, from what `tables.get` says about the table's size. */
export function pageRows({ rows, bytes }: Pick<TableDetails, 'rows' | 'bytes'>): number {
  const count = Math.max(1, Number(rows));
  const rowBytes = Math.max(1, (Number(bytes) / count) * JSON_FACTOR);
  const pageBytes = count > LARGE_TABLE_ROWS ? LARGE_TABLE_PAGE_BYTES : PAGE_BYTES;
  return Math.min(MAX_ROWS, Math.max(MIN_ROWS, Math.floor(pageBytes / rowBytes)));
}
