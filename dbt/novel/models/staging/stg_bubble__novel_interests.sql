select distinct
  {{ cuttle.md5_key(['novels.novel_id', 'interests.value']) }} as novel_interest_key,
  novels.novel_id,
  cast(interests.value as varchar) as interest_id
from {{ ref('stg_bubble__novels') }} as novels
{{ cuttle.explode('novels.category_ids', 'interests') }}
