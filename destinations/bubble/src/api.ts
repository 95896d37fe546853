import type { Answer, HttpClient, Outcome } from '@cuttle/airbyte-cdk';
import {
  isJsonObject,
  type Json,
  type JsonObject,
  type KnownError,
  SystemError,
  TransientError,
} from '@cuttle/protocol';
import { type BulkAnswer, readBulkAnswer, reasonOf } from './bulk-answer.js';
import { missingRight, type Right } from './policy.js';

/** Most rows of a page (Data API manual). */
const PAGE_LIMIT = 100;
/** A search ends behind so many things, without a word (Data API manual). */
const SEARCH_LIMIT = 50_000;
/** Longest list of values in an address, in characters: servers and proxies refuse addresses from 8,000 on. */
const VALUES_LENGTH = 5_000;
/** A bulk request works for at most 4 minutes (Data API manual); before that nobody knows what it still does. */
const BULK_TIMEOUT_MS = 270_000;

/** Ids stand in addresses, where a dot would be a folder. */
const ID = /^\w/;

/** A thing as the Data API gives it; empty fields are absent. */
export type Thing = JsonObject & { readonly _id: string };

/** How a write of one thing ended: written, or refused for a reason. */
export type WriteAnswer = { readonly status: number } | { readonly status: number; readonly reason: string };

/** A condition of a search. */
export interface Constraint {
  readonly key: string;
  readonly constraint_type: 'in' | 'greater than' | 'is_not_empty';
  readonly value?: Json;
}

/** Calls of the Data API for one type; counts them, repetitions after a fault aside. */
export class ThingApi {
  calls = 0;
  readonly type: string;
  private readonly http: HttpClient;
  private readonly path: string;
  private readonly bulkTimeoutMs: number;
  private readonly searchLimit: number;

  /**
   * @param limits.timeoutSeconds deadline of a request where the config sets one
   * @param limits.search things behind which a search ends, default 50,000
   */
  constructor(
    http: HttpClient,
    type: string,
    limits: { readonly timeoutSeconds?: number | undefined; readonly search?: number } = {},
  ) {
    const { timeoutSeconds, search = SEARCH_LIMIT } = limits;
    this.http = http;
    this.type = type;
    this.path = `/obj/${encodeURIComponent(type)}`;
    this.searchLimit = search;
    this.bulkTimeoutMs = timeoutSeconds === undefined ? BULK_TIMEOUT_MS : timeoutSeconds * 1000;
  }

  /** Asks for one thing with a constraint on every field; gives Bubble's words when it lacks one of them. */
  async probeFields(fields: readonly string[]): Promise<string | undefined> {
    this.calls += 1;
    const constraints = fields.map((key): Constraint => ({ key, constraint_type: 'is_not_empty' }));
    const { status, data } = await this.http.get(this.path, {
      params: { limit: 1, constraints: JSON.stringify(constraints) },
      classify: (answer) =>
        answer.status === 400 && isJsonObject(answer.body) ? { action: 'ok' } : this.unknownType(answer),
    });
    return status === 400 ? reasonOf(data) : undefined;
  }

  /** Asks for a change or deletion of a thing that cannot be there: only a missing right is an error. */
  async probeRight(right: 'Modify via API' | 'Delete via API'): Promise<void> {
    this.calls += 1;
    const isChange = right === 'Modify via API';
    await this.http.send(isChange ? 'PATCH' : 'DELETE', `${this.path}/0x0`, {
      ...(isChange ? { json: {} } : {}),
      classify: (answer) =>
        missingRight(answer, this.type, right) ??
        ([400, 404].includes(answer.status) && isJsonObject(answer.body) ? { action: 'ignore' } : undefined),
    });
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
    return (await this.search([], { limit: 1, descending: true })).things[0];
  }

  /** All things that meet the constraints, oldest first; also those beyond the end of a single search. */
  async *pages(constraints: readonly Constraint[] = []): AsyncGenerator<readonly Thing[]> {
    let window = constraints;
    let cursor = 0;
    let passed: ReadonlySet<string> = new Set();
    let lastCreated = '';
    let created: Set<string> = new Set();
    for (;;) {
      const { things, isLast } = await this.search(window, { cursor });
      const fresh = things.filter(({ _id }) => !passed.has(_id));
      for (const thing of fresh) {
        const time = createdOf(thing);
        if (time !== lastCreated) created = new Set();
        lastCreated = time;
        created.add(thing._id);
      }
      if (fresh.length > 0) yield fresh;
      cursor += things.length;
      if (cursor < this.searchLimit && isLast) return;
      if (cursor < this.searchLimit) continue;
      if (fresh.length === 0) throw unknownAnswer(`more than ${this.searchLimit} things of one millisecond`);
      window = [...constraints, createdSince(lastCreated)];
      passed = new Set(created);
      cursor = 0;
    }
  }

  /** Changes the given fields of a thing; safe to repeat. */
  change(id: string, values: JsonObject): Promise<WriteAnswer> {
    return this.write('PATCH', id, { json: values });
  }

  /** Deletes a thing; one that is gone already counts as deleted. */
  remove(id: string): Promise<WriteAnswer> {
    return this.write('DELETE', id, {});
  }

  /** Creates things, at most 1,000. Never repeated from here, apart from rate limits. */
  async create(things: readonly JsonObject[]): Promise<BulkAnswer> {
    this.calls += 1;
    let refused: BulkAnswer | undefined;
    try {
      const { bytes } = await this.http.send('POST', `${this.path}/bulk`, {
        text: things.map((thing) => JSON.stringify(thing)).join('\n'),
        as: 'bytes',
        isRepeatable: false,
        timeoutMs: this.bulkTimeoutMs,
        classify: (answer) => {
          const { status, body } = answer;
          if (status === 413 || (status === 400 && isJsonObject(body))) {
            const reason = status === 413 ? 'Bubble finds it too large' : reasonOf(body);
            refused = { kind: 'refused', status, reason };
            return { action: 'ignore' };
          }
          return missingRight(answer, this.type, 'Create via API') ?? this.unknownType(answer);
        },
      });
      return refused ?? readBulkAnswer(bytes.toString('utf8'), things.length);
    } catch (error) {
      if (!isAmbiguous(error)) throw error;
      return { kind: 'unknown', reason: error.message };
    }
  }

  private async search(
    constraints: readonly Constraint[],
    { limit = PAGE_LIMIT, cursor = 0, descending = false },
  ): Promise<{ readonly things: readonly Thing[]; readonly isLast: boolean }> {
    this.calls += 1;
    const { data } = await this.http.get(this.path, {
      params: {
        limit,
        cursor,
        sort_field: 'Created Date',
        descending,
        constraints: constraints.length === 0 ? undefined : JSON.stringify(constraints),
      },
      classify: (answer) => this.unknownType(answer),
    });
    const response = isJsonObject(data) ? data['response'] : undefined;
    const things = isJsonObject(response) ? response['results'] : undefined;
    if (!isJsonObject(response) || !Array.isArray(things)) throw unknownAnswer('a list without results');
    if (!things.every((thing) => isJsonObject(thing) && typeof thing['_id'] === 'string' && ID.test(thing['_id']))) {
      throw unknownAnswer('a thing without an _id');
    }
    return { things: things as Thing[], isLast: things.length === 0 || response['remaining'] === 0 };
  }

  private async write(
    method: 'PATCH' | 'DELETE',
    id: string,
    options: { readonly json?: JsonObject },
  ): Promise<WriteAnswer> {
    this.calls += 1;
    const right: Right = method === 'PATCH' ? 'Modify via API' : 'Delete via API';
    let reason: string | undefined;
    const { status } = await this.http.send(method, `${this.path}/${encodeURIComponent(id)}`, {
      ...options,
      classify: (answer) => {
        const { status: code, body } = answer;
        if (code === 404 && method === 'DELETE') return { action: 'ignore' };
        if (![400, 404].includes(code) || !isJsonObject(body)) return missingRight(answer, this.type, right);
        reason = reasonOf(body);
        return { action: 'ignore' };
      },
    });
    return reason === undefined ? { status } : { status, reason };
  }

  private unknownType({ status }: Answer): Outcome | undefined {
    if (status !== 404) return undefined;
    const message = `Bubble shows no type "${this.type}". Is its name as in API addresses, and is it ticked in Settings, API?`;
    return { action: 'config_error', code: 'TYPE_NOT_FOUND', message };
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

/** A rate limit and a stop are told before anything is done; everything else may have come too late. */
function isAmbiguous(error: unknown): error is KnownError {
  return error instanceof TransientError && !['STOPPED', 'RATE_LIMITED'].includes((error as KnownError).code);
}

function unknownAnswer(what: string): SystemError {
  return new SystemError(`Bubble's answer is not understood: ${what}.`, { code: 'BUBBLE_ANSWER' });
}
