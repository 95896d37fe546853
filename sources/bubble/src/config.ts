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

/** `start_date` in ms since the epoch; undefined without one. */
export function startMs(config: BubbleConfig): number | undefined {
  return config.start_date === undefined ? undefined : Date.parse(config.start_date);
}
