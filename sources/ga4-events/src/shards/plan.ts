import { addDays, intradayKey, parseShard, type Shard } from './shard.js';
import type { EventsState, ShardMark } from './state.js';

/** What decides which shards are looked at. */
export interface PlanRules {
  /** First date, `YYYYMMDD`; undefined for no bound. */
  readonly startDate: string | undefined;
  readonly windowDays: number;
  readonly includesIntraday: boolean;
  /** Whether shards that may still change are left for later, intraday ones for 72 hours behind their day. */
  readonly waitsForSettled: boolean;
  /** The current UTC day, `YYYYMMDD`. */
  readonly today: string;
}

/** The shards to look at, oldest first, and what is known about all of them. */
export interface Plan {
  /** Shards that are new, or that were read before and may have changed. */
  readonly candidates: readonly Shard[];
  /** Dates of all daily tables from the start date on, sorted. */
  readonly dates: readonly string[];
  /** Shards of this date and later may still change. */
  readonly unsettledFrom: string;
  /** Intraday shards of this date and later may still change, or be replaced by a daily table. */
  readonly intradayOpenFrom: string;
  /** Dates of all intraday tables. */
  readonly intradayDates: ReadonlySet<string>;
  /** Dates without a daily table whose intraday table is not read, by the reason; sorted. */
  readonly left: { readonly notIncluded: readonly string[]; readonly tooYoung: readonly string[] };
}

/** Google changes the events of a day for up to so many days behind it: 72 hours. */
const LATE_DAYS = 3;
/** How many days behind `finalBefore` a date without a table is waited for. */
const MISSING_DAYS = 35;

/**
 * Plans a read from the list of tables.
 *
 * A day may still change while it is among the last `windowDays` days, counted from the newest daily table or from
 * yesterday, whichever is later. Days before `state.finalBefore` are not looked at again, unless there was no table.
 */
export function planShards(tables: readonly string[], state: EventsState, rules: PlanRules): Plan {
  const shards = tables
    .map(parseShard)
    .filter((shard): shard is Shard => shard !== undefined && shard.date >= (rules.startDate ?? ''));
  const daily = shards.filter((shard) => !shard.isIntraday).sort(byDate);
  const dates = daily.map((shard) => shard.date);
  const newest = [dates[dates.length - 1] ?? '', addDays(rules.today, -1)].sort()[1]!;
  const unsettledFrom = addDays(newest, 1 - rules.windowDays);
  const wanted = daily.filter(
    (shard) =>
      (shard.date >= (state.finalBefore ?? '') || state.missing.includes(shard.date)) &&
      (!rules.waitsForSettled || shard.date < unsettledFrom),
  );
  const complete = new Set(dates);
  const intraday = shards.filter((shard) => shard.isIntraday && !complete.has(shard.date)).sort(byDate);
  const intradayOpenFrom = addDays(rules.today, -LATE_DAYS);
  const tooYoung = intraday.filter(({ date }) => rules.waitsForSettled && date >= intradayOpenFrom);
  const isOpen = (shard: Shard): boolean => !tooYoung.includes(shard) && state.shards.get(shard.key)?.final !== true;
  const read = rules.includesIntraday ? intraday.filter(isOpen) : [];
  return {
    candidates: [...wanted, ...read].sort(byDate),
    dates,
    unsettledFrom,
    intradayOpenFrom,
    intradayDates: new Set(shards.filter(({ isIntraday }) => isIntraday).map(({ date }) => date)),
    left: {
      notIncluded: rules.includesIntraday ? [] : intraday.map(({ date }) => date),
      tooYoung: rules.includesIntraday ? tooYoung.map(({ date }) => date) : [],
    },
  };
}

/**
 * The state after some shards were looked at: what is final leaves `shards`, and `finalBefore` moves up to the first day
 * that is still open. It never moves backwards, also when tables were removed or the start date was changed.
 *
 * @param stored the state that the read began with
 * @param marks all shards that were read to their end, in this read or before
 * @param confirmed keys of the shards that this read has read or found unchanged
 * @param isEnd whether nothing is left to read. Before that, `finalBefore` depends on the tables only and not on the
 *   time of the read, so that a second attempt says the same behind the same rows.
 */
export function settleState(
  stored: EventsState,
  plan: Plan,
  marks: ReadonlyMap<string, ShardMark>,
  confirmed: ReadonlySet<string>,
  isEnd: boolean,
): EventsState {
  const wasDone = (date: string): boolean => date < (stored.finalBefore ?? '') && !stored.missing.includes(date);
  const isOpen = (date: string): boolean => !wasDone(date) && !confirmed.has(date);
  const firstOpen = plan.dates.find(isOpen) ?? plan.unsettledFrom;
  const settled = firstOpen < plan.unsettledFrom ? firstOpen : plan.unsettledFrom;
  const lastRead = plan.dates.findLast((date) => confirmed.has(date));
  const behindRead = lastRead === undefined ? undefined : earlier(settled, addDays(lastRead, 1));
  const reached = (isEnd ? settled : behindRead) ?? stored.finalBefore;
  const isKnown = plan.dates.length > 0 && reached !== undefined;
  const finalBefore = isKnown ? later(stored.finalBefore, reached) : stored.finalBefore;
  const daily = new Set(plan.dates);
  const shards = [...marks].filter(([key]) => {
    const date = key.replace('intraday_', '');
    if (key === date) return date >= (finalBefore ?? '');
    // Until its daily table is done with, an intraday table that was read must not be forgotten.
    if (daily.has(date)) return isOpen(date);
    return plan.intradayDates.has(date) || date >= addDays(finalBefore ?? date, -MISSING_DAYS);
  });
  return { shards: new Map(shards), finalBefore, missing: missingDates(stored, plan, finalBefore, isOpen) };
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}

function later(a: string | undefined, b: string): string {
  return a !== undefined && a > b ? a : b;
}

/** Dates before `finalBefore`, not too long ago, without a table, or with one that came late and is not read yet. */
function missingDates(
  stored: EventsState,
  plan: Plan,
  finalBefore: string | undefined,
  isOpen: (date: string) => boolean,
): string[] {
  const first = plan.dates[0];
  if (finalBefore === undefined || first === undefined) return [...stored.missing];
  const present = new Set(plan.dates);
  const end = finalBefore < plan.unsettledFrom ? finalBefore : plan.unsettledFrom;
  const oldest = addDays(end, -MISSING_DAYS);
  const missing: string[] = [];
  for (let date = first > oldest ? first : oldest; date < end; date = addDays(date, 1)) {
    if (!present.has(date) || (stored.missing.includes(date) && isOpen(date))) missing.push(date);
  }
  return missing;
}

/** Daily tables of a date whose intraday table was read before; sorted. */
export function replacedDates({ dates }: Plan, { shards }: EventsState): readonly string[] {
  return dates.filter((date) => shards.has(intradayKey(date)));
}

function byDate(a: Shard, b: Shard): number {
  return a.date < b.date ? -1 : 1;
}
