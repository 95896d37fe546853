import type { Level } from '../config.js';
import type { FieldKind } from '../schema/field-kind.js';

/** A stream of objects below an account. */
export interface EntityDefinition {
  readonly name: string;
  /** Edge of the account; undefined for the account itself. */
  readonly edge: string | undefined;
  /** Fields by kind, separated by blanks. `id` and `account_id` are texts of every stream. */
  readonly fields: Readonly<Partial<Record<FieldKind, string>>>;
  /** The time that changes go by; undefined for streams that are read in full. */
  readonly cursor?: 'updated_time' | 'event_time';
  /** How the API is asked for changes: a condition, a parameter, or not at all (rows are picked here). */
  readonly changesBy?: 'filter' | 'since' | 'none';
  /** Whose statuses have to be asked for by name. */
  readonly level?: Exclude<Level, 'account'>;
  /** Whether rows have no id of their own and get one that is made of their content. */
  readonly lacksId?: boolean;
  /** Whether `account_id` is no field of the object. */
  readonly lacksAccount?: boolean;
}

/** The streams of objects. Names of fields stand in Meta's SDK, which a test checks. */
export const ENTITIES: readonly EntityDefinition[] = [
  {
    name: 'ad_account',
    edge: undefined,
    fields: {
      text:
        'amount_spent balance business_city business_country_code business_name business_state business_street ' +
        'business_street2 business_zip currency end_advertiser end_advertiser_name funding_source io_number media_agency ' +
        'name owner partner spend_cap tax_id tax_id_type timezone_name default_dsa_beneficiary default_dsa_payor',
      number:
        'age disable_reason fb_entity is_personal min_campaign_group_spend_cap min_daily_budget tax_id_status ' +
        'timezone_id timezone_offset_hours_utc',
      integer: 'account_status',
      boolean:
        'can_create_brand_lift_study has_migrated_permissions is_attribution_spec_system_default is_direct_deals_enabled ' +
        'is_in_3ds_authorization_enabled_market is_notifications_enabled is_prepay_account is_tax_id_required ' +
        'offsite_pixels_tos_accepted',
      time: 'created_time',
      object: 'business funding_source_details rf_spec tos_accepted',
      list: 'capabilities user_tasks line_numbers failed_delivery_checks',
    },
  },
  {
    name: 'campaigns',
    edge: 'campaigns',
    level: 'campaign',
    cursor: 'updated_time',
    changesBy: 'filter',
    fields: {
      text:
        'bid_strategy boosted_object_id buying_type configured_status effective_status name objective ' +
        'smart_promotion_type source_campaign_id special_ad_category status',
      number: 'budget_remaining daily_budget lifetime_budget spend_cap',
      boolean: 'budget_rebalance_flag',
      time: 'created_time start_time stop_time updated_time',
      list: 'adlabels issues_info special_ad_categories special_ad_category_country',
    },
  },
  {
    name: 'ad_sets',
    edge: 'adsets',
    level: 'adset',
    cursor: 'updated_time',
    changesBy: 'filter',
    fields: {
      text:
        'bid_strategy billing_event campaign_id configured_status destination_type effective_status name ' +
        'optimization_goal status',
      number: 'bid_amount budget_remaining daily_budget lifetime_budget',
      time: 'created_time end_time start_time updated_time',
      object: 'bid_constraints bid_info learning_stage_info promoted_object targeting',
      list: 'adlabels adset_schedule attribution_spec',
    },
  },
  {
    name: 'ads',
    edge: 'ads',
    level: 'ad',
    cursor: 'updated_time',
    changesBy: 'filter',
    fields: {
      text:
        'adset_id bid_type campaign_id configured_status conversion_domain effective_status last_updated_by_app_id name ' +
        'source_ad_id status',
      number: 'bid_amount',
      time: 'created_time updated_time',
      object: 'bid_info creative targeting',
      list: 'adlabels conversion_specs issues_info recommendations tracking_specs',
    },
  },
  {
    name: 'ad_creatives',
    edge: 'adcreatives',
    fields: {
      text:
        'actor_id body call_to_action_type effective_instagram_media_id effective_object_story_id image_hash image_url ' +
        'instagram_permalink_url instagram_user_id link_og_id link_url name object_id object_story_id object_type ' +
        'object_url product_set_id status template_url thumbnail_url title url_tags video_id',
      object: 'asset_feed_spec call_to_action image_crops object_story_spec template_url_spec degrees_of_freedom_spec',
      list: 'adlabels',
    },
  },
  {
    name: 'activities',
    edge: 'activities',
    cursor: 'event_time',
    changesBy: 'since',
    lacksId: true,
    lacksAccount: true,
    fields: {
      text:
        'actor_id actor_name application_id application_name date_time_in_timezone event_type extra_data object_id ' +
        'object_name object_type translated_event_type',
      time: 'event_time',
    },
  },
  {
    name: 'custom_audiences',
    edge: 'customaudiences',
    fields: {
      text: 'customer_file_source description name opt_out_link pixel_id rule rule_aggregation sharing_status subtype',
      integer:
        'approximate_count_lower_bound approximate_count_upper_bound retention_days time_content_updated time_created ' +
        'time_updated',
      boolean: 'is_value_based',
      object: 'data_source delivery_status lookalike_spec operation_status permission_for_actions',
      list: 'lookalike_audience_ids',
    },
  },
  {
    name: 'custom_conversions',
    edge: 'customconversions',
    fields: {
      text: 'aggregation_rule custom_event_type description event_source_type name rule',
      number: 'default_conversion_value retention_days',
      boolean: 'is_archived is_unavailable',
      time: 'creation_time first_fired_time last_fired_time',
      object: 'business offline_conversion_data_set pixel',
      list: 'data_sources',
    },
  },
  {
    name: 'images',
    edge: 'adimages',
    cursor: 'updated_time',
    changesBy: 'none',
    fields: {
      text: 'hash name permalink_url status url url_128',
      integer: 'height original_height original_width width',
      boolean: 'is_associated_creatives_in_adgroups',
      time: 'created_time updated_time',
      list: 'creatives',
    },
  },
  {
    name: 'videos',
    edge: 'advideos',
    cursor: 'updated_time',
    changesBy: 'none',
    lacksAccount: true,
    fields: {
      text: 'content_category description icon permalink_url picture post_id source title',
      number: 'length views',
      boolean: 'embeddable published',
      time: 'created_time updated_time',
      object: 'from status',
      list: 'format',
    },
  },
  {
    name: 'ad_rule_libraries',
    edge: 'adrules_library',
    fields: {
      text: 'name status',
      time: 'created_time updated_time',
      object: 'created_by evaluation_spec execution_spec schedule_spec',
    },
  },
];

/** Fields of a stream with their kinds; `id` and `account_id` first. */
export function entityFields({ fields }: EntityDefinition): ReadonlyMap<string, FieldKind> {
  const own = Object.entries(fields).flatMap(([kind, names]) =>
    names.split(' ').map((name) => [name, kind as FieldKind] as const),
  );
  return new Map([['id', 'text'], ['account_id', 'text'], ...own]);
}
