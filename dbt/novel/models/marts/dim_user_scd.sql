select
  {{ cuttle.md5_key(['user_id', 'dbt_valid_from']) }} as user_version_key,
  user_key,
  user_id,
  email,
  first_name,
  last_name,
  gender,
  cast(dbt_valid_from as timestamp) as valid_from,
  cast(dbt_valid_to as timestamp) as valid_to,
  dbt_valid_to is null as is_current
from {{ ref('snap_user') }}
