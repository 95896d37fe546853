import { type HttpClient, type Logger, nextLink, PagingGuard, type RequestOptions } from '@cuttle/airbyte-cdk';
import { isJsonObject, isKnownError, type JsonObject, SystemError } from '@cuttle/protocol';
import { REDUCE_DATA, retryUnknown } from './error-table.js';

/** Good pages after which a page that was made smaller grows again. */
const RESTORE_AFTER = 5;

/** A list of the Graph API. */
export interface ListRequest {
  readonly http: HttpClient;
  readonly log: Logger;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  /** Rows per page. */
  readonly limit: number;
  /** When not even one row can be had: tries again later, or gives up so that the caller can ask for less. */
  readonly whenTooLarge: 'retry' | 'give up';
}

/**
 * The pages of a list. A page that is too large for Meta is asked for again at half the size, and grows back later.
 *
 * @throws {SystemError} `GRAPH_REDUCE_DATA` when not even one row can be had and the caller wants to give up;
 *   `PAGING_STUCK` when pages would never end; `NEXT_LINK_REFUSED` for a link to another host
 */
export async function* listPages(request: ListRequest): AsyncGenerator<readonly JsonObject[]> {
  const { http, path, params } = request;
  const guard = new PagingGuard(`Meta's ${path}`);
  let target: string | undefined = path;
  let own: Readonly<Record<string, string>> = params;
  const size = new PageSize(request);
  while (target !== undefined) {
    const current: string = target;
    const { data, url } = await size.ask((limit, options) =>
      http.get(current, { ...options, params: { ...own, limit } }),
    );
    const body: JsonObject = isJsonObject(data) ? data : {};
    const rows = body['data'];
    if (!Array.isArray(rows)) throw new SystemError(`The answer of ${path} has no rows.`, { code: 'GRAPH_ANSWER' });
    const objects = objectsOf(path, rows);
    guard.page(idsOf(objects));
    if (objects.length > 0) yield objects;
    const next = nextPage(body, url);
    if (next === undefined) return;
    target = guard.follow(next);
    own = {};
  }
}

/** @throws {SystemError} `GRAPH_ANSWER` for a row that is no object: it must not be left out */
function objectsOf(path: string, rows: readonly unknown[]): readonly JsonObject[] {
  return rows.map((row) => {
    if (isJsonObject(row)) return row;
    throw new SystemError(`The answer of ${path} has a row that is no object.`, { code: 'GRAPH_ANSWER' });
  });
}

/** The ids of rows that have one, all of them; rows of reports have none. */
function idsOf(rows: readonly JsonObject[]): readonly string[] {
  const ids = rows.map((row) => row['id']);
  return ids.every((id) => typeof id === 'string') ? ids : [];
}

/** The next page's URL without the token that Meta puts in, and without the limit, which is ours. */
function nextPage(body: JsonObject, url: string): string | undefined {
  const { paging } = body;
  const next = isJsonObject(paging) ? paging['next'] : undefined;
  if (typeof next !== 'string') return undefined;
  const link = new URL(nextLink(url, next));
  link.searchParams.delete('access_token');
  link.searchParams.delete('limit');
  return link.href;
}

class PageSize {
  readonly #request: ListRequest;
  #limit: number;
  #good = 0;

  constructor(request: ListRequest) {
    this.#request = request;
    this.#limit = request.limit;
  }

  async ask<T>(send: (limit: string, options: RequestOptions) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const isLast = this.#limit === 1 && this.#request.whenTooLarge === 'retry';
        const answer = await send(String(this.#limit), isLast ? { classify: retryUnknown } : {});
        this.#grow();
        return answer;
      } catch (error) {
        if (!isKnownError(error) || error.code !== REDUCE_DATA || this.#limit === 1) throw error;
        this.#limit = Math.floor(this.#limit / 2);
        this.#good = 0;
        this.#request.log.debug(`${this.#request.path}: pages of ${this.#limit} from here, Meta asks for less.`);
      }
    }
  }

  #grow(): void {
    this.#good += 1;
    if (this.#limit >= this.#request.limit || this.#good < RESTORE_AFTER) return;
    this.#limit = Math.min(this.#request.limit, this.#limit * 2);
    this.#good = 0;
  }
}
