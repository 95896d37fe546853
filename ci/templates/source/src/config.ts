/** The config, one field per property of the spec; defaults are filled in. */
export interface AcmeConfig {
  readonly api_token: string;
  /** ISO 8601 with Z. */
  readonly start_date: string;
  readonly requests_per_second: number;
  /** Root of the API. */
  readonly base_url: string;
  readonly allow_private_hosts: boolean;
}
