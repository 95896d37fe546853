import type { Answer, HttpClient, Outcome } from '@cuttle/airbyte-cdk';
import { isJsonObject, type JsonObject, SystemError } from '@cuttle/protocol';

/** Most rows of a page (Data API manual); always asked for, since the default is smaller. */
export const PAGE_LIMIT = 100;

/** A row as the Data API gives it. Empty fields are absent, sometimes null. */
export type Thing = JsonObject & { readonly _id: string };

/** The two times that rows can be read in the order of. */
export type TimeField = 'Created Date' | 'Modified Date';

/** A constraint of a search. `greater than` and `less than` are strict. */
export interface Constraint {
  readonly key: string;
  readonly constraint_type: 'greater than' | 'less than';
  readonly value: string;
}

/** A search of one type, sorted by a time. */
export interface ThingSearch {
  readonly sortField: TimeField;
  readonly descending?: boolean;
  readonly constraints: readonly Constraint[];
  /** Rows to pass over; default 0. */
  readonly cursor?: number;
  /** Default {@link PAGE_LIMIT}. */
  readonly limit?: number;
  /** Whether the answer must say how many rows there are; costs Bubble a count. */
  readonly needsTotal?: boolean;
}

/** A page of a search. */
export interface ThingPage {
  readonly things: readonly Thing[];
  /** Rows that meet the constraints, as far as the search reaches; undefined unless asked for. */
  readonly total: number | undefined;
}

/**
 * A page of a type's rows.
 *
 * @throws {ConfigError} when the token is refused or the type is not shown
 * @throws {SystemError} `BUBBLE_ANSWER` for an answer of an unknown shape
 */
export async function listThings(http: HttpClient, type: string, search: ThingSearch): Promise<ThingPage> {
  const { sortField, descending = false, constraints, cursor = 0, limit = PAGE_LIMIT, needsTotal = false } = search;
  const { data } = await http.get(`/obj/${encodeURIComponent(type)}`, {
    params: {
      limit,
      cursor,
      sort_field: sortField,
      descending,
      constraints: constraints.length === 0 ? undefined : JSON.stringify(constraints),
      exclude_remaining: needsTotal ? undefined : true,
    },
  });
  const response = isJsonObject(data) ? data['response'] : undefined;
  const results = isJsonObject(response) ? response['results'] : undefined;
  if (!isJsonObject(response) || !Array.isArray(results)) throw unknownAnswer(type, 'it has no list of results');
  const things = results.map((thing: unknown) => {
    if (!isJsonObject(thing) || typeof thing['_id'] !== 'string') throw unknownAnswer(type, 'a row has no _id');
    return thing as Thing;
  });
  const remaining = response['remaining'];
  return { things, total: typeof remaining === 'number' ? cursor + things.length + remaining : undefined };
}

/**
 * A row's time in ms since the epoch.
 *
 * @throws {SystemError} `BUBBLE_ANSWER` when the row has no such time
 */
export function timeOf(type: string, thing: Thing, field: TimeField): number {
  const value = thing[field];
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw unknownAnswer(type, `a row has no "${field}"`);
  return time;
}

/** The answer of `/meta`, undefined when the app does not give it. */
export function getMeta(http: HttpClient): Promise<unknown> {
  return getOptional(http, '/meta');
}

/** The answer of `/meta/swagger.json`, undefined when the app does not give it. */
export function getSwagger(http: HttpClient): Promise<unknown> {
  return getOptional(http, '/meta/swagger.json');
}

/** A refusal of the description is ignored; 400 without JSON is Bubble's answer for an app that does not exist. */
async function getOptional(http: HttpClient, path: string): Promise<unknown> {
  const classify = ({ status, body }: Answer): Outcome | undefined =>
    [403, 404, 405].includes(status) || (status === 400 && isJsonObject(body)) ? { action: 'ignore' } : undefined;
  return (await http.get(path, { classify })).data;
}

function unknownAnswer(type: string, problem: string): SystemError {
  return new SystemError(`The answer for Bubble type "${type}" is not understood: ${problem}.`, {
    code: 'BUBBLE_ANSWER',
  });
}
