/** Elements of date and time formats, and what they take. How few digits Snowflake takes for FF9 is not documented. */
const FORMAT_ELEMENTS: readonly (readonly [string, string])[] = [
  ['.', '\\.'],
  ['YYYY', '[0-9]{4}'],
  ['HH24', '[0-9]{2}'],
  ['FF9', '[0-9]{9}'],
  ['TZH', '[-+][0-9]{2}'],
  ['TZM', '[0-9]{2}'],
  ['MM', '[0-9]{2}'],
  ['DD', '[0-9]{2}'],
  ['MI', '[0-9]{2}'],
  ['SS', '[0-9]{2}'],
];

/**
 * Snowflake's functions as macros of the engine. Timestamps with a zone are stored as `instant in UTC|offset`, so that
 * texts sort as instants do; times and dates without a zone as they are, with nine digits behind the second.
 */
export const FUNCTIONS: readonly string[] = [
  'create macro equal_null(a, b) as a is not distinct from b',
  'create macro iff(c, a, b) as case when c then a else b end',
  'create macro regexp_like(t, p) as regexp_full_match(t, p)',
  'create macro parse_json(t, p := null) as cast(t as json)',
  'create macro try_parse_json(t) as try_cast(t as json)',
  'create macro to_variant(v) as to_json(v)',
  "create macro as_object(v) as case when json_type(v) = 'OBJECT' then v end",
  "create macro as_array(v) as case when json_type(v) = 'ARRAY' then v end",
  `create macro to_varchar(v, f := null) as regexp_replace(json_extract_string(to_json(v), '$'), '^([0-9 :-]{19}\\.[0-9]{9})\\|([-+][0-9:]{5,6})$', '\\1 \\2')`,
  "create macro convert_timezone(zone, t) as regexp_replace(t, '\\|.*$', '|+00:00')",
  "create macro sf_nanos(t) as rpad(coalesce(nullif(regexp_extract(t, '\\.([0-9]+)', 1), ''), '0'), 9, '0')",
  `create macro sf_zoned(t) as case when t is not null then
    strftime(cast(cast(regexp_replace(t, '(\\.[0-9]+)? ?([-+Z][0-9:]*)$', '\\2') as timestamptz) as timestamp), '%Y-%m-%d %H:%M:%S') || '.' || sf_nanos(t) || '|' ||
    coalesce(nullif(regexp_extract(t, '[-+][0-9]{2}:[0-9]{2}$'), ''), '+00:00') end`,
  `create macro sf_local(t) as case when t is not null then
    strftime(cast(regexp_replace(t, '(\\.[0-9]+)?(\\|.*)?$', '') as timestamp), '%Y-%m-%d %H:%M:%S') || '.' || sf_nanos(t) end`,
  `create macro sf_time(t) as case when t is not null then
    cast(cast(left(t, 8) as time) as varchar) || '.' || sf_nanos(t) end`,
  `create macro sf_pattern(f) as ${FORMAT_ELEMENTS.reduce(
    (text, [element, pattern]) => `replace(${text}, '${element}', '${pattern}')`,
    'f',
  )}`,
  `create macro sf_fitting(t, f, what) as case when f is null or t is null or regexp_full_match(t, sf_pattern(f)) then t
    else error('Can''t parse ''' || t || ''' as ' || what || ' with format ''' || f || '''') end`,
  "create macro to_timestamp_tz(t, f := null) as sf_zoned(sf_fitting(t, f, 'timestamp'))",
  "create macro to_timestamp_ntz(t, f := null) as sf_local(sf_fitting(t, f, 'timestamp'))",
  "create macro to_time(t, f := null) as sf_time(sf_fitting(t, f, 'time'))",
  "create macro to_date(t, f := null) as cast(sf_fitting(t, f, 'date') as date)",
  `create macro sf_try_timestamp_tz(t) as case when try_cast(regexp_replace(t, ' ([-+])', '\\1') as timestamptz) is not null then sf_zoned(t) end`,
  `create macro sf_try_timestamp_ntz(t) as case when try_cast(t as timestamp) is not null then sf_local(t) end`,
  `create macro sf_try_time(t) as case when try_cast(t as time) is not null then sf_time(t) end`,
  'create macro array_size(v) as json_array_length(v)',
];
