import type { Params } from './params.js';
import { badRequest } from './stripe-error.js';

/** An entry that can be listed. */
export interface Listed {
  readonly created: number;
}

/** What a list request asks for besides its filters. */
export interface PageParams {
  readonly limit: number;
  readonly startingAfter: string | undefined;
  readonly endingBefore: string | undefined;
  /** Whether a time in seconds is inside `created`. */
  readonly isWanted: (created: number) => boolean;
}

/**
 * Reads `limit`, the cursors and `created`.
 *
 * @throws {ApiFault} 400 for values that Stripe refuses
 */
export function pageParams(params: Params, hasCreated: boolean): PageParams {
  const limit = params['limit'] === undefined ? 10 : toInteger('limit', params['limit']);
  if (limit < 1 || limit > 100)
    throw badRequest('This value must be between 1 and 100 (inclusive).', 'limit', 'parameter_invalid_integer');
  const { starting_after: after, ending_before: before } = params;
  if (after !== undefined && before !== undefined) {
    throw badRequest('You may only specify one of these parameters: ending_before, starting_after.');
  }
  if (params['created'] !== undefined && !hasCreated) throw unknownParameter('created');
  return {
    limit,
    startingAfter: typeof after === 'string' ? after : undefined,
    endingBefore: typeof before === 'string' ? before : undefined,
    isWanted: createdFilter(params['created']),
  };
}

/** The error for a parameter that an endpoint does not know. */
export function unknownParameter(name: string): Error {
  return badRequest(`Received unknown parameter: ${name}`, name, 'parameter_unknown');
}

/**
 * One page of entries that are in the order of time, oldest first; the page is newest first.
 *
 * @param indexOf place of a cursor's entry in `entries`; throws when there is none
 */
export function cutPage<T extends Listed>(
  entries: readonly T[],
  page: PageParams,
  isWanted: (entry: T) => boolean,
  indexOf: (id: string) => number,
): { readonly data: T[]; readonly hasMore: boolean } {
  const data: T[] = [];
  const isBackwards = page.endingBefore !== undefined;
  const from = page.startingAfter ?? page.endingBefore;
  const step = isBackwards ? 1 : -1;
  const start = from === undefined ? entries.length - 1 : indexOf(from) + step;
  for (let at = start; at >= 0 && at < entries.length; at += step) {
    const entry = entries[at]!;
    if (!page.isWanted(entry.created) || !isWanted(entry)) continue;
    if (data.length === page.limit) return { data: isBackwards ? data.reverse() : data, hasMore: true };
    data.push(entry);
  }
  return { data: isBackwards ? data.reverse() : data, hasMore: false };
}

function createdFilter(created: Params[string] | undefined): (time: number) => boolean {
  if (created === undefined) return () => true;
  if (typeof created === 'string') {
    const exact = toInteger('created', created);
    return (time) => time === exact;
  }
  if (Array.isArray(created)) throw badRequest('Invalid object', 'created');
  const bounds = Object.entries(created).map(([name, value]) => [name, toInteger(`created[${name}]`, value)] as const);
  return (time) => bounds.every(([name, bound]) => meets(time, name, bound));
}

function meets(time: number, name: string, bound: number): boolean {
  switch (name) {
    case 'gt':
      return time > bound;
    case 'gte':
      return time >= bound;
    case 'lt':
      return time < bound;
    case 'lte':
      return time <= bound;
    default:
      throw unknownParameter(`created[${name}]`);
  }
}

function toInteger(name: string, value: Params[string]): number {
  if (typeof value !== 'string' || !/^-?\d+$/.test(value)) {
    throw badRequest(`Invalid integer: ${String(value)}`, name, 'parameter_invalid_integer');
  }
  return Number(value);
}
