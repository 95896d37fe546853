select
  _id as novel_id,
  {{ cuttle.md5_key(['_id']) }} as novel_key,
  title,
  {{ cuttle.money('price') }} as price,
  image as image_url,
  description,
  category as category_ids,
  coalesce(lower(trim(title)) = lower('{{ var("surprise_novel_title") }}'), false) as is_surprise,
  {{ cuttle.iso_to_ts('"CREATED DATE"') }} as created_at,
  {{ cuttle.tz_to_ts('_airbyte_extracted_at') }} as extracted_at
from {{ source('bubble', 'bubble_novel') }}
