import { dayNumber, laterDay, moveDay, RETENTION_DAYS } from '../days.js';

/** The days of one row, both inclusive. */
export interface Period {
  readonly since: string;
  readonly until: string;
}

/** What the days of a report go by. */
export interface PeriodBounds {
  /** First day wanted; undefined for what Meta keeps. */
  readonly start: string | undefined;
  /** Last day wanted; undefined for today. */
  readonly end: string | undefined;
  /** The account's day. */
  readonly today: string;
  /** Days in a row. */
  readonly increment: number;
}

/** First day that Meta still has. */
function earliestDay(today: string): string {
  return moveDay(today, -RETENTION_DAYS);
}

/** First day that is wanted and can be had. */
export function firstDay({ start, today }: Pick<PeriodBounds, 'start' | 'today'>): string {
  return laterDay(start ?? '', earliestDay(today));
}

/**
 * Periods from the first to the last day, in order. Rows of several days are counted from the start date on, or from the
 * epoch without one, so that they begin on the same days in every sync; a first one that Meta has only in part is left out.
 *
 * @param from periods that end before this day are left out; undefined for none
 */
export function periodsOf({ start, end, today, increment }: PeriodBounds, from: string | undefined): readonly Period[] {
  const earliest = earliestDay(today);
  const last = end === undefined || end > today ? today : end;
  const origin = start ?? '1970-01-01';
  const wanted = laterDay(firstDay({ start, today }), from ?? earliest);
  const offset = Math.max(0, Math.floor((dayNumber(wanted) - dayNumber(origin)) / increment)) * increment;
  const periods: Period[] = [];
  for (let since = moveDay(origin, offset); since <= last; since = moveDay(since, increment)) {
    const until = moveDay(since, increment - 1);
    if (since >= earliest) periods.push({ since, until: until < last ? until : last });
  }
  return periods;
}
