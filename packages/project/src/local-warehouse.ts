import path from 'node:path';
import { ConfigError } from '@cuttle/protocol';
import { planConnection } from './connection-plan.js';
import type { Project } from './document.js';
import { type Environment, resolveConfig } from './resolve-config.js';

/** Key of the connector whose file dbt, reports and write-back read on a local target. */
const CONNECTOR = 'duckdb';

/**
 * The DuckDB file, absolute, that the connections of a project load on a local target.
 *
 * @throws {ConfigError} `WAREHOUSE_NOT_FOUND` when none loads one, `WAREHOUSE_AMBIGUOUS` when they load several; and what
 *   {@link planConnection} and {@link resolveConfig} throw
 */
export function localWarehouse(project: Project, target: string, environment: Environment): string {
  const files = new Set<string>();
  for (const name of project.connections.keys()) {
    const { destination } = planConnection(project, name, target);
    if (destination.connector.key !== CONNECTOR) continue;
    const file = resolveConfig(destination, environment).config['destination_path'];
    if (typeof file === 'string') files.add(path.resolve(project.root, file));
  }
  const [file, ...others] = files;
  if (file === undefined) {
    const message = `No connection of ${project.name} loads a DuckDB file on target "${target}", which dbt and dashboards read.`;
    throw new ConfigError(message, { code: 'WAREHOUSE_NOT_FOUND' });
  }
  if (others.length === 0) return file;
  const message = `The connections of ${project.name} load several DuckDB files on target "${target}" (${[...files].join(', ')}); dbt and dashboards read one.`;
  throw new ConfigError(message, { code: 'WAREHOUSE_AMBIGUOUS' });
}
