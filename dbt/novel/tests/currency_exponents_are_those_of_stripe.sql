{# Every currency of docs.stripe.com/currencies with its decimals in Stripe's amounts, written out apart from the macro. #}
{%- set two = [
  'usd', 'aed', 'afn', 'all', 'amd', 'ang', 'aoa', 'ars', 'aud', 'awg', 'azn', 'bam', 'bbd', 'bdt', 'bgn', 'bmd', 'bnd', 'bob',
  'brl', 'bsd', 'bwp', 'byn', 'bzd', 'cad', 'cdf', 'chf', 'cny', 'cop', 'crc', 'cve', 'czk', 'dkk', 'dop', 'dzd', 'egp', 'etb',
  'eur', 'fjd', 'fkp', 'gbp', 'gel', 'gip', 'gmd', 'gtq', 'gyd', 'hkd', 'hnl', 'hrk', 'htg', 'huf', 'idr', 'ils', 'inr', 'isk',
  'jmd', 'kes', 'kgs', 'khr', 'kyd', 'kzt', 'lak', 'lbp', 'lkr', 'lrd', 'lsl', 'mad', 'mdl', 'mkd', 'mmk', 'mnt', 'mop', 'mro',
  'mur', 'mvr', 'mwk', 'mxn', 'myr', 'mzn', 'nad', 'ngn', 'nio', 'nok', 'npr', 'nzd', 'pab', 'pen', 'pgk', 'php', 'pkr', 'pln',
  'qar', 'ron', 'rsd', 'rub', 'sar', 'sbd', 'scr', 'sek', 'sgd', 'shp', 'sle', 'sll', 'sos', 'srd', 'std', 'svc', 'szl', 'thb',
  'tjs', 'top', 'try', 'ttd', 'twd', 'tzs', 'uah', 'ugx', 'uyu', 'uzs', 'wst', 'xcd', 'xcg', 'yer', 'zar', 'zmw',
] -%}
{%- set expected = {
  0: ['bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'vnd', 'vuv', 'xaf', 'xof', 'xpf'],
  2: two,
  3: ['bhd', 'iqd', 'jod', 'kwd', 'lyd', 'omr', 'tnd'],
} -%}
with cases as (
  {%- for exponent, codes in expected.items() %}
  {%- set is_first = loop.first %}
  {%- for code in codes %}
  {{ '' if is_first and loop.first else 'union all ' }}select '{{ code }}' as currency, {{ exponent }} as expected
  {%- endfor %}
  {%- endfor %}
), found as (
  select
    currency,
    expected,
    {{ cuttle.currency_exponent('currency') }} as exponent,
    {{ cuttle.currency_exponent('upper(currency)') }} as exponent_in_capitals,
    {{ cuttle.minor_to_money('123456', 'currency') }} as amount
  from cases
)
select currency, expected, exponent, amount
from found
where exponent <> expected
  or exponent_in_capitals <> expected
  or amount <> case expected when 0 then 123456.000 when 2 then 1234.560 else 123.456 end
