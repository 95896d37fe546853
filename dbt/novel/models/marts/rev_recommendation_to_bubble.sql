select
  recommendation.order_id,
  recommendation.interest_name as recommended_interest,
  {{ cuttle.md5_key(['recommendation.order_id', 'recommendation.interest_name']) }} as row_hash,
  orders.modified_at as updated_at
from {{ ref('recommendation') }} as recommendation
inner join {{ ref('stg_bubble__orders') }} as orders
  on orders.order_id = recommendation.order_id
{#- Only what Bubble does not have: this mart is empty once everything was written and read back. #}
where orders.recommended_interest is distinct from recommendation.interest_name
