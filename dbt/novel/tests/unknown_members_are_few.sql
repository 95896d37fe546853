{# Orders whose buyer or novel is gone keep their money; somebody should know how many. #}
{{ config(severity='warn') }}
select order_id
from {{ ref('fact_order') }}
where user_key = {{ cuttle.unknown_key() }} or novel_key = {{ cuttle.unknown_key() }}
