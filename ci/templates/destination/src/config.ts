import type { JsonObject } from '@cuttle/protocol';

/** The config, one field per property of the spec; defaults are filled in. */
export interface AcmeConfig {
  readonly api_token: string;
  readonly requests_per_second: number;
  /** Root of the API. */
  readonly base_url: string;
  readonly allow_private_hosts: boolean;
  readonly commit_interval_ms: number;
}

/** The config of a command; it was checked against the spec. */
export function acmeConfig(config: JsonObject): AcmeConfig {
  return config as unknown as AcmeConfig;
}
