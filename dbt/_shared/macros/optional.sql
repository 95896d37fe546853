{#
  What a source may lack: a table that nobody loads, a column that the remote system does not have yet. The answer is
  looked up when a model is compiled; while parsing everything counts as there.
#}
{% macro has_table(relation) %}
  {% if not execute %}{{ return(true) }}{% endif %}
  {{ return(adapter.get_relation(relation.database, relation.schema, relation.identifier) is not none) }}
{% endmacro %}

{% macro has_column(relation, name) %}
  {% if not execute %}{{ return(false) }}{% endif %}
  {% set found = adapter.get_relation(relation.database, relation.schema, relation.identifier) %}
  {% if found is none %}{{ return(false) }}{% endif %}
  {{ return(name | upper in adapter.get_columns_in_relation(found) | map(attribute='name') | map('upper') | list) }}
{% endmacro %}
