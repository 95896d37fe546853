import type { JsonObject } from '@cuttle/protocol';

/** Config of the destination as `resources/spec.json` describes it, defaults filled in. */
export interface DuckdbConfig {
  readonly destination_path: string;
  readonly schema: string;
  readonly cdc_deletion_mode: 'hard' | 'soft';
  readonly staging_path?: string;
  readonly lock_wait_seconds: number;
  readonly memory_mb: number;
  readonly commit_mb: number;
  readonly commit_interval_ms: number;
}

/** The config after it was checked against the spec. */
export function duckdbConfig(config: JsonObject): DuckdbConfig {
  return config as unknown as DuckdbConfig;
}
