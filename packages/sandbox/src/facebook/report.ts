import type { AdAccount, GraphObject } from './ad-account.js';
import { type BrokenDown, breakDown } from './breakdowns.js';
import { addCounts } from './delivery.js';
import { type Filter, meets, type ReportRequest } from './report-request.js';
import { renderRow, type Subject } from './report-row.js';
import { lastOfMonth, moveDay } from './zone-time.js';

/** A row of a report: what was asked for, numbers as texts. */
export type ReportRow = Readonly<Record<string, unknown>>;

/** A row before it is rendered, which costs more than all the rest. */
export interface ReportPart {
  readonly subject: Subject;
  readonly period: Period;
  readonly part: BrokenDown;
}

/** An ad with what it belongs to. */
interface Chain {
  readonly ad: GraphObject;
  readonly adset: GraphObject;
  readonly campaign: GraphObject;
}

const EDGE_OF = { ad: 'ads', adset: 'adsets', campaign: 'campaigns' } as const;
const HIDDEN = ['ARCHIVED', 'DELETED'];

/** Ads that a report covers: those that meet its conditions; without one on the status, archived and deleted are left out. */
export function coveredAds(account: AdAccount, request: ReportRequest): readonly Chain[] {
  const asksStatus = request.filters.some(({ field }) => field.endsWith('effective_status'));
  return account
    .objects('ads')
    .flatMap((ad) => {
      const adset = account.object('adsets', String(ad.values['adset_id']));
      const campaign = account.object('campaigns', String(ad.values['campaign_id']));
      return adset === undefined || campaign === undefined ? [] : [{ ad, adset, campaign }];
    })
    .filter((chain) => asksStatus || request.level === 'account' || !isHidden(account, chain, request.level))
    .filter((chain) => request.filters.every((filter) => meetsFilter(account, chain, filter)));
}

/**
 * The rows of a report as they are known now, by period and subject, to be rendered by {@link renderRow}.
 *
 * @param today the account's day: what is known later is not in it
 */
export function reportParts(account: AdAccount, request: ReportRequest, today: string): readonly ReportPart[] {
  const groups = [...subjectsOf(coveredAds(account, request), request.level).values()];
  return periodsOf(request, today).flatMap((period) => {
    const days = daysOf(period);
    return groups.flatMap((group): ReportPart[] => {
      const counts = group.flatMap(({ ad }) => days.flatMap((day) => account.delivery.counts(day, ad.id, today) ?? []));
      if (counts.length === 0) return [];
      const subject: Subject = { account, level: request.level, ...(group[0] as Chain) };
      return breakDown(addCounts(counts), request.breakdowns).map((part) => ({ subject, period, part }));
    });
  });
}

/** All rows of a report as they are known now. */
export function reportRows(account: AdAccount, request: ReportRequest, today: string): readonly ReportRow[] {
  return reportParts(account, request, today).map((part) => renderRow(part, request));
}

/** First and last day of a row. */
interface Period {
  readonly since: string;
  readonly until: string;
}

function periodsOf({ since, until, increment }: ReportRequest, today: string): Period[] {
  const last = until < today ? until : today;
  if (since > last) return [];
  if (increment === 'all_days') return [{ since, until: last }];
  const periods: Period[] = [];
  // A month that the range has only in part begins or ends with the range.
  for (let day = since; day <= last; ) {
    const end = increment === 'monthly' ? lastOfMonth(day) : moveDay(day, increment - 1);
    periods.push({ since: day, until: end < last ? end : last });
    day = moveDay(end, 1);
  }
  return periods;
}

function daysOf({ since, until }: Period): string[] {
  const days: string[] = [];
  for (let day = since; day <= until; day = moveDay(day, 1)) days.push(day);
  return days;
}

function subjectsOf(chains: readonly Chain[], level: ReportRequest['level']): Map<string, Chain[]> {
  const groups = new Map<string, Chain[]>();
  for (const chain of chains) {
    const id = level === 'account' ? 'account' : chain[level].id;
    groups.set(id, [...(groups.get(id) ?? []), chain]);
  }
  return groups;
}

function isHidden(account: AdAccount, chain: Chain, level: 'ad' | 'adset' | 'campaign'): boolean {
  return HIDDEN.includes(account.effectiveStatus(EDGE_OF[level], chain[level]));
}

function meetsFilter(account: AdAccount, chain: Chain, filter: Filter): boolean {
  const [level = '', field = ''] = filter.field.split('.');
  if (!(level in EDGE_OF)) return true;
  const own = level as keyof typeof EDGE_OF;
  const object = chain[own];
  const actual =
    field === 'effective_status'
      ? account.effectiveStatus(EDGE_OF[own], object)
      : account.renderObject(EDGE_OF[own], object)[field];
  return meets(filter, actual);
}
