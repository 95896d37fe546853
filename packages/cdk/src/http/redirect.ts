import { redirectError } from '@cuttle/protocol';
import { checkUrl } from './address.js';
import type { Exchange, RawAnswer } from './transport.js';

/** 308 without a `Location` is progress of a Google upload, so a status alone makes no redirect. */
const STATUSES = [301, 302, 303, 307, 308];
const KEEPS_METHOD = [307, 308];
const CREDENTIAL_HEADERS = ['authorization', 'cookie', 'proxy-authorization', 'x-api-key'];
const SECRET_PARAMETER = /(?:^|[-_.])(?:token|key|secret|password|credential|signature|sig)$/i;

/**
 * The exchange that a redirect leads to, or undefined when the answer is no redirect.
 *
 * A request that carries a credential, a body or a signature stays on its scheme, host and method. A plain GET may go on
 * to https. The caller bounds the number of hops.
 *
 * @throws {ConfigError} `CONFIG_REDIRECTED` for a redirect that may not be followed, `HOST_REFUSED` for its target
 */
export function followRedirect(from: Exchange, answer: RawAnswer, allowPrivateHosts: boolean): Exchange | undefined {
  const location = answer.headers['location'];
  if (!STATUSES.includes(answer.status) || location === undefined) return undefined;
  const refused = redirectError({ field: from.addressField ?? from.url.host, from: from.url.href, location });
  if (!URL.canParse(location, from.url.href)) throw refused;
  const url = new URL(location, from.url);
  checkUrl(url, allowPrivateHosts);
  const keepsMethod = from.method === 'GET' || KEEPS_METHOD.includes(answer.status);
  const staysHome = url.origin === from.url.origin && keepsMethod;
  const isSafeForPlain = url.protocol === 'https:' || url.protocol === from.url.protocol;
  if (isGuarded(from) ? !staysHome : !isSafeForPlain) throw refused;
  return { ...from, url };
}

/** Whether a request carries a credential, a body or a signature, or changes something. */
function isGuarded({ method, body, url, headers, hasSecret }: Exchange): boolean {
  if (hasSecret || method !== 'GET' || body !== undefined) return true;
  if (Object.keys(headers).some((name) => CREDENTIAL_HEADERS.includes(name.toLowerCase()))) return true;
  return [...url.searchParams.keys()].some((name) => SECRET_PARAMETER.test(name));
}
