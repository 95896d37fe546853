import type { FieldKind } from './field-kind.js';

/**
 * The fields of the insights streams, about what reports of ads are made of. Meta computes each field for each row, so
 * custom insights with a few of them are far quicker than this.
 */
const DEFAULT_FIELDS: Readonly<Partial<Record<FieldKind, string>>> = {
  text:
    'account_currency account_id account_name ad_id ad_name adset_id adset_name buying_type campaign_id campaign_name ' +
    'conversion_rate_ranking engagement_rate_ranking objective optimization_goal quality_ranking attribution_setting',
  date: 'created_time updated_time',
  integer:
    'clicks impressions inline_link_clicks inline_post_engagement reach unique_clicks unique_inline_link_clicks ' +
    'full_view_impressions full_view_reach',
  number:
    'canvas_avg_view_percent canvas_avg_view_time cost_per_estimated_ad_recallers cost_per_inline_link_click ' +
    'cost_per_inline_post_engagement cost_per_unique_click cost_per_unique_inline_link_click cpc cpm cpp ctr ' +
    'estimated_ad_recallers frequency inline_link_click_ctr instant_experience_clicks_to_open ' +
    'instant_experience_clicks_to_start social_spend spend unique_ctr unique_inline_link_click_ctr ' +
    'unique_link_clicks_ctr wish_bid',
  stats:
    'action_values actions catalog_segment_actions catalog_segment_value conversion_values conversions ' +
    'cost_per_action_type cost_per_conversion cost_per_outbound_click cost_per_thruplay cost_per_unique_action_type ' +
    'cost_per_unique_outbound_click mobile_app_purchase_roas outbound_clicks outbound_clicks_ctr purchase_roas ' +
    'unique_actions unique_outbound_clicks unique_outbound_clicks_ctr video_30_sec_watched_actions ' +
    'video_avg_time_watched_actions video_p100_watched_actions video_p25_watched_actions video_p50_watched_actions ' +
    'video_p75_watched_actions video_p95_watched_actions video_play_actions video_thruplay_watched_actions ' +
    'website_ctr website_purchase_roas',
  results: 'video_play_curve_actions',
};

/** Kinds of the fields that only custom insights ask for; what is in neither table is known by its name or a text. */
const OTHER_FIELDS: Readonly<Partial<Record<FieldKind, string>>> = {
  text:
    'age_targeting gender_targeting labels location place_page_name creative_media_type product_group_retailer_id ' +
    'product_retailer_id marketing_messages_spend_currency adset_end adset_start',
  integer: 'estimated_ad_recallers_lower_bound estimated_ad_recallers_upper_bound product_views total_card_view',
  number:
    'auction_bid auction_competitiveness auction_max_competitor_bid cost_per_dda_countby_convs dda_countby_convs ' +
    'estimated_ad_recall_rate estimated_ad_recall_rate_lower_bound estimated_ad_recall_rate_upper_bound ' +
    'instagram_upcoming_event_reminders_set qualifying_question_qualify_answer_rate total_postbacks ' +
    'marketing_messages_cost_per_delivered marketing_messages_cost_per_link_btn_click marketing_messages_spend',
  stats:
    'ad_click_actions ad_impression_actions cost_per_15_sec_video_view cost_per_2_sec_continuous_video_view ' +
    'cost_per_ad_click cost_per_one_thousand_ad_impression cost_per_unique_conversion converted_product_quantity ' +
    'converted_product_value instant_experience_outbound_clicks interactive_component_tap unique_conversions ' +
    'unique_video_view_15_sec total_postbacks_detailed total_postbacks_detailed_v4',
  results:
    'dda_results results cost_per_result objective_results cost_per_objective_result result_rate objective_result_rate',
};

/** Names of the fields that the preset streams ask for. */
export function defaultFields(): readonly string[] {
  return [...fieldsOf(DEFAULT_FIELDS).keys()];
}

/** Kind of each insights field that has one of its own. */
export function insightKinds(): ReadonlyMap<string, FieldKind> {
  return new Map([
    ...fieldsOf(OTHER_FIELDS),
    ...fieldsOf(DEFAULT_FIELDS),
    ['date_start', 'date'],
    ['date_stop', 'date'],
  ]);
}

/** Kind of an insights field. Meta's SDK has names only, so new fields go by how Meta names things. */
export function insightKind(name: string, kinds: ReadonlyMap<string, FieldKind>): FieldKind {
  const known = kinds.get(name);
  if (known !== undefined) return known;
  if (/_actions$|_roas$|^catalog_segment_|^converted_/.test(name)) return 'stats';
  return /_rate$|_rate_benchmark$|_per_|^marketing_messages_/.test(name) ? 'number' : 'text';
}

function fieldsOf(table: Readonly<Partial<Record<FieldKind, string>>>): Map<string, FieldKind> {
  return new Map(
    Object.entries(table).flatMap(([kind, names]) =>
      names.split(' ').map((name) => [name, kind as FieldKind] as const),
    ),
  );
}
