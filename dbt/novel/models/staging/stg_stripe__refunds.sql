select
  id as refund_id,
  charge as charge_id,
  {{ cuttle.minor_to_money('amount', 'currency') }} as amount,
  lower(currency) as currency,
  status,
  {#- A refund that failed or was taken back gave no money away. #}
  coalesce(status, 'succeeded') not in ('failed', 'canceled') as is_effective,
  {{ cuttle.epoch_to_ts('created') }} as created_at,
  {{ cuttle.tz_to_ts('_airbyte_extracted_at') }} as extracted_at
from {{ source('stripe', 'stripe_refunds') }}
