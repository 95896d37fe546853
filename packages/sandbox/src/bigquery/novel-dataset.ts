import { eventDate, makeGa4Events, makeIdleEvents } from '../shop/ga4-events.js';
import { DAY_MS, type Shop } from '../shop/model.js';
import { ga4EraOf, ga4Schema } from './ga4-schema.js';
import { listRows } from './rows.js';
import type { Warehouse } from './warehouse.js';

/**
 * Fills a dataset with the shop's events: a daily table for every day, with the layout of its time, and an intraday
 * table of the current day. A daily table was last changed in the afternoon after its day.
 */
export function fillWithEvents(
  warehouse: Warehouse,
  project: string,
  dataset: string,
  shop: Shop,
  nowMs: number,
): void {
  warehouse.createDataset(project, dataset);
  for (const [date, rows] of makeGa4Events(shop)) {
    const dayMs = Date.parse(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T00:00:00Z`);
    const schema = ga4Schema(ga4EraOf(date));
    const modifiedMs = Math.min(nowMs, dayMs + DAY_MS + 14 * 3_600_000);
    warehouse.createTable(project, dataset, `events_${date}`, { schema, rows: listRows(rows), modifiedMs });
  }
  const today = eventDate(nowMs);
  if (warehouse.table(project, dataset, `events_${today}`) !== undefined) return;
  // Attribution is not there yet in intraday rows.
  const rows = makeIdleEvents(shop, nowMs - 3 * 3_600_000, 5).map((row) => ({ ...row, traffic_source: null }));
  warehouse.createTable(project, dataset, `events_intraday_${today}`, {
    schema: ga4Schema(ga4EraOf(today)),
    rows: listRows(rows.filter((row) => row['event_date' as keyof typeof row] === today)),
    modifiedMs: nowMs,
  });
}
