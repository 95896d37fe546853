{# Every time is a UTC timestamp without zone. #}

{# Text such as 2024-03-24T12:31:53.729Z; null when it is no time. #}
{% macro iso_to_ts(column) %}
  {{- return(adapter.dispatch('iso_to_ts', 'cuttle')(column)) -}}
{% endmacro %}

{% macro duckdb__iso_to_ts(column) -%}
  (try_cast({{ column }} as timestamptz) at time zone 'UTC')
{%- endmacro %}

{% macro snowflake__iso_to_ts(column) -%}
  convert_timezone('UTC', try_to_timestamp_tz({{ column }}))::timestamp_ntz
{%- endmacro %}

{# A number of seconds (`s`) or microseconds (`us`) since 1970. #}
{% macro epoch_to_ts(column, unit='s') %}
  {{- return(adapter.dispatch('epoch_to_ts', 'cuttle')(column, unit)) -}}
{% endmacro %}

{% macro duckdb__epoch_to_ts(column, unit) -%}
  make_timestamp(cast({{ column }} as bigint){{ ' * 1000000' if unit == 's' }})
{%- endmacro %}

{% macro snowflake__epoch_to_ts(column, unit) -%}
  to_timestamp_ntz({{ column }}, {{ 0 if unit == 's' else 6 }})
{%- endmacro %}

{# A time with zone, such as `_airbyte_extracted_at`. #}
{% macro tz_to_ts(column) %}
  {{- return(adapter.dispatch('tz_to_ts', 'cuttle')(column)) -}}
{% endmacro %}

{% macro duckdb__tz_to_ts(column) -%}
  ({{ column }} at time zone 'UTC')
{%- endmacro %}

{% macro snowflake__tz_to_ts(column) -%}
  convert_timezone('UTC', {{ column }})::timestamp_ntz
{%- endmacro %}

{# The first day of the year, month or week of a time, always a date: DuckDB would give a timestamp. #}
{% macro trunc_date(part, column) -%}
  cast(date_trunc('{{ part }}', {{ column }}) as date)
{%- endmacro %}

{# ISO week as text, `2020-W53` for 3 January 2021. #}
{% macro iso_week(column) %}
  {{- return(adapter.dispatch('iso_week', 'cuttle')(column)) -}}
{% endmacro %}

{% macro duckdb__iso_week(column) -%}
  (cast(isoyear({{ column }}) as varchar) || '-W' || lpad(cast(week({{ column }}) as varchar), 2, '0'))
{%- endmacro %}

{% macro snowflake__iso_week(column) -%}
  (cast(yearofweekiso({{ column }}) as varchar) || '-W' || lpad(cast(weekiso({{ column }}) as varchar), 2, '0'))
{%- endmacro %}

{# One row a day, `date_day`, from the dates `first_day` to `last_day` (both included) of the one row of a relation. #}
{% macro date_spine(relation) %}
  {{- return(adapter.dispatch('date_spine', 'cuttle')(relation)) -}}
{% endmacro %}

{% macro duckdb__date_spine(relation) -%}
  select cast(unnest(range(cast(first_day as timestamp), cast(last_day as timestamp) + interval 1 day, interval 1 day)) as date) as date_day
  from {{ relation }}
{%- endmacro %}

{% macro snowflake__date_spine(relation) -%}
  select dateadd(day, days.n, first_day) as date_day
  from {{ relation }}
  cross join (select row_number() over (order by seq4()) - 1 as n from table(generator(rowcount => 36525))) as days
  where dateadd(day, days.n, first_day) <= last_day
{%- endmacro %}
