import { setMaxListeners } from 'node:events';
import type { LookupFunction } from 'node:net';
import { isKnownError, TransientError } from '@cuttle/protocol';
import { Awaited } from '../command/awaited.js';
import type { Secrets } from '../config/secrets.js';
import type { Logger } from '../io/logger.js';
import { backoffMs } from './backoff.js';
import { Budget, type BudgetOptions } from './budget.js';
import { type AttemptResult, type HttpResponse, judge } from './judge-answer.js';
import type { Answer, HttpPolicy, Outcome } from './policy.js';
import { proxyFor, proxySecrets } from './proxy.js';
import { answerError, describeFault, networkError } from './request-error.js';
import { type Params, requestUrl } from './request-url.js';
import { retryAfterMs } from './retry-after.js';
import { type Sleep, sleep, stopped } from './sleep.js';
import { type Exchange, type HttpMethod, Transport } from './transport.js';

const DEFAULTS = {
  maxAttempts: 6,
  maxWaitMs: 20 * 60_000,
  attemptTimeoutMs: 60_000,
  backoffMs: 1000,
  maxBodyBytes: 100 * 1024 * 1024,
  allowPrivateHosts: false,
};
/** Waits longer than this are told to the platform. */
const REPORTED_WAIT_MS = 60_000;

/** What a request may add. */
export interface RequestOptions {
  readonly params?: Params;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; makes the request a POST. */
  readonly json?: unknown;
  /** Sent form-encoded, as token endpoints want it; makes the request a POST. */
  readonly form?: Readonly<Record<string, string>>;
  /** `bytes` leaves the body unparsed, for the raw and text lanes. Default `json`. */
  readonly as?: 'json' | 'bytes';
  /** With `bytes`: whether a body is complete and of the right kind; one that is not is asked for again. */
  readonly isWhole?: (bytes: Buffer) => boolean;
  /**
   * Statuses that are documented for success, default 200 alone. Every other one below 300 ends the request as
   * `UNEXPECTED_STATUS`: an answer that nobody documents proves nothing.
   */
  readonly expect?: readonly number[];
  /** Sent as plain text, for endpoints that take lines; makes the request a POST. */
  readonly text?: string;
  /**
   * Whether the request may be sent again when nobody knows whether it did its work (a lost connection, a 5xx). Default
   * true; with false the error of the first attempt is thrown. A rate limit is waited for in both cases.
   */
  readonly isRepeatable?: boolean;
  /** Deadline of an attempt of this request, in ms, where it is not that of the client. */
  readonly timeoutMs?: number;
  /** Reads vendor codes of this request, before the policy's own `classify`. */
  readonly classify?: (answer: Answer) => Outcome | undefined;
}

/** What a client needs from outside; everything has a default but signal and log. */
export interface HttpSurroundings {
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Gets each credential that is sent, and hides them in what is quoted of an answer that repeats one. */
  readonly secrets?: Pick<Secrets, 'add' | 'mask'>;
  readonly monotonic?: () => number;
  readonly random?: () => number;
  readonly sleep?: Sleep;
  readonly lookup?: LookupFunction;
  /** Gets the name of each request that is under way. */
  readonly awaited?: Awaited;
}

/** Called with the time (ms since the epoch) until which a rate limit makes a request wait. */
export type OnRateLimit = (quotaResetMs: number) => void;

/** Sends the requests of one source under one policy: budget, retries, rate limits, token refresh. */
export class HttpClient {
  readonly #policy: HttpPolicy;
  readonly #around: HttpAround;
  readonly #limits: typeof DEFAULTS;
  readonly #shared: SharedHttp;
  readonly #onRateLimit: OnRateLimit;

  /** @param shared what clients of one credential have in common; made here when it is left out */
  constructor(policy: HttpPolicy, surroundings: HttpSurroundings, shared?: SharedHttp, onRateLimit?: OnRateLimit) {
    this.#policy = policy;
    this.#around = {
      monotonic: () => performance.now(),
      random: Math.random,
      sleep,
      awaited: new Awaited(),
      ...surroundings,
    };
    this.#limits = { ...DEFAULTS, ...policy.limits };
    this.#shared = shared ?? createShared(policy, this.#limits, this.#around);
    this.#onRateLimit = onRateLimit ?? (() => undefined);
    // Every request that waits or is under way listens; Node would take more than ten for a leak and print so.
    setMaxListeners(0, surroundings.signal);
  }

  /** A client for one stream: the same budget and sockets, its own signal and its own word on rate limits. */
  forStream(signal: AbortSignal, onRateLimit: OnRateLimit): HttpClient {
    return new HttpClient(this.#policy, { ...this.#around, signal }, this.#shared, onRateLimit);
  }

  /**
   * GET of a path below the policy's base URL, or of an absolute URL on the same host.
   *
   * @throws {ConfigError} when the credential or the config is refused
   * @throws {TransientError} after the last retry, or when a rate limit lasts longer than allowed
   * @throws {SystemError} for an answer that the policy does not know, and for a success that is not an expected one
   */
  get(path: string, options: RequestOptions = {}): Promise<HttpResponse> {
    return this.#request('GET', path, options);
  }

  /** POST of a JSON or form body; see {@link get}. It is retried like a GET, so use it for reading only. */
  post(path: string, options: RequestOptions): Promise<HttpResponse> {
    return this.#request('POST', path, options);
  }

  /** A request that changes something; see {@link get}. PATCH and DELETE do the same when they come twice, a POST does not. */
  send(method: 'POST' | 'PATCH' | 'DELETE', path: string, options: RequestOptions = {}): Promise<HttpResponse> {
    return this.#request(method, path, options);
  }

  /**
   * Waits until the remote system may be asked about something it works on.
   *
   * @throws {TransientError} `STOPPED` when the run has to stop
   */
  wait(ms: number): Promise<void> {
    return this.#around.sleep(ms, this.#around.signal);
  }

  /** Closes idle sockets. */
  close(): Promise<void> {
    return this.#shared.transport.close();
  }

  async #request(method: HttpMethod, path: string, options: RequestOptions): Promise<HttpResponse> {
    const url = requestUrl(this.#policy.baseUrl, path, options.params);
    const name = `${method} ${url.pathname}`;
    let hasRefreshed = false;
    let waited = 0;
    for (let attempt = 1; ; attempt += 1) {
      const result = await this.#attempt(method, url, options);
      if (result.kind === 'done') return result.response;
      const { outcome, answer } = result;
      if (outcome.action === 'refresh' && !hasRefreshed && this.#policy.auth?.refresh !== undefined) {
        hasRefreshed = true;
        await this.#refreshToken(result.credentials ?? {});
        continue;
      }
      const fatal =
        answer === undefined
          ? networkError(name, url.host, result.fault, proxyFor(url))
          : answerError(name, answer, outcome, (text) => this.#around.secrets?.mask(text) ?? text);
      if (outcome.action !== 'retry' && outcome.action !== 'rate_limit') throw fatal;
      if (outcome.action === 'retry' && options.isRepeatable === false) throw fatal;
      if (attempt >= this.#limits.maxAttempts) throw fatal;
      const wait = this.#waitFor(attempt, outcome, answer);
      waited += wait;
      // Waits between repetitions of a broken answer are no rate limit: the fault itself is the reason.
      if (waited > this.#limits.maxWaitMs) throw outcome.action === 'rate_limit' ? tooLongWait(name, wait) : fatal;
      this.#around.log.debug(`${name}: attempt ${attempt} failed (${result.fault}), next in ${Math.round(wait)} ms`);
      await this.#wait(wait, outcome);
    }
  }

  async #attempt(method: HttpMethod, url: URL, options: RequestOptions): Promise<AttemptResult> {
    const release = await this.#acquire(url, options);
    try {
      const credentials = await this.#credentials();
      this.#hide(credentials);
      const exchange = this.#shared.transport.exchange(this.#exchangeOf(method, url, options, credentials));
      const raw = await this.#around.awaited.during(`the answer to ${method} ${url.pathname}`, exchange);
      const result = judge(this.#policy, raw, options);
      const pause = result.kind === 'done' ? Math.min(result.outcome.waitMs ?? 0, this.#limits.maxWaitMs) : 0;
      if (pause > 0) this.#shared.budget.pause(pause);
      return result.kind === 'failed' ? { ...result, credentials } : result;
    } catch (error) {
      if (this.#around.signal.aborted) throw stopped();
      const known = knownCause(error);
      if (known !== undefined) throw known;
      return { kind: 'failed', outcome: { action: 'retry' }, fault: describeFault(error) };
    } finally {
      release();
    }
  }

  /** Getting them may take a request of its own. */
  async #credentials(): Promise<Headers> {
    const { auth } = this.#policy;
    if (auth === undefined) return {};
    return this.#around.awaited.during('the credential of a request', Promise.resolve(auth.headers()));
  }

  #exchangeOf(method: HttpMethod, url: URL, options: RequestOptions, credentials: Headers): Exchange {
    const { addressField } = this.#policy;
    const { timeoutMs } = options;
    const body = requestBody(options);
    const headers = { ...this.#policy.headers, ...body?.headers, ...options.headers, ...credentials };
    return {
      method,
      url,
      headers,
      hasSecret: Object.keys(credentials).length > 0 || this.#holdsSecret(url, headers),
      ...(addressField === undefined ? {} : { addressField }),
      ...(body === undefined ? {} : { body: body.text }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      signal: this.#around.signal,
    };
  }

  /** Named budgets first: who waits for one of them holds no place of the credential's budget. */
  async #acquire(url: URL, { headers = {} }: RequestOptions): Promise<() => void> {
    const named = this.#policy.budgets?.({ path: url.pathname, headers }) ?? [];
    const budgets = [...named.map(({ name, ...options }) => this.#namedBudget(name, options)), this.#shared.budget];
    const releases: (() => void)[] = [];
    const releaseAll = () => {
      for (const release of releases) release();
    };
    try {
      for (const budget of budgets) {
        releases.push(await budget.acquire(this.#around.signal, (ms) => this.#tellWait(ms)));
      }
      return releaseAll;
    } catch (error) {
      releaseAll();
      throw error;
    }
  }

  #namedBudget(name: string, options: BudgetOptions): Budget {
    const { named } = this.#shared;
    const budget = named.get(name) ?? new Budget({ concurrency: Number.POSITIVE_INFINITY, ...options }, this.#around);
    named.set(name, budget);
    return budget;
  }

  /** Hides what was not sent before; of `Bearer x` it is `x`. */
  #hide(credentials: Readonly<Record<string, string>>): void {
    const { hidden } = this.#shared;
    for (const value of Object.values(credentials)) {
      if (hidden.has(value)) continue;
      hidden.add(value);
      this.#around.secrets?.add(value.replace(/^[A-Za-z]+ /, ''));
    }
  }

  /** Whether one of the known secrets stands in the address or in a header. */
  #holdsSecret(url: URL, headers: Headers): boolean {
    const text = [url.pathname, url.search, ...Object.values(headers)].join('\n');
    return this.#around.secrets !== undefined && this.#around.secrets.mask(text) !== text;
  }

  #waitFor(attempt: number, outcome: Outcome, answer: Answer | undefined): number {
    const jittered = backoffMs(attempt, this.#limits.backoffMs, this.#around.random);
    const asked = outcome.waitMs ?? (answer && retryAfterMs(answer.headers, this.#around.clock()));
    // Some jitter on top: everybody who was told the same second must not come back in it together.
    return asked === undefined || asked <= 0 ? jittered : asked + Math.min(jittered, this.#limits.backoffMs);
  }

  async #wait(ms: number, outcome: Outcome): Promise<void> {
    if (outcome.action === 'rate_limit') {
      const named = outcome.budget === undefined ? undefined : this.#shared.named.get(outcome.budget);
      (named ?? this.#shared.budget).pause(ms);
      this.#tellWait(ms);
    }
    await this.#around.sleep(ms, this.#around.signal);
  }

  #tellWait(ms: number): void {
    if (ms > REPORTED_WAIT_MS) this.#onRateLimit(Math.round(this.#around.clock() + ms));
  }

  /** One refresh at a time, shared by all requests that saw the old token refused. */
  async #refreshToken(refused: Readonly<Record<string, string>>): Promise<void> {
    // Another request may have got a new token while this one was still under way with the old one.
    const current = (await this.#policy.auth!.headers()) ?? {};
    if (JSON.stringify(current) !== JSON.stringify(refused)) return;
    this.#shared.refreshing ??= this.#policy.auth!.refresh!(refused).finally(() => {
      this.#shared.refreshing = undefined;
    });
    await this.#shared.refreshing;
  }
}

type Headers = Readonly<Record<string, string>>;
type HttpAround = Required<Omit<HttpSurroundings, 'lookup' | 'secrets'>> & Pick<HttpSurroundings, 'lookup' | 'secrets'>;

/** What all clients of one credential have in common. */
export interface SharedHttp {
  readonly budget: Budget;
  /** Budgets by the names that the policy gives them. */
  readonly named: Map<string, Budget>;
  readonly transport: Transport;
  /** Credentials that were added to the secrets. */
  readonly hidden: Set<string>;
  refreshing: Promise<void> | undefined;
}

function createShared(policy: HttpPolicy, limits: typeof DEFAULTS, around: HttpAround): SharedHttp {
  for (const password of proxySecrets(process.env)) around.secrets?.add(password);
  const transport = new Transport({
    maxSockets: policy.budget?.concurrency ?? 8,
    timeoutMs: limits.attemptTimeoutMs,
    maxBodyBytes: limits.maxBodyBytes,
    allowPrivateHosts: limits.allowPrivateHosts,
    ...(around.lookup === undefined ? {} : { lookup: around.lookup }),
  });
  const budget = new Budget(policy.budget ?? {}, around);
  return { budget, named: new Map(), transport, hidden: new Set(), refreshing: undefined };
}

function requestBody({
  json,
  form,
  text,
}: RequestOptions): { readonly text: string; readonly headers: Headers } | undefined {
  if (form !== undefined) {
    return {
      text: new URLSearchParams(form).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    };
  }
  if (text !== undefined) return { text, headers: { 'content-type': 'text/plain; charset=utf-8' } };
  return json === undefined
    ? undefined
    : { text: JSON.stringify(json), headers: { 'content-type': 'application/json' } };
}

/** An error of ours, also when axios has wrapped it. */
function knownCause(error: unknown): unknown {
  if (isKnownError(error)) return error;
  return error instanceof Error && isKnownError(error.cause) ? error.cause : undefined;
}

function tooLongWait(request: string, ms: number): TransientError {
  const minutes = Math.ceil(ms / 60_000);
  return new TransientError(`${request} is rate limited for ${minutes} more minutes, which is longer than allowed.`, {
    code: 'RATE_LIMITED',
  });
}
