import type { HttpClient, Logger } from '@cuttle/airbyte-cdk';
import { type JsonObject, SystemError } from '@cuttle/protocol';
import { listPages } from '../paging.js';
import { type FieldMerge, type Job, levelBelow, type Scope } from './job.js';
import { idFields, type Report } from './report.js';

/** What cutting needs to know. */
export interface SplitContext {
  readonly http: HttpClient;
  readonly log: Logger;
  readonly report: Report;
  readonly account: string;
  readonly pageSize: number;
}

const EDGES = { campaign: 'campaigns', adset: 'adsets', ad: 'ads' } as const;

/**
 * The jobs that take the place of one that Meta cannot do: halves of its ids; behind a single id the ids below it;
 * behind a single object halves of its fields. A single field that fails is left out.
 */
export async function splitJob(context: SplitContext, job: Job): Promise<readonly Job[]> {
  const { purpose } = job;
  switch (purpose.kind) {
    case 'rows':
      return cutRows(context.report, job);
    case 'ids':
      // Even the question for ids failed, as it does when one object spoils every report: the list of objects is left.
      return cutByIds(context.report, job, purpose.level, await listIds(context, purpose.level, job.scope));
    case 'fields':
      return cutFields(context.report, job, purpose.merge);
    default:
      return purpose satisfies never;
  }
}

/** Jobs for the objects that were found below a job's scope. */
export function cutByIds(report: Report, job: Job, level: Scope['level'], found: readonly string[]): readonly Job[] {
  const ids = [...new Set(found)];
  const rows = { ...job, fields: report.fields, purpose: { kind: 'rows' }, failures: 0 } as const;
  if (ids.length === 0) return startMerge(report, rows);
  return cutRows(report, { ...rows, scope: { level, ids } });
}

function cutRows(report: Report, job: Job): readonly Job[] {
  const { scope } = job;
  if (scope !== undefined && scope.ids.length > 1) {
    return halves(scope.ids).map((ids) => ({ ...job, scope: { ...scope, ids }, sent: new Set(job.sent), failures: 0 }));
  }
  const level = levelBelow(scope, report.level);
  if (level === undefined) return startMerge(report, job);
  return [{ ...job, purpose: { kind: 'ids', level }, failures: 0 }];
}

function startMerge(report: Report, job: Job): readonly Job[] {
  const merge: FieldMerge = { rows: new Map(), dropped: [], open: 0 };
  return cutFields(report, { ...job, fields: report.fields }, merge);
}

function cutFields(report: Report, job: Job, merge: FieldMerge): readonly Job[] {
  const keys = idFields(report.level);
  const own = job.fields.filter((field) => !keys.includes(field));
  if (own.length < 2) {
    merge.dropped.push(...own);
    return [];
  }
  merge.open += 2;
  return halves(own).map((fields) => ({
    ...job,
    fields: [...keys, ...fields],
    purpose: { kind: 'fields', merge },
    failures: 0,
  }));
}

function halves<T>(list: readonly T[]): readonly (readonly T[])[] {
  const middle = Math.ceil(list.length / 2);
  return [list.slice(0, middle), list.slice(middle)];
}

async function listIds(context: SplitContext, level: Scope['level'], scope: Scope | undefined): Promise<string[]> {
  const { http, log, report, account, pageSize } = context;
  const statuses = { field: `${level}.effective_status`, operator: 'IN', value: report.statuses };
  const parent = scope === undefined ? [] : [{ field: `${scope.level}.id`, operator: 'IN', value: scope.ids }];
  // Statuses of the level that is read; those above have fewer, and all of theirs are wanted.
  const filtering = JSON.stringify(level === report.level ? [statuses, ...parent] : [anyStatus(level), ...parent]);
  const path = `/act_${account}/${EDGES[level]}`;
  const ids: string[] = [];
  const request = {
    http,
    log,
    path,
    params: { fields: 'id', filtering },
    limit: pageSize,
    whenTooLarge: 'retry',
  } as const;
  for await (const page of listPages(request)) ids.push(...page.map((row) => idOf(path, row)));
  return ids;
}

/** @throws {SystemError} `GRAPH_ANSWER` */
function idOf(path: string, row: JsonObject): string {
  const id = row['id'];
  if (typeof id === 'string' && id !== '') return id;
  throw new SystemError(`The answer of ${path} has a row without an id.`, { code: 'GRAPH_ANSWER' });
}

function anyStatus(level: Scope['level']): object {
  const value = ['ACTIVE', 'PAUSED', 'ARCHIVED', 'DELETED', 'IN_PROCESS', 'WITH_ISSUES'];
  return {
    field: `${level}.effective_status`,
    operator: 'IN',
    value: level === 'adset' ? [...value, 'CAMPAIGN_PAUSED'] : value,
  };
}
