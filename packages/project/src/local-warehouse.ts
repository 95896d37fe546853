import os from 'node:os';
import path from 'node:path';
import { ConfigError, localPath } from '@cuttle/protocol';
import { planConnection } from './connection-plan.js';
import type { Project } from './document.js';
import { type Environment, resolveConfig } from './resolve-config.js';

/** Keys of the connectors whose warehouse dbt reads on a local target. */
const DUCKDB = 'duckdb';
const SNOWFLAKE = 'snowflake-merge';

/** Where the connections of a project load to. */
export type LocalWarehouse =
  | {
      readonly kind: 'duckdb';
      /** Absolute. */
      readonly file: string;
    }
  | { readonly kind: 'snowflake' };

/**
 * The warehouse that the connections of a project load on a local target: one DuckDB file, or Snowflake.
 *
 * @throws {ConfigError} `WAREHOUSE_NOT_FOUND` when none loads one, `WAREHOUSE_AMBIGUOUS` when they load several; and what
 *   {@link planConnection} and {@link resolveConfig} and {@link localPath} throw
 */
export function localWarehouse(project: Project, target: string, environment: Environment): LocalWarehouse {
  const files = new Set<string>();
  let loadsSnowflake = false;
  for (const name of project.connections.keys()) {
    const { destination } = planConnection(project, name, target);
    if (destination.connector.key === SNOWFLAKE) loadsSnowflake = true;
    if (destination.connector.key !== DUCKDB) continue;
    const file = resolveConfig(destination, environment).config['destination_path'];
    if (typeof file !== 'string') continue;
    files.add(path.resolve(project.root, localPath(file, 'destination_path', environment['HOME'] ?? os.homedir())));
  }
  const [file] = files;
  const found = [...files, ...(loadsSnowflake ? ['Snowflake'] : [])];
  if (found.length > 1) {
    const message = `The connections of ${project.name} load several warehouses on target "${target}" (${found.join(', ')}); dbt and dashboards read one.`;
    throw new ConfigError(message, { code: 'WAREHOUSE_AMBIGUOUS' });
  }
  if (file !== undefined) return { kind: 'duckdb', file };
  if (loadsSnowflake) return { kind: 'snowflake' };
  const message = `No connection of ${project.name} loads a DuckDB file or Snowflake on target "${target}", which dbt reads.`;
  throw new ConfigError(message, { code: 'WAREHOUSE_NOT_FOUND' });
}
