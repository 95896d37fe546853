import type { TableDetails } from '../api.js';
import type { FvRow } from '../encode/fv-row.js';
import type { TableField } from '../schema/table-field.js';

/** Rows of a table that arrived together. */
export interface RowBatch {
  /** Columns of the rows' cells. */
  readonly fields: readonly TableField[];
  readonly rows: Iterable<FvRow>;
}

/**
 * A way to fetch the rows of one table: the REST list, a query, and later the Storage Read API. All rows of a read
 * belong to one version of the table.
 */
export interface ShardReader {
  /**
   * The rows in batches of a few megabytes at most.
   *
   * @throws {ShardVanishedError} when the table is not there any more
   */
  read(table: TableDetails): AsyncIterable<RowBatch>;
}

/** Thrown when a table that was listed is gone: an intraday table that was replaced, or one that expired. */
export class ShardVanishedError extends Error {
  override readonly name = 'ShardVanishedError';
}
