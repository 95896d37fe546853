import { isJsonObject } from '@cuttle/protocol';

/** What Bubble said of one line of a bulk request. */
type BulkLine = { readonly id: string } | { readonly reason: string };

/** How a bulk request ended: line by line, refused as a whole so that nothing was created, or nobody knows. */
export type BulkAnswer =
  | { readonly kind: 'answered'; readonly lines: readonly BulkLine[] }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * Reads the body of a bulk request that was answered with 200. A generic body, a page of a proxy and a body that was cut
 * off say nothing of what was done.
 *
 * @param count lines of the request
 */
export function readBulkAnswer(body: string, count: number): BulkAnswer {
  const lines = body.split('\n').filter((line) => line.trim() !== '');
  const read = lines.map(readLine);
  const known = read.filter((line) => line !== undefined);
  if (known.length !== count || read.length !== count) {
    return { kind: 'unknown', reason: 'Bubble answered without a line for each thing' };
  }
  return { kind: 'answered', lines: known };
}

function readLine(line: string): BulkLine | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isJsonObject(parsed)) return undefined;
  const { id, status, statusCode } = parsed;
  if (status === 'success') return typeof id === 'string' ? { id } : undefined;
  // From 500 on it is the shape of a general failure, which stands for all lines.
  const isRefused = status === 'error' || (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500);
  return isRefused ? { reason: reasonOf(parsed) } : undefined;
}

/** Bubble's own words for a refusal, at most 300 characters. */
export function reasonOf(body: unknown): string {
  const inner = isJsonObject(body) && isJsonObject(body['body']) ? body['body'] : body;
  const message = isJsonObject(inner) ? inner['message'] : undefined;
  return typeof message === 'string' ? message.slice(0, 300) : 'refused without a reason';
}
