import { column, record, repeated, type TableField } from './schema.js';

/** Which years' layout of the export: columns were only ever added. */
export type Ga4Era = '2021' | '2023' | '2024';

/** The layout of the daily table of a date, `YYYYMMDD`. */
export function ga4EraOf(date: string): Ga4Era {
  if (date < '20230701') return '2021';
  return date < '20240717' ? '2023' : '2024';
}

/** The columns of the export's daily tables in the given years, as the vendor's schema page lists them. */
export function ga4Schema(era: Ga4Era): TableField[] {
  if (era === '2021') return [...eventFields(), record('event_dimensions', strings('hostname')), ...commerce(false)];
  const since2023 = [
    ...eventFields(),
    ...commerce(true),
    record('collected_traffic_source', strings(...COLLECTED)),
    column('is_active_user', 'BOOLEAN'),
  ];
  if (era === '2023') return since2023;
  return [
    ...since2023,
    ...integers('batch_event_index', 'batch_page_id', 'batch_ordering_id'),
    record('session_traffic_source_last_click', [record('manual_campaign', strings(...MANUAL_CAMPAIGN))]),
    record('publisher', [
      column('ad_revenue_in_usd', 'FLOAT'),
      ...strings('ad_format', 'ad_source_name', 'ad_unit_id'),
    ]),
  ];
}

const COLLECTED = [
  'manual_campaign_id',
  'manual_campaign_name',
  'manual_source',
  'manual_medium',
  'manual_term',
  'manual_content',
  'manual_source_platform',
  'manual_creative_format',
  'manual_marketing_tactic',
  'gclid',
  'dclid',
  'srsltid',
];

const MANUAL_CAMPAIGN = [
  'campaign_id',
  'campaign_name',
  'source',
  'medium',
  'term',
  'content',
  'source_platform',
  'creative_format',
  'marketing_tactic',
];

function strings(...names: readonly string[]): TableField[] {
  return names.map((name) => column(name, 'STRING'));
}

function integers(...names: readonly string[]): TableField[] {
  return names.map((name) => column(name, 'INTEGER'));
}

function floats(...names: readonly string[]): TableField[] {
  return names.map((name) => column(name, 'FLOAT'));
}

function paramValue(): TableField[] {
  return [column('string_value', 'STRING'), column('int_value', 'INTEGER'), ...floats('float_value', 'double_value')];
}

function params(name: string): TableField {
  return repeated(name, [column('key', 'STRING'), record('value', paramValue())]);
}

function eventFields(): TableField[] {
  const [key, value] = params('user_properties').fields!;
  const propertyValue = record('value', [...value!.fields!, column('set_timestamp_micros', 'INTEGER')]);
  return [
    column('event_date', 'STRING'),
    column('event_timestamp', 'INTEGER'),
    column('event_name', 'STRING'),
    params('event_params'),
    column('event_previous_timestamp', 'INTEGER'),
    column('event_value_in_usd', 'FLOAT'),
    ...integers('event_bundle_sequence_id', 'event_server_timestamp_offset'),
    ...strings('user_id', 'user_pseudo_id'),
    record('privacy_info', strings('analytics_storage', 'ads_storage', 'uses_transient_token')),
    repeated('user_properties', [key!, propertyValue]),
    column('user_first_touch_timestamp', 'INTEGER'),
    record('user_ltv', [column('revenue', 'FLOAT'), column('currency', 'STRING')]),
    deviceField(),
    record('geo', strings('continent', 'sub_continent', 'country', 'region', 'city', 'metro')),
    record('app_info', strings('id', 'version', 'install_store', 'firebase_app_id', 'install_source')),
    record('traffic_source', strings('name', 'medium', 'source')),
    ...strings('stream_id', 'platform'),
  ];
}

function deviceField(): TableField {
  return record('device', [
    ...strings('category', 'mobile_brand_name', 'mobile_model_name', 'mobile_marketing_name'),
    ...strings('mobile_os_hardware_model', 'operating_system', 'operating_system_version', 'vendor_id'),
    ...strings('advertising_id', 'language', 'is_limited_ad_tracking'),
    column('time_zone_offset_seconds', 'INTEGER'),
    record('web_info', strings('browser', 'browser_version', 'hostname')),
  ]);
}

function commerce(hasItemParams: boolean): TableField[] {
  const money = ['purchase_revenue', 'refund_value', 'shipping_value', 'tax_value'];
  return [
    record('ecommerce', [
      column('total_item_quantity', 'INTEGER'),
      ...floats(...money.flatMap((name) => [`${name}_in_usd`, name])),
      column('unique_items', 'INTEGER'),
      column('transaction_id', 'STRING'),
    ]),
    repeated('items', [
      ...strings('item_id', 'item_name', 'item_brand', 'item_variant', 'item_category', 'item_category2'),
      ...strings('item_category3', 'item_category4', 'item_category5'),
      ...floats('price_in_usd', 'price'),
      column('quantity', 'INTEGER'),
      ...floats('item_revenue_in_usd', 'item_revenue', 'item_refund_in_usd', 'item_refund'),
      ...strings('coupon', 'affiliation', 'location_id', 'item_list_id', 'item_list_name', 'item_list_index'),
      ...strings('promotion_id', 'promotion_name', 'creative_name', 'creative_slot'),
      ...(hasItemParams ? [params('item_params')] : []),
    ]),
  ];
}
