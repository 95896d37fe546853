import type { Dialect, ExistingTable, Relation, Statement, TableName, TablePlan } from './dialect.js';
import type { Segment } from './segment.js';
import type { SmallBatch } from './small-batch.js';

/** Rows waiting in segments, and what is written into their meta columns. */
export interface StagedLoad {
  readonly plan: TablePlan;
  readonly segments: readonly Segment[];
  /** Records in the segments: the relation must hold as many rows. */
  readonly records: number;
  readonly generationId: number;
  readonly syncId: number | undefined;
  /** Whether the rows are compared with each other, so that they need `_arrival` and are read more than once. */
  readonly ordered: boolean;
  /** The rows, read and cast, when they are few and the warehouse takes such batches. */
  readonly small?: SmallBatch;
  /** Name for a table that holds the batch on its way, if the warehouse needs one: of this writer and target alone. */
  readonly batchTable: TableName;
}

/** A relation that can be loaded until it is released. */
export interface Staged extends Relation {
  release(): Promise<void>;
}

/** A row of a query: texts, numbers, booleans, null; integers beyond 2^53 as text. */
export type Row = readonly (string | number | boolean | null)[];

/** What differs between warehouses in acting: connections, staging, transactions. */
export interface Warehouse {
  readonly dialect: Dialect;
  /**
   * Runs `work` while the warehouse may be used; other members are only called inside.
   *
   * @param when `last` when all rows have come: what is worth doing once in a run, not after each commit, is done then
   */
  session<T>(work: () => Promise<T>, when?: 'last'): Promise<T>;
  /** Existing tables of a schema by name; empty when the schema is absent. One metadata query. */
  describe(schema: string): Promise<ReadonlyMap<string, ExistingTable>>;
  query(sql: string): Promise<readonly Row[]>;
  /**
   * Runs statements in one transaction: all of them, or none when one fails or changes another number of rows than it
   * expects.
   */
  commit(statements: readonly Statement[]): Promise<void>;
  /** @throws {SegmentRefusedError} when a segment holds lines that the reader does not take */
  stage(load: StagedLoad): Promise<Staged>;
  close(): Promise<void>;
}
