import { type AirbyteTarget, SecretMask } from '@cuttle/project';
import { redirectError, Slots } from '@cuttle/protocol';
import { ApiError, answerError } from './api-error.js';
import { waitBeforeRetry } from './backoff.js';
import type { Clock } from './clock.js';
import { Authorization, rejected } from './token.js';

/** Requests at the same time. */
const MAX_CONCURRENT = 4;
/** Attempts of a request that changes nothing. */
const MAX_ATTEMPTS = 5;
/** Largest answer, in bytes. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const CLOUD_HOST = 'api.airbyte.com';
/** A client follows none of them: each request carries a token, a secret or a change. */
const REDIRECTS = [301, 302, 303, 307, 308];

/** How the client reaches the server. */
export interface Transport {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** Time for an ordinary request, in milliseconds. */
  readonly timeoutMs: number;
  /** Time for requests that start a connector: definitions, checks, discovery. */
  readonly slowTimeoutMs: number;
}

/** One request. */
export interface ApiCall {
  readonly api: 'public' | 'config';
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Behind `/api/public/v1` or `/api/v1`. */
  readonly path: string;
  readonly query?: readonly (readonly [string, string])[];
  readonly body?: object;
  /** The status that is documented for success, default 200, with a JSON body; 204 has none. Every other one is an error. */
  readonly expect?: 200 | 204;
  /** Whether it changes nothing, so that it may be repeated freely. */
  readonly isRead: boolean;
  /** Whether the server starts a connector for it. */
  readonly isSlow?: boolean;
}

/** Sends requests to one Airbyte server: authorised, a few at a time, reads repeated; no secret in any error. */
export class ApiClient {
  readonly #target: AirbyteTarget;
  readonly #transport: Transport;
  readonly #authorization: Authorization;
  readonly #slots = new Slots(MAX_CONCURRENT);
  readonly #hidden: string[];
  #mask: SecretMask;

  constructor(target: AirbyteTarget, transport: Transport) {
    this.#target = target;
    this.#transport = transport;
    this.#hidden = [...target.secrets];
    this.#mask = new SecretMask(this.#hidden);
    const askToken = (body: object): Promise<unknown> =>
      this.#repeat(() =>
        this.#once({ api: 'public', method: 'POST', path: '/applications/token', body, isRead: true }, undefined),
      );
    this.#authorization = new Authorization(target.auth, transport.clock, askToken, (token) => this.hide([token]));
  }

  get clock(): Clock {
    return this.#transport.clock;
  }

  /** Whether it is Airbyte Cloud, which has no Config API. */
  get isCloud(): boolean {
    return new URL(this.#target.url).host === CLOUD_HOST;
  }

  /** Adds values that must stand in no error. */
  hide(values: readonly string[]): void {
    this.#hidden.push(...values);
    this.#mask = new SecretMask(this.#hidden);
  }

  /** The text without secrets. */
  mask(text: string): string {
    return this.#mask.apply(text);
  }

  /**
   * The answer of a request. Reads are repeated after timeouts, 408, 429 and 5xx; writes are sent once.
   *
   * @throws {ApiError}; {ConfigError} `CREDENTIAL_REJECTED`, `CONFIG_REDIRECTED`
   */
  request(call: ApiCall): Promise<unknown> {
    if (!call.isRead) return this.#authorized(call);
    return this.#repeat(() => this.#authorized(call), call.isSlow === true);
  }

  async #repeat(send: () => Promise<unknown>, isSlow = false): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await send();
      } catch (error) {
        // A connector that failed once fails again, minutes later.
        const isFinal = !(error instanceof ApiError) || error.outcome === 'refused' || (isSlow && error.status === 500);
        if (isFinal || attempt >= MAX_ATTEMPTS) throw error;
        await waitBeforeRetry(error, attempt, this.clock);
      }
    }
  }

  async #authorized(call: ApiCall): Promise<unknown> {
    const header = await this.#authorization.header();
    try {
      return await this.#once(call, header);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      // The server did nothing: a token may have ended early.
      if (!this.#authorization.forget(header)) throw rejected('it answered 401');
    }
    try {
      return await this.#once(call, await this.#authorization.header());
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) throw rejected('it answered 401 to a new token');
      throw error;
    }
  }

  #once(call: ApiCall, authorization: string | undefined): Promise<unknown> {
    return this.#slots.run(() => this.#send(call, authorization));
  }

  async #send(call: ApiCall, authorization: string | undefined): Promise<unknown> {
    const label = `${call.method} ${call.path}`;
    const { timeoutMs, slowTimeoutMs } = this.#transport;
    const ms = call.isSlow === true ? slowTimeoutMs : timeoutMs;
    const url = this.#url(call);
    let response: Response;
    let text: string;
    try {
      response = await this.#transport.fetch(url, {
        method: call.method,
        headers: this.#headers(call, authorization),
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        redirect: 'manual',
        signal: AbortSignal.timeout(ms),
      });
      text = await readText(response);
    } catch (error) {
      throw this.#error(new ApiError(`${label}: ${reasonOf(error, ms)}`, 0, 'unclear'));
    }
    const { status } = response;
    const location = response.headers.get('location');
    if (REDIRECTS.includes(status) && location !== null) {
      throw redirectError({ field: `The url of target "${this.#target.name}"`, from: url, location });
    }
    if (!response.ok) throw this.#error(answerError(label, status, text, response.headers.get('retry-after')));
    return this.#parse(call, label, status, text);
  }

  #headers(call: ApiCall, authorization: string | undefined): Record<string, string> {
    return {
      accept: 'application/json',
      'user-agent': 'cuttle',
      ...this.#target.headers,
      ...(authorization === undefined ? {} : { authorization }),
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    };
  }

  /** Only the documented status and body count; behind anything else the request may have done its work or not. */
  #parse({ expect = 200 }: ApiCall, label: string, status: number, text: string): unknown {
    const hint = 'Is the url the address of the server, without a path of its own?';
    if (status !== expect) {
      const message = `${label} was answered with status ${status} instead of ${expect}. ${hint}`;
      throw this.#error(new ApiError(message, status, 'unclear'));
    }
    if (expect === 204) return undefined;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      const what = /<html/i.test(text) ? 'an HTML page' : 'no JSON';
      throw this.#error(new ApiError(`${label} was answered by ${what}. ${hint}`, status, 'unclear'));
    }
  }

  #url(call: ApiCall): string {
    const root = this.#target.url.replace(/\/api\/public\/v1$/, '').replace(/\/v1$/, '');
    const base = this.isCloud ? `${root}/v1` : `${root}${call.api === 'public' ? '/api/public/v1' : '/api/v1'}`;
    const query = call.query === undefined || call.query.length === 0 ? '' : `?${searchOf(call.query)}`;
    return `${base}${call.path}${query}`;
  }

  #error(error: ApiError): ApiError {
    const masked = this.#mask.apply(error.message);
    return masked === error.message ? error : new ApiError(masked, error.status, error.outcome, error.retryAfterMs);
  }
}

function searchOf(query: readonly (readonly [string, string])[]): string {
  return new URLSearchParams(query.map(([name, value]): [string, string] => [name, value])).toString();
}

async function readText(response: Response): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > MAX_ANSWER_BYTES) throw new Error(`the answer has more than ${MAX_ANSWER_BYTES} bytes`);
    parts.push(Buffer.from(part));
  }
  return Buffer.concat(parts).toString('utf8');
}

function reasonOf(error: unknown, ms: number): string {
  const { name, message, cause } = error as Error & {
    readonly cause?: { readonly code?: string; readonly message?: string };
  };
  if (name === 'TimeoutError' || name === 'AbortError') return `no answer within ${ms / 1000} s`;
  return cause?.code ?? cause?.message ?? message;
}
