with parts as (
  select
    orders.order_id,
    orders.created_date,
    orders.net_amount,
    novel_interests.interest_id,
    row_number() over (partition by orders.order_id order by novel_interests.interest_id) as part,
    count(*) over (partition by orders.order_id) as parts
  from {{ ref('order_reporting') }} as orders
  {#- An order of a novel without interests stays, as one row of the interest `(none)`. #}
  left join {{ ref('stg_bubble__novel_interests') }} as novel_interests
    on novel_interests.novel_id = orders.novel_id
)
select
  {{ cuttle.md5_key(['parts.order_id', 'parts.interest_id']) }} as order_interest_key,
  parts.order_id,
  parts.created_date,
  coalesce(interests.interest_key, {{ cuttle.unknown_key() }}) as interest_key,
  coalesce(interests.interest_name, '(none)') as interest_name,
  {{ cuttle.split_part_of('1', 'parts.part', 'parts.parts', 6) }} as weight,
  {{ cuttle.split_part_of('parts.net_amount', 'parts.part', 'parts.parts') }} as weighted_revenue
from parts
left join {{ ref('dim_interest') }} as interests
  on interests.interest_id = parts.interest_id
