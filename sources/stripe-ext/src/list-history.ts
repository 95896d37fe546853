import { isJsonObject, type JsonObject } from '@cuttle/protocol';
import { isIdentified, type StripeObject } from './stripe-client.js';

/** An entry that an event shows to be gone from its parent's list, as far as events know. */
export interface Vanished {
  readonly id: string;
  /** Time of the event that removed it, in seconds; of the newest event when a list was too long to show it. */
  readonly at: number;
  /** That event. */
  readonly eventId: string;
  /** The entry as it was last; undefined when events only tell its id. */
  readonly entry: StripeObject | undefined;
}

/** The list of one parent as an event shows it. */
interface Snapshot {
  readonly at: number;
  readonly eventId: string;
  /** Place in the order of arrival, which is newest first within a second. */
  readonly order: number;
  /** Ids of the list behind the change. */
  readonly ids: ReadonlySet<string>;
  /** Whether `ids` are all of them: events show the first ten. */
  readonly isWhole: boolean;
  /** Entries of the list before the change that are not in `ids`. */
  readonly left: readonly StripeObject[];
}

/**
 * The lists of parents as their events show them. Stripe sends no event for an entry that is removed (Stripe API
 * reference, events): its parent's event shows the list without it, and in `previous_attributes` the list before. Memory:
 * two sets of up to ten ids for each parent that changed, and the entries that were removed.
 */
export class ListHistory {
  readonly #field: string;
  readonly #parents = new Map<string, Snapshot[]>();
  #order = 0;

  /** @param field of the parents' list */
  constructor(field: string) {
    this.#field = field;
  }

  /** Takes note of an event; in any order of time, newest first within a second. */
  add(event: StripeObject, parent: StripeObject, at: number): void {
    const list = entriesOf(parent[this.#field]);
    if (list === undefined) return;
    const ids = new Set(list.entries.map(({ id }) => id));
    const left = this.#before(event).filter(({ id }) => !ids.has(id));
    this.#order += 1;
    const snapshot = { at, eventId: event.id, order: this.#order, ids, isWhole: list.isWhole, left };
    const known = this.#parents.get(parent.id) ?? [];
    // Of a run of equal lists the ends are enough.
    if (isInside(known.at(-2), known.at(-1), snapshot)) known.pop();
    this.#parents.set(parent.id, [...known, snapshot]);
  }

  /** What went missing from a parent's list, oldest first. What is in the list now is to be left out. */
  vanished(parentId: string): readonly Vanished[] {
    const snapshots = [...(this.#parents.get(parentId) ?? [])].sort((a, b) => a.at - b.at || b.order - a.order);
    const present = new Map<string, StripeObject | undefined>();
    const gone = new Map<string, Vanished>();
    for (const { at, eventId, ids, isWhole, left } of snapshots) {
      for (const entry of left) present.set(entry.id, entry);
      for (const id of ids) {
        present.set(id, undefined);
        gone.delete(id);
      }
      if (isWhole) moveMissing(present, ids, gone, at, eventId);
    }
    const newest = snapshots.at(-1);
    if (newest !== undefined) moveMissing(present, newest.ids, gone, newest.at, newest.eventId);
    return [...gone.values()].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  }

  #before(event: StripeObject): readonly StripeObject[] {
    const data = event['data'];
    const previous = isJsonObject(data) ? data['previous_attributes'] : undefined;
    return isJsonObject(previous) ? (entriesOf(previous[this.#field])?.entries ?? []) : [];
  }
}

function moveMissing(
  present: Map<string, StripeObject | undefined>,
  ids: ReadonlySet<string>,
  gone: Map<string, Vanished>,
  at: number,
  eventId: string,
): void {
  for (const [id, entry] of present) {
    if (ids.has(id)) continue;
    present.delete(id);
    gone.set(id, { id, at, eventId, entry });
  }
}

function entriesOf(
  value: unknown,
): { readonly entries: readonly StripeObject[]; readonly isWhole: boolean } | undefined {
  if (!isJsonObject(value) || !Array.isArray(value['data'])) return undefined;
  return {
    entries: (value['data'] as readonly JsonObject[]).filter(isIdentified),
    isWhole: value['has_more'] !== true,
  };
}

/** Whether the second of three, newest first, says nothing that the others do not. */
function isInside(newer: Snapshot | undefined, middle: Snapshot | undefined, older: Snapshot): boolean {
  if (newer === undefined || middle === undefined) return false;
  const isOrdered = newer.at >= middle.at && middle.at >= older.at;
  return isOrdered && isSame(newer, middle) && isSame(middle, older);
}

function isSame(a: Snapshot, b: Snapshot): boolean {
  if (a.left.length > 0 || b.left.length > 0 || a.isWhole !== b.isWhole || a.ids.size !== b.ids.size) return false;
  return [...a.ids].every((id) => b.ids.has(id));
}
