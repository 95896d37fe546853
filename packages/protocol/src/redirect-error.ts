import { ConfigError } from './errors.js';

/** Code of the error for an address that redirects a request which may not follow. */
export const CONFIG_REDIRECTED = 'CONFIG_REDIRECTED';

/** A redirect that is not followed. */
export interface RefusedRedirect {
  /** What gave the address: a config field such as `app_url`; its host where that is not known. */
  readonly field: string;
  /** Absolute URL of the request. */
  readonly from: string;
  /** The `Location` of the answer, absolute or relative. */
  readonly location: string;
}

/**
 * The error of a redirect that is not followed. It names the new host, never a user name, path or query of either
 * address: these may hold secrets.
 */
export function redirectError({ field, from, location }: RefusedRedirect): ConfigError {
  return new ConfigError(`${field} ${whereTo(from, location)}`, { code: CONFIG_REDIRECTED });
}

function whereTo(from: string, location: string): string {
  if (!URL.canParse(location, from)) return 'redirects to an address that cannot be read. Use the address of the API.';
  const [old, target] = [new URL(from), new URL(location, from)];
  if (target.host === '') return `redirects to ${target.protocol} and no host. Use the address of the API.`;
  if (target.protocol !== old.protocol) return `redirects to ${target.protocol}//${target.host}; use that address.`;
  if (target.host !== old.host) return `redirects to ${target.host}; use that address.`;
  return 'redirects to another path of its host. Use the address of the API itself.';
}
