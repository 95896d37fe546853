/**
 * A row as the REST API writes it (BigQuery REST v2, TableRow): cells in the order of the columns, every scalar a text
 * or null, a STRUCT a row again, a REPEATED value a list of cells.
 */
export interface FvRow {
  readonly f: readonly FvCell[];
}

/** One cell. */
export interface FvCell {
  readonly v: FvValue;
}

/** What stands in a cell. */
export type FvValue = null | string | FvRow | readonly FvCell[];

/**
 * Thrown when a row has more cells than the schema has columns: a column was added after the schema was asked for.
 * Columns are only ever added at the end.
 */
export class ColumnsAddedError extends Error {
  override readonly name = 'ColumnsAddedError';
}
