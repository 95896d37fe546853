import type { Request } from './exchange.js';

/** Which requests are meant; an empty match means all requests to the systems (never those to the control). */
export interface RequestMatch {
  /** First path segment: `bubble`, `bigquery`, `stripe`, `oauth`. */
  readonly system?: string;
  readonly method?: string;
  /** A text that the path contains. */
  readonly path?: string;
  /** A text that the decoded query contains. */
  readonly query?: string;
  /** A text that the body contains. */
  readonly body?: string;
}

/** Whether a request is meant by a match. */
export function matches(match: RequestMatch, request: Request): boolean {
  if (match.system !== undefined && systemOf(request.path) !== match.system) return false;
  if (match.method !== undefined && match.method !== request.method) return false;
  if (match.path !== undefined && !request.path.includes(match.path)) return false;
  if (match.body !== undefined && !request.body.includes(match.body)) return false;
  return match.query === undefined || decodeQuery(request.query).includes(match.query);
}

/** First segment of a path. */
export function systemOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** A query as readable text, `name=value` joined by `&`. */
export function decodeQuery(query: URLSearchParams): string {
  return [...query].map(([name, value]) => `${name}=${value}`).join('&');
}
