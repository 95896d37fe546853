select
  id as charge_id,
  {#- The id of the order stands behind the first dash of the description; without a dash the payment is none of the shop's. #}
  nullif(trim(split_part(description, '- ', 2)), '') as order_id,
  customer as customer_id,
  {{ cuttle.minor_to_money('amount', 'currency') }} as amount,
  lower(currency) as currency,
  status,
  coalesce(paid, false) and status = 'succeeded' as is_paid,
  coalesce(refunded, false) as is_refunded,
  {{ cuttle.epoch_to_ts('created') }} as created_at,
  {{ cuttle.epoch_to_ts('updated') }} as updated_at,
  {{ cuttle.tz_to_ts('_airbyte_extracted_at') }} as extracted_at
from {{ source('stripe', 'stripe_charges') }}
