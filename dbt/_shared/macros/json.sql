{# Text at a path of a JSON column, cast; null when it is missing, JSON null, or not of the type. #}
{% macro json_get(column, path, type='varchar') %}
  {{- return(adapter.dispatch('json_get', 'cuttle')(column, path, type)) -}}
{% endmacro %}

{% macro duckdb__json_get(column, path, type) -%}
  try_cast(json_extract_string({{ column }}, '$.{% for part in path %}"{{ part }}"{{ '.' if not loop.last }}{% endfor %}') as {{ type }})
{%- endmacro %}

{% macro snowflake__json_get(column, path, type) -%}
  try_cast(get_path({{ column }}, '{% for part in path %}"{{ part }}"{{ '.' if not loop.last }}{% endfor %}')::varchar as {{ type }})
{%- endmacro %}

{# First element of a JSON list of texts; null when the list is empty or missing. #}
{% macro json_first(column) %}
  {{- return(adapter.dispatch('json_first', 'cuttle')(column)) -}}
{% endmacro %}

{% macro duckdb__json_first(column) -%}
  json_extract_string({{ column }}, '$[0]')
{%- endmacro %}

{% macro snowflake__json_first(column) -%}
  get({{ column }}, 0)::varchar
{%- endmacro %}

{# Joins the elements of a JSON list of texts as `<alias>.value`. Rows without elements do not come back. #}
{% macro explode(column, alias) %}
  {{- return(adapter.dispatch('explode', 'cuttle')(column, alias)) -}}
{% endmacro %}

{% macro duckdb__explode(column, alias) -%}
  cross join lateral (select unnest(from_json({{ column }}, '["VARCHAR"]')) as value) as {{ alias }}
{%- endmacro %}

{% macro snowflake__explode(column, alias) -%}
  , lateral flatten(input => {{ column }}) as {{ alias }}
{%- endmacro %}

{#
  Value of a GA4 parameter as text. GA4 writes one parameter into different fields of `value` from row to row, so all
  four are looked at.
#}
{% macro ga4_param(column, key) %}
  {{- return(adapter.dispatch('ga4_param', 'cuttle')(column, key)) -}}
{% endmacro %}

{% macro duckdb__ga4_param(column, key) -%}
  (
    select max(coalesce(
      json_extract_string(param, '$.value.string_value'),
      json_extract_string(param, '$.value.int_value'),
      json_extract_string(param, '$.value.float_value'),
      json_extract_string(param, '$.value.double_value')
    ))
    from (select unnest(from_json({{ column }}, '["JSON"]')) as param) as params
    where json_extract_string(param, '$.key') = '{{ key }}'
  )
{%- endmacro %}

{% macro snowflake__ga4_param(column, key) -%}
  (
    select max(coalesce(
      get_path(param.value, 'value.string_value')::varchar,
      get_path(param.value, 'value.int_value')::varchar,
      get_path(param.value, 'value.float_value')::varchar,
      get_path(param.value, 'value.double_value')::varchar
    ))
    from table(flatten(input => {{ column }})) as param
    where get_path(param.value, 'key')::varchar = '{{ key }}'
  )
{%- endmacro %}

{# A JSON value from text, as a raw table would hold it. #}
{% macro json_literal(text) %}
  {{- return(adapter.dispatch('json_literal', 'cuttle')(text)) -}}
{% endmacro %}

{% macro duckdb__json_literal(text) -%}
  cast('{{ text }}' as json)
{%- endmacro %}

{% macro snowflake__json_literal(text) -%}
  parse_json('{{ text }}')
{%- endmacro %}
