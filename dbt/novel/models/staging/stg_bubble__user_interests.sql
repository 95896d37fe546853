select distinct
  {{ cuttle.md5_key(['users.user_id', 'interests.value']) }} as user_interest_key,
  users.user_id,
  cast(interests.value as varchar) as interest_id
from {{ ref('stg_bubble__users') }} as users
{{ cuttle.explode('users.interest_ids', 'interests') }}
