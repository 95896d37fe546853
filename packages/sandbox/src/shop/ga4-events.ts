import type { Novel, Order, Shop, Visit } from './model.js';
import { type Random, randomFor } from './random.js';

/** A row of the GA4 export: INT64 values are decimal texts, FLOAT64 are numbers, absent columns are null. */
export type Ga4Row = Readonly<Record<string, unknown>>;

/** Time zone of the GA4 property, whose days the shards are; behind UTC, so that some event dates differ from UTC. */
export const PROPERTY_TIME_ZONE = 'America/New_York';

/**
 * The shop's events by event date (`YYYYMMDD` in the property's zone), each day in order of time.
 *
 * `published`: exactly one purchase an order. `awkward`: some purchases are sent again, some have `(not set)` as
 * transaction, and some rows stand twice, byte for byte.
 */
export function makeGa4Events(shop: Shop): Map<string, Ga4Row[]> {
  const random = randomFor(shop.seed, 'ga4');
  const novels = new Map(shop.novels.map((novel) => [novel.id, novel]));
  const rows: Ga4Row[] = [];
  for (const order of shop.orders) {
    const made = orderRows(random, order, novels.get(order.novelId)!);
    rows.push(...made);
    if (shop.scenario === 'awkward') rows.push(...awkwardRows(random, made[made.length - 1]!));
  }
  for (const visit of shop.idleVisits) rows.push(...visitRows(random, visit, ['page_view', 'user_engagement']));
  rows.sort((a, b) => Number(a['event_timestamp']) - Number(b['event_timestamp']));
  const lastDate = shop.lastDay.replaceAll('-', '');
  const days = new Map<string, Ga4Row[]>();
  for (const row of rows) {
    const date = String(row['event_date']);
    if (date > lastDate) continue;
    const day = days.get(date);
    if (day === undefined) days.set(date, [row]);
    else day.push(row);
  }
  return days;
}

/** Events of visits on one day that lead to nothing: what an intraday table holds. */
export function makeIdleEvents(shop: Shop, startedMs: number, count: number): Ga4Row[] {
  const random = randomFor(shop.seed, `idle ${startedMs}`);
  return shop.idleVisits
    .slice(0, count)
    .flatMap((visit, index) =>
      visitRows(random, { ...visit, startedMs: startedMs + index * 61_000 }, ['page_view', 'scroll']),
    );
}

function orderRows(random: Random, order: Order, novel: Novel): Ga4Row[] {
  const item = itemOf(novel);
  const steps = visitRows(random, order.visit, ['page_view', 'view_item', 'add_to_cart', 'begin_checkout']).map(
    (row) =>
      COMMERCE_EVENTS.has(String(row['event_name'])) ? { ...row, ecommerce: NO_TRANSACTION, items: [item] } : row,
  );
  return [...steps, purchaseRow(random, order, item)];
}

const COMMERCE_EVENTS = new Set(['view_item', 'add_to_cart', 'begin_checkout']);
const NO_TRANSACTION = { transaction_id: '(not set)', total_item_quantity: '1', unique_items: '1' };

function purchaseRow(random: Random, order: Order, item: Ga4Row): Ga4Row {
  const revenue = order.totalMinor / 100;
  const base = eventRow(random, order.visit, 'purchase', order.createdMs + random.int(500, 4_000));
  const value = Number.isInteger(revenue) ? { int_value: String(revenue) } : { double_value: revenue };
  return {
    ...base,
    event_params: [
      ...(base['event_params'] as unknown[]),
      param('transaction_id', { string_value: order.id }),
      param('currency', { string_value: 'EUR' }),
      param('value', value),
      param('tax', random.chance(0.2) ? { int_value: '0' } : { double_value: Math.round(revenue * 6) / 100 }),
    ],
    event_value_in_usd: Math.round(revenue * 108) / 100,
    ecommerce: {
      total_item_quantity: '1',
      purchase_revenue_in_usd: Math.round(revenue * 108) / 100,
      purchase_revenue: revenue,
      shipping_value: 0,
      tax_value: Math.round(revenue * 6) / 100,
      unique_items: '1',
      transaction_id: order.id,
    },
    items: [{ ...item, item_revenue: revenue }],
  };
}

function awkwardRows(random: Random, purchase: Ga4Row): Ga4Row[] {
  const rows: Ga4Row[] = [];
  if (random.chance(0.06)) rows.push(laterRow(purchase, random.int(1, 40) * 3_600_000));
  if (random.chance(0.04)) rows.push({ ...purchase });
  if (random.chance(0.04)) {
    const ecommerce = { ...NO_TRANSACTION, purchase_revenue: null };
    rows.push({ ...laterRow(purchase, 9_000), ecommerce, items: [] });
  }
  return rows;
}

function laterRow(row: Ga4Row, byMs: number): Ga4Row {
  const micros = Number(row['event_timestamp']) + byMs * 1_000;
  return { ...row, event_timestamp: String(micros), event_date: eventDate(micros / 1_000) };
}

function visitRows(random: Random, visit: Visit, names: readonly string[]): Ga4Row[] {
  const first = visit.sessionNumber === 1 ? ['first_visit', 'session_start'] : ['session_start'];
  return [...first, ...names].map((name, index) => eventRow(random, visit, name, visit.startedMs + index * 7_919));
}

function eventRow(random: Random, visit: Visit, name: string, timeMs: number): Ga4Row {
  const micros = timeMs * 1_000 + random.int(0, 999);
  const { source, medium, name: campaign } = visit.trafficSource;
  const sign = random.chance(0.5) ? '-' : '';
  return {
    event_date: eventDate(timeMs),
    event_timestamp: String(micros),
    event_name: name,
    event_params: eventParams(random, visit, name),
    event_previous_timestamp: null,
    event_value_in_usd: null,
    event_bundle_sequence_id: `${sign}${random.digits(10)}`,
    event_server_timestamp_offset: null,
    user_id: null,
    user_pseudo_id: visit.pseudoId ?? null,
    privacy_info: { analytics_storage: visit.pseudoId === undefined ? 'No' : 'Yes', ads_storage: 'No' },
    user_properties: [],
    user_first_touch_timestamp: visit.pseudoId === undefined ? null : String(visit.userFirstTouchMs * 1_000),
    user_ltv: { revenue: 0, currency: 'EUR' },
    device: DEVICES[random.int(0, DEVICES.length - 1)],
    geo: {
      continent: 'Europe',
      sub_continent: 'Western Europe',
      country: visit.country,
      region: '',
      city: '(not set)',
    },
    app_info: null,
    traffic_source: { name: campaign, medium, source },
    stream_id: '7181290334',
    platform: 'WEB',
    ecommerce: null,
    items: [],
    collected_traffic_source: visit.trafficSource.ad === undefined ? null : collected(source, medium, campaign),
    is_active_user: name !== 'scroll',
    batch_event_index: String(random.int(1, 9)),
    batch_ordering_id: String(random.int(1, 4)),
    batch_page_id: String(Math.floor(micros / 1_000)),
    session_traffic_source_last_click: {
      manual_campaign: { campaign_name: campaign, source, medium, campaign_id: visit.trafficSource.ad?.campaignId },
    },
  };
}

function collected(source: string, medium: string, campaign: string): Ga4Row {
  return { manual_source: source, manual_medium: medium, manual_campaign_name: campaign };
}

/** Parameters whose value type drifts between rows, as in real exports. */
function eventParams(random: Random, visit: Visit, name: string): Ga4Row[] {
  const params = [
    param('ga_session_id', { int_value: visit.sessionId }),
    param('ga_session_number', { int_value: String(visit.sessionNumber) }),
    param('page_location', { string_value: `https://novel.example/${name}?q=caf%C3%A9` }),
    param('session_engaged', random.chance(0.9) ? { string_value: '1' } : { int_value: '1' }),
  ];
  if (name === 'user_engagement')
    params.push(param('engagement_time_msec', { int_value: String(random.int(1, 90_000)) }));
  return params;
}

function param(key: string, value: Ga4Row): Ga4Row {
  return { key, value: { string_value: null, int_value: null, float_value: null, double_value: null, ...value } };
}

function itemOf(novel: Novel): Ga4Row {
  return {
    item_id: novel.id,
    item_name: novel.title,
    item_brand: 'Novel',
    price: novel.priceMinor / 100,
    quantity: '1',
  };
}

const DEVICES: readonly Ga4Row[] = [
  { category: 'desktop', language: 'nl-be', operating_system: 'Windows', is_limited_ad_tracking: 'No' },
  { category: 'mobile', mobile_brand_name: 'Apple', language: 'fr-be', operating_system: 'iOS' },
  { category: 'mobile', mobile_brand_name: 'Samsung', web_info: { browser: 'Chrome', browser_version: '126.0' } },
];

const DATE_FORMAT = new Intl.DateTimeFormat('en-CA', { timeZone: PROPERTY_TIME_ZONE });

/** The day of a time in the property's zone, `YYYYMMDD`. */
export function eventDate(timeMs: number): string {
  return DATE_FORMAT.format(timeMs).replaceAll('-', '');
}
