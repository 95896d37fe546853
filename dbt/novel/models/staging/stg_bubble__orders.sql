{%- set orders = source('bubble', 'bubble_order') -%}
select
  _id as order_id,
  {{ cuttle.md5_key(['_id']) }} as order_key,
  novel as novel_id,
  "CREATED BY" as user_id,
  status,
  {% if cuttle.has_column(orders, 'recommended_interest') -%}
  recommended_interest,
  {%- else -%}
  cast(null as varchar) as recommended_interest,
  {%- endif %}
  {{ cuttle.iso_to_ts('"CREATED DATE"') }} as created_at,
  {{ cuttle.iso_to_ts('"MODIFIED DATE"') }} as modified_at,
  {{ cuttle.tz_to_ts('_airbyte_extracted_at') }} as extracted_at
from {{ orders }}
