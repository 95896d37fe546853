import fs from 'node:fs';
import path from 'node:path';
import { localWarehouse, readDashboard } from '@cuttle/project';
import { ConfigError } from '@cuttle/protocol';
import type { ActionEnd, PlannedStep } from '@cuttle/runner';
import { DuckdbWarehouse } from '@cuttle/warehouse';
import { plural } from '../render/quantity.js';
import { leftOut } from './left-out.js';
import type { ActionPlan } from './plan-action.js';

/**
 * Builds dashboards into `.cuttle/report`: `<name>.html` and `<name>.json`. When a card fails, the page says so
 * in its place, the other cards are drawn, and the step fails.
 *
 * @param files dashboards, absolute
 * @throws {ConfigError} when a dashboard's file has errors; `REPORT_NEEDS_DUCKDB`, unless the whole pipeline runs
 */
export function reportStep(
  { project, target, environment, isOfRun }: ActionPlan,
  files: readonly string[],
): PlannedStep {
  const dashboards = files.map(readDashboard);
  const warehouse = localWarehouse(project, target, environment);
  const name = `report ${dashboards.map((dashboard) => dashboard.name).join(', ')}`;
  if (warehouse.kind !== 'duckdb') {
    const reason = `dashboards are built from a DuckDB file, and target "${target}" loads Snowflake`;
    if (!isOfRun) throw new ConfigError(`No report: ${reason}.`, { code: 'REPORT_NEEDS_DUCKDB' });
    return leftOut(name, reason);
  }
  const { file } = warehouse;
  const folder = path.join(project.root, '.cuttle', 'report');
  return {
    kind: 'action',
    name,
    run: async (): Promise<ActionEnd> => {
      // Vega takes half a second to load, which no other command has to pay.
      const { buildDashboard } = await import('@cuttle/report');
      const builtAt = new Date().toISOString();
      const built = await DuckdbWarehouse.read(file, async (open) => {
        const all = [];
        for (const dashboard of dashboards) all.push(await buildDashboard(dashboard, open, builtAt));
        return all;
      });
      fs.mkdirSync(folder, { recursive: true });
      for (const { name, html, cards } of built) {
        publish(path.join(folder, `${name}.html`), html);
        publish(
          path.join(folder, `${name}.json`),
          `${JSON.stringify({ version: 1, name, builtAt, cards }, null, 2)}\n`,
        );
      }
      const failures = built.flatMap(({ name, failures }) => failures.map((text) => `${name}: ${text}`));
      const count = built.reduce((sum, { cards }) => sum + cards.length, 0);
      const written = built.map(({ name }) => path.relative(project.root, path.join(folder, `${name}.html`)));
      const detail = { dashboards: built.map(({ name, cards }) => ({ name, cards })) };
      return {
        outcome: failures.length === 0 ? 'succeeded' : 'failed',
        summary: `${plural(count, 'card')} into ${written.join(', ')}`,
        errors: failures,
        detail,
      };
    },
  };
}

function publish(file: string, content: string): void {
  fs.writeFileSync(`${file}.tmp`, content);
  fs.renameSync(`${file}.tmp`, file);
}
