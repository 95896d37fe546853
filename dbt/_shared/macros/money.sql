{# Money is decimal(18, 2). #}
{% macro money(expression) -%}
  cast({{ expression }} as decimal(18, 2))
{%- endmacro %}

{# Minor units (cents) as money. Currencies without minor units are sent in whole units (Stripe, zero-decimal currencies). #}
{% macro minor_to_money(amount, currency) -%}
  {{ cuttle.money(
    "cast(" ~ amount ~ " as decimal(16, 0)) * case when lower(" ~ currency ~ ") in ('bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'ugx', 'vnd', 'vuv', 'xaf', 'xof', 'xpf') then 1.00 else 0.01 end"
  ) }}
{%- endmacro %}

{# The part `n` of `count` equal parts of an amount. Differences of rounded running totals: the parts sum up exactly. #}
{% macro split_part_of(amount, n, count, scale=2) -%}
  cast(
    round(cast({{ amount }} as double) * {{ n }} / {{ count }}, {{ scale }})
    - round(cast({{ amount }} as double) * ({{ n }} - 1) / {{ count }}, {{ scale }})
  as decimal(18, {{ scale }}))
{%- endmacro %}

{# Null where the divisor is zero or null. The result of a division of decimals is a double in DuckDB: cast it. #}
{% macro safe_divide(dividend, divisor, scale=2) -%}
  cast(cast({{ dividend }} as double) / nullif(cast({{ divisor }} as double), 0) as decimal(18, {{ scale }}))
{%- endmacro %}
