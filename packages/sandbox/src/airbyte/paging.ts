import type { JsonMap } from './model.js';
import { refusal } from './problem.js';

/** Host of `next`: the server's own idea of its address, which clients cannot reach. */
const FOREIGN_HOST = 'https://airbyte.internal.example:8001';

/** One page of a list: `next` is there as long as the page holds something. */
export function page(entries: readonly JsonMap[], path: string, query: URLSearchParams): JsonMap {
  const limit = numberOf(query.get('limit'), 20);
  const offset = numberOf(query.get('offset'), 0);
  if (limit < 1 || limit > 100) throw refusal(400, 'limit must be between 1 and 100.');
  const data = entries.slice(offset, offset + limit);
  const link = (from: number): string => `${FOREIGN_HOST}${path}?limit=${limit}&offset=${from}`;
  return {
    data,
    previous: offset === 0 ? '' : link(Math.max(0, offset - limit)),
    next: data.length === 0 ? '' : link(offset + limit),
  };
}

function numberOf(text: string | null, fallback: number): number {
  if (text === null) return fallback;
  if (!/^\d+$/.test(text)) throw refusal(400, `${text} is no number.`);
  return Number(text);
}
