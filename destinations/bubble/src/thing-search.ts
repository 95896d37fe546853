import { type HttpClient, PagingGuard } from '@cuttle/airbyte-cdk';
import { isJsonObject, type Json, type JsonObject, SystemError } from '@cuttle/protocol';
import { unknownType } from './policy.js';

/** Most rows of a page (Data API manual). */
const PAGE_LIMIT = 100;
/** A search ends behind so many things, without a word (Data API manual). */
const SEARCH_LIMIT = 50_000;
/** Longest list of values in an address, in characters: servers and proxies refuse addresses from 8,000 on. */
const VALUES_LENGTH = 5_000;
/** Ids stand in addresses, where a dot would be a folder. */
const ID = /^\w/;

/** A thing as the Data API gives it; empty fields are absent. */
export type Thing = JsonObject & { readonly _id: string };

/** A condition of a search. */
export interface Constraint {
  readonly key: string;
  readonly constraint_type: 'in' | 'greater than' | 'is_not_empty';
  readonly value?: Json;
}

/** Searches of one type; counts their requests, repetitions after a fault aside. */
export class ThingSearch {
  calls = 0;
  private readonly http: HttpClient;
  private readonly type: string;
  private readonly limit: number;

  /** @param limit things behind which a search ends */
  constructor(http: HttpClient, type: string, limit = SEARCH_LIMIT) {
    this.http = http;
    this.type = type;
    this.limit = limit;
  }

  /** Things whose field has one of the values, and which meet the other constraints. */
  async find(
    field: string,
    values: readonly Json[],
    constraints: readonly Constraint[] = [],
  ): Promise<readonly Thing[]> {
    const found: Thing[] = [];
    for (const value of inParts(values)) {
      for await (const page of this.pages([{ key: field, constraint_type: 'in', value }, ...constraints])) {
        found.push(...page);
      }
    }
    return found;
  }

  /** The thing that was created last. */
  async newest(): Promise<Thing | undefined> {
    return (await this.page([], { limit: 1, descending: true })).things[0];
  }

  /** All things that meet the constraints, oldest first; also those beyond the end of a single search. */
  async *pages(constraints: readonly Constraint[] = []): AsyncGenerator<readonly Thing[]> {
    let window = constraints;
    let cursor = 0;
    let passed: ReadonlySet<string> = new Set();
    let lastCreated = '';
    let created: Set<string> = new Set();
    let guard = this.guard();
    for (;;) {
      const { things, isLast } = await this.page(window, { cursor });
      if (things.length >= PAGE_LIMIT) guard.page(things.map(({ _id }) => _id));
      const fresh = things.filter(({ _id }) => !passed.has(_id));
      for (const thing of fresh) {
        const time = createdOf(thing);
        if (time !== lastCreated) created = new Set();
        lastCreated = time;
        created.add(thing._id);
      }
      if (fresh.length > 0) yield fresh;
      cursor += things.length;
      if (cursor < this.limit && isLast) return;
      if (cursor < this.limit) continue;
      if (fresh.length === 0) throw unknownAnswer(`more than ${this.limit} things of one millisecond`);
      window = [...constraints, createdSince(lastCreated)];
      passed = new Set(created);
      // The first page may be the last one of the window before.
      guard = this.guard();
      cursor = 0;
    }
  }

  private guard(): PagingGuard {
    return new PagingGuard(`Bubble's type "${this.type}"`);
  }

  private async page(
    constraints: readonly Constraint[],
    { limit = PAGE_LIMIT, cursor = 0, descending = false },
  ): Promise<{ readonly things: readonly Thing[]; readonly isLast: boolean }> {
    this.calls += 1;
    const { data } = await this.http.get(`/obj/${encodeURIComponent(this.type)}`, {
      params: {
        limit,
        cursor,
        sort_field: 'Created Date',
        descending,
        constraints: constraints.length === 0 ? undefined : JSON.stringify(constraints),
      },
      classify: (answer) => unknownType(answer, this.type),
    });
    const response = isJsonObject(data) ? data['response'] : undefined;
    const things = isJsonObject(response) ? response['results'] : undefined;
    if (!isJsonObject(response) || !Array.isArray(things)) throw unknownAnswer('a list without results');
    if (!things.every((thing) => isJsonObject(thing) && typeof thing['_id'] === 'string' && ID.test(thing['_id']))) {
      throw unknownAnswer('a thing without an _id');
    }
    return { things: things as Thing[], isLast: things.length === 0 || response['remaining'] === 0 };
  }
}

/** Things created at a time or later; Bubble's own comparison leaves the time itself out. */
export function createdSince(time: string): Constraint {
  const value = new Date(Date.parse(time) - 1).toISOString();
  return { key: 'Created Date', constraint_type: 'greater than', value };
}

/** @throws {SystemError} `BUBBLE_ANSWER` when the thing has no such time */
export function createdOf(thing: Thing): string {
  const time = thing['Created Date'];
  if (typeof time !== 'string' || Number.isNaN(Date.parse(time))) throw unknownAnswer('a thing without "Created Date"');
  return time;
}

/** Values stand in the address, so few are asked for at once. */
function* inParts(values: readonly Json[]): Generator<readonly Json[]> {
  let part: Json[] = [];
  let length = 0;
  for (const value of values) {
    const own = encodeURIComponent(JSON.stringify(value)).length + 3;
    if (part.length === PAGE_LIMIT || (part.length > 0 && length + own > VALUES_LENGTH)) {
      yield part;
      part = [];
      length = 0;
    }
    part.push(value);
    length += own;
  }
  if (part.length > 0) yield part;
}

function unknownAnswer(what: string): SystemError {
  return new SystemError(`Bubble's answer is not understood: ${what}.`, { code: 'BUBBLE_ANSWER' });
}
