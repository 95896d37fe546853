import os from 'node:os';
import { type JsonObject, localPath } from '@cuttle/protocol';

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

/**
 * The config after it was checked against the spec, with the paths that are meant.
 *
 * @throws {ConfigError} `PATH_NOT_LOCAL`
 */
export function duckdbConfig(config: JsonObject): DuckdbConfig {
  const given = config as unknown as DuckdbConfig;
  const staging = given.staging_path;
  return {
    ...given,
    destination_path: localPath(given.destination_path, 'destination_path', os.homedir()),
    ...(staging === undefined ? {} : { staging_path: localPath(staging, 'staging_path', os.homedir()) }),
  };
}
