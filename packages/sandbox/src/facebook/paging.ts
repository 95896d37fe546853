import type { Request } from '../server/exchange.js';
import { parameterError, reduceDataError } from './graph-error.js';

const DEFAULT_LIMIT = 25;

/** What a page is cut out of: rows with a text for each by which the next page begins behind it. */
export interface PageSource<T> {
  readonly rows: readonly T[];
  readonly render: (row: T) => unknown;
  readonly cursorOf: (row: T, index: number) => string;
  /** Index of the first row behind a cursor. */
  readonly behind: (cursor: string) => number;
  /** Most rows that may be asked for; undefined without a bound. */
  readonly maxRows: number | undefined;
}

/**
 * A page as the API answers it: `next` is a whole URL with all parameters, the access token among them.
 *
 * @throws {GraphError} 100 for a wrong limit, 1 for one that is too large
 */
export function cutPage<T>(request: Request, token: string, source: PageSource<T>): object {
  const limit = Number(request.query.get('limit') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1) throw parameterError('Param limit must be a positive integer');
  if (source.maxRows !== undefined && limit > source.maxRows) throw reduceDataError();
  const after = request.query.get('after');
  const start = after === null ? 0 : source.behind(decode(after));
  const data = source.rows.slice(start, start + limit);
  if (data.length === 0) return { data };
  const cursor = (index: number): string =>
    Buffer.from(source.cursorOf(source.rows[index] as T, index)).toString('base64url');
  const cursors = { before: cursor(start), after: cursor(start + data.length - 1) };
  const hasMore = start + data.length < source.rows.length;
  return {
    data: data.map(source.render),
    paging: { cursors, ...(hasMore ? { next: nextUrl(request, token, cursors.after) } : {}) },
  };
}

function nextUrl(request: Request, token: string, after: string): string {
  const host = request.headers['host'] ?? 'graph.facebook.com';
  const scheme = /^(127\.|localhost)/.test(host) ? 'http' : 'https';
  const url = new URL(`${scheme}://${host}${request.path}`);
  for (const [name, value] of request.query) url.searchParams.set(name, value);
  url.searchParams.set('access_token', token);
  url.searchParams.set('after', after);
  return url.href;
}

function decode(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString('utf8');
}
