import {
  type Answer,
  type HttpClient,
  type HttpResponse,
  type Outcome,
  PagingGuard,
  type RequestOptions,
  rawPage,
} from '@cuttle/airbyte-cdk';
import { isJsonObject, type JsonObject, SystemError } from '@cuttle/protocol';
import type { FvRow } from './encode/fv-row.js';
import { errorReason, errorText } from './error-table.js';
import { decodeFields, type TableField } from './schema/table-field.js';

/** Most tables that one page of a list may hold. */
const TABLES_PER_PAGE = 1000;

/** A dataset. */
export interface DatasetRef {
  readonly project: string;
  readonly dataset: string;
}

/** What `tables.get` says; times and counts are texts, as they come. */
export interface TableDetails {
  readonly id: string;
  readonly fields: readonly TableField[];
  /** Milliseconds since the epoch. */
  readonly modified: string;
  readonly rows: string;
  readonly bytes: string;
}

/** Rows of one answer. `rowCount` rows are parsed one by one, when they are asked for. */
export interface RowsPage {
  readonly rows: Iterable<FvRow>;
  readonly rowCount: number;
  /** The other fields of the answer. */
  readonly head: JsonObject;
}

/** The tables of a dataset. */
export interface TableList {
  /** In the order in which they are listed. */
  readonly ids: readonly string[];
  /** Time of the server when it answered, ms since the epoch; undefined when it did not say. */
  readonly serverMs: number | undefined;
}

/** Ids of all tables of a dataset. */
export async function listTables(http: HttpClient, ref: DatasetRef): Promise<TableList> {
  const ids: string[] = [];
  const guard = new PagingGuard(`BigQuery's tables of ${ref.project}.${ref.dataset}`);
  let serverMs: number | undefined;
  let pageToken: string | undefined;
  do {
    const params = { maxResults: TABLES_PER_PAGE, pageToken, fields: 'nextPageToken,tables/tableReference/tableId' };
    const { data, headers } = await http.get(`${datasetPath(ref)}/tables`, { params });
    serverMs = serverTime(headers) ?? serverMs;
    const body = asObject(data);
    for (const table of asList(body['tables'])) {
      ids.push(asText(asObject(asObject(table)['tableReference'])['tableId'], 'tableReference.tableId'));
    }
    pageToken = nextToken(body['nextPageToken'], guard);
  } while (pageToken !== undefined);
  return { ids, serverMs };
}

/** The time of an answer by its server's clock, ms since the epoch. */
export function serverTime(headers: { readonly [name: string]: string }): number | undefined {
  const time = Date.parse(headers['date'] ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** A table's schema, size and last change; undefined when there is no such table (any more). */
export async function getTable(http: HttpClient, ref: DatasetRef, id: string): Promise<TableDetails | undefined> {
  const path = `${datasetPath(ref)}/tables/${encodeURIComponent(id)}`;
  const { data } = await http.get(path, { classify: ignoreMissingTable });
  if (data === undefined) return undefined;
  const { schema, lastModifiedTime, numRows, numBytes } = asObject(data);
  return {
    id,
    fields: decodeFields(schema),
    modified: asText(lastModifiedTime, 'lastModifiedTime'),
    rows: asText(numRows, 'numRows'),
    bytes: asText(numBytes, 'numBytes'),
  };
}

/**
 * One page of a table's rows (tabledata.list); undefined when the table is gone. Pages of one `pageToken` chain belong
 * to one version of the table, also while it changes.
 */
export async function listRows(
  http: HttpClient,
  ref: DatasetRef,
  id: string,
  options: { readonly maxResults: number; readonly pageToken: string | undefined },
): Promise<RowsPage | undefined> {
  const path = `${datasetPath(ref)}/tables/${encodeURIComponent(id)}/data`;
  const params = { ...options, prettyPrint: false, 'formatOptions.useInt64Timestamp': true };
  return getRows((rows) => http.get(path, { params, ...rows, classify: ignoreMissingTable }));
}

/** A query and its bounds. */
export interface QueryOptions {
  readonly sql: string;
  /** Values of `@name` list parameters. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly maximumBytesBilled: number | undefined;
  readonly maxResults: number;
}

/** Bytes that a query would process (dry run: nothing is run or billed). */
export async function estimateQuery(
  http: HttpClient,
  project: string,
  options: Pick<QueryOptions, 'sql' | 'lists'>,
): Promise<number> {
  const { data } = await http.post(`${projectPath(project)}/queries`, {
    json: { ...queryBody(options), dryRun: true },
  });
  return Number(asText(asObject(data)['totalBytesProcessed'], 'totalBytesProcessed'));
}

/**
 * Starts a query (jobs.query) and gives its first answer, which may be `jobComplete: false`.
 *
 * @param requestId makes a repeated request start no second job
 * @param classify reads reasons of this request before the source's table does; an ignored answer gives undefined
 */
export async function startQuery(
  http: HttpClient,
  project: string,
  options: QueryOptions,
  requestId: string,
  classify: (answer: Answer) => Outcome | undefined,
): Promise<RowsPage | undefined> {
  const { maximumBytesBilled, maxResults } = options;
  const json = {
    ...queryBody(options),
    maxResults,
    requestId,
    timeoutMs: 20_000,
    formatOptions: { useInt64Timestamp: true },
    ...(maximumBytesBilled === undefined ? {} : { maximumBytesBilled: String(maximumBytesBilled) }),
  };
  return getRows((rows) => http.post(`${projectPath(project)}/queries`, { json, ...rows, classify }));
}

/** A further answer of a query job (jobs.getQueryResults). */
export async function queryResults(
  http: HttpClient,
  job: JsonObject,
  options: { readonly maxResults: number; readonly pageToken: string | undefined },
  classify: (answer: Answer) => Outcome | undefined,
): Promise<RowsPage | undefined> {
  const project = asText(job['projectId'], 'jobReference.projectId');
  const id = asText(job['jobId'], 'jobReference.jobId');
  const { location } = job;
  const params = {
    ...options,
    ...(typeof location === 'string' ? { location } : {}),
    timeoutMs: 20_000,
    prettyPrint: false,
    'formatOptions.useInt64Timestamp': true,
  };
  const path = `${projectPath(project)}/queries/${encodeURIComponent(id)}`;
  return getRows((rows) => http.get(path, { params, ...rows, classify }));
}

/**
 * The next page token, which must differ from all before.
 *
 * @param guard of the pages before
 * @throws {SystemError} `PAGING_STUCK`
 */
export function nextToken(token: unknown, guard: PagingGuard): string | undefined {
  return token === undefined || token === null || token === '' ? undefined : guard.follow(asText(token, 'pageToken'));
}

/** A JSON object of an answer; anything else reads as empty. */
export function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function queryBody({ sql, lists }: Pick<QueryOptions, 'sql' | 'lists'>): JsonObject {
  const queryParameters = Object.entries(lists).map(([name, values]) => ({
    name,
    parameterType: { type: 'ARRAY', arrayType: { type: 'STRING' } },
    parameterValue: { arrayValues: values.map((value) => ({ value })) },
  }));
  const body: JsonObject = { query: sql, useLegacySql: false };
  return queryParameters.length === 0 ? body : { ...body, parameterMode: 'NAMED', queryParameters };
}

/** Asks for rows; a body that is cut off or no JSON is asked for again. Undefined for an ignored answer. */
async function getRows(
  request: (options: Pick<RequestOptions, 'as' | 'isWhole'>) => Promise<HttpResponse>,
): Promise<RowsPage | undefined> {
  let page: RowsPage | undefined;
  const isWhole = (bytes: Buffer): boolean => {
    page = readRows(bytes);
    return page !== undefined;
  };
  await request({ as: 'bytes', isWhole });
  return page;
}

/**
 * Splits an answer into its rows without parsing it as a whole: a page of 10 MB is 100 MB of objects. Undefined when
 * the bytes are no whole answer.
 *
 * Assumes, as the API documents it, that `rows` is the only field of that name outside the rows themselves.
 */
function readRows(bytes: Buffer): RowsPage | undefined {
  try {
    const at = bytes.indexOf('"rows":');
    if (at < 0) return { rows: [], rowCount: 0, head: asObject(JSON.parse(bytes.toString('utf8'))) };
    const { bounds } = rawPage(bytes, 'rows');
    const open = bytes.indexOf('[', at);
    const close = bytes.indexOf(']', bounds.at(-1) ?? open);
    const head = asObject(JSON.parse(`${bytes.toString('utf8', 0, open + 1)}${bytes.toString('utf8', close)}`));
    return { rows: { [Symbol.iterator]: () => parseRows(bytes, bounds) }, rowCount: bounds.length / 2, head };
  } catch {
    return undefined;
  }
}

function* parseRows(bytes: Buffer, bounds: readonly number[]): Generator<FvRow> {
  for (let index = 0; index < bounds.length; index += 2) {
    yield JSON.parse(bytes.toString('utf8', bounds[index], bounds[index + 1])) as FvRow;
  }
}

function ignoreMissingTable(answer: Answer): Outcome | undefined {
  const isMissing = answer.status === 404 && errorReason(answer) === 'notFound';
  // A dataset or project that is not there is a mistake in the config.
  return isMissing && !/^Not found: (Dataset|Project)/.test(errorText(answer)) ? { action: 'ignore' } : undefined;
}

function datasetPath({ project, dataset }: DatasetRef): string {
  return `${projectPath(project)}/datasets/${encodeURIComponent(dataset)}`;
}

function projectPath(project: string): string {
  return `projects/${encodeURIComponent(project)}`;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function asText(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw new SystemError(`An answer of BigQuery has no "${name}".`, { code: 'ANSWER_UNREADABLE' });
}
