import { BadSearchError, type Constraint, compareValues, isSortable, meets } from './constraints.js';
import type { BubbleField } from './schema.js';
import type { Thing, ThingTable } from './thing-table.js';

/** One sort field. */
export interface SortField {
  readonly field: BubbleField;
  readonly isDescending: boolean;
}

/** A search of one type. */
export interface Search {
  readonly constraints: readonly Constraint[];
  /** Empty: by creation, oldest first. */
  readonly sort: readonly SortField[];
  /** Items that are passed over. */
  readonly cursor: number;
  readonly limit: number;
}

/** A page of a search. `total` counts all things that meet the constraints, whatever the page. */
export interface SearchPage {
  readonly things: readonly Thing[];
  readonly total: number;
}

/**
 * Performs a search.
 *
 * @param maxItems items beyond this place of the sorted search are never given (50,000 on the real system)
 * @throws {BadSearchError} when a sort field is a list
 */
export function performSearch(table: ThingTable, search: Search, maxItems: number): SearchPage {
  for (const { field } of search.sort) {
    if (!isSortable(field)) throw new BadSearchError(`Cannot sort by field ${field.display}`);
  }
  const [first] = search.sort;
  const key = timeKey(first?.field) ?? 'created';
  const range = timeRange(table, key, search.constraints);
  const isSortedByTime = first === undefined || (search.sort.length === 1 && timeKey(first.field) !== undefined);
  if (range.rest.length === 0 && isSortedByTime) return sliceRange(table, key, range, search, maxItems);
  const found: Thing[] = [];
  for (let place = range.from; place < range.to; place += 1) {
    const thing = table.at(table.order(key)[place]!);
    if (range.rest.every((constraint) => meets(fieldValue(thing, constraint.field), constraint))) found.push(thing);
  }
  sortThings(found, search.sort);
  const end = Math.min(search.cursor + search.limit, maxItems);
  return { things: found.slice(search.cursor, Math.max(search.cursor, end)), total: found.length };
}

/** A thing's value of a field, built-in fields included; dates in milliseconds. */
function fieldValue(thing: Thing, field: BubbleField): unknown {
  switch (field.id) {
    case '_id':
      return thing.id;
    case 'Created Date':
      return thing.createdMs;
    case 'Modified Date':
      return thing.modifiedMs;
    case 'Created By':
      return thing.createdBy;
    case 'Slug':
      return thing.slug;
    default: {
      const value = thing.values[field.id];
      return field.type === 'date' && typeof value === 'string' ? Date.parse(value) : value;
    }
  }
}

type TimeKey = 'created' | 'modified';

function timeKey(field: BubbleField | undefined): TimeKey | undefined {
  if (field?.id === 'Created Date') return 'created';
  return field?.id === 'Modified Date' ? 'modified' : undefined;
}

interface TimeRange {
  readonly from: number;
  readonly to: number;
  /** Constraints that the range does not express. */
  readonly rest: readonly Constraint[];
}

/** The part of a time order that bounds on the same time leave over. */
function timeRange(table: ThingTable, key: TimeKey, constraints: readonly Constraint[]): TimeRange {
  let from = 0;
  let to = table.size;
  const rest: Constraint[] = [];
  for (const constraint of constraints) {
    const isBound = timeKey(constraint.field) === key && typeof constraint.value === 'number';
    const bound = Number(constraint.value);
    if (isBound && constraint.type === 'greater than') from = Math.max(from, table.firstAfter(key, bound, false));
    else if (isBound && constraint.type === 'less than') to = Math.min(to, table.firstAfter(key, bound, true));
    else rest.push(constraint);
  }
  return { from, to: Math.max(from, to), rest };
}

function sliceRange(table: ThingTable, key: TimeKey, range: TimeRange, search: Search, maxItems: number): SearchPage {
  const order = table.order(key);
  const total = range.to - range.from;
  const end = Math.min(search.cursor + search.limit, total, maxItems);
  const things: Thing[] = [];
  for (let place = search.cursor; place < end; place += 1) {
    const isDescending = search.sort[0]?.isDescending ?? false;
    things.push(table.at(order[isDescending ? range.to - 1 - place : range.from + place]!));
  }
  return { things, total };
}

function sortThings(things: Thing[], sort: readonly SortField[]): void {
  if (sort.length === 0) return;
  things.sort((a, b) => {
    for (const { field, isDescending } of sort) {
      const order = compareValues(fieldValue(a, field), fieldValue(b, field));
      if (order !== 0) return isDescending ? -order : order;
    }
    return 0;
  });
}
