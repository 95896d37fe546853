import { ConfigError, type KnownError, SystemError, TransientError } from '@cuttle/protocol';
import type { Answer, Outcome } from './policy.js';

/** Longest part of a body that an error quotes. */
const EXCERPT_LENGTH = 200;

/** Code of the error that ends a whole run: the credential is not accepted, so no stream can go on. */
export const CREDENTIAL_REJECTED = 'CREDENTIAL_REJECTED';

/** Code of the error for a success with a status that the request does not expect. */
export const UNEXPECTED_STATUS = 'UNEXPECTED_STATUS';

type Mask = (text: string) => string;

/** The error of a request that an answer ended. Requests are named by method and path: queries and headers may hold secrets. */
export function answerError(request: string, answer: Answer, outcome: Outcome, mask: Mask): KnownError {
  const { status } = answer;
  switch (outcome.action) {
    case 'refresh':
      return new ConfigError(outcome.message ?? `${request} was refused (${status}): the credential is not accepted.`, {
        code: outcome.code ?? CREDENTIAL_REJECTED,
      });
    case 'config_error': {
      const text = status === 403 ? 'the credential lacks the right to read this' : 'the request is not possible';
      return new ConfigError(outcome.message ?? `${request} was refused (${status}): ${text}.`, {
        code: outcome.code ?? 'REQUEST_REFUSED',
      });
    }
    case 'retry':
    case 'rate_limit':
      return new TransientError(outcome.message ?? `${request} failed (${status}) after all retries.`, {
        code: outcome.code ?? (outcome.action === 'retry' ? 'RETRIES_EXHAUSTED' : 'RATE_LIMITED'),
        ...quoted(answer, mask),
      });
    default:
      return new SystemError(outcome.message ?? failure(request, status, outcome), {
        code: outcome.code ?? 'REQUEST_FAILED',
        ...quoted(answer, mask),
      });
  }
}

function failure(request: string, status: number, { code }: Outcome): string {
  if (code !== UNEXPECTED_STATUS) return `${request} failed with status ${status}.`;
  return `${request} was answered with status ${status}, which is not documented for it, so it does not count as done. Is a proxy or another server in between?`;
}

/** Code of the error for a host that could not be reached at all. */
export const HOST_UNREACHABLE = 'HOST_UNREACHABLE';

/**
 * The error of a request that got no usable answer after all retries.
 *
 * @param proxy address of the proxy that was asked for a tunnel: it is what cannot be reached then
 */
export function networkError(request: string, host: string, fault: string, proxy?: string): TransientError {
  if (['ENOTFOUND', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'].includes(fault)) {
    if (proxy !== undefined) {
      const address = new URL(proxy).host;
      return new TransientError(
        `The proxy "${address}" cannot be reached (${fault}). Correct HTTPS_PROXY or HTTP_PROXY, or name "${host}" in NO_PROXY.`,
        { code: HOST_UNREACHABLE },
      );
    }
    return new TransientError(`The host "${host}" cannot be reached (${fault}). Is the address in the config right?`, {
      code: HOST_UNREACHABLE,
    });
  }
  return new TransientError(`${request} got no usable answer after all retries: ${inWords(fault)}.`, {
    code: 'RETRIES_EXHAUSTED',
  });
}

/** What the codes of Node's network, TLS, HTTP and compression mean, by how they begin. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(ECONNRESET|EPIPE|ECONNABORTED)$/, 'the connection was cut off'],
  [/^(ETIMEDOUT|UND_ERR_\w*TIMEOUT)$/, 'it took too long'],
  [/^EAI_AGAIN$/, 'the name of the host cannot be looked up now'],
  [/^Z_/, 'the compressed answer is damaged'],
  [/^HPE_/, 'the answer is not valid HTTP'],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_|SIGNATURE/,
    'the certificate of the host is not trusted; NODE_EXTRA_CA_CERTS adds authorities',
  ],
  [/SSL|TLS|EPROTO/, 'no encrypted connection comes about'],
];

function inWords(fault: string): string {
  const words = WORDS.find(([pattern]) => pattern.test(fault))?.[1];
  return words === undefined || /\s/.test(fault) ? fault : `${words} (${fault})`;
}

/** A network fault in a few words; the error itself is not kept, since it holds the request with its headers. */
export function describeFault(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown fault';
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ERR_CANCELED' || cause.name === 'TimeoutError' || cause.name === 'AbortError')
    return 'it took too long';
  return code === undefined ? cause.message : `${code}`;
}

/** Secrets go before the text is cut: of one that lies across the cut, a part would stay. */
function quoted(answer: Answer, mask: Mask): { readonly internalMessage?: string } {
  const text = typeof answer.body === 'string' ? answer.body : (JSON.stringify(answer.body) ?? '');
  const masked = mask(text).replace(/((?:access_token|api_key|key|token)=)[^&\s"']+/gi, '$1****');
  return masked === '' ? {} : { internalMessage: `the answer begins: ${masked.slice(0, EXCERPT_LENGTH)}` };
}
