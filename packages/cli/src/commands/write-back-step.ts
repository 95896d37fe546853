import { localWarehouse, planConnector, resolveConfig, type WriteBackAction } from '@cuttle/project';
import type { JsonObject } from '@cuttle/protocol';
import { type ActionEnd, type PlannedStep, writeBack } from '@cuttle/runner';
import { DuckdbWarehouse } from '@cuttle/warehouse';
import { plural } from '../render/quantity.js';
import { leftOut } from './left-out.js';
import type { ActionPlan } from './plan-action.js';

/**
 * Sends the rows of a mart to a destination.
 *
 * @throws {ConfigError} when the destination is unknown or its config cannot be completed
 */
export function writeBackStep({ project, target, environment }: ActionPlan, action: WriteBackAction): PlannedStep {
  const destination = planConnector(project, action.destination, target, 'destination');
  resolveConfig(destination, environment);
  const warehouse = localWarehouse(project, target, environment);
  const name = `write back ${action.from} to ${action.destination}`;
  if (warehouse.kind !== 'duckdb') {
    const reason = `rows are read from a DuckDB file, and target "${target}" loads Snowflake`;
    return leftOut(name, `${reason}; a connection of Airbyte from Snowflake to the destination does the same`);
  }
  const { file } = warehouse;
  return {
    kind: 'action',
    name,
    run: async (signal, launcher): Promise<ActionEnd> => {
      const records = await rowsOf(file, action.from);
      const { outcome, logs, errors } = await writeBack({
        destination,
        root: project.root,
        environment,
        stream: action.stream,
        primaryKey: action.key,
        records,
        ...(signal === undefined ? {} : { signal }),
        ...(launcher === undefined ? {} : { launcher }),
      });
      const summary = [plural(records.length, 'row'), ...logs.filter((text) => text.startsWith('Stream '))].join('; ');
      return { outcome, summary: summary.replace(/\.$/, ''), errors, detail: { rows: records.length, logs } };
    },
  };
}

async function rowsOf(file: string, table: string): Promise<readonly JsonObject[]> {
  const name = table
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.');
  const { columns, rows } = await DuckdbWarehouse.read(file, (warehouse) => warehouse.query(`select * from ${name}`));
  return rows.map((row) => Object.fromEntries(columns.map(({ name: column }, index) => [column, row[index] ?? null])));
}
