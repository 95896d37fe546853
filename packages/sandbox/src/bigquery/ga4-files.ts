import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ga4EraOf, ga4Schema } from './ga4-schema.js';
import { listRows } from './rows.js';
import type { Row } from './schema.js';
import type { Warehouse } from './warehouse.js';

/**
 * Serves files `events_YYYYMMDD.jsonl.gz` as daily tables, one row a line, with the layout of their year.
 *
 * @returns number of rows
 */
export function loadGa4Files(warehouse: Warehouse, project: string, dataset: string, folder: string): number {
  let count = 0;
  for (const file of readdirSync(folder).sort()) {
    const date = /^events_(\d{8})\.jsonl\.gz$/.exec(file)?.[1];
    if (date === undefined) continue;
    const lines = gunzipSync(readFileSync(join(folder, file)))
      .toString('utf8')
      .split('\n');
    const rows = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Row);
    warehouse.createTable(project, dataset, `events_${date}`, {
      schema: ga4Schema(ga4EraOf(date)),
      rows: listRows(rows),
      // Final three days after the date.
      modifiedMs: Date.parse(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T00:00:00Z`) + 4 * 86_400_000,
    });
    count += rows.length;
  }
  return count;
}
