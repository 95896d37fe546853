import { withoutTrailingSlashes } from '@cuttle/airbyte-cdk';
import { ConfigError, pastedToken } from '@cuttle/protocol';

/** The config, one field per property of the spec; defaults are filled in. */
export interface StripeConfig {
  readonly api_key?: string;
  readonly account_id: string;
  /** Names of streams; absent or empty offers all. */
  readonly streams?: readonly string[];
  /** ISO 8601 with Z, whole seconds. */
  readonly start_date: string;
  readonly lookback_days: number;
  readonly reconcile_days: number;
  readonly relist_hours: number;
  readonly slice_days: number;
  /** Ids of connected accounts, or the single word `all`. */
  readonly connected_accounts?: readonly string[];
  readonly concurrency: number;
  readonly requests_per_second?: number;
  readonly endpoint_requests_per_second: number;
  readonly api_version: string;
  /** Names of Airbyte's own connector for `api_key`, `lookback_days` and `slice_days`. */
  readonly client_secret?: string;
  readonly lookback_window_days?: number;
  readonly slice_range?: number;
  readonly base_url: string;
  readonly allow_private_hosts: boolean;
}

const DAY_SECONDS = 86_400;
/** What Stripe allows an account in a second. */
const TEST_RATE = 25;
const LIVE_RATE = 100;

/**
 * The key, under either name.
 *
 * @throws {ConfigError} `CONFIG_MISSING_FIELD` when neither is given
 */
export function apiKey({ api_key, client_secret }: StripeConfig): string {
  const key = api_key ?? client_secret;
  if (key !== undefined && key !== '') return pastedToken(key);
  throw new ConfigError('api_key is required: the secret or restricted key of the Stripe account.', {
    code: 'CONFIG_MISSING_FIELD',
  });
}

/** Root of the API, without a slash at the end. */
export function apiRoot(config: StripeConfig): string {
  return withoutTrailingSlashes(config.base_url);
}

/** `start_date` in seconds since the epoch. */
export function startSeconds(config: StripeConfig): number {
  return Math.floor(Date.parse(config.start_date) / 1000);
}

/** The lookback in seconds. */
export function lookbackSeconds({ lookback_window_days, lookback_days }: StripeConfig): number {
  return (lookback_window_days ?? lookback_days) * DAY_SECONDS;
}

/** Length of a slice of the first sync in seconds. */
export function sliceSeconds({ slice_range, slice_days }: StripeConfig): number {
  return (slice_range ?? slice_days) * DAY_SECONDS;
}

/** Requests a second for an account: as configured, or what Stripe allows the kind of key. */
export function accountRate(config: StripeConfig): number {
  return config.requests_per_second ?? (/^[a-z]+_live_/.test(apiKey(config)) ? LIVE_RATE : TEST_RATE);
}

/** Whether connected accounts are read too. */
export function hasConnected({ connected_accounts = [] }: StripeConfig): boolean {
  return connected_accounts.length > 0;
}
