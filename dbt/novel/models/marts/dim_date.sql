with bounds as (
  select
    cast(min(day) as date) as first_day,
    cast(max(day) as date) as last_day
  from (
    select cast(created_at as date) as day from {{ ref('stg_bubble__orders') }}
    union all
    select cast(created_at as date) from {{ ref('stg_stripe__charges') }}
    union all
    select cast(created_at as date) from {{ ref('stg_stripe__refunds') }}
    union all
    select cast(event_at as date) from {{ ref('stg_ga4__events') }}
    union all
    select date_day from {{ ref('stg_meta__ads_insights') }}
  ) as days
), spine as (
  {{ cuttle.date_spine('bounds') }}
)
select
  date_day,
  {{ cuttle.trunc_date('month', 'date_day') }} as month_start,
  {{ cuttle.trunc_date('week', 'date_day') }} as week_start,
  {{ cuttle.iso_week('date_day') }} as iso_week,
  cast(extract(year from date_day) as bigint) as year,
  cast(extract(month from date_day) as bigint) as month,
  cast(extract(day from date_day) as bigint) as day_of_month
from spine
