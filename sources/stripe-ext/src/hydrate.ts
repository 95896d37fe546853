import { mapInSlots } from '@cuttle/protocol';
import { type Change, payloadOf } from './event-feed.js';
import type { Resource } from './resource.js';
import { PAGE_LIMIT, type StripeClient, type StripeObject } from './stripe-client.js';

/** A page of a list has to hold so many wanted objects to be worth more than asking for each. */
const MIN_GAIN = 3;
/** Objects of each lane that are held until they are handed on. */
const PART = 2;

/** How changed objects are asked for. */
export interface HydrateOptions {
  readonly client: StripeClient;
  readonly resource: Resource;
  /** What to expand, below an object. */
  readonly expand: readonly string[];
  /** Requests at the same time. */
  readonly lanes: number;
}

/** Objects as they are now, or changes of which the object is gone. */
export type Hydrated = { readonly objects: readonly StripeObject[] } | { readonly gone: readonly Change[] };

/**
 * The objects of changes as they are now, in small parts, each object once; those that are gone come apart. Objects that
 * were created close together are read by pages of the list, as long as each page saves requests; the others one by one.
 */
export async function* readChanged(changes: readonly Change[], options: HydrateOptions): AsyncGenerator<Hydrated> {
  const { client, resource, expand, lanes } = options;
  const found = new Set<string>();
  // What was deleted is not listed. It is asked for all the same: a canceled subscription stays, and an id may be used again.
  const listed = changes.filter(({ created, isDeletion }) => created !== undefined && !isDeletion);
  if (resource.hasCreatedFilter) {
    for await (const objects of readByPages(listed, options)) {
      for (const { id } of objects) found.add(id);
      yield { objects };
    }
  }
  const rest = changes.filter(({ id }) => !found.has(id));
  for (let from = 0; from < rest.length; from += PART * lanes) {
    const part = rest.slice(from, from + PART * lanes);
    const answers = await mapInSlots(part, lanes, ({ id }) =>
      client.retrieve(`${resource.path}/${encodeURIComponent(id)}`, expand),
    );
    const objects = answers.filter((object) => object !== undefined);
    if (objects.length > 0) yield { objects };
    const gone = part.filter((_change, index) => answers[index] === undefined);
    if (gone.length > 0) yield { gone };
  }
}

/** An object that is gone, as its newest event shows it; undefined when the event is gone too. */
export async function readPayload(client: StripeClient, change: Change): Promise<StripeObject | undefined> {
  const event = await client.retrieve(`/v1/events/${encodeURIComponent(change.eventId)}`);
  return event === undefined ? undefined : payloadOf(event);
}

async function* readByPages(
  changes: readonly Change[],
  { client, resource, expand }: HydrateOptions,
): AsyncGenerator<readonly StripeObject[]> {
  let wanted = [...changes].sort((a, b) => Number(b.created) - Number(a.created));
  while (wanted.length >= MIN_GAIN) {
    const newest = Number(wanted[0]?.created);
    const page = await client.list(resource.path, {
      ...resource.params,
      'created[lte]': newest,
      'expand[]': expand.map((path) => `data.${path}`),
    });
    const ids = new Set(wanted.map(({ id }) => id));
    const gained = page.data.filter(({ id }) => ids.has(id));
    for (const { id } of gained) ids.delete(id);
    if (gained.length > 0) yield gained;
    const reached = Number(page.data.at(-1)?.[resource.createdField] ?? 0);
    if (gained.length < MIN_GAIN || page.data.length < PAGE_LIMIT) return;
    // Of the second that the page ends in, the next page may have more, unless it fills a whole page.
    wanted = wanted.filter(({ id, created }) => Number(created) < Math.min(reached + 1, newest) && ids.has(id));
  }
}
