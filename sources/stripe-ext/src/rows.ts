import { isJsonObject, type JsonObject } from '@cuttle/protocol';
import type { Vanished } from './list-history.js';
import { readChildList } from './paging.js';
import type { ChildResource, Resource } from './resource.js';
import type { Columns } from './schema.js';
import { identified, type StripeClient, type StripeObject } from './stripe-client.js';

/** What a row says of its object besides what Stripe says. */
interface Stamp {
  /** Time of the change in seconds. */
  readonly updated: number;
  readonly isDeleted: boolean;
  /** Account that the object belongs to; undefined without connected accounts. */
  readonly accountId: string | undefined;
}

/** What a stream makes of the objects that it reads. */
export interface RowMaker {
  /** Columns that we add. */
  readonly own: Columns;
  /**
   * The rows of one object, in pages.
   *
   * @param since children that were created before it may be left out, in seconds
   * @param vanished children that events show to be gone
   */
  rows(
    client: StripeClient,
    object: StripeObject,
    stamp: Stamp,
    since: number,
    vanished: readonly Vanished[],
  ): AsyncIterable<readonly JsonObject[]>;
}

/** One row for each object, with the lists inside read to their end. */
export function objectRows(resource: Resource): RowMaker {
  const isTracked = resource.cursor === 'updated';
  return {
    own: isTracked ? { updated: 'integer', is_deleted: 'boolean' } : {},
    async *rows(client, object, stamp) {
      const whole = await completeLists(client, resource, object);
      yield [stamped(whole, stamp, isTracked)];
    },
  };
}

/** A row for each entry of a list that belongs to the object. */
export function childRows(child: ChildResource): RowMaker {
  const isTracked = child.cursor === 'updated';
  return {
    own: { [child.parentColumn]: 'string', ...(isTracked ? { updated: 'integer', is_deleted: 'boolean' } : {}) },
    async *rows(client, parent, stamp, since, vanished) {
      const missing = new Map(vanished.map((own) => [own.id, own]));
      for await (const page of readChildren(client, child, parent, stamp.isDeleted)) {
        for (const { id } of page) missing.delete(id);
        const ofKind = page.filter(({ object }) => object === child.object);
        const fresh = child.isUnannounced ? ofKind.filter(({ created }) => Number(created) >= since) : ofKind;
        const rows = fresh.map((entry) => stamped({ ...entry, [child.parentColumn]: parent.id }, stamp, isTracked));
        if (rows.length > 0) yield rows;
        if (fresh.length < ofKind.length) return;
      }
      const gone = [...missing.values()].map((own) => vanishedRow(child, parent, own, stamp, isTracked));
      if (gone.length > 0) yield gone;
    },
  };
}

/** The last that is known of a child that is not in its parent's list any more. */
function vanishedRow(
  child: ChildResource,
  parent: StripeObject,
  { id, at, entry }: Vanished,
  stamp: Stamp,
  isTracked: boolean,
): JsonObject {
  const last = { ...entry, id, object: child.object, [child.parentColumn]: parent.id };
  return stamped(last, { ...stamp, updated: at, isDeleted: true }, isTracked);
}

function stamped(object: JsonObject, stamp: Stamp, isTracked: boolean): JsonObject {
  const account: JsonObject = stamp.accountId === undefined ? {} : { account_id: stamp.accountId };
  const change: JsonObject = isTracked ? { updated: stamp.updated, is_deleted: stamp.isDeleted } : {};
  return { ...object, ...change, ...account };
}

async function* readChildren(
  client: StripeClient,
  child: ChildResource,
  parent: StripeObject,
  isGone: boolean,
): AsyncIterable<readonly StripeObject[]> {
  if (child.inline === undefined) {
    if (!isGone) yield* readChildList(client, { path: child.path(parent.id) });
    return;
  }
  const list = listOf(parent, child.inline);
  if (list === undefined) return;
  yield list.data;
  // Also of a canceled subscription, which stays; of a parent that is gone nothing comes.
  yield* restOf(client, list);
}

/** An object whose lists inside hold every entry. */
async function completeLists(client: StripeClient, { lists }: Resource, object: StripeObject): Promise<JsonObject> {
  const whole: Record<string, JsonObject> = {};
  for (const field of lists) {
    const list = listOf(object, field);
    if (list === undefined || !list.hasMore) continue;
    const data = [...list.data];
    for await (const page of restOf(client, list)) data.push(...page);
    whole[field] = { ...(object[field] as JsonObject), data, has_more: false };
  }
  return { ...object, ...whole };
}

/** A list inside an object. */
interface InnerList {
  readonly data: readonly StripeObject[];
  readonly hasMore: boolean;
  /** From `/v1/` on, perhaps with a query. */
  readonly url: string;
}

/** @throws {SystemError} `STRIPE_ANSWER` for an entry without id */
function listOf(object: StripeObject, field: string): InnerList | undefined {
  const value = object[field];
  if (!isJsonObject(value) || !Array.isArray(value['data'])) return undefined;
  const { data, has_more: hasMore, url } = value;
  const name = `${field} of ${object.id}`;
  return { data: identified(name, data), hasMore: hasMore === true, url: typeof url === 'string' ? url : '' };
}

/** What comes behind the inline entries. An address that does not lie in the API is none. */
async function* restOf(
  client: StripeClient,
  { data, hasMore, url }: InnerList,
): AsyncIterable<readonly StripeObject[]> {
  const after = data.at(-1)?.id;
  if (!hasMore || after === undefined || !url.startsWith('/v1/')) return;
  yield* readChildList(client, { path: url, after });
}
