select
  _id as user_id,
  {{ cuttle.md5_key(['_id']) }} as user_key,
  email,
  gender,
  "FIRST NAME" as first_name,
  "LAST NAME" as last_name,
  stripecustomerid as stripe_customer_id,
  interest as interest_ids,
  {{ cuttle.iso_to_ts('"CREATED DATE"') }} as created_at,
  {{ cuttle.iso_to_ts('"MODIFIED DATE"') }} as modified_at,
  {{ cuttle.tz_to_ts('_airbyte_extracted_at') }} as extracted_at
from {{ source('bubble', 'bubble_user') }}
