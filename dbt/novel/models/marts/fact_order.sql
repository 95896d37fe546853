with charges as (
  select order_id, charge_id, amount, currency, is_paid, status
  from {{ ref('stg_stripe__charges') }}
  where order_id is not null
  {#- The attempt that was paid, else the latest one. #}
  qualify row_number() over (
    partition by order_id order by case when is_paid then 0 else 1 end, created_at desc nulls last, charge_id desc
  ) = 1
), refunds as (
  select charge_id, sum(amount) as amount
  from {{ ref('stg_stripe__refunds') }}
  where is_effective
  group by charge_id
)
select
  orders.order_key,
  orders.order_id,
  coalesce(users.user_key, {{ cuttle.unknown_key() }}) as user_key,
  coalesce(novels.novel_key, {{ cuttle.unknown_key() }}) as novel_key,
  orders.status,
  charges.charge_id,
  coalesce(charges.is_paid, false) as is_paid,
  case
    when charges.charge_id is null then 'missing'
    when not charges.is_paid then 'failed'
    when coalesce(refunds.amount, 0) = 0 then 'paid'
    when refunds.amount < charges.amount then 'partly refunded'
    else 'refunded'
  end as payment_status,
  {#- What was not paid is no revenue. #}
  {{ cuttle.money('case when charges.is_paid then charges.amount else 0 end') }} as amount,
  {{ cuttle.money('case when charges.is_paid then coalesce(refunds.amount, 0) else 0 end') }} as refunded_amount,
  {{ cuttle.money('case when charges.is_paid then charges.amount - coalesce(refunds.amount, 0) else 0 end') }} as net_amount,
  charges.currency,
  orders.created_at,
  cast(orders.created_at as date) as created_date
from {{ ref('stg_bubble__orders') }} as orders
left join charges
  on charges.order_id = orders.order_id
left join refunds
  on refunds.charge_id = charges.charge_id
left join {{ ref('stg_bubble__users') }} as users
  on users.user_id = orders.user_id
left join {{ ref('stg_bubble__novels') }} as novels
  on novels.novel_id = orders.novel_id
