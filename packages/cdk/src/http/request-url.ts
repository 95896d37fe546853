import { nextLink } from './next-link.js';

/** Query parameters; undefined ones are left out, lists are repeated. */
export type Params = Readonly<Record<string, string | number | boolean | undefined | readonly (string | number)[]>>;

/**
 * The URL of a request: `path` appended to the base URL, or `path` itself when it is an absolute URL on the same host.
 *
 * @throws {SystemError} `NEXT_LINK_REFUSED` for an absolute URL on another host
 */
export function requestUrl(baseUrl: string, path: string, params: Params = {}): URL {
  const isAbsolute = /^[a-z][a-z0-9+.-]*:\/\//i.test(path) || path.startsWith('//');
  const url = new URL(
    isAbsolute ? nextLink(baseUrl, path) : `${withoutTrailingSlashes(baseUrl)}/${path.replace(/^\/+/, '')}`,
  );
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    if (Array.isArray(value)) for (const part of value) url.searchParams.append(name, String(part));
    else url.searchParams.set(name, String(value));
  }
  // %20 is read as a space everywhere, a plus only where queries are taken for form data.
  url.search = url.search.replaceAll('+', '%20');
  return url;
}

/** An address without the slashes at its end. A regular expression would take quadratic time on many slashes. */
export function withoutTrailingSlashes(address: string): string {
  let end = address.length;
  while (end > 0 && address.charAt(end - 1) === '/') end -= 1;
  return address.slice(0, end);
}
