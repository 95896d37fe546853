select
  novel_interests.novel_interest_key,
  novels.novel_key,
  {{ cuttle.md5_key(['novel_interests.interest_id']) }} as interest_key,
  novel_interests.novel_id,
  novel_interests.interest_id,
  {#- Who asks for a surprise has not chosen this novel, nor its interests. #}
  cast(coalesce(case when novels.is_surprise then 0 else orders.order_count end, 0) as bigint) as order_count
from {{ ref('stg_bubble__novel_interests') }} as novel_interests
inner join {{ ref('stg_bubble__novels') }} as novels
  on novels.novel_id = novel_interests.novel_id
left join (
  select novel_key, count(*) as order_count from {{ ref('fact_order') }} group by novel_key
) as orders
  on orders.novel_key = novels.novel_key
