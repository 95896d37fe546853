select
  id as customer_id,
  {{ cuttle.json_get('address', ['country']) }} as country,
  {{ cuttle.epoch_to_ts('created') }} as created_at,
  {{ cuttle.epoch_to_ts('updated') }} as updated_at,
  {{ cuttle.tz_to_ts('_airbyte_extracted_at') }} as extracted_at
from {{ source('stripe', 'stripe_customers') }}
