import { ConfigError } from '@cuttle/protocol';
import { withoutTrailingSlashes } from '../http/request-url.js';

/** Where a Bubble app is, as the source and the destination spell it. */
export interface BubbleAddress {
  readonly app_url?: string;
  /** Root of the API of a stand-in; taken as it is. */
  readonly base_url?: string;
  /** `live`, `version-test` or a branch id. */
  readonly environment: string;
}

/**
 * Root of the API: `base_url` as it is, or the app's address with its environment. Takes the address however it was
 * copied: with `/api/1.1/obj/user` behind it, or with its environment.
 *
 * @throws {ConfigError} `CONFIG_MISSING_FIELD` when neither `app_url` nor `base_url` is given, `ENVIRONMENT_MISMATCH`
 *   when app_url names another environment
 */
export function bubbleApiRoot({ app_url: appUrl, base_url: baseUrl, environment }: BubbleAddress): string {
  if (baseUrl !== undefined) return withoutTrailingSlashes(baseUrl);
  if (appUrl === undefined) {
    throw new ConfigError('The config needs app_url, the address of the Bubble app.', { code: 'CONFIG_MISSING_FIELD' });
  }
  const given = withoutTrailingSlashes(appUrl.trim().replace(/[?#].*$/s, ''));
  const bare = given.replace(/^(https?:\/\/[^/]+(?:\/.*?)?)\/api(?:\/.*)?$/, '$1');
  const [, app, last] = /^(https?:\/\/[^/]+.*)\/([^/]+)$/.exec(bare) ?? [];
  if (app === undefined || last === undefined || !isEnvironment(last, environment)) {
    return `${bare}${environment === 'live' ? '' : `/${environment}`}/api/1.1`;
  }
  if (last !== environment && last !== `version-${environment}`) {
    const meant = last === 'version-live' ? 'live' : last;
    throw new ConfigError(
      `app_url names the environment "${last}", but environment is "${environment}". Set environment to "${meant}", or take "/${last}" off app_url.`,
      { code: 'ENVIRONMENT_MISMATCH' },
    );
  }
  return `${app}${environment === 'live' ? '' : `/${last}`}/api/1.1`;
}

function isEnvironment(part: string, environment: string): boolean {
  return part === environment || /^version-[A-Za-z0-9_-]+$/.test(part);
}
