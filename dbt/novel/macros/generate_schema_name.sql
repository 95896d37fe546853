{# Schemas are named as they are written, without the profile's schema before them. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
  {{ target.schema if custom_schema_name is none else custom_schema_name | trim }}
{%- endmacro %}
