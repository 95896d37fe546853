with joined as (
  select
    {{ cuttle.trunc_date('month', 'charges.created_at') }} as month_start,
    coalesce(purchases.source, '(unknown)') as source,
    coalesce(purchases.medium, '(unknown)') as medium,
    coalesce(purchases.campaign, '(unknown)') as campaign,
    charges.currency,
    charges.amount
  from {{ ref('stg_stripe__charges') }} as charges
  left join {{ ref('stg_ga4__purchases') }} as purchases
    on purchases.order_id = charges.order_id
  where charges.is_paid
)
select
  {{ cuttle.md5_key(['month_start', 'source', 'medium', 'campaign', 'currency']) }} as purchases_utm_key,
  month_start,
  source,
  medium,
  campaign,
  currency,
  cast(count(*) as bigint) as transactions,
  {{ cuttle.money('sum(amount)') }} as revenue
from joined
group by month_start, source, medium, campaign, currency
