{# Each shared macro with null, empty and extreme input; a row is a case that gives something else than expected. #}
{%- set object = cuttle.json_literal('{"a": {"b": "x", "n": null}, "big": 9007199254740993, "d": 1.50, "l": []}') -%}
{%- set params = cuttle.json_literal('[{"key": "tax", "value": {"string_value": null, "int_value": 0}}, {"key": "value", "value": {"double_value": 1.5}}]') -%}
with cases as (
  select 'json_get' as macro, {{ cuttle.json_get(object, ['a', 'b']) }} as found, 'x' as expected
  union all select 'json_get null', {{ cuttle.json_get(object, ['a', 'n']) }}, null
  union all select 'json_get missing', {{ cuttle.json_get(object, ['nope']) }}, null
  union all select 'json_get exact', {{ cuttle.json_get(object, ['big']) }}, '9007199254740993'
  union all select 'json_get cast', cast({{ cuttle.json_get(object, ['d'], 'decimal(18, 2)') }} as varchar), '1.50'
  union all select 'json_get no number', cast({{ cuttle.json_get(object, ['a', 'b'], 'decimal(18, 2)') }} as varchar), null
  union all select 'json_first', {{ cuttle.json_first(cuttle.json_literal('["a", "b"]')) }}, 'a'
  union all select 'json_first empty', {{ cuttle.json_first(cuttle.json_literal('[]')) }}, null
  union all select 'ga4_param int', {{ cuttle.ga4_param(params, 'tax') }}, '0'
  union all select 'ga4_param double', {{ cuttle.ga4_param(params, 'value') }}, '1.5'
  union all select 'ga4_param missing', {{ cuttle.ga4_param(params, 'nope') }}, null
  union all select 'iso_to_ts', cast({{ cuttle.iso_to_ts("'2024-03-24T12:31:53.729Z'") }} as varchar), '2024-03-24 12:31:53.729'
  union all select 'iso_to_ts zone', cast(cast({{ cuttle.iso_to_ts("'2024-03-24T00:30:00+02:00'") }} as date) as varchar), '2024-03-23'
  union all select 'iso_to_ts no time', cast({{ cuttle.iso_to_ts("'soon'") }} as varchar), null
  union all select 'epoch_to_ts s', cast(cast({{ cuttle.epoch_to_ts('1711283513') }} as date) as varchar), '2024-03-24'
  union all select 'epoch_to_ts us', cast(cast({{ cuttle.epoch_to_ts('253402300799999999', 'us') }} as date) as varchar), '9999-12-31'
  union all select 'iso_week', {{ cuttle.iso_week("cast('2021-01-03' as date)") }}, '2020-W53'
  union all select 'trunc_date', cast({{ cuttle.trunc_date('month', "cast('2024-02-29' as date)") }} as varchar), '2024-02-01'
  union all select 'md5_key', {{ cuttle.md5_key(["'a'", "'b'"]) }}, '8e4350bbfbeaae12c71013d7e16e6603'
  union all select 'md5_key null', {{ cuttle.md5_key(['cast(null as varchar)']) }}, {{ cuttle.unknown_key() }}
  union all select 'minor_to_money', cast({{ cuttle.minor_to_money('9999999999999', "'eur'") }} as varchar), '99999999999.990'
  union all select 'minor_to_money yen', cast({{ cuttle.minor_to_money('500', "'JPY'") }} as varchar), '500.000'
  union all select 'minor_to_money dinar', cast({{ cuttle.minor_to_money('5120', "'KWD'") }} as varchar), '5.120'
  union all select 'minor_to_money shilling', cast({{ cuttle.minor_to_money('500', "'ugx'") }} as varchar), '5.000'
  union all select 'minor_to_money krona', cast({{ cuttle.minor_to_money('500', "'isk'") }} as varchar), '5.000'
  union all select 'minor_to_money dinar, as long as it gets', cast({{ cuttle.minor_to_money('999999999999999', "'bhd'") }} as varchar), '999999999999.999'
  union all select 'minor_to_money null', cast({{ cuttle.minor_to_money('null', "'eur'") }} as varchar), null
  union all select 'split_part_of', cast({{ cuttle.split_part_of('100', '2', '3') }} as varchar), '33.340'
  union all select 'split_part_of last', cast({{ cuttle.split_part_of('5.125', '2', '2') }} as varchar), '2.565'
  union all select 'safe_divide', cast({{ cuttle.safe_divide('10', '3') }} as varchar), '3.33'
  union all select 'safe_divide zero', cast({{ cuttle.safe_divide('10', '0') }} as varchar), null
)
select macro, found, expected
from cases
where found is distinct from expected
