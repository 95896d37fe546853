import type { HttpClient } from '@cuttle/airbyte-cdk';
import { isJsonObject, type JsonObject, type KnownError, TransientError } from '@cuttle/protocol';
import { type BulkAnswer, readBulkAnswer, reasonOf } from './bulk-answer.js';
import { missingRight, type Right, unknownType } from './policy.js';
import { type Constraint, ThingSearch } from './thing-search.js';

/** What a change or deletion is answered with, and nothing else (Data API manual). */
const DONE = [204];
/** A bulk request works for at most 4 minutes (Data API manual); before that nobody knows what it still does. */
const BULK_TIMEOUT_MS = 270_000;

/** How a write of one thing ended: written, or refused for a reason. */
export type WriteAnswer = { readonly status: number } | { readonly status: number; readonly reason: string };

/** Calls of the Data API for one type; counts them, repetitions after a fault aside. */
export class ThingApi {
  readonly type: string;
  readonly search: ThingSearch;
  private readonly http: HttpClient;
  private readonly path: string;
  private readonly bulkTimeoutMs: number;
  private own = 0;

  /** @param timeoutSeconds deadline of a request where the config sets one */
  constructor(http: HttpClient, type: string, timeoutSeconds?: number) {
    this.http = http;
    this.type = type;
    this.search = new ThingSearch(http, type);
    this.path = `/obj/${encodeURIComponent(type)}`;
    this.bulkTimeoutMs = timeoutSeconds === undefined ? BULK_TIMEOUT_MS : timeoutSeconds * 1000;
  }

  /** Requests so far. */
  get calls(): number {
    return this.own + this.search.calls;
  }

  /** Asks for one thing with a constraint on every field; gives Bubble's words when it lacks one of them. */
  async probeFields(fields: readonly string[]): Promise<string | undefined> {
    this.own += 1;
    const constraints = fields.map((key): Constraint => ({ key, constraint_type: 'is_not_empty' }));
    const { status, data } = await this.http.get(this.path, {
      params: { limit: 1, constraints: JSON.stringify(constraints) },
      classify: (answer) =>
        answer.status === 400 && isJsonObject(answer.body) ? { action: 'ok' } : unknownType(answer, this.type),
    });
    return status === 400 ? reasonOf(data) : undefined;
  }

  /** Asks for a change or deletion of a thing that cannot be there: only a missing right is an error. */
  async probeRight(right: 'Modify via API' | 'Delete via API'): Promise<void> {
    this.own += 1;
    const isChange = right === 'Modify via API';
    await this.http.send(isChange ? 'PATCH' : 'DELETE', `${this.path}/0x0`, {
      ...(isChange ? { json: {} } : {}),
      expect: DONE,
      classify: (answer) =>
        missingRight(answer, this.type, right) ??
        ([400, 404].includes(answer.status) && isJsonObject(answer.body) ? { action: 'ignore' } : undefined),
    });
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
    this.own += 1;
    let refused: BulkAnswer | undefined;
    try {
      const { bytes } = await this.http.send('POST', `${this.path}/bulk`, {
        text: things.map((thing) => JSON.stringify(thing)).join('\n'),
        as: 'bytes',
        expect: [200],
        isRepeatable: false,
        timeoutMs: this.bulkTimeoutMs,
        classify: (answer) => {
          const { status, body } = answer;
          if (status === 413 || (status === 400 && isJsonObject(body))) {
            const reason = status === 413 ? 'Bubble finds it too large' : reasonOf(body);
            refused = { kind: 'refused', status, reason };
            return { action: 'ignore' };
          }
          return missingRight(answer, this.type, 'Create via API') ?? unknownType(answer, this.type);
        },
      });
      return refused ?? readBulkAnswer(bytes.toString('utf8'), things.length);
    } catch (error) {
      if (!isAmbiguous(error)) throw error;
      return { kind: 'unknown', reason: error.message };
    }
  }

  private async write(
    method: 'PATCH' | 'DELETE',
    id: string,
    options: { readonly json?: JsonObject },
  ): Promise<WriteAnswer> {
    this.own += 1;
    const right: Right = method === 'PATCH' ? 'Modify via API' : 'Delete via API';
    let reason: string | undefined;
    const { status } = await this.http.send(method, `${this.path}/${encodeURIComponent(id)}`, {
      ...options,
      expect: DONE,
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
}

/** A rate limit and a stop are told before anything is done; everything else may have come too late. */
function isAmbiguous(error: unknown): error is KnownError {
  return error instanceof TransientError && !['STOPPED', 'RATE_LIMITED'].includes((error as KnownError).code);
}
