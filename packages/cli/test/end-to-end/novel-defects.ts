/** A defect of the published SQL: a check that gives rows where it is present. */
export interface NovelDefect {
  readonly id: string;
  readonly name: string;
  /** Query over `{relation}`; no rows where all is well. */
  readonly check: string;
  readonly ours: string;
  /** What the published SQL does, as a relation. */
  readonly naive: string;
}

const exploded = (table: string, column: string): string =>
  `(select *, x.value as interest_id from RAW.${table} cross join lateral (select unnest(from_json(${column}, '["VARCHAR"]')) as value) x)`;

const repeated = (key: string): string =>
  `select ${key} from {relation} where ${key} is not null group by 1 having count(*) > 1`;

const differs = (found: string, expected: string): string => `select 1 where (${found}) is distinct from (${expected})`;

/** The defects that a warehouse with the awkward shop shows. */
export const NOVEL_DEFECTS: readonly NovelDefect[] = [
  {
    id: 'R0-01',
    name: 'dim_user_one_row_per_user',
    check: repeated('user_id'),
    ours: 'marts.dim_user',
    naive: `(select _id as user_id from ${exploded('bubble_user', 'interest')})`,
  },
  {
    id: 'R0-02',
    name: 'dim_novel_one_row_per_novel',
    check: repeated('novel_id'),
    ours: 'marts.dim_novel',
    naive: `(select _id as novel_id from ${exploded('bubble_novel', 'category')})`,
  },
  {
    id: 'R0-03',
    name: 'order_reporting_keeps_revenue',
    check: differs('select sum(amount) from {relation}', 'select sum(amount) from marts.fact_order'),
    ours: 'marts.order_reporting',
    naive: `(select orders.amount from marts.order_reporting as orders left join ${exploded('bubble_novel', 'category')} as novels on novels._id = orders.novel_id)`,
  },
  {
    id: 'R0-04',
    name: 'snapshot_key_is_unique',
    check: repeated('user_id'),
    ours: '(select user_id from historical.snap_user where dbt_valid_to is null)',
    naive: `(select _id as user_id from ${exploded('bubble_user', 'interest')})`,
  },
  {
    id: 'R0-05',
    name: 'spend_without_purchase_is_kept',
    check: differs('select sum(spend) from {relation}', 'select sum(spend) from staging.stg_meta__ads_insights'),
    ours: 'marts.fact_cost_conversion',
    naive:
      "(select ads.spend from (select date_day, sum(spend) as spend from staging.stg_meta__ads_insights group by 1) as ads inner join (select distinct cast(event_at as date) as date_day from staging.stg_ga4__purchases where source = 'facebook') as sold using (date_day))",
  },
  {
    id: 'R0-07',
    name: 'surprise_orders_do_not_count',
    check: differs(
      'select sum(order_count) from {relation}',
      'select count(*) from marts.order_reporting inner join staging.stg_bubble__novel_interests using (novel_id) where not is_surprise',
    ),
    ours: 'marts.fact_order_category',
    naive:
      '(select count(*) as order_count from marts.order_reporting inner join staging.stg_bubble__novel_interests using (novel_id))',
  },
  {
    id: 'R0-08',
    name: 'campaign_comes_from_name',
    check: "select 1 where not exists (select 1 from {relation} where campaign <> '(not set)')",
    ours: 'staging.stg_ga4__purchases',
    naive:
      "(select json_extract_string(traffic_source, '$.campaign') as campaign from RAW.ga4_bigquery_events where event_name = 'purchase')",
  },
  {
    id: 'R0-10',
    name: 'not_set_is_no_order',
    check: "select order_id from {relation} where order_id = '(not set)'",
    ours: 'staging.stg_ga4__purchases',
    naive:
      "(select json_extract_string(ecommerce, '$.transaction_id') as order_id from RAW.ga4_bigquery_events where event_name = 'purchase')",
  },
];
