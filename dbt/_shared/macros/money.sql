{# Money is decimal(18, 3): the finest minor unit is a thousandth. #}
{% macro money(expression) -%}
  cast({{ expression }} as decimal(18, 3))
{%- endmacro %}

{#
  Currencies whose minor unit is not a hundredth, by the number of decimals in Stripe's amounts
  (docs.stripe.com/currencies). These are not ISO 4217's: ISK and UGX have no fractions, but Stripe keeps two decimals for
  them, always 00; HUF and TWD have two decimals in charges and are whole in payouts only; MGA is sent in whole units. IQD
  and LYD, which Stripe does not charge in, have the three decimals of ISO 4217.
#}
{% macro stripe_odd_exponents() -%}
  {{ return({
    0: ['bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'vnd', 'vuv', 'xaf', 'xof', 'xpf'],
    3: ['bhd', 'iqd', 'jod', 'kwd', 'lyd', 'omr', 'tnd'],
  }) }}
{%- endmacro %}

{# Decimals of a currency in Stripe's amounts: 0, 2 or 3. #}
{% macro currency_exponent(currency) -%}
  case
    {%- for exponent, codes in cuttle.stripe_odd_exponents().items() %}
    when lower({{ currency }}) in ('{{ codes | join("', '") }}') then {{ exponent }}
    {%- endfor %}
    else 2
  end
{%- endmacro %}

{# Stripe's amounts, in minor units, as money: 5120 of KWD are 5.120, 500 of JPY are 500, 500 of UGX are 5. #}
{% macro minor_to_money(amount, currency) -%}
  {{ cuttle.money(
    "cast(" ~ amount ~ " as decimal(15, 0)) * case " ~ cuttle.currency_exponent(currency) ~ " when 0 then 1.000 when 3 then 0.001 else 0.010 end"
  ) }}
{%- endmacro %}

{#
  The part `n` of `count` equal parts of an amount. Differences of running totals, rounded to `scale` decimals but for the
  last one: the parts sum up exactly, and what is finer than the scale goes to the last part.
#}
{% macro split_part_of(amount, n, count, scale=2) -%}
  cast(
    case when {{ n }} = {{ count }} then cast({{ amount }} as double)
      else round(cast({{ amount }} as double) * {{ n }} / {{ count }}, {{ scale }}) end
    - round(cast({{ amount }} as double) * ({{ n }} - 1) / {{ count }}, {{ scale }})
  as decimal(18, {{ [scale, 3] | max }}))
{%- endmacro %}

{# Null where the divisor is zero or null. The result of a division of decimals is a double in DuckDB: cast it. #}
{% macro safe_divide(dividend, divisor, scale=2) -%}
  cast(cast({{ dividend }} as double) / nullif(cast({{ divisor }} as double), 0) as decimal(18, {{ scale }}))
{%- endmacro %}
