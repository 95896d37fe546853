import { isJsonObject } from '@cuttle/protocol';

/** What Bubble said of one line of a bulk request. */
type BulkLine = { readonly id: string } | { readonly reason: string };

/**
 * How a bulk request ended: line by line, refused as a whole so that nothing was created, or nobody knows. `unreadable`
 * is a 200 whose body is none of Bubble's.
 */
export type BulkAnswer =
  | { readonly kind: 'answered'; readonly lines: readonly BulkLine[] }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  | { readonly kind: 'unknown' | 'unreadable'; readonly reason: string };

/** A line of a general failure, which stands for all lines. */
const FAILURE = 'failure';

/**
 * Reads the body of a bulk request that was answered with 200. A general failure, a page of a proxy and a body that was
 * cut off say nothing of what was done.
 *
 * @param count lines of the request
 */
export function readBulkAnswer(body: string, count: number): BulkAnswer {
  const lines = body.split('\n').filter((line) => line.trim() !== '');
  const read = lines.map(readLine);
  const known = read.filter((line) => line !== undefined && line !== FAILURE);
  if (known.length === count && read.length === count) return { kind: 'answered', lines: known };
  const reason = 'Bubble answered without a line for each thing';
  return { kind: read.includes(FAILURE) ? 'unknown' : 'unreadable', reason };
}

function readLine(line: string): BulkLine | typeof FAILURE | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isJsonObject(parsed)) return undefined;
  const { id, status, statusCode } = parsed;
  if (status === 'success') return typeof id === 'string' ? { id } : undefined;
  if (typeof statusCode === 'number' && statusCode >= 500) return FAILURE;
  const isRefused = status === 'error' || (typeof statusCode === 'number' && statusCode >= 400);
  return isRefused ? { reason: reasonOf(parsed) } : undefined;
}

/** Bubble's own words for a refusal, at most 300 characters. */
export function reasonOf(body: unknown): string {
  const inner = isJsonObject(body) && isJsonObject(body['body']) ? body['body'] : body;
  const message = isJsonObject(inner) ? inner['message'] : undefined;
  return typeof message === 'string' ? message.slice(0, 300) : 'refused without a reason';
}
