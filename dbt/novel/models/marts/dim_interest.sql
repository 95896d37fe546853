select interest_key, interest_id, interest_name
from {{ ref('stg_bubble__categories') }}
union all
select {{ cuttle.unknown_key() }}, null, '(none)'
