select
  order_id,
  event_id,
  event_at,
  revenue,
  coalesce(source, '(not set)') as source,
  coalesce(medium, '(not set)') as medium,
  coalesce(campaign, '(not set)') as campaign,
  extracted_at
from {{ ref('stg_ga4__events') }}
where event_name = 'purchase'
  and order_id is not null
qualify row_number() over (partition by order_id order by event_at desc nulls last, event_id desc) = 1
