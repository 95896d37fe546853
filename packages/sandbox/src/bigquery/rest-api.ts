import { type Answer, bearerToken, jsonAnswer, jsonBody, type Request } from '../server/exchange.js';
import type { System } from '../server/listen.js';
import type { Accounts } from './accounts.js';
import { ApiError, errorAnswer } from './api-error.js';
import { QueryApi } from './query-api.js';
import type { BigQuerySettings } from './settings.js';
import { TableApi } from './table-api.js';
import type { Warehouse } from './warehouse.js';

/**
 * The REST API below `/bigquery/v2`: datasets.get, tables.list and get, tabledata.list, jobs.query, getQueryResults,
 * jobs.insert and get. Source: the vendor's reference of the BigQuery API, v2.
 */
export class BigQueryRestApi implements System {
  readonly #accounts: Accounts;
  readonly #tables: TableApi;
  readonly #queries: QueryApi;

  constructor(warehouse: Warehouse, accounts: Accounts, settings: BigQuerySettings) {
    this.#accounts = accounts;
    this.#tables = new TableApi(warehouse, settings);
    this.#queries = new QueryApi(warehouse, settings);
  }

  expireTokens(): void {
    this.#accounts.expireTokens();
  }

  handle(request: Request): Answer {
    if (!this.#accounts.isValid(bearerToken(request))) {
      return errorAnswer('authError', 'Request had invalid authentication credentials.');
    }
    try {
      return this.#route(request);
    } catch (error) {
      if (error instanceof ApiError) return errorAnswer(error.reason, error.message);
      throw error;
    }
  }

  #route(request: Request): Answer {
    const segments = request.path.split('/').slice(3).map(decodeURIComponent);
    const [projects, project, collection, id, ...rest] = segments;
    if (request.path.startsWith('/bigquery/v2/') && projects === 'projects' && project !== undefined) {
      if (request.method === 'GET' && collection === 'datasets' && id !== undefined) {
        return this.#tables.handle(request, project, id, rest);
      }
      if (request.method === 'GET' && collection === 'queries' && id !== undefined) {
        return this.#queries.results(project, id, request.query);
      }
      if (request.method === 'GET' && collection === 'jobs' && id !== undefined) return this.#queries.job(project, id);
      const body = jsonBody(request);
      if (body === undefined) return errorAnswer('invalid', 'Parse Error');
      if (request.method === 'POST' && collection === 'queries') return this.#queries.query(project, body);
      if (request.method === 'POST' && collection === 'jobs') return this.#queries.insert(project, body);
    }
    return jsonAnswer(404, { error: { code: 404, message: `No such method: ${request.method} ${request.path}` } });
  }
}
