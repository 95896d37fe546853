import { type Answer, jsonAnswer } from '../server/exchange.js';
import { ApiError } from './api-error.js';
import { type QueryJob, QueryJobs, type QueryRequest } from './jobs.js';
import { encodePage } from './page.js';
import { type BigQuerySettings, requirePermission } from './settings.js';
import type { QueryParameters } from './sql.js';
import { decodeToken, encodeToken, positive, smallest, withRows } from './table-api.js';
import type { Warehouse } from './warehouse.js';

type Body = Readonly<Record<string, unknown>>;

/** jobs.query, jobs.getQueryResults, jobs.insert and jobs.get. */
export class QueryApi {
  readonly #jobs: QueryJobs;
  readonly #settings: BigQuerySettings;

  constructor(warehouse: Warehouse, settings: BigQuerySettings) {
    this.#jobs = new QueryJobs(warehouse);
    this.#settings = settings;
  }

  /** jobs.query: the result at once, or `jobComplete: false` and a job to ask for. */
  query(project: string, body: Body): Answer {
    requirePermission(this.#settings, 'bigquery.jobs.create', `Project ${project}`);
    const request = queryRequest(body, body);
    if (body['dryRun'] === true) {
      const { bytesProcessed, schema } = this.#jobs.estimate(request);
      return jsonAnswer(200, {
        kind: 'bigquery#queryResponse',
        jobReference: { projectId: project, location: 'EU' },
        jobComplete: true,
        totalBytesProcessed: String(bytesProcessed),
        schema: { fields: schema },
        cacheHit: false,
      });
    }
    const job = this.#jobs.start(request, this.#settings.pendingPolls);
    if (job.error !== undefined) throw new ApiError(job.error.reason, job.error.message);
    const query = new URLSearchParams();
    if (body['maxResults'] !== undefined) query.set('maxResults', String(body['maxResults']));
    const { useInt64Timestamp } = (body['formatOptions'] ?? {}) as Body;
    if (useInt64Timestamp === true) query.set('formatOptions.useInt64Timestamp', 'true');
    return this.#answer('bigquery#queryResponse', project, job, query);
  }

  /** jobs.getQueryResults. */
  results(project: string, jobId: string, query: URLSearchParams): Answer {
    return this.#answer('bigquery#getQueryResultsResponse', project, this.#find(project, jobId), query);
  }

  /** jobs.insert: always gives the job; what went wrong stands in its status. */
  insert(project: string, body: Body): Answer {
    requirePermission(this.#settings, 'bigquery.jobs.create', `Project ${project}`);
    const configuration = (body['configuration'] ?? {}) as Body;
    const query = configuration['query'] as Body | undefined;
    if (query === undefined) throw new ApiError('invalid', 'The sandbox runs query jobs only.');
    const request = queryRequest(query, query);
    if (configuration['dryRun'] === true) {
      const { bytesProcessed } = this.#jobs.estimate(request);
      return jsonAnswer(200, jobBody(project, undefined, 'DONE', bytesProcessed));
    }
    const { jobId } = (body['jobReference'] ?? {}) as Body;
    const job = this.#jobs.start(request, this.#settings.pendingPolls, jobId === undefined ? undefined : String(jobId));
    return jsonAnswer(200, jobBody(project, job, job.pendingPolls > 0 ? 'RUNNING' : 'DONE', job.bytesProcessed));
  }

  /** jobs.get. */
  job(project: string, jobId: string): Answer {
    const job = this.#find(project, jobId);
    const state = job.pendingPolls > 0 ? 'RUNNING' : 'DONE';
    job.pendingPolls = Math.max(0, job.pendingPolls - 1);
    return jsonAnswer(200, jobBody(project, job, state, job.bytesProcessed));
  }

  #find(project: string, jobId: string): QueryJob {
    const job = this.#jobs.find(jobId);
    if (job === undefined) throw new ApiError('notFound', `Not found: Job ${project}:${jobId}`);
    return job;
  }

  #answer(kind: string, project: string, job: QueryJob, query: URLSearchParams): Answer {
    const jobReference = { projectId: project, jobId: job.id, location: 'EU' };
    if (job.pendingPolls > 0) {
      job.pendingPolls -= 1;
      return jsonAnswer(200, { kind, jobReference, jobComplete: false });
    }
    if (job.error !== undefined || job.result === undefined) {
      throw new ApiError(job.error?.reason ?? 'internalError', job.error?.message ?? 'The job has no result');
    }
    const { schema, rows } = job.result;
    const token = decodeToken(query.get('pageToken'));
    const page = encodePage(schema, rows, {
      from: Number(token ?? query.get('startIndex') ?? 0),
      maxRows: smallest(positive(query.get('maxResults')), this.#settings.maxPageRows),
      maxBytes: this.#settings.maxPageBytes,
      format: { usesInt64Timestamp: query.get('formatOptions.useInt64Timestamp') === 'true' },
    });
    const head = {
      kind,
      jobReference,
      jobComplete: true,
      schema: { fields: schema },
      totalRows: String(rows.count),
      totalBytesProcessed: String(job.bytesProcessed),
      cacheHit: false,
      ...(page.next === undefined ? {} : { pageToken: encodeToken(String(page.next)) }),
    };
    return withRows(head, page.rows);
  }
}

function jobBody(project: string, job: QueryJob | undefined, state: 'RUNNING' | 'DONE', bytes: number): unknown {
  const errorResult = state === 'DONE' ? job?.error : undefined;
  return {
    kind: 'bigquery#job',
    jobReference: { projectId: project, location: 'EU', ...(job === undefined ? {} : { jobId: job.id }) },
    status: { state, ...(errorResult === undefined ? {} : { errorResult, errors: [errorResult] }) },
    statistics: {
      totalBytesProcessed: String(bytes),
      query: { totalBytesProcessed: String(bytes), cacheHit: false, statementType: 'SELECT' },
    },
  };
}

function queryRequest(body: Body, source: Body): QueryRequest {
  if (typeof body['query'] !== 'string') throw new ApiError('invalid', 'Required parameter is missing: query');
  const limit = body['maximumBytesBilled'];
  return {
    query: body['query'],
    // The API's default is true.
    usesLegacySql: body['useLegacySql'] !== false,
    parameters: queryParameters(source['queryParameters']),
    maximumBytesBilled: limit === undefined ? undefined : Number(limit),
  };
}

/** Named parameters: scalars by type, and lists of texts. */
function queryParameters(list: unknown): QueryParameters {
  const parameters: Record<string, QueryParameters[string]> = {};
  for (const entry of (list ?? []) as readonly Body[]) {
    const value = (entry['parameterValue'] ?? {}) as { value?: string; arrayValues?: readonly { value: string }[] };
    const { type } = (entry['parameterType'] ?? {}) as { type?: string };
    parameters[String(entry['name'])] =
      type === 'ARRAY' ? (value.arrayValues ?? []).map((element) => element.value) : scalar(type, value.value ?? '');
  }
  return parameters;
}

function scalar(type: string | undefined, value: string): string | number | boolean {
  if (type === 'INT64' || type === 'FLOAT64' || type === 'INTEGER' || type === 'FLOAT') return Number(value);
  return type === 'BOOL' || type === 'BOOLEAN' ? value === 'true' : value;
}
