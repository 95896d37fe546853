import { cutInterval, type Interval } from '@cuttle/airbyte-cdk';
import { isJsonObject, type JsonObject, mapInSlots } from '@cuttle/protocol';
import { ListHistory, type Vanished } from './list-history.js';
import { readList } from './paging.js';
import type { Resource } from './resource.js';
import { isIdentified, type StripeClient, type StripeObject } from './stripe-client.js';

const DAY = 86_400;
/** Most event types that a request may name (Stripe API reference, List events). */
const MAX_TYPES = 20;
/** Windows that are read at the same time. */
const LANES = 4;

/** The newest event of one object. */
export interface Change {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly at: number;
  readonly eventId: string;
  readonly isDeletion: boolean;
  /** When the object was created, in seconds; undefined when it does not say. */
  readonly created: number | undefined;
}

/** A change with what went missing from the object's list since the events that are known already. */
export interface ChangeWithLists extends Change {
  readonly vanished: readonly Vanished[];
}

/** What a feed reads. Times are seconds since the epoch. */
export interface FeedOptions {
  readonly client: StripeClient;
  /** Kinds of objects that somebody asks for. */
  readonly resources: readonly Resource[];
  /** First second that is read. */
  readonly from: number;
  /** First second that is not. */
  readonly end: number;
}

/**
 * One pass over the events of an account, shared by all streams. Events say what changed and when, not what it is like:
 * their objects are of the API version of the event and lack what has to be expanded. Memory: one entry of about 200
 * bytes for each object that changed.
 */
export class EventFeed {
  readonly #options: FeedOptions;
  /** By kind of object. */
  readonly #lists: ReadonlyMap<string, ListHistory>;
  #scan: Promise<ReadonlyMap<string, ReadonlyMap<string, Change>>> | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
    const tracked = options.resources.flatMap(({ object, entries }) =>
      entries === undefined ? [] : [[object, new ListHistory(entries)] as const],
    );
    this.#lists = new Map(tracked);
  }

  /** First second that is not read. */
  get end(): number {
    return this.#options.end;
  }

  /**
   * The changed objects of a kind, each with its newest event, oldest first.
   *
   * @param since events before it are left out
   * @param known ids of events at exactly `since` that were read before
   */
  async changes(object: string, since: number, known: ReadonlySet<string>): Promise<readonly ChangeWithLists[]> {
    this.#scan ??= this.#read();
    const found = (await this.#scan).get(object);
    const isNew = ({ at, eventId }: { readonly at: number; readonly eventId: string }): boolean =>
      at > since || (at === since && !known.has(eventId));
    return [...(found?.values() ?? [])]
      .filter(isNew)
      .sort((a, b) => a.at - b.at || (a.eventId < b.eventId ? -1 : 1))
      .map((change) => ({ ...change, vanished: this.#lists.get(object)?.vanished(change.id).filter(isNew) ?? [] }));
  }

  async #read(): Promise<ReadonlyMap<string, ReadonlyMap<string, Change>>> {
    const { from, end, resources } = this.#options;
    const kinds = new Map(resources.map((resource) => [resource.object, new Map<string, Change>()]));
    const kindOf = new Map(resources.flatMap(({ object, events }) => events.map((type) => [type, object] as const)));
    const take = (event: StripeObject): void => {
      const change = changeOf(event, kindOf.get(String(event['type'])));
      if (change === undefined) return;
      const { object, payload, ...rest } = change;
      this.#lists.get(object)?.add(event, payload, rest.at);
      const known = kinds.get(object);
      // Pages are newest first, so of two events of the same second the first one counts.
      if (rest.at > (known?.get(rest.id)?.at ?? -1)) known?.set(rest.id, rest);
    };
    const windows = [...cutInterval({ start: from, end }, DAY)];
    await mapInSlots(windows, LANES, async (window) => {
      for await (const page of this.#events(window, [...kindOf.keys()])) for (const event of page) take(event);
    });
    return kinds;
  }

  #events(window: Interval, types: readonly string[]): AsyncIterable<readonly StripeObject[]> {
    const named = types.length <= MAX_TYPES ? { 'types[]': types } : {};
    const params = { ...named, 'created[gte]': window.start, 'created[lt]': window.end };
    return readList(this.#options.client, { path: '/v1/events', params, createdField: 'created' });
  }
}

/** The object that an event carries, as it was then; undefined when it has none that could be told apart. */
export function payloadOf(event: JsonObject): StripeObject | undefined {
  const data = event['data'];
  const object = isJsonObject(data) ? data['object'] : undefined;
  return isIdentified(object) ? object : undefined;
}

function changeOf(
  event: StripeObject,
  kind: string | undefined,
): (Change & { readonly object: string; readonly payload: StripeObject }) | undefined {
  const payload = payloadOf(event);
  const at = event['created'];
  // A charge's refund is announced among the charge's own events: only the object tells what changed.
  if (kind === undefined || payload === undefined || payload['object'] !== kind || typeof at !== 'number')
    return undefined;
  const created = payload['created'] ?? payload['date'];
  return {
    object: kind,
    payload,
    id: payload.id,
    at,
    eventId: event.id,
    isDeletion: String(event['type']).endsWith('.deleted'),
    created: typeof created === 'number' ? created : undefined,
  };
}
