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
    run: async (control): Promise<ActionEnd> => {
      const { outcome, logs, errors, rows } = await writeBack({
        destination,
        root: project.root,
        environment,
        stream: action.stream,
        primaryKey: action.key,
        rows: (add) => eachRow(file, action.from, add),
        ...control,
      });
      const summary = [plural(rows, 'row'), ...logs.filter((text) => text.startsWith('Stream '))].join('; ');
      return { outcome, summary: summary.replace(/\.$/, ''), errors, detail: { rows, logs } };
    },
  };
}

async function eachRow(file: string, table: string, add: (row: JsonObject) => void): Promise<void> {
  const name = table
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.');
  await DuckdbWarehouse.read(file, (warehouse) =>
    warehouse.eachRow(`select * from ${name}`, (row, columns) =>
      add(Object.fromEntries(columns.map(({ name: column }, index) => [column, row[index] ?? null]))),
    ),
  );
}
