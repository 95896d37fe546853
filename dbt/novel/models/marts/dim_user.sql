select
  users.user_key,
  users.user_id,
  users.email,
  users.first_name,
  users.last_name,
  users.gender,
  customers.country,
  cast(coalesce(interests.interest_count, 0) as bigint) as interest_count,
  users.created_at,
  users.modified_at
from {{ ref('stg_bubble__users') }} as users
left join {{ ref('stg_stripe__customers') }} as customers
  on customers.customer_id = users.stripe_customer_id
left join (
  select user_id, count(*) as interest_count from {{ ref('stg_bubble__user_interests') }} group by user_id
) as interests
  on interests.user_id = users.user_id
union all
select {{ cuttle.unknown_key() }}, null, null, null, null, null, null, cast(0 as bigint), null, null
