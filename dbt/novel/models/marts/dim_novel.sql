select
  novels.novel_key,
  novels.novel_id,
  novels.title,
  novels.price,
  novels.is_surprise,
  {#- The first of the list that the shop keeps. #}
  {{ cuttle.json_first('novels.category_ids') }} as primary_interest_id,
  categories.interest_name as primary_interest,
  cast(coalesce(interests.interest_count, 0) as bigint) as interest_count
from {{ ref('stg_bubble__novels') }} as novels
left join {{ ref('stg_bubble__categories') }} as categories
  on categories.interest_id = {{ cuttle.json_first('novels.category_ids') }}
left join (
  select novel_id, count(*) as interest_count from {{ ref('stg_bubble__novel_interests') }} group by novel_id
) as interests
  on interests.novel_id = novels.novel_id
union all
select {{ cuttle.unknown_key() }}, null, null, null, false, null, null, cast(0 as bigint)
