import { withoutTrailingSlashes } from '@cuttle/airbyte-cdk';
import { ConfigError } from '@cuttle/protocol';

/** What a row of insights is about. */
export type Level = 'ad' | 'adset' | 'campaign' | 'account';

/** An insights stream of the user's own. Times are ISO 8601 with Z; only their day counts. */
export interface CustomInsights {
  readonly name: string;
  readonly level: Level;
  readonly fields: readonly string[];
  readonly breakdowns: readonly string[];
  readonly action_breakdowns: readonly string[];
  readonly action_report_time: string;
  readonly period: 'days' | 'monthly' | 'all_days';
  /** Days in a row, 1 to 89; of the period `days`. */
  readonly time_increment: number;
  readonly start_date?: string;
  readonly end_date?: string;
  readonly insights_lookback_window?: number;
  readonly insights_job_timeout?: number;
}

/** The config, one field per property of the spec; defaults are filled in. */
export interface FacebookAdsConfig {
  /** Digits, without `act_`. */
  readonly account_ids: readonly string[];
  readonly access_token?: string;
  readonly credentials?: { readonly access_token: string };
  /** ISO 8601 with Z. */
  readonly start_date?: string;
  readonly end_date?: string;
  /** Empty for all. */
  readonly campaign_statuses: readonly string[];
  readonly adset_statuses: readonly string[];
  readonly ad_statuses: readonly string[];
  readonly fetch_thumbnail_images: boolean;
  readonly custom_insights: readonly CustomInsights[];
  readonly page_size: number;
  /** Days. */
  readonly insights_lookback_window: number;
  /** Minutes. */
  readonly insights_job_timeout: number;
  readonly api_version: string;
  readonly base_url: string;
  readonly allow_private_hosts: boolean;
  /** First and longest wait between two looks at running jobs, in ms; default 2 s, growing to 30 s. */
  readonly insights_poll_ms?: number;
}

/**
 * The token, from whichever place it stands in.
 *
 * @throws {ConfigError} `CONFIG_MISSING_FIELD`
 */
export function tokenOf({ access_token, credentials }: FacebookAdsConfig): string {
  const token = access_token ?? credentials?.access_token;
  if (token === undefined) {
    throw new ConfigError('The config needs access_token, or credentials with one.', { code: 'CONFIG_MISSING_FIELD' });
  }
  return token;
}

/** Root of the API with its version. */
export function apiRoot({ base_url, api_version }: FacebookAdsConfig): string {
  return `${withoutTrailingSlashes(base_url)}/${api_version}`;
}
