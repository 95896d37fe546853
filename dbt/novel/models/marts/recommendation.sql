with ranked_interests as (
  select
    orders.order_id,
    orders.user_id,
    categories.interest_id,
    categories.interest_name,
    categories.order_count,
    row_number() over (
      partition by orders.order_id
      order by categories.order_count desc nulls last, categories.interest_name, categories.interest_id
    ) as interest_rank
  from {{ ref('order_reporting') }} as orders
  inner join {{ ref('stg_bubble__user_interests') }} as interests
    on interests.user_id = orders.user_id
  inner join {{ ref('fact_order_category') }} as categories
    on categories.interest_id = interests.interest_id
  where orders.is_surprise
), ranked_novels as (
  select
    novel_interests.interest_id,
    novel_interests.novel_id,
    row_number() over (
      partition by novel_interests.interest_id
      order by novel_interests.order_count desc nulls last, novels.title, novels.novel_id
    ) as novel_rank
  from {{ ref('fact_novel_interest') }} as novel_interests
  inner join {{ ref('stg_bubble__novels') }} as novels
    on novels.novel_id = novel_interests.novel_id
  where not novels.is_surprise
)
select
  ranked_interests.order_id,
  ranked_interests.user_id,
  ranked_interests.interest_id as recommended_interest,
  ranked_interests.interest_name,
  ranked_interests.order_count as category_count,
  cast(ranked_interests.interest_rank as bigint) as rank,
  ranked_novels.novel_id as recommended_novel_id
from ranked_interests
left join ranked_novels
  on ranked_novels.interest_id = ranked_interests.interest_id
  and ranked_novels.novel_rank = 1
where ranked_interests.interest_rank = 1
