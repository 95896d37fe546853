import { type Ad, DAY_MS, type Shop, type Visit } from '../shop/model.js';
import { hash32, randomFor } from '../shop/random.js';
import { AdAccount, type GraphObject } from './ad-account.js';
import type { Purchase } from './delivery.js';
import { dayIn, graphTime } from './zone-time.js';

/** The Novel shop's ad account. Its days are UTC's. */
export const NOVEL_ACCOUNT = '1129384756102938';
const TIME_ZONE = 'UTC';

/** The account with the shop's campaigns and what they brought: a click for each visit from an ad, a purchase for each order behind one. */
export function novelAccount(shop: Shop): AdAccount {
  const openedMs = Date.parse(`${shop.firstDay}T00:00:00.000Z`);
  const account = new AdAccount(NOVEL_ACCOUNT, TIME_ZONE, {
    name: 'Novel',
    currency: 'EUR',
    account_status: 1,
    age: 214.5,
    amount_spent: '182344',
    balance: '0',
    business: { id: '1506473679510999', name: 'Novel BV' },
    created_time: `${shop.firstDay}T08:00:00+0000`,
    timezone_offset_hours_utc: 0,
    min_daily_budget: 100,
    owner: '1506473679510999',
    spend_cap: '0',
    tos_accepted: { web_custom_audience_tos: 1 },
  });
  putCampaigns(account, shop, openedMs);
  putOthers(account, shop, openedMs);
  putDelivery(account, shop);
  return account;
}

function putCampaigns(account: AdAccount, { ads }: Shop, openedMs: number): void {
  const put = (edge: 'campaigns' | 'adsets' | 'ads' | 'adcreatives', id: string, values: GraphObject['values']): void =>
    account.put(edge, { id, createdMs: openedMs - 2 * DAY_MS, updatedMs: openedMs, values });
  for (const [index, ad] of ads.entries()) {
    const creative = `2385${ad.id.slice(4)}`;
    put('campaigns', ad.campaignId, {
      name: ad.campaignName,
      status: 'ACTIVE',
      configured_status: 'ACTIVE',
      objective: 'OUTCOME_SALES',
      buying_type: 'AUCTION',
      daily_budget: '5000',
      budget_remaining: '0',
      special_ad_categories: [],
      budget_rebalance_flag: false,
    });
    put('adsets', ad.adSetId, {
      name: ad.adSetName,
      status: 'ACTIVE',
      campaign_id: ad.campaignId,
      optimization_goal: 'OFFSITE_CONVERSIONS',
      daily_budget: '0',
      lifetime_budget: '0',
      bid_amount: 100,
      bid_strategy: 'LOWEST_COST_WITHOUT_CAP',
      targeting: { age_max: 65, age_min: 18, geo_locations: { countries: ['BE', 'NL'] } },
    });
    put('ads', ad.id, {
      name: ad.name,
      status: 'ACTIVE',
      configured_status: 'ACTIVE',
      adset_id: ad.adSetId,
      campaign_id: ad.campaignId,
      creative: { id: creative },
      bid_type: 'ABSOLUTE_OCPM',
      tracking_specs: [{ 'action.type': ['offsite_conversion'] }],
    });
    put('adcreatives', creative, {
      name: `${ad.name} creative`,
      status: 'ACTIVE',
      object_type: 'SHARE',
      title: 'A novel for you',
      body: `Read ${index + 1} of "our" novels`,
      thumbnail_url: `https://scontent.example/${creative}.png`,
    });
  }
}

function putOthers(account: AdAccount, { ads, categories }: Shop, openedMs: number): void {
  const createdMs = openedMs - 3 * DAY_MS;
  const rest = { createdMs, updatedMs: openedMs };
  const [ad] = ads;
  if (ad !== undefined) putActivity(account, ad, openedMs + 3_600_000);
  const seconds = Math.floor(createdMs / 1000);
  const times = { time_created: seconds, time_updated: seconds, time_content_updated: seconds };
  account.put('customaudiences', { ...rest, id: '23853683587660398', values: { ...AUDIENCE, ...times } });
  const creation = { creation_time: plainTime(createdMs) };
  account.put('customconversions', { ...rest, id: '694166388077667', values: { ...CONVERSION, ...creation } });
  for (const [index, { name }] of categories.entries()) {
    const hash = hash32(name).toString(16).padStart(8, '0').repeat(4);
    const url = `https://scontent.example/${hash}.png`;
    const values = { name, hash, status: 'ACTIVE', width: 900, height: 600 + index, url };
    account.put('adimages', { ...rest, id: `${account.id}:${hash}`, values });
  }
  const video = { title: 'Novel', length: 15.5, status: { video_status: 'ready' } };
  account.put('advideos', { ...rest, id: '1023456789012345', values: video });
  account.put('adrules_library', {
    ...rest,
    id: '23851234567890123',
    values: { name: 'Stop at 50', status: 'ENABLED' },
  });
}

const AUDIENCE = {
  name: 'Readers',
  subtype: 'CUSTOM',
  retention_days: 180,
  approximate_count_lower_bound: 1000,
  approximate_count_upper_bound: 1200,
  delivery_status: { code: 200, description: 'This audience is ready for use.' },
};
const CONVERSION = { name: 'Sale', custom_event_type: 'PURCHASE', is_archived: false, retention_days: 0 };

/** Activities have no id in the API; the one here only keeps them apart. */
function putActivity(account: AdAccount, ad: Ad, timeMs: number): void {
  const values = {
    event_time: plainTime(timeMs),
    event_type: 'update_campaign_run_status',
    actor_id: '10158000000000001',
    actor_name: 'Novel reporting',
    application_id: '119211728144504',
    application_name: 'Power Editor',
    // The vendor writes a narrow no-break space before AM.
    date_time_in_timezone: '03/24/2024 at 1:00\u202fAM',
    extra_data: '{"run_status":1}',
    object_id: ad.campaignId,
    object_name: ad.campaignName,
    object_type: 'CAMPAIGN_GROUP',
    translated_event_type: 'Campaign status updated',
  };
  account.put('activities', { id: `${ad.campaignId}_1`, createdMs: timeMs, updatedMs: timeMs, values });
}

/** A time in UTC as the API writes it. */
function plainTime(timeMs: number): string {
  return graphTime('UTC', timeMs);
}

function putDelivery(account: AdAccount, shop: Shop): void {
  const random = randomFor(shop.seed, 'delivery');
  const sales = new Map(shop.orders.map((order) => [order.visit, order]));
  const days = new Map<string, Map<string, Visit[]>>();
  for (const visit of [...sales.keys(), ...shop.idleVisits]) {
    const { ad } = visit.trafficSource;
    if (ad === undefined) continue;
    const day = dayIn(TIME_ZONE, visit.startedMs);
    const ofDay = days.get(day) ?? new Map<string, Visit[]>();
    days.set(day, ofDay.set(ad.id, [...(ofDay.get(ad.id) ?? []), visit]));
  }
  for (const day of [...days.keys()].sort()) {
    for (const ad of shop.ads) {
      const visits = days.get(day)?.get(ad.id);
      if (visits === undefined) continue;
      const linkClicks = visits.length;
      const invalidClicks = random.chance(0.2) ? 1 : 0;
      const clicks = linkClicks + random.int(0, 3) + invalidClicks;
      const reach = clicks * random.int(25, 60);
      const purchases = visits.flatMap((visit): Purchase[] => {
        const order = sales.get(visit);
        if (order === undefined) return [];
        // A third of the sales are attributed late, up to the end of the longest window.
        return [{ valueMinor: order.totalMinor, lagDays: random.chance(0.33) ? random.int(1, 28) : 0 }];
      });
      account.delivery.set(day, ad.id, {
        linkClicks,
        clicks,
        invalidClicks,
        reach,
        impressions: reach + random.int(0, reach),
        spendMinor: clicks * random.int(28, 64),
        purchases,
      });
    }
  }
}
