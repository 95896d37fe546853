import { daysBetween } from './zone-time.js';

/** A conversion: it counts for the day of the click, but is known only `lagDays` later. */
export interface Purchase {
  readonly valueMinor: number;
  /** 0 to 28. */
  readonly lagDays: number;
}

/** What one ad did on one day of its account. */
export interface DayFacts {
  readonly impressions: number;
  readonly reach: number;
  readonly clicks: number;
  readonly linkClicks: number;
  readonly spendMinor: number;
  readonly purchases: readonly Purchase[];
  /** Invalid clicks, taken off two days later. */
  readonly invalidClicks: number;
}

/** The numbers of a row, of one ad or many, as they are known on a certain day. */
export interface Counts {
  readonly impressions: number;
  readonly reach: number;
  readonly clicks: number;
  readonly linkClicks: number;
  readonly spendMinor: number;
  readonly purchases: number;
  readonly purchaseValueMinor: number;
}

/** Days after which invalid clicks are taken off. */
const CLICK_CHECK_DAYS = 2;

/** What all ads of an account did, by day and ad. */
export class Delivery {
  readonly #days = new Map<string, Map<string, DayFacts>>();

  /** Sets what an ad did on a day; facts that are not given stay, or are 0. */
  set(day: string, ad: string, facts: Partial<DayFacts>): void {
    const own = this.#days.get(day) ?? new Map<string, DayFacts>();
    this.#days.set(day, own.set(ad, { ...NOTHING, ...own.get(ad), ...facts }));
  }

  /** Ads with facts on a day, in the order in which they were given. */
  ads(day: string): readonly string[] {
    return [...(this.#days.get(day)?.keys() ?? [])];
  }

  /** All days with facts, sorted. */
  days(): readonly string[] {
    return [...this.#days.keys()].sort();
  }

  /** What is known of an ad's day on another day; undefined when it was not shown. */
  counts(day: string, ad: string, today: string): Counts | undefined {
    const facts = this.#days.get(day)?.get(ad);
    if (facts === undefined || facts.impressions === 0) return undefined;
    const age = daysBetween(day, today);
    const invalid = age >= CLICK_CHECK_DAYS ? facts.invalidClicks : 0;
    const known = facts.purchases.filter(({ lagDays }) => lagDays <= age);
    const share = facts.clicks === 0 ? 0 : Math.round((facts.spendMinor * invalid) / facts.clicks);
    return {
      impressions: facts.impressions,
      reach: facts.reach,
      clicks: facts.clicks - invalid,
      linkClicks: Math.max(0, facts.linkClicks - invalid),
      spendMinor: facts.spendMinor - share,
      purchases: known.length,
      purchaseValueMinor: known.reduce((sum, { valueMinor }) => sum + valueMinor, 0),
    };
  }
}

const NOTHING: DayFacts = {
  impressions: 0,
  reach: 0,
  clicks: 0,
  linkClicks: 0,
  spendMinor: 0,
  purchases: [],
  invalidClicks: 0,
};

/**
 * The numbers of several rows together. All are sums but reach: somebody who sees ads on two days, or two ads, is counted
 * once. Half of the people behind each further row were reached before.
 */
export function addCounts(rows: readonly Counts[]): Counts {
  const sum = (name: keyof Counts): number => rows.reduce((total, row) => total + row[name], 0);
  const most = rows.reduce((highest, { reach }) => Math.max(highest, reach), 0);
  return {
    impressions: sum('impressions'),
    reach: most + Math.floor((sum('reach') - most) / 2),
    clicks: sum('clicks'),
    linkClicks: sum('linkClicks'),
    spendMinor: sum('spendMinor'),
    purchases: sum('purchases'),
    purchaseValueMinor: sum('purchaseValueMinor'),
  };
}

/** A row cut into parts by weights: whole numbers, which add up to those of the row. */
export function cutCounts(row: Counts, weights: readonly number[]): Counts[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const cut = (value: number): number[] => {
    const parts = weights.map((weight) => Math.floor((value * weight) / total));
    parts[0] = (parts[0] ?? 0) + value - parts.reduce((sum, part) => sum + part, 0);
    return parts;
  };
  const columns = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cut(value)]));
  return weights.map(
    (_, index) =>
      Object.fromEntries(Object.entries(columns).map(([name, parts]) => [name, parts[index]])) as unknown as Counts,
  );
}
