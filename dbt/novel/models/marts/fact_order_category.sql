select
  categories.interest_key,
  categories.interest_id,
  categories.interest_name,
  cast(coalesce(sum(novel_interests.order_count), 0) as bigint) as order_count
from {{ ref('stg_bubble__categories') }} as categories
left join {{ ref('fact_novel_interest') }} as novel_interests
  on novel_interests.interest_id = categories.interest_id
group by categories.interest_key, categories.interest_id, categories.interest_name
