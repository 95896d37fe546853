import { hasValues, own } from './cast.js';
import { type Constraint, createdOf, createdSince, type Thing, type ThingSearch } from './thing-search.js';
import { textOf, type Wanted } from './wanted.js';

/** After so many creations the newest thing is asked for again, so that few ids have to be kept. */
const KEPT_IDS = 5_000;

/**
 * Tells what a request created whose answer was lost, where equal keys may stand more than once (insert): things that
 * are newer than the newest one before it, and that no answer named. Things that somebody else creates at the same time
 * are told apart by their key, or by the mapped values where there is none.
 */
export class NewThings {
  private readonly search: ThingSearch;
  /** Field of the key; undefined where there is none. */
  private readonly field: string | undefined;
  private readonly known = new Set<string>();
  private since: readonly Constraint[] | undefined;

  constructor(search: ThingSearch, field: string | undefined) {
    this.search = search;
    this.field = field;
  }

  /** Has to be called before each request that creates. */
  async prepare(): Promise<void> {
    if (this.since !== undefined && this.known.size < KEPT_IDS) return;
    const newest = await this.search.newest();
    this.known.clear();
    this.since = newest === undefined ? [] : [createdSince(createdOf(newest))];
    if (newest === undefined) return;
    for await (const page of this.search.pages(this.since)) for (const { _id } of page) this.known.add(_id);
  }

  /** An answer named this thing. */
  add(id: string): void {
    this.known.add(id);
  }

  /** Which of the wanted things are there, with their ids; each thing stands for one of them. */
  async find(wanted: readonly Wanted[]): Promise<ReadonlyMap<Wanted, string>> {
    const found = new Map<Wanted, string>();
    const things = await this.candidates(wanted);
    const hasKey = (entry: Wanted, thing: Thing) => this.field === undefined || this.keyOf(thing) === entry.key;
    pair(wanted, things, found, (entry, thing) => hasKey(entry, thing) && hasValues(thing, entry.values));
    if (this.field === undefined) return found;
    // Bubble may keep a value otherwise than it was given; the key is left as it is.
    pair(wanted, things, found, (entry, thing) => entry.key !== '' && hasKey(entry, thing));
    return found;
  }

  private async candidates(wanted: readonly Wanted[]): Promise<readonly Thing[]> {
    const { field, since = [] } = this;
    const things: Thing[] = [];
    if (field !== undefined && wanted.every(({ match }) => match !== null)) {
      const keys = new Map(wanted.map(({ key, match }) => [key, match]));
      things.push(...(await this.search.find(field, [...keys.values()], since)));
    } else {
      for await (const page of this.search.pages(since)) things.push(...page);
    }
    return things.filter(({ _id }) => !this.known.has(_id));
  }

  private keyOf(thing: Thing): string {
    const value = this.field === undefined ? null : own(thing, this.field);
    return value === null ? '' : textOf(value);
  }
}

function pair(
  wanted: readonly Wanted[],
  things: readonly Thing[],
  found: Map<Wanted, string>,
  isSame: (entry: Wanted, thing: Thing) => boolean,
): void {
  const taken = new Set(found.values());
  for (const entry of wanted) {
    if (found.has(entry)) continue;
    const thing = things.find((candidate) => !taken.has(candidate._id) && isSame(entry, candidate));
    if (thing === undefined) continue;
    taken.add(thing._id);
    found.set(entry, thing._id);
  }
}
