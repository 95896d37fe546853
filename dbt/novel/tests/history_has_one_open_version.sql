{# No user has two versions that hold at the same time. #}
select user_id
from {{ ref('dim_user_scd') }}
where is_current
group by user_id
having count(*) > 1
