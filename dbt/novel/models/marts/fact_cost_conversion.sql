with ads as (
  select date_day, source, medium, sum(spend) as spend, sum(clicks) as clicks
  from {{ ref('stg_meta__ads_insights') }}
  group by date_day, source, medium
), purchases as (
  select cast(event_at as date) as date_day, source, medium, count(*) as conversions, sum(revenue) as revenue
  from {{ ref('stg_ga4__purchases') }}
  group by 1, 2, 3
), joined as (
  select
    coalesce(ads.date_day, purchases.date_day) as date_day,
    coalesce(ads.source, purchases.source) as source,
    coalesce(ads.medium, purchases.medium) as medium,
    {{ cuttle.money('coalesce(ads.spend, 0)') }} as spend,
    cast(coalesce(ads.clicks, 0) as bigint) as clicks,
    cast(coalesce(purchases.conversions, 0) as bigint) as conversions,
    {{ cuttle.money('coalesce(purchases.revenue, 0)') }} as revenue
  from ads
  {#- Full: a day with spend and no purchase is the one to look at. #}
  full outer join purchases
    on purchases.date_day = ads.date_day
    and purchases.source = ads.source
    and purchases.medium = ads.medium
)
select
  {{ cuttle.md5_key(['date_day', 'source', 'medium']) }} as cost_conversion_key,
  date_day,
  source,
  medium,
  spend,
  clicks,
  conversions,
  revenue,
  {{ cuttle.safe_divide('spend', 'conversions') }} as cost_per_conversion,
  {{ cuttle.safe_divide('revenue', 'spend', 4) }} as roas
from joined
