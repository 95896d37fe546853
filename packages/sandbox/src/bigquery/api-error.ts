import { type Answer, jsonAnswer } from '../server/exchange.js';

/** Status of each error reason, as the vendor's error table has it. */
const STATUS: Readonly<Record<string, number>> = {
  accessDenied: 403,
  authError: 401,
  backendError: 503,
  billingNotEnabled: 403,
  bytesBilledLimitExceeded: 400,
  duplicate: 409,
  internalError: 500,
  invalid: 400,
  invalidQuery: 400,
  notFound: 404,
  quotaExceeded: 403,
  rateLimitExceeded: 403,
  resourcesExceeded: 400,
  responseTooLarge: 403,
};

/** Thrown inside the stand-in for an answer with an error body. */
export class ApiError extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The body of an error: `{"error": {code, message, errors: [{message, domain, reason}], status}}`. */
export function errorBody(reason: string, message: string, status = STATUS[reason] ?? 400): unknown {
  return { error: { code: status, message, errors: [{ message, domain: 'global', reason }], status: CODES[status] } };
}

/** The answer for an error reason; the status is the documented one unless another is given. */
export function errorAnswer(reason: string, message: string, status = STATUS[reason] ?? 400): Answer {
  return jsonAnswer(status, errorBody(reason, message, status));
}

/** The documented status of a reason, 400 when it is not known. */
export function statusOfReason(reason: string): number {
  return STATUS[reason] ?? 400;
}

const CODES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ALREADY_EXISTS',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};
