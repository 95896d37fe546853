import type { Auth } from './auth.js';
import type { BudgetOptions } from './budget.js';

/**
 * What an answer means for the request.
 * `retry` tries again a bounded number of times; `rate_limit` waits as the answer says; `refresh` gets a new token once.
 */
export type Action = 'ok' | 'ignore' | 'retry' | 'rate_limit' | 'refresh' | 'config_error' | 'fail';

/** An {@link Action} with what is said when it ends the request. */
export interface Outcome {
  readonly action: Action;
  /** For the user; replaces the general text. It must not quote an answer that may echo a credential. */
  readonly message?: string;
  /** Error code, default by action. */
  readonly code?: string;
  /**
   * How long to wait, in ms, when the answer says so in a way of its own. With `ok` the answer is taken, and nobody asks
   * for so long: the budget is nearly used up.
   */
  readonly waitMs?: number;
  /** Name of the budget of {@link HttpPolicy.budgets} that a rate limit is about; default the whole credential. */
  readonly budget?: string;
}

/** An answer as `classify` sees it. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string };
  /** Path of the request, without host and query. */
  readonly path: string;
  /** Headers of the request that its caller added, as they were given. */
  readonly requestHeaders: { readonly [name: string]: string };
  /** The parsed body if it is JSON, else its text, at most 100,000 characters. */
  readonly body: unknown;
}

/** A request as {@link HttpPolicy.budgets} sees it. */
export interface BudgetedRequest {
  /** Path, without host and query. */
  readonly path: string;
  /** Headers that its caller added, as they were given. */
  readonly headers: { readonly [name: string]: string };
}

/** A budget beside the credential's own. */
export interface NamedBudget extends BudgetOptions {
  readonly name: string;
}

/** Bounds of one client; every one has a default. */
export interface HttpLimits {
  /** Attempts of one request, the first one included; default 6. */
  readonly maxAttempts?: number;
  /** Longest time one request may spend waiting for a rate limit, in ms; default 20 min, below the platform's heartbeat. */
  readonly maxWaitMs?: number;
  /** Deadline of one attempt with its body, in ms; default 60 s. */
  readonly attemptTimeoutMs?: number;
  /** First step of the exponential backoff, in ms; default 1 s. */
  readonly backoffMs?: number;
  /** Largest body after decompression, in bytes; default 100 MiB. */
  readonly maxBodyBytes?: number;
  /** Allows plain http and private, loopback and link-local addresses; default false. */
  readonly allowPrivateHosts?: boolean;
}

/** How a source speaks HTTP: one policy a source, one client and one budget a credential. */
export interface HttpPolicy {
  /** Root that request paths are appended to. */
  readonly baseUrl: string;
  /** Config field that the root comes from, such as `app_url`: errors name it. */
  readonly addressField?: string;
  readonly auth?: Auth;
  /** Headers of every request. */
  readonly headers?: { readonly [name: string]: string };
  readonly budget?: BudgetOptions;
  /** Further budgets of a request, such as one endpoint's; requests that name the same one share it. */
  readonly budgets?: (request: BudgetedRequest) => readonly NamedBudget[];
  /** What differs from the default table, by status. */
  readonly status?: { readonly [status: number]: Action };
  /** Reads vendor codes; undefined leaves the decision to the table. */
  readonly classify?: (answer: Answer) => Outcome | undefined;
  readonly limits?: HttpLimits;
}

/**
 * What a status that was not expected means by default: 401 refresh, 403 config error, 408 and 5xx retry, 429 rate limit, every other
 * status fails at once.
 */
function defaultAction(status: number): Action {
  if (status === 401) return 'refresh';
  if (status === 403) return 'config_error';
  if (status === 429) return 'rate_limit';
  if (status === 408 || status >= 500) return 'retry';
  return 'fail';
}

/**
 * What an answer means under a policy: the vendor's codes first, then the policy's table, then what the request expects,
 * then the default table.
 */
export function decideOutcome(policy: HttpPolicy, answer: Answer, isExpected: boolean): Outcome {
  const { status } = answer;
  const action = isExpected ? 'ok' : defaultAction(status);
  return policy.classify?.(answer) ?? { action: policy.status?.[status] ?? action };
}

/** Limits from the hidden config keys that tests and proxies use; keys that are absent leave the default. */
export function limitsFromConfig(config: Readonly<Record<string, unknown>>): HttpLimits {
  const number = (name: string, factor = 1) => {
    const value = config[name];
    return typeof value === 'number' ? value * factor : undefined;
  };
  const limits = {
    maxAttempts: number('http_max_attempts'),
    maxWaitMs: number('http_max_wait_seconds', 1000),
    attemptTimeoutMs: number('http_timeout_seconds', 1000),
    backoffMs: number('http_backoff_ms'),
    allowPrivateHosts: config['allow_private_hosts'] === true,
  };
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
