import { own } from './cast.js';
import type { Match } from './config.js';
import type { Thing, ThingSearch } from './thing-search.js';
import { textOf, type Wanted } from './wanted.js';

/** What a batch of records finds. */
export interface Lookup {
  readonly found: readonly (readonly [Wanted, Thing])[];
  readonly missing: readonly Wanted[];
  /** Records whose key several things have: nobody can say which one is meant. */
  readonly ambiguous: readonly Wanted[];
}

/** Looks for the things of records by their match field. */
export async function lookUp(
  search: ThingSearch,
  { bubble_field: field }: Match,
  wanted: readonly Wanted[],
): Promise<Lookup> {
  const things = new Map<string, Thing[]>();
  const values = wanted.map(({ match }) => match);
  for (const thing of await search.find(field, values)) {
    const key = textOf(own(thing, field));
    things.set(key, [...(things.get(key) ?? []), thing]);
  }
  const found: (readonly [Wanted, Thing])[] = [];
  const missing: Wanted[] = [];
  const ambiguous: Wanted[] = [];
  for (const entry of wanted) {
    const [thing, another] = things.get(entry.key) ?? [];
    if (thing === undefined) missing.push(entry);
    else if (another === undefined) found.push([entry, thing]);
    else ambiguous.push(entry);
  }
  return { found, missing, ambiguous };
}
