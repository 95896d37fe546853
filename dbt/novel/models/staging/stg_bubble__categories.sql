select
  _id as interest_id,
  {{ cuttle.md5_key(['_id']) }} as interest_key,
  name as interest_name,
  {{ cuttle.iso_to_ts('"CREATED DATE"') }} as created_at,
  {{ cuttle.tz_to_ts('_airbyte_extracted_at') }} as extracted_at
from {{ source('bubble', 'bubble_category') }}
