import { type Answer, jsonAnswer } from '../server/exchange.js';

/** Thrown when a request gets an error of Stripe's. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';
  readonly status: number;
  readonly error: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, error: Record<string, unknown>, headers: Record<string, string> = {}) {
    super(String(error['message']));
    this.status = status;
    this.error = error;
    this.headers = headers;
  }

  /** The answer on the wire. */
  answer(): Answer {
    return jsonAnswer(this.status, { error: this.error }, this.headers);
  }
}

/** 400 `invalid_request_error`. */
export function badRequest(message: string, param?: string, code?: string): ApiFault {
  return new ApiFault(400, {
    ...(code === undefined
      ? {}
      : { code, doc_url: `https://docs.stripe.com/error-codes/${code.replaceAll('_', '-')}` }),
    message,
    ...(param === undefined ? {} : { param }),
    type: 'invalid_request_error',
  });
}

/** What a GET of an unknown id gives (404), and a list for an unknown `starting_after` (400). */
export function noSuchObject(object: string, id: string, param = 'id', status = 404): ApiFault {
  const { error } = badRequest(`No such ${object}: '${id}'`, param, 'resource_missing');
  return new ApiFault(status, error);
}

/** 401 for a key that is not known. Stripe repeats the ends of the key. */
export function unknownKey(key: string): ApiFault {
  const shown =
    key.length > 12 ? `${key.slice(0, 8)}${'*'.repeat(key.length - 12)}${key.slice(-4)}` : '*'.repeat(key.length);
  return new ApiFault(401, { message: `Invalid API Key provided: ${shown}`, type: 'invalid_request_error' });
}

/** 403 of a restricted key without the permission. */
export function notPermitted(key: string, permission: string): ApiFault {
  return new ApiFault(403, {
    message:
      `The provided key '${key.slice(0, 8)}${'*'.repeat(12)}${key.slice(-6)}' does not have the required permissions for ` +
      `this endpoint. Having the '${permission}' permission would allow this request to continue.`,
    type: 'invalid_request_error',
  });
}

/** 429 with the reason header. */
export function rateLimited(reason: 'global-rate' | 'endpoint-rate'): ApiFault {
  const message = 'Request rate limit exceeded. Learn more about rate limits here https://docs.stripe.com/rate-limits.';
  const error = { code: 'rate_limit', message, type: 'invalid_request_error' };
  return new ApiFault(429, error, { 'stripe-rate-limited-reason': reason });
}
