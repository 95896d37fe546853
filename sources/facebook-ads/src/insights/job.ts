import type { JsonObject } from '@cuttle/protocol';
import type { Level } from '../config.js';
import { moveDay } from '../days.js';
import type { Period } from './periods.js';
import { type Report, statusLevel, WINDOWS } from './report.js';

/** Levels that can be asked for by id, widest first. */
const LEVELS = ['campaign', 'adset', 'ad'] as const;
/** Actions count up to this many days behind the last time that an ad was shown. */
const ID_RANGE_DAYS = 29;

/** The objects that a part of a report is about. */
export interface Scope {
  readonly level: (typeof LEVELS)[number];
  readonly ids: readonly string[];
}

/** Rows of one object that are put together from jobs with some of the fields each. */
export interface FieldMerge {
  readonly rows: Map<string, JsonObject>;
  readonly dropped: string[];
  /** Jobs that are not done. */
  open: number;
}

/** A job: a part of a report's period, or a question for ids. */
export interface Job {
  readonly period: Period;
  /** Undefined for the whole account. */
  readonly scope: Scope | undefined;
  readonly fields: readonly string[];
  /** What its rows are for: to be sent, to find the objects of a level, or to be merged. */
  readonly purpose:
    | { readonly kind: 'rows' }
    | { readonly kind: 'ids'; readonly level: Scope['level'] }
    | { readonly kind: 'fields'; readonly merge: FieldMerge };
  /** Keys of rows of this part that were sent before it had to be cut. */
  readonly sent: Set<string>;
  /** Attempts that ended without a result. */
  failures: number;
}

/** The level below a scope down to that of the rows; undefined when there is none. */
export function levelBelow(scope: Scope | undefined, rows: Level): Scope['level'] | undefined {
  const last = LEVELS.indexOf(rows as Scope['level']);
  const next = scope === undefined ? 0 : LEVELS.indexOf(scope.level) + 1;
  return next <= last ? LEVELS[next] : undefined;
}

/** Parameters that start a job. The status is always asked for: without it archived and deleted objects are left out. */
export function jobForm(report: Report, job: Job, earliest: string): Readonly<Record<string, string>> {
  const { period, purpose, scope } = job;
  const filters = [{ field: `${statusLevel(report.level)}.effective_status`, operator: 'IN', value: report.statuses }];
  const ids = scope === undefined ? [] : [{ field: `${scope.level}.id`, operator: 'IN', value: scope.ids }];
  const filtering = JSON.stringify([...filters, ...ids]);
  if (purpose.kind === 'ids') {
    const early = moveDay(period.since, -ID_RANGE_DAYS);
    const since = early > earliest ? early : earliest;
    const fields = `${purpose.level}_id`;
    return { level: purpose.level, fields, time_range: JSON.stringify({ since, until: period.until }), filtering };
  }
  return {
    level: report.level,
    fields: job.fields.join(','),
    time_range: JSON.stringify(period),
    time_increment: String(report.timeIncrement),
    ...(report.breakdowns.length === 0 ? {} : { breakdowns: report.breakdowns.join(',') }),
    action_breakdowns: report.actionBreakdowns.join(','),
    action_attribution_windows: JSON.stringify(WINDOWS),
    action_report_time: report.actionReportTime,
    filtering,
  };
}
