import type { AdAccount, GraphObject } from './ad-account.js';
import type { Counts } from './delivery.js';
import type { ReportPart, ReportRow } from './report.js';
import type { ReportRequest } from './report-request.js';

/** What a row is about. */
export interface Subject {
  readonly account: AdAccount;
  readonly level: ReportRequest['level'];
  readonly ad: GraphObject;
  readonly adset: GraphObject;
  readonly campaign: GraphObject;
}

/** A row with the fields that were asked for, the breakdowns and the days. Numbers are texts; zero fields are left out. */
export function renderRow({ subject, period, part }: ReportPart, request: ReportRequest): ReportRow {
  const all: Record<string, unknown> = {
    ...namesOf(subject),
    ...numbersOf(part.counts),
    ...actionsOf(subject, request, part.counts),
  };
  const row: Record<string, unknown> = {};
  for (const field of request.fields) if (all[field] !== undefined) row[field] = all[field];
  return { ...row, date_start: period.since, date_stop: period.until, ...part.values };
}

function namesOf({ account, level, ad, adset, campaign }: Subject): Record<string, unknown> {
  const names: Record<string, unknown> = {
    account_id: account.id,
    account_name: account.values['name'],
    account_currency: account.values['currency'],
  };
  if (level === 'account') return names;
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const { createdMs, updatedMs } = { ad, adset, campaign }[level];
  Object.assign(names, {
    campaign_id: campaign.id,
    campaign_name: campaign.values['name'],
    objective: campaign.values['objective'],
    buying_type: 'AUCTION',
    created_time: day(createdMs),
    updated_time: day(updatedMs),
  });
  if (level === 'campaign') return names;
  Object.assign(names, {
    adset_id: adset.id,
    adset_name: adset.values['name'],
    optimization_goal: adset.values['optimization_goal'],
  });
  if (level === 'adset') return names;
  return Object.assign(names, {
    ad_id: ad.id,
    ad_name: ad.values['name'],
    quality_ranking: 'UNKNOWN',
    engagement_rate_ranking: 'UNKNOWN',
    conversion_rate_ranking: 'UNKNOWN',
  });
}

function numbersOf({ impressions, reach, clicks, linkClicks, spendMinor }: Counts): Record<string, unknown> {
  const spend = spendMinor / 100;
  return {
    impressions: String(impressions),
    reach: String(reach),
    clicks: String(clicks),
    spend: money(spend),
    social_spend: '0',
    frequency: ratio(impressions, reach),
    cpm: ratio(spend * 1000, impressions),
    cpp: ratio(spend * 1000, reach),
    ctr: ratio(clicks * 100, impressions),
    cpc: clicks === 0 ? undefined : ratio(spend, clicks),
    unique_clicks: String(clicks),
    inline_link_clicks: linkClicks === 0 ? undefined : String(linkClicks),
    inline_link_click_ctr: linkClicks === 0 ? undefined : ratio(linkClicks * 100, impressions),
    cost_per_inline_link_click: linkClicks === 0 ? undefined : ratio(spend, linkClicks),
    inline_post_engagement: linkClicks === 0 ? undefined : String(linkClicks),
  };
}

function actionsOf(subject: Subject, request: ReportRequest, counts: Counts): Record<string, unknown> {
  const found: (readonly [string, number, number])[] = [
    ['link_click', counts.linkClicks, 0],
    ['offsite_conversion.fb_pixel_purchase', counts.purchases, counts.purchaseValueMinor / 100],
  ];
  const shown = found.filter(([, count]) => count > 0);
  const list = (measure: (count: number, value: number) => number): unknown =>
    shown.length === 0 ? undefined : shown.map(([type, count, value]) => action(type, measure(count, value)));
  const action = (type: string, value: number): Record<string, string> => {
    const text = Number.isInteger(value) ? String(value) : money(value);
    const places: Record<string, string> = { action_type: type };
    if (request.actionBreakdowns.includes('action_target_id')) places['action_target_id'] = subject.ad.id;
    if (request.actionBreakdowns.includes('action_destination')) places['action_destination'] = '243077367363346';
    const windows = request.windows.filter((name) => name.endsWith('click')).map((name) => [name, text]);
    return { ...places, value: text, ...Object.fromEntries(windows) };
  };
  const spend = counts.spendMinor / 100;
  return {
    actions: list((count) => count),
    unique_actions: list((count) => count),
    action_values: list((_count, value) => value),
    cost_per_action_type: list((count) => Math.round((spend * 100) / count) / 100),
    outbound_clicks: counts.linkClicks === 0 ? undefined : [action('outbound_click', counts.linkClicks)],
    purchase_roas: counts.purchases === 0 || spend === 0 ? undefined : [action('omni_purchase', roas(counts))],
  };
}

function roas({ purchaseValueMinor, spendMinor }: Counts): number {
  return Math.round((purchaseValueMinor * 100) / spendMinor) / 100;
}

function money(value: number): string {
  return value.toFixed(2);
}

function ratio(part: number, whole: number): string {
  return whole === 0 ? '0' : String(Math.round((part * 1_000_000) / whole) / 1_000_000);
}
