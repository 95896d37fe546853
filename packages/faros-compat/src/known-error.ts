import { ConfigError, isKnownError, type KnownError, SystemError, TransientError } from '@cuttle/protocol';

const LATER_CODES = new Set(['ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'ECONNABORTED', 'EAI_AGAIN', 'EPIPE']);

/** Longest chain of causes that is followed. */
const MAX_CAUSES = 20;

/**
 * An error of a hosted source as one of our classes, by the HTTP status or socket error that stands in it or in one of its
 * causes. Only messages are taken over: what else hangs on such errors is requests and answers, tokens included.
 */
export function knownError(error: unknown): KnownError {
  if (isKnownError(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  const chain = causesOf(error);
  const status = chain.map(statusOf).find((found) => found !== undefined);
  const stack = error instanceof Error ? error.stack : undefined;
  const options = { code: 'FAROS_SOURCE', ...(stack === undefined ? {} : { internalMessage: stack }) };
  if (status === 401 || status === 403) return new ConfigError(message, options);
  const isLater = status === 429 || (status !== undefined && status >= 500);
  if (isLater || (status === undefined && chain.some(isSocketError))) return new TransientError(message, options);
  return new SystemError(message, options);
}

/** Whether it is faros-airbyte-cdk's `NonFatalError`, of whichever installed copy. */
export function isNonFatal(error: unknown): boolean {
  for (let proto: unknown = error; proto instanceof Object; proto = Object.getPrototypeOf(proto)) {
    if (proto.constructor.name === 'NonFatalError') return true;
  }
  return false;
}

/** The error and its causes, `cause` of JavaScript or of VError. */
function causesOf(error: unknown): readonly object[] {
  const chain: object[] = [];
  for (let at: unknown = error; at instanceof Object && chain.length < MAX_CAUSES; ) {
    chain.push(at);
    const { cause } = at as { readonly cause?: unknown };
    at = typeof cause === 'function' ? (cause.call(at) as unknown) : cause;
  }
  return chain;
}

function statusOf(error: object): number | undefined {
  const { response } = error as { readonly response?: { readonly status?: unknown } | null };
  return typeof response?.status === 'number' ? response.status : undefined;
}

function isSocketError(error: object): boolean {
  return LATER_CODES.has(String((error as { readonly code?: unknown }).code));
}
