import { type Answer, jsonAnswer, type Request } from '../server/exchange.js';
import { ApiError } from './api-error.js';
import { encodePage, selectFields } from './page.js';
import { type BigQuerySettings, requirePermission } from './settings.js';
import type { Table, Warehouse } from './warehouse.js';

/** datasets.get, tables.list, tables.get and tabledata.list. */
export class TableApi {
  readonly #warehouse: Warehouse;
  readonly #settings: BigQuerySettings;

  constructor(warehouse: Warehouse, settings: BigQuerySettings) {
    this.#warehouse = warehouse;
    this.#settings = settings;
  }

  /** Answers a GET below `/projects/<project>/datasets/<dataset>`; `rest` are the path's segments behind it. */
  handle(request: Request, project: string, dataset: string, rest: readonly string[]): Answer {
    if (!this.#warehouse.hasProject(project)) {
      throw new ApiError('accessDenied', `Access Denied: Project ${project}: User does not have access.`);
    }
    if (!this.#warehouse.hasDataset(project, dataset)) {
      throw new ApiError('notFound', `Not found: Dataset ${project}:${dataset}`);
    }
    const [tables, id, data] = rest;
    const on = `Dataset ${project}:${dataset}`;
    if (tables === undefined) return jsonAnswer(200, { kind: 'bigquery#dataset', id: `${project}:${dataset}` });
    if (tables !== 'tables') throw new ApiError('notFound', `Not found: ${tables}`);
    if (id === undefined) {
      requirePermission(this.#settings, 'bigquery.tables.list', on);
      return this.#list(request.query, project, dataset);
    }
    const table = this.#warehouse.table(project, dataset, id);
    if (table === undefined) throw new ApiError('notFound', `Not found: Table ${project}:${dataset}.${id}`);
    const permission = data === undefined ? 'bigquery.tables.get' : 'bigquery.tables.getData';
    requirePermission(this.#settings, permission, `Table ${project}:${dataset}.${id}`);
    return data === undefined ? this.#get(table, project, dataset) : this.#data(request.query, table);
  }

  #list(query: URLSearchParams, project: string, dataset: string): Answer {
    const tables = this.#warehouse.tables(project, dataset);
    const after = decodeToken(query.get('pageToken'));
    const size = Math.min(positive(query.get('maxResults')) ?? this.#settings.tablesPerPage, 1_000);
    const rest = after === undefined ? tables : tables.filter((table) => table.id > after);
    const page = rest.slice(0, size);
    return jsonAnswer(200, {
      kind: 'bigquery#tableList',
      etag: 'sandbox',
      ...(rest.length > size ? { nextPageToken: encodeToken(page[page.length - 1]!.id) } : {}),
      ...(page.length === 0
        ? {}
        : {
            tables: page.map((table) => ({
              kind: 'bigquery#table',
              id: `${project}:${dataset}.${table.id}`,
              tableReference: { projectId: project, datasetId: dataset, tableId: table.id },
              type: 'TABLE',
              creationTime: String(table.createdMs),
            })),
          }),
      totalItems: tables.length,
    });
  }

  #get(table: Table, project: string, dataset: string): Answer {
    const { schema, rows, modifiedMs } = table.current;
    return jsonAnswer(200, {
      kind: 'bigquery#table',
      id: `${project}:${dataset}.${table.id}`,
      tableReference: { projectId: project, datasetId: dataset, tableId: table.id },
      schema: { fields: schema },
      numBytes: String(table.bytes()),
      numRows: String(rows.count),
      creationTime: String(table.createdMs),
      lastModifiedTime: String(modifiedMs),
      type: 'TABLE',
      location: 'EU',
    });
  }

  /** A page token names the version that it belongs to: later changes of the table do not show. */
  #data(query: URLSearchParams, table: Table): Answer {
    const token = decodeToken(query.get('pageToken'));
    const [incarnation, number, offset] = (token ?? '').split(':').map(Number);
    if (token !== undefined && (incarnation !== table.incarnation || table.version(number) === undefined)) {
      throw new ApiError('invalid', 'Invalid page token');
    }
    const versionNumber = token === undefined ? table.versionNumber : number!;
    const version = table.version(versionNumber)!;
    const schema = selectFields(version.schema, query.get('selectedFields'));
    const page = encodePage(schema, version.rows, {
      from: token === undefined ? Number(query.get('startIndex') ?? 0) : offset!,
      maxRows: smallest(positive(query.get('maxResults')), this.#settings.maxPageRows),
      maxBytes: this.#settings.maxPageBytes,
      format: { usesInt64Timestamp: query.get('formatOptions.useInt64Timestamp') === 'true' },
    });
    const next = page.next === undefined ? undefined : `${table.incarnation}:${versionNumber}:${page.next}`;
    const head = {
      kind: 'bigquery#tableDataList',
      etag: 'sandbox',
      totalRows: String(version.rows.count),
      ...(next === undefined ? {} : { pageToken: encodeToken(next) }),
    };
    return withRows(head, page.rows);
  }
}

/** A JSON answer whose rows are bytes already; without rows the field is left out, as the real API does. */
export function withRows(head: Readonly<Record<string, unknown>>, rows: Buffer): Answer {
  const text = JSON.stringify(head);
  const parts = rows.length === 0 ? [Buffer.from(text)] : [`${text.slice(0, -1)},"rows":[`, rows, ']}'].map(toBytes);
  return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: Buffer.concat(parts) };
}

function toBytes(part: string | Buffer): Buffer {
  return typeof part === 'string' ? Buffer.from(part) : part;
}

/** An opaque text of a place in a list. */
export function encodeToken(text: string): string {
  return Buffer.from(text).toString('base64url');
}

/** The place of a token; undefined without one. */
export function decodeToken(token: string | null): string | undefined {
  return token === null || token === '' ? undefined : Buffer.from(token, 'base64url').toString('utf8');
}

/** A whole number above 0, or undefined when the text is missing. */
export function positive(text: string | null): number | undefined {
  if (text === null) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new ApiError('invalid', `Invalid value: ${text}`);
  return value === 0 ? undefined : value;
}

/** The smaller of two bounds that may be missing. */
export function smallest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
