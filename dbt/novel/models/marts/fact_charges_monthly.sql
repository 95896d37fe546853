with charges as (
  select
    {{ cuttle.trunc_date('month', 'created_at') }} as month_start,
    currency,
    sum(case when is_paid then amount else 0 end) as revenue,
    count(*) as charges,
    sum(case when is_paid then 1 else 0 end) as paid_charges
  from {{ ref('stg_stripe__charges') }}
  group by 1, 2
), refunds as (
  select
    {{ cuttle.trunc_date('month', 'created_at') }} as month_start,
    currency,
    sum(amount) as refunds
  from {{ ref('stg_stripe__refunds') }}
  where is_effective
  group by 1, 2
), joined as (
  select
    coalesce(charges.month_start, refunds.month_start) as month_start,
    {#- Money of two currencies has no sum. #}
    coalesce(charges.currency, refunds.currency) as currency,
    {{ cuttle.money('coalesce(charges.revenue, 0)') }} as revenue,
    {{ cuttle.money('coalesce(refunds.refunds, 0)') }} as refunds,
    cast(coalesce(charges.charges, 0) as bigint) as charges,
    cast(coalesce(charges.paid_charges, 0) as bigint) as paid_charges
  from charges
  full outer join refunds
    on refunds.month_start = charges.month_start
    and refunds.currency = charges.currency
)
select
  {{ cuttle.md5_key(['month_start', 'currency']) }} as charges_monthly_key,
  month_start,
  currency,
  revenue,
  refunds,
  charges,
  paid_charges
from joined
