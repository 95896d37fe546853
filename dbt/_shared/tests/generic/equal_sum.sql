{# The sum of an expression equals the sum of another one over another relation. Both must be exact numbers. #}
{% test equal_sum(model, expression, compare_to, compare_expression) %}
with sums as (
  select
    (select coalesce(sum({{ expression }}), 0) from {{ model }}) as found,
    (select coalesce(sum({{ compare_expression }}), 0) from {{ compare_to }}) as expected
)
select found, expected
from sums
where found <> expected
{% endtest %}
