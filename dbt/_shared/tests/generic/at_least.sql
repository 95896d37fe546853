{# No value of the column lies below the minimum. #}
{% test at_least(model, column_name, minimum) %}
select *
from {{ model }}
where {{ column_name }} < {{ minimum }}
{% endtest %}
