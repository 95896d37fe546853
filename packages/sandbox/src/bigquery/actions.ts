import { parseTime, type SandboxClock } from '../server/clock.js';
import type { Action, ActionParams } from '../server/control.js';
import type { FaultBoard } from '../server/faults.js';
import type { RequestMatch } from '../server/match.js';
import { errorBody, statusOfReason } from './api-error.js';
import { loadGa4Files } from './ga4-files.js';
import { type Ga4Era, ga4EraOf, ga4Schema } from './ga4-schema.js';
import { generatedEvents } from './generated-events.js';
import { listRows } from './rows.js';
import type { Row, TableField } from './schema.js';
import type { BigQuerySettings } from './settings.js';
import type { Table, Warehouse } from './warehouse.js';

/** What the actions work on. */
export interface BigQueryParts {
  readonly warehouse: Warehouse;
  readonly settings: BigQuerySettings;
  readonly clock: SandboxClock;
  readonly faults: FaultBoard;
  /** Defaults of the `project` and `dataset` parameters. */
  readonly project: string;
  readonly dataset: string;
}

/** Control actions of the BigQuery stand-in. Times default to the sandbox's clock. */
export function bigQueryActions(parts: BigQueryParts): Record<string, Action> {
  const { warehouse } = parts;
  const place = (params: ActionParams): [string, string] => [
    String(params['project'] ?? parts.project),
    String(params['dataset'] ?? parts.dataset),
  ];
  const timeOf = (params: ActionParams): number =>
    params['modified'] === undefined ? parts.clock.now() : parseTime(params['modified'] as string | number);
  const tableOf = (params: ActionParams): Table => {
    const [project, dataset] = place(params);
    const table = warehouse.table(project, dataset, String(params['table']));
    if (table === undefined) throw new Error(`No table ${project}.${dataset}.${String(params['table'])}`);
    return table;
  };
  return {
    'bigquery.settings': (params) => Object.assign(parts.settings, params),
    'bigquery.dataset': (params) => warehouse.createDataset(...place(params)),
    'bigquery.tables': (params) => warehouse.tables(...place(params)).map(describeTable),
    /** A daily or intraday table: `rows`, or `count` made by rule; `era` or `schema` choose the columns. */
    'bigquery.create': (params) => {
      const id = String(params['table']);
      const date = /(\d{8})$/.exec(id)?.[1] ?? '20240901';
      const schema = (params['schema'] as TableField[]) ?? ga4Schema((params['era'] as Ga4Era) ?? ga4EraOf(date));
      const repeatEvery = Number(params['repeatEvery'] ?? 0);
      const rows =
        params['count'] === undefined
          ? listRows((params['rows'] ?? []) as Row[])
          : generatedEvents(date, Number(params['count']), repeatEvery);
      warehouse.createTable(...place(params), id, { schema, rows, modifiedMs: timeOf(params) });
    },
    'bigquery.append': (params) => tableOf(params).append(params['rows'] as Row[], timeOf(params)),
    'bigquery.replace': (params) => tableOf(params).replace(listRows(params['rows'] as Row[]), timeOf(params)),
    'bigquery.add_fields': (params) => tableOf(params).addFields(params['fields'] as TableField[], timeOf(params)),
    'bigquery.drop': (params) => {
      if (!warehouse.dropTable(...place(params), String(params['table']))) throw new Error('No such table');
    },
    'bigquery.rows': (params) => {
      const { rows } = tableOf(params).current;
      return [...rows.rows(Number(params['from'] ?? 0), Math.min(rows.count, Number(params['to'] ?? rows.count)))];
    },
    /** The daily table of `date` takes the place of the intraday one, with attribution filled in. */
    'bigquery.finish_day': (params) => {
      const [project, dataset] = place(params);
      const date = String(params['date']);
      const intraday = tableOf({ ...params, table: `events_intraday_${date}` });
      const { schema, rows } = intraday.current;
      const traffic_source = { name: '(direct)', medium: '(none)', source: '(direct)' };
      const finished = [...rows.rows(0, rows.count)].map((row) => ({ ...row, traffic_source }));
      warehouse.createTable(project, dataset, `events_${date}`, {
        schema,
        rows: listRows(finished),
        modifiedMs: timeOf(params),
      });
      warehouse.dropTable(project, dataset, intraday.id);
    },
    /** Files `events_YYYYMMDD.jsonl.gz` of a folder as daily tables; the number of rows. */
    'bigquery.load_files': (params) => loadGa4Files(warehouse, ...place(params), String(params['folder'])),
    /** A fault with the error body of a documented `reason`; takes `match`, `after`, `count` as `faults.add` does. */
    'bigquery.fail': (params) => {
      const reason = String(params['reason']);
      const status = Number(params['status'] ?? statusOfReason(reason));
      const body = JSON.stringify(errorBody(reason, String(params['message'] ?? `Fault: ${reason}`), status));
      const match: RequestMatch = { system: 'bigquery', ...(params['match'] as RequestMatch | undefined) };
      const times = { after: params['after'] as number | undefined, count: params['count'] as number | undefined };
      const given = Object.fromEntries(Object.entries(times).filter(([, value]) => value !== undefined));
      return parts.faults.add({ fault: { kind: 'status', status, body }, match, ...given });
    },
  };
}

function describeTable(table: Table): unknown {
  const { rows, modifiedMs } = table.current;
  return { id: table.id, rows: rows.count, modified: new Date(modifiedMs).toISOString() };
}
