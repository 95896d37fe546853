select
  orders.order_id,
  orders.status,
  statuses.label as status_label,
  orders.payment_status,
  orders.is_paid,
  orders.amount,
  orders.refunded_amount,
  orders.net_amount,
  orders.currency,
  orders.created_at,
  orders.created_date,
  dates.month_start,
  dates.week_start,
  dates.iso_week,
  novels.novel_id,
  novels.title as novel_title,
  novels.is_surprise,
  novels.primary_interest,
  users.user_id,
  users.gender,
  users.country,
  purchases.source as utm_source,
  purchases.medium as utm_medium,
  purchases.campaign as utm_campaign
from {{ ref('fact_order') }} as orders
left join {{ ref('order_status') }} as statuses
  on statuses.status = orders.status
left join {{ ref('dim_date') }} as dates
  on dates.date_day = orders.created_date
left join {{ ref('dim_novel') }} as novels
  on novels.novel_key = orders.novel_key
left join {{ ref('dim_user') }} as users
  on users.user_key = orders.user_key
left join {{ ref('stg_ga4__purchases') }} as purchases
  on purchases.order_id = orders.order_id
