with events as (
  select
    _event_id as event_id,
    {{ cuttle.epoch_to_ts('event_timestamp', 'us') }} as event_at,
    event_name,
    user_pseudo_id as pseudo_user,
    coalesce(
      {{ cuttle.json_get('ecommerce', ['transaction_id']) }},
      {{ cuttle.ga4_param('event_params', 'transaction_id') }}
    ) as transaction_id,
    coalesce(
      {{ cuttle.json_get('ecommerce', ['purchase_revenue'], 'decimal(18, 2)') }},
      cast({{ cuttle.ga4_param('event_params', 'value') }} as decimal(18, 2))
    ) as revenue,
    {{ cuttle.json_get('traffic_source', ['source']) }} as source,
    {{ cuttle.json_get('traffic_source', ['medium']) }} as medium,
    {#- The export has no field `campaign`: the campaign is the name of the traffic source. #}
    {{ cuttle.json_get('traffic_source', ['name']) }} as campaign,
    {{ cuttle.tz_to_ts('_airbyte_extracted_at') }} as extracted_at
  from {{ source('ga4', 'ga4_bigquery_events') }}
)
select
  event_id,
  event_at,
  event_name,
  pseudo_user,
  {#- GA4 writes `(not set)` where there is no transaction. #}
  nullif(nullif(trim(transaction_id), ''), '(not set)') as order_id,
  revenue,
  source,
  medium,
  campaign,
  extracted_at
from events
{#- Late days are sent again. #}
qualify row_number() over (partition by event_id order by extracted_at desc nulls last, event_at desc nulls last) = 1
