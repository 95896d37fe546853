import { PagingGuard } from '@cuttle/airbyte-cdk';
import { isKnownError, type KnownError } from '@cuttle/protocol';
import { CURSOR_GONE, NOT_FOUND } from './policy.js';
import type { ListPage, StripeClient, StripeObject, StripeParams } from './stripe-client.js';

/** How often a list is begun anew when its cursor is lost. */
const MAX_RESTARTS = 5;

/** A list to be read to its end. */
export interface ListQuery {
  /** From `/v1/` on. */
  readonly path: string;
  readonly params?: StripeParams;
  /** Field with the time of creation, when the list can be filtered by it: where a lost cursor is found again. */
  readonly createdField?: string;
  /** Entry after which to begin. */
  readonly after?: string;
}

/**
 * The pages of a list, newest first, each entry once. A new entry stands before what was read and shifts nothing. When
 * the entry that pages go on from is deleted meanwhile or its token ages out, the list is read on from the time of the
 * last entry, or from its begin, leaving out what was given already.
 */
export async function* readList(client: StripeClient, query: ListQuery): AsyncGenerator<readonly StripeObject[]> {
  const { path, params = {}, createdField } = query;
  let after = query.after;
  let bound: StripeParams = {};
  let last: { readonly time: unknown; readonly ids: Set<string> } | undefined;
  let skipped = new Set<string>();
  const guard = new PagingGuard(`Stripe's ${path.split('?')[0]}`);
  for (let restarts = 0; ; ) {
    let page: ListPage;
    try {
      page = await client.list(path, { ...params, ...bound, starting_after: after });
    } catch (error) {
      if (!hasCode(error, CURSOR_GONE) || after === undefined || restarts >= MAX_RESTARTS) throw error;
      restarts += 1;
      after = query.after;
      skipped = new Set([...skipped, ...(last?.ids ?? [])]);
      if (createdField !== undefined && typeof last?.time === 'number') bound = { 'created[lte]': last.time };
      last = undefined;
      continue;
    }
    if (after !== query.after) checkProgress(guard, page.data, last, createdField);
    const fresh = page.data.filter(({ id }) => !skipped.has(id));
    if (fresh.length > 0) yield fresh;
    last = lastOf(page.data, last, createdField);
    if (!page.hasMore) return;
    after = page.data.at(-1)?.id;
  }
}

/** The pages of a list that belongs to an object; nothing when that object is gone. */
export async function* readChildList(client: StripeClient, query: ListQuery): AsyncGenerator<readonly StripeObject[]> {
  try {
    yield* readList(client, query);
  } catch (error) {
    if (!hasCode(error, NOT_FOUND)) throw error;
  }
}

/** Whether an error of ours has a code. */
export function hasCode(error: unknown, code: string): boolean {
  return isKnownError(error) && (error as KnownError).code === code;
}

/**
 * Checks that a page lies behind the one before, or reading would never end.
 *
 * @throws {SystemError} `PAGING_STUCK`
 */
function checkProgress(
  guard: PagingGuard,
  data: readonly StripeObject[],
  last: { readonly time: unknown; readonly ids: ReadonlySet<string> } | undefined,
  createdField: string | undefined,
): void {
  const time = createdField === undefined ? undefined : data[0]?.[createdField];
  const isBack = typeof time === 'number' && typeof last?.time === 'number' && time > last.time;
  if (isBack || data.some(({ id }) => last?.ids.has(id) === true))
    throw guard.stuck('they do not keep to starting_after');
}

/** The time of the last entry with all ids of that time; of a list without times, all ids. */
function lastOf(
  data: readonly StripeObject[],
  before: { readonly time: unknown; readonly ids: Set<string> } | undefined,
  createdField: string | undefined,
): { readonly time: unknown; readonly ids: Set<string> } | undefined {
  const entry = data.at(-1);
  if (entry === undefined) return before;
  const timeOf = (object: StripeObject) => (createdField === undefined ? undefined : object[createdField]);
  const time = timeOf(entry);
  const ids = new Set(before !== undefined && before.time === time ? before.ids : []);
  for (const object of data) if (timeOf(object) === time) ids.add(object.id);
  return { time, ids };
}
