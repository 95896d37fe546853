import {
  type Answer,
  bearer,
  type HttpClient,
  type HttpPolicy,
  limitsFromConfig,
  type Outcome,
  perMinute,
} from '@cuttle/airbyte-cdk';
import { isJsonObject, type Json, type JsonObject, SystemError } from '@cuttle/protocol';
import { apiRoot, type BubbleConfig } from './config.js';

/** Most rows of a page (Data API manual). */
const PAGE_LIMIT = 100;

/** A thing as the Data API gives it; empty fields are absent. */
export type Thing = JsonObject & { readonly _id: string };

/** What Bubble said of one line of a bulk request. */
export type BulkAnswer = { readonly id: string } | { readonly reason: string };

/** How a write of one thing ended: written, or refused for a reason. */
export type WriteAnswer = { readonly status: number } | { readonly status: number; readonly reason: string };

/** How the destination speaks to Bubble; everything shares the token's budget. */
export function bubblePolicy(config: BubbleConfig): HttpPolicy {
  return {
    baseUrl: apiRoot(config),
    auth: bearer(config.api_token),
    budget: { ...perMinute(config.requests_per_minute), concurrency: config.concurrency },
    classify,
    limits: limitsFromConfig({ ...config }),
  };
}

function classify({ status, headers, body }: Answer): Outcome | undefined {
  if (status === 400 && !isJsonObject(body)) {
    return { action: 'config_error', code: 'APP_NOT_FOUND', message: 'There is no Bubble app at the app_url.' };
  }
  if (status === 401) {
    // Bubble may repeat the token in the body, so nothing of it is quoted.
    const message = 'Bubble does not accept the api_token, or the type may not be written by it (Settings, API).';
    return { action: 'config_error', code: 'CREDENTIAL_REJECTED', message };
  }
  if (status === 404) {
    return {
      action: 'config_error',
      code: 'TYPE_NOT_FOUND',
      message: 'Bubble shows no such type. Tick it in Settings, API.',
    };
  }
  return status === 503 && headers['retry-after'] !== undefined ? { action: 'rate_limit' } : undefined;
}

/** Calls of the Data API for one type; counts them. */
export class ThingApi {
  calls = 0;
  private readonly http: HttpClient;
  private readonly path: string;

  constructor(http: HttpClient, type: string) {
    this.http = http;
    this.path = `/obj/${encodeURIComponent(type)}`;
  }

  /** Asks for one thing with a constraint on every field, which Bubble refuses when there is no such field. */
  async probe(fields: readonly string[]): Promise<string | undefined> {
    const constraints = fields.map((key) => ({ key, constraint_type: 'is_not_empty' }));
    const { status, data } = await this.http.get(this.path, {
      params: { limit: 1, constraints: JSON.stringify(constraints) },
      classify: ({ status: code, body }) => (code === 400 && isJsonObject(body) ? { action: 'ok' } : undefined),
    });
    return status === 400 ? reasonOf(data) : undefined;
  }

  /** Things whose field is one of the values. The values stand in the address, so few are asked for at once. */
  async find(field: string, values: readonly Json[]): Promise<readonly Thing[]> {
    const found: Thing[] = [];
    for (let from = 0; from < values.length; from += PAGE_LIMIT) {
      const value = values.slice(from, from + PAGE_LIMIT);
      found.push(...(await this.list([{ key: field, constraint_type: 'in', value }])));
    }
    return found;
  }

  /** All things that meet the constraints, oldest first. */
  async list(constraints: readonly object[] = []): Promise<readonly Thing[]> {
    const found: Thing[] = [];
    for (;;) {
      this.calls += 1;
      const { data } = await this.http.get(this.path, {
        params: {
          limit: PAGE_LIMIT,
          cursor: found.length,
          sort_field: 'Created Date',
          constraints: constraints.length === 0 ? undefined : JSON.stringify(constraints),
        },
      });
      const response = isJsonObject(data) ? data['response'] : undefined;
      const things = isJsonObject(response) ? response['results'] : undefined;
      if (!isJsonObject(response) || !Array.isArray(things)) throw unknownAnswer('a list without results');
      found.push(...(things as Thing[]));
      if (things.length === 0 || response['remaining'] === 0) return found;
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

  /**
   * Creates things, at most 1,000. Never repeated from here.
   *
   * @throws {TransientError} when nobody knows which of them were created
   */
  async create(things: readonly JsonObject[]): Promise<readonly BulkAnswer[] | undefined> {
    this.calls += 1;
    const { status, bytes } = await this.http.send('POST', `${this.path}/bulk`, {
      text: things.map((thing) => JSON.stringify(thing)).join('\n'),
      as: 'bytes',
      isRepeatable: false,
      classify: ({ status: code, body }) => (code === 400 && isJsonObject(body) ? { action: 'ignore' } : undefined),
    });
    if (status === 400) return undefined;
    const lines = bytes
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
    // A generic answer without lines: a system failure in the middle.
    return lines.length === things.length ? lines.map(bulkAnswer) : undefined;
  }

  private async write(
    method: 'PATCH' | 'DELETE',
    id: string,
    options: { readonly json?: JsonObject },
  ): Promise<WriteAnswer> {
    this.calls += 1;
    let reason: string | undefined;
    const { status } = await this.http.send(method, `${this.path}/${encodeURIComponent(id)}`, {
      ...options,
      classify: ({ status: code, body }) => {
        if (code === 404 && method === 'DELETE') return { action: 'ignore' };
        if (![400, 404].includes(code) || !isJsonObject(body)) return undefined;
        reason = reasonOf(body);
        return { action: 'ignore' };
      },
    });
    return reason === undefined ? { status } : { status, reason };
  }
}

function bulkAnswer(line: string): BulkAnswer {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    throw unknownAnswer('a line of a bulk answer that is no JSON');
  }
  if (isJsonObject(parsed) && typeof parsed['id'] === 'string') return { id: parsed['id'] };
  return { reason: reasonOf(parsed) };
}

/** Bubble's own words; they name fields. */
function reasonOf(body: unknown): string {
  const inner = isJsonObject(body) && isJsonObject(body['body']) ? body['body'] : body;
  const message = isJsonObject(inner) ? inner['message'] : undefined;
  return typeof message === 'string' ? message.slice(0, 300) : 'refused without a reason';
}

function unknownAnswer(what: string): SystemError {
  return new SystemError(`Bubble's answer is not understood: ${what}.`, { code: 'BUBBLE_ANSWER' });
}
