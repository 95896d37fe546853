import { dayNumber, lastOfMonth, laterDay, moveDay, RETENTION_DAYS } from '../days.js';

/** The days of one row, both inclusive. */
export interface Period {
  readonly since: string;
  readonly until: string;
}

/** How long the days of a row are, in Meta's words: so many days, a calendar month, or all that is read. */
export type TimeIncrement = number | 'monthly' | 'all_days';

/** What the days of a report go by. */
export interface PeriodBounds {
  /** First day wanted; undefined for what Meta keeps. */
  readonly start: string | undefined;
  /** Last day wanted; undefined for today. */
  readonly end: string | undefined;
  /** The account's day. */
  readonly today: string;
  readonly increment: TimeIncrement;
}

/** First day that Meta still has. */
function earliestDay(today: string): string {
  return moveDay(today, -RETENTION_DAYS);
}

/** First day that is wanted and can be had. */
export function firstDay({ start, today }: Pick<PeriodBounds, 'start' | 'today'>): string {
  return laterDay(start ?? '', earliestDay(today));
}

/** The day that periods begin on for a start date: months are whole, so that of its month. */
export function periodStart(start: string, increment: TimeIncrement): string {
  return increment === 'monthly' ? firstOfMonth(start) : start;
}

/**
 * Periods from the first to the last day, in order. The last one ends with the last day wanted, so the running month (or
 * week) is a part that grows until it is over. Rows of several days are counted from the start date on, or from the epoch
 * without one, so that they begin on the same days in every sync; a first one that Meta has only in part is left out.
 * All days are one period, from the first one that can be had.
 */
export function periodsOf({ start, end, today, increment }: PeriodBounds): readonly Period[] {
  const earliest = earliestDay(today);
  const last = end === undefined || end > today ? today : end;
  if (increment === 'all_days') {
    const since = firstDay({ start, today });
    return since > last ? [] : [{ since, until: last }];
  }
  const periods: Period[] = [];
  for (let since = firstSince(start, earliest, increment); since <= last; ) {
    const until = increment === 'monthly' ? lastOfMonth(since) : moveDay(since, increment - 1);
    if (since >= earliest) periods.push({ since, until: until < last ? until : last });
    since = moveDay(until, 1);
  }
  return periods;
}

/** First day of the period that the first day wanted lies in. */
function firstSince(start: string | undefined, earliest: string, increment: number | 'monthly'): string {
  const wanted = laterDay(start ?? '', earliest);
  if (increment === 'monthly') return firstOfMonth(wanted);
  const origin = start ?? '1970-01-01';
  return moveDay(origin, Math.floor((dayNumber(wanted) - dayNumber(origin)) / increment) * increment);
}

function firstOfMonth(day: string): string {
  return `${day.slice(0, 8)}01`;
}
