import {
  type Answer,
  type BudgetedRequest,
  bearer,
  type HttpPolicy,
  limitsFromConfig,
  type NamedBudget,
  type Outcome,
} from '@cuttle/airbyte-cdk';
import { isJsonObject, type JsonObject } from '@cuttle/protocol';
import { accountRate, apiKey, apiRoot, type StripeConfig } from './config.js';

/** Code of the error for an object that does not exist. */
export const NOT_FOUND = 'STRIPE_NOT_FOUND';
/** Code of the error for a cursor that the list does not know any more. */
export const CURSOR_GONE = 'STRIPE_CURSOR_GONE';
/** Code of the error for a right that the key lacks. */
export const FORBIDDEN = 'STRIPE_FORBIDDEN';

/** Name of the header that names a connected account. */
export const ACCOUNT_HEADER = 'Stripe-Account';
/** Reads of files a second, which Stripe limits apart. */
const FILE_RATE = 20;

/** How the source speaks to Stripe: budgets for each account and each of its endpoints, Stripe's own word on retries. */
export function stripePolicy(config: StripeConfig): HttpPolicy {
  return {
    baseUrl: apiRoot(config),
    addressField: 'base_url',
    auth: bearer(apiKey(config)),
    budget: { concurrency: config.concurrency },
    budgets: (request) => budgetsOf(config, request),
    classify,
    limits: limitsFromConfig({ ...config }),
  };
}

/** Resource of a path below `/v1/`: `checkout/sessions`, `invoices` of `invoices/in_1/lines`. */
export function resourceOf(path: string): string {
  const [first = '', second = ''] = path.slice(path.indexOf('/v1/') + 4).split('/');
  return ['checkout', 'radar', 'issuing'].includes(first) ? `${first}/${second}` : first;
}

function budgetsOf(config: StripeConfig, { path, headers }: BudgetedRequest): readonly NamedBudget[] {
  const account = headers[ACCOUNT_HEADER] ?? '';
  const resource = resourceOf(path);
  const rate = config.endpoint_requests_per_second;
  return [
    { name: endpointBudget(account, resource), requests: resource === 'files' ? Math.min(rate, FILE_RATE) : rate },
    { name: account, requests: accountRate(config) },
  ];
}

function endpointBudget(account: string, resource: string): string {
  return `${account} ${resource}`;
}

function classify(answer: Answer): Outcome | undefined {
  const { status, headers, path } = answer;
  if (status >= 200 && status < 300) return undefined;
  const error = errorOf(answer);
  if (status === 429) return headers['stripe-should-retry'] === 'false' ? refused(path, status) : rateLimit(answer);
  if (headers['stripe-should-retry'] === 'true') return { action: 'retry' };
  if (headers['stripe-should-retry'] === 'false' && status >= 500) return refused(path, status);
  switch (status) {
    case 400:
      return badRequest(path, error);
    case 401:
      // Stripe repeats parts of the key, so nothing of the answer is quoted.
      return { action: 'refresh', message: 'Stripe does not accept the api_key: it is wrong, expired or revoked.' };
    case 403:
      return forbidden(path, error);
    case 404:
      return { action: 'fail', code: NOT_FOUND, message: `Stripe has nothing at ${path} (404).` };
    case 409:
      return { action: 'retry' };
    default:
      return undefined;
  }
}

/** The pause is for the endpoint or for the account, whichever Stripe names. */
function rateLimit({ headers, path, requestHeaders }: Answer): Outcome {
  const account = requestHeaders[ACCOUNT_HEADER] ?? '';
  const reason = headers['stripe-rate-limited-reason'] ?? '';
  return {
    action: 'rate_limit',
    budget: reason.startsWith('endpoint') ? endpointBudget(account, resourceOf(path)) : account,
  };
}

function refused(path: string, status: number): Outcome {
  return {
    action: 'fail',
    code: 'STRIPE_NO_RETRY',
    message: `Stripe answered ${status} for ${path} and says that asking again is of no use.`,
  };
}

function badRequest(path: string, error: JsonObject): Outcome {
  const message = String(error['message'] ?? '');
  const isCursor = error['param'] === 'starting_after';
  if (isCursor || message.includes('aged out of our retention policy')) {
    return { action: 'fail', code: CURSOR_GONE, message: `Stripe does not know the page token of ${path} any more.` };
  }
  return { action: 'fail', code: 'STRIPE_BAD_REQUEST', message: `Stripe refused the request for ${path} (400).` };
}

function forbidden(path: string, error: JsonObject): Outcome {
  if (error['code'] === 'account_invalid') {
    return {
      action: 'config_error',
      code: 'STRIPE_ACCOUNT_REFUSED',
      message: 'The api_key has no access to one of the connected_accounts, or that account does not exist.',
    };
  }
  return {
    action: 'config_error',
    code: FORBIDDEN,
    message:
      `The api_key may not read ${resourceOf(path)} (403): it lacks the right. Give the restricted key the read ` +
      'permission for it, or leave the stream out and name those to read in `streams`.',
  };
}

function errorOf({ body }: Answer): JsonObject {
  const error = isJsonObject(body) ? body['error'] : undefined;
  return isJsonObject(error) ? error : {};
}
