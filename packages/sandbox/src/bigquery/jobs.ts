import { ApiError } from './api-error.js';
import { columnsRead, type QueryResult, runSelect } from './query.js';
import { InvalidQueryError, parseSelect, type QueryParameters, type SelectStatement } from './sql.js';
import type { Table, Warehouse } from './warehouse.js';

/** A query as `jobs.query` and `jobs.insert` take it. */
export interface QueryRequest {
  readonly query: string;
  readonly usesLegacySql: boolean;
  readonly parameters: QueryParameters;
  readonly maximumBytesBilled: number | undefined;
}

/** A query job. An error stands in the job, as `status.errorResult`. */
export interface QueryJob {
  readonly id: string;
  readonly result: QueryResult | undefined;
  readonly bytesProcessed: number;
  readonly error: { readonly reason: string; readonly message: string } | undefined;
  /** How many more times the job answers that it is not complete. */
  pendingPolls: number;
}

const MIB = 1_048_576;
const MINIMUM_BILLED = 10 * MIB;

/** Query jobs by id. A result keeps the version of the table that was current when the job was made. */
export class QueryJobs {
  readonly #warehouse: Warehouse;
  readonly #jobs = new Map<string, QueryJob>();

  constructor(warehouse: Warehouse) {
    this.#warehouse = warehouse;
  }

  /** A job by id. */
  find(id: string): QueryJob | undefined {
    return this.#jobs.get(id);
  }

  /**
   * Bytes that a query would process, and its columns; nothing is run or kept.
   *
   * @throws {ApiError} `invalidQuery` or `notFound`
   */
  estimate(request: QueryRequest): { readonly bytesProcessed: number; readonly schema: QueryResult['schema'] } {
    const { statement, table } = this.#plan(request);
    const empty = { ...table.current, rows: { count: 0, rows: () => [] } };
    return { bytesProcessed: bytesOf(statement, table), schema: runSelect(statement, empty).schema };
  }

  /**
   * Runs a query and keeps its result.
   *
   * @throws {ApiError} `invalidQuery`, `notFound`, `duplicate`
   */
  start(request: QueryRequest, pendingPolls: number, wantedId?: string): QueryJob {
    if (wantedId !== undefined && this.#jobs.has(wantedId)) {
      throw new ApiError('duplicate', `Already Exists: Job ${wantedId}`);
    }
    const { statement, table } = this.#plan(request);
    const bytesProcessed = bytesOf(statement, table);
    const billed = Math.max(MINIMUM_BILLED, Math.ceil(bytesProcessed / MIB) * MIB);
    const limit = request.maximumBytesBilled;
    const isTooMuch = limit !== undefined && billed > limit;
    const job: QueryJob = {
      id: wantedId ?? `job_sandbox_${this.#jobs.size + 1}`,
      result: isTooMuch ? undefined : asInvalidQuery(() => runSelect(statement, table.current)),
      bytesProcessed,
      error: isTooMuch
        ? {
            reason: 'bytesBilledLimitExceeded',
            message: `Query exceeded limit for bytes billed: ${limit}. ${billed} or higher required.`,
          }
        : undefined,
      pendingPolls,
    };
    this.#jobs.set(job.id, job);
    return job;
  }

  #plan(request: QueryRequest): { statement: SelectStatement; table: Table } {
    if (request.usesLegacySql) {
      throw new ApiError('invalidQuery', 'The sandbox has no legacy SQL: send useLegacySql false.');
    }
    const statement = asInvalidQuery(() => parseSelect(request.query, request.parameters));
    const { project, dataset, table: id } = statement.table;
    const table = this.#warehouse.table(project, dataset, id);
    if (table === undefined) throw new ApiError('notFound', `Not found: Table ${project}:${dataset}.${id}`);
    return { statement, table };
  }
}

function bytesOf(statement: SelectStatement, table: Table): number {
  return asInvalidQuery(() => table.bytes(columnsRead(statement, table.current.schema)));
}

function asInvalidQuery<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof InvalidQueryError) throw new ApiError('invalidQuery', error.message);
    throw error;
  }
}
