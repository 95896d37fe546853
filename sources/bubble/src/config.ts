import { withoutTrailingSlashes } from '@cuttle/airbyte-cdk';
import { ConfigError } from '@cuttle/protocol';

/** The config, one field per property of the spec; defaults are filled in. */
export interface BubbleConfig {
  readonly app_url?: string;
  readonly base_url?: string;
  readonly api_token: string;
  /** `live`, `version-test` or a branch id. */
  readonly environment: string;
  /** Type names; absent or empty reads every type. */
  readonly types?: readonly string[];
  /** ISO 8601 with Z. */
  readonly start_date?: string;
  readonly lookback_seconds: number;
  readonly concurrency: number;
  readonly requests_per_minute: number;
  readonly detect_deletes: boolean;
  readonly flatten_email: boolean;
  readonly key_style: 'display' | 'id';
  readonly dates: 'text' | 'timestamp';
  readonly allow_private_hosts: boolean;
}

/**
 * Root of the API: `base_url` as it is, or the app's address with its environment.
 *
 * @throws {ConfigError} `CONFIG_MISSING_FIELD` when neither `app_url` nor `base_url` is given
 */
export function apiRoot(config: BubbleConfig): string {
  if (config.base_url !== undefined) return withoutTrailingSlashes(config.base_url);
  if (config.app_url === undefined) {
    throw new ConfigError('The config needs app_url, the address of the Bubble app.', { code: 'CONFIG_MISSING_FIELD' });
  }
  const app = withoutTrailingSlashes(config.app_url).replace(/\/api\/1\.1$/, '');
  const environment = config.environment === 'live' ? '' : `/${config.environment}`;
  return `${app}${environment}/api/1.1`;
}

/** `start_date` in ms since the epoch; undefined without one. */
export function startMs(config: BubbleConfig): number | undefined {
  return config.start_date === undefined ? undefined : Date.parse(config.start_date);
}
