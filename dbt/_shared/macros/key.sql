{#
  Key of a natural key: lower-case hex text. A null becomes a marker, so that the key of a missing parent is the key of
  the `unknown` member.
#}
{% macro md5_key(columns) -%}
  md5({% for column in columns %}coalesce(cast({{ column }} as varchar), '^^'){{ " || '||' || " if not loop.last }}{% endfor %})
{%- endmacro %}

{# Key of the `unknown` member of a dimension with a key of one column. #}
{% macro unknown_key() -%}
  md5('^^')
{%- endmacro %}
