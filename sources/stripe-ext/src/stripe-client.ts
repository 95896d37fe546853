import type { HttpClient } from '@cuttle/airbyte-cdk';
import { isJsonObject, isKnownError, type JsonObject, type KnownError, SystemError } from '@cuttle/protocol';
import type { StripeConfig } from './config.js';
import { NOT_FOUND } from './policy.js';
import { loadSdk, type Sdk } from './sdk.js';

/** Most entries of a page (Stripe API reference, Pagination); always asked for, since the default is 10. */
export const PAGE_LIMIT = 100;

/** An object as Stripe gives it. */
export type StripeObject = JsonObject & { readonly id: string };

/** A page of a list, newest first. */
export interface ListPage {
  readonly data: readonly StripeObject[];
  readonly hasMore: boolean;
}

/** Query parameters as Stripe names them, `created[gte]`; lists get `[]`. Undefined ones are left out. */
export type StripeParams = Readonly<Record<string, string | number | undefined | readonly string[]>>;

/** Calls of Stripe's API in the name of one account. */
export class StripeClient {
  readonly #http: HttpClient;
  readonly #config: StripeConfig;
  readonly #account: string | undefined;
  #sdk: Promise<Sdk> | undefined;

  /** @param account id of a connected account; undefined for the key's own */
  constructor(http: HttpClient, config: StripeConfig, account?: string) {
    this.#http = http;
    this.#config = config;
    this.#account = account;
  }

  /** The same calls in the name of another account, or by another client of the kit. */
  as(account: string | undefined, http: HttpClient = this.#http): StripeClient {
    return new StripeClient(http, this.#config, account);
  }

  /**
   * A page of a list.
   *
   * @param path from `/v1/` on, perhaps with a query of its own
   * @throws {SystemError} `STRIPE_CURSOR_GONE` when `starting_after` is not known any more, `STRIPE_ANSWER` for an
   * answer of an unknown shape
   */
  async list(path: string, params: StripeParams): Promise<ListPage> {
    const body = await this.#get(path, { limit: PAGE_LIMIT, ...params });
    const { data, has_more: hasMore } = body;
    if (!Array.isArray(data) || typeof hasMore !== 'boolean') throw unknownAnswer(path, 'it is not a list');
    if (hasMore && data.length === 0) throw unknownAnswer(path, 'a page is empty, yet there is more');
    return { data: identified(path, data), hasMore };
  }

  /**
   * One object, or undefined when there is none: 404, or a stub that says `deleted`.
   *
   * @param expand paths below the object
   */
  async retrieve(path: string, expand: readonly string[] = []): Promise<StripeObject | undefined> {
    try {
      const body = await this.#get(path, { 'expand[]': expand });
      if (!isIdentified(body)) throw unknownAnswer(path, 'it has no id');
      return body['deleted'] === true ? undefined : body;
    } catch (error) {
      if (isKnownError(error) && (error as KnownError).code === NOT_FOUND) return undefined;
      throw error;
    }
  }

  /** The account that requests are made for, and Stripe's own time in ms; undefined if the answer does not tell it. */
  async account(): Promise<{ readonly id: string; readonly nowMs: number | undefined }> {
    const path = '/v1/account';
    const body = await this.#get(path, {});
    if (!isIdentified(body)) throw unknownAnswer(path, 'it has no id');
    const headers = (body as { lastResponse?: { headers?: Readonly<Record<string, string>> } }).lastResponse?.headers;
    const nowMs = Date.parse(headers?.['date'] ?? '');
    return { id: body.id, nowMs: Number.isNaN(nowMs) ? undefined : nowMs };
  }

  async #get(path: string, params: StripeParams): Promise<JsonObject> {
    this.#sdk ??= loadSdk(this.#http, this.#config);
    const sdk = await this.#sdk;
    const options = this.#account === undefined ? {} : { stripeAccount: this.#account };
    try {
      const body: unknown = await sdk.rawRequest('GET', withQuery(path, params), undefined, options);
      if (!isJsonObject(body)) throw unknownAnswer(path, 'it is not an object');
      return body;
    } catch (error) {
      throw knownCause(path, error);
    }
  }
}

/** Whether something has an id of its own: a text that is not empty. */
export function isIdentified(value: unknown): value is StripeObject {
  return isJsonObject(value) && typeof value['id'] === 'string' && value['id'] !== '';
}

/**
 * The entries of a list. One without an id can neither be told apart nor be paged behind: it must not be left out.
 *
 * @throws {SystemError} `STRIPE_ANSWER` naming the list
 */
export function identified(list: string, entries: readonly unknown[]): readonly StripeObject[] {
  return entries.map((entry) => {
    if (isIdentified(entry)) return entry;
    throw unknownAnswer(list, 'an entry has no id');
  });
}

/** The kit's own error, which the package wraps into one of a lost connection. What it says itself may quote an answer. */
function knownCause(path: string, error: unknown): unknown {
  const { detail = error } = error as { readonly detail?: unknown };
  return isKnownError(detail) ? detail : unknownAnswer(path, 'it is an error, although its status is good');
}

function withQuery(path: string, params: StripeParams): string {
  const [route = '', query = ''] = path.split('?');
  const search = new URLSearchParams(query);
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    if (typeof value === 'object') for (const part of value) search.append(name, part);
    else search.set(name, String(value));
  }
  return search.size === 0 ? route : `${route}?${search}`;
}

function unknownAnswer(path: string, problem: string): SystemError {
  return new SystemError(`The answer of Stripe for ${path.split('?')[0]} is not understood: ${problem}.`, {
    code: 'STRIPE_ANSWER',
  });
}
