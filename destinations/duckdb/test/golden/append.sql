-- all types

set TimeZone = 'UTC';

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

select table_name, column_name, data_type, table_oid in (
  select table_oid from duckdb_indexes() where database_name = '_cuttle_target' and lower(schema_name) = lower('main')
  union all select table_oid from duckdb_constraints() where database_name = '_cuttle_target' and lower(schema_name) = lower('main')
  union all select table_oid from duckdb_tables() where database_name = '_cuttle_target' and lower(schema_name) = lower('main') and comment is not null
  union all select table_oid from duckdb_columns() where database_name = '_cuttle_target' and lower(schema_name) = lower('main') and (comment is not null or column_default is not null)
) as is_dressed from duckdb_columns()
where database_name = '_cuttle_target' and lower(schema_name) = lower('main') order by table_name, column_index;

begin transaction;

create schema if not exists "main";

create table if not exists "main"."_cuttle_control" (target varchar, kind varchar, attempt bigint, ordinal bigint, generation bigint, sync_id bigint, hash varchar);

create table "main"."typed" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "quote""inside" VARCHAR, "apostrophe's" DOUBLE, "id" BIGINT, "${x}" BOOLEAN, "two words" DATE, "ünï" VARCHAR, "select" TIME, "$1" TIMESTAMP WITH TIME ZONE, "back\slash" TIMESTAMP, "object" JSON, "array" JSON, "union" JSON);

merge into "main"."_cuttle_control" as t using (select * from (values ('typed', 'fence', 1, -1, 1, 2, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

set max_vacuum_tasks = 100;

begin transaction;

update "main"."_cuttle_control" set ordinal = 1 where target = 'typed' and kind = 'fence' and attempt = 1 and ordinal <> 1;

insert into "main"."typed" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "quote""inside", "apostrophe's", "id", "${x}", "two words", "ünï", "select", "$1", "back\slash", "object", "array", "union")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "quote""inside", "apostrophe's", "id", "${x}", "two words", "ünï", "select", "$1", "back\slash", "object", "array", "union"
from (select
  uuid() as _airbyte_raw_id,
  make_timestamptz(emitted_at * 1000) as _airbyte_extracted_at,
  case when raw_gaps = value_gaps and len(list_filter(cuts, lambda text: text is not null)) = 0 and coalesce(json_array_length(meta, '$.changes'), 0) = 0
    then '{"sync_id":2,"changes":[]}'::json
    else _cuttle_meta('{"syncId":"2","fields":["apostrophe''s","id","${x}","two words","ünï","select","$1","back\\slash","object","array"],"cuts":[5,6,7],"numbers":[]}', meta, raw_gaps, value_gaps, cuts, cut_numbers)::json end as _airbyte_meta,
  1::bigint as _airbyte_generation_id,
  c0 as "quote""inside",
  c1 as "apostrophe's",
  c2 as "id",
  c3 as "${x}",
  c4 as "two words",
  c5 as "ünï",
  c6 as "select",
  c7 as "$1",
  c8 as "back\slash",
  c9 as "object",
  c10 as "array",
  c11 as "union"
from (
  select *, [r1 is null, r2 is null, r3 is null, r4 is null, r5 is null, r6 is null, r7 is null, r8 is null, r9 is null, r10 is null]::boolean[] as raw_gaps,
    [c1 is null, c2 is null, c3 is null, c4 is null, c5 is null, c6 is null, c7 is null, c8 is null, c9 is null, c10 is null]::boolean[] as value_gaps,
    [case when substr(r6, 16, 1) between '0' and '9' then r6 end, case when substr(r7, 27, 1) between '0' and '9' then r7 end, case when substr(r8, 27, 1) between '0' and '9' then r8 end]::varchar[] as cuts,
    []::boolean[] as cut_numbers
  from (
    select emitted_at,
      meta,
      r0,
      r1,
      r2,
      r3,
      r4,
      r5,
      r6,
      r7,
      r8,
      r9,
      r10,
      r11,
      r0 as c0,
      case when regexp_full_match(r1, '-?[0-9]+(\.[0-9]+)?') and isfinite(try_cast(r1 as double)) then try_cast(r1 as double)
    when r1 is not null then try_cast(_cuttle_number(r1) as double) end as c1,
      case when try_cast(r2 as bigint)::varchar = r2 then try_cast(r2 as bigint)
    when r2 is not null then try_cast(_cuttle_integer(r2) as hugeint)::bigint end as c2,
      case lower(r3) when 'true' then true when 'false' then false end as c3,
      case when regexp_full_match(r4, '[0-9]{4}-[0-9]{2}-[0-9]{2}') and not starts_with(r4, '0000') then try_cast(r4 as date) when r4 is not null then try_cast(_cuttle_date(r4) as date) end as c4,
      case when regexp_full_match(r5, '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})? ?(Z|[-+]([01][0-9]|2[0-3])(:?[0-5][0-9])?)') then r5 when r5 is not null then _cuttle_time_with_timezone(r5) end as c5,
      case when regexp_full_match(r6, '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?') then try_cast(r6 as time) when r6 is not null then try_cast(_cuttle_time_without_timezone(r6) as time) end as c6,
      case when regexp_full_match(r7, '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[-+]([01][0-9]|2[0-3])(:?[0-5][0-9])?)?') and not starts_with(r7, '0000') then try_cast(r7 as timestamptz) when r7 is not null then try_cast(_cuttle_timestamp_with_timezone(r7) as timestamptz) end as c7,
      case when regexp_full_match(r8, '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[-+]([01][0-9]|2[0-3])(:?[0-5][0-9])?)?') and not starts_with(r8, '0000') then timezone('UTC', try_cast(r8 as timestamptz)) when r8 is not null then timezone('UTC', try_cast(_cuttle_timestamp_without_timezone(r8) as timestamptz)) end as c8,
      case when starts_with(r9, '{') then r9 end as c9,
      case when starts_with(r10, '[') then r10 end as c10,
      r11 as c11
    from (
      select record.emitted_at as emitted_at,
        record.meta as meta,
        record.data['quote"inside'] as r0,
        record.data['apostrophe''s'] as r1,
        record.data['id'] as r2,
        record.data['${x}'] as r3,
        record.data['two words'] as r4,
        record.data['ünï'] as r5,
        record.data['select'] as r6,
        record.data['$1'] as r7,
        record.data['back\slash'] as r8,
        record.data['object'] as r9,
        record.data['array'] as r10,
        record.data['union'] as r11
      from read_ndjson(['<staging folder>/s0-1.ndjson'], columns = {record: 'STRUCT(data STRUCT("quote""inside" VARCHAR, "apostrophe''s" VARCHAR, "id" VARCHAR, "${x}" VARCHAR, "two words" VARCHAR, "ünï" VARCHAR, "select" VARCHAR, "$1" VARCHAR, "back\slash" VARCHAR, "object" JSON, "array" JSON, "union" JSON), emitted_at BIGINT, meta JSON)'}, records = true, maximum_object_size = 16777216)
    )
  )
));

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('typed', 'batch', 1, 0, null, null, '6254c77274f7179e9f2250ec2208c4e6964c46b6b140277ab775867ac4f08954');

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- numbers of many digits

set TimeZone = 'UTC';

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

select table_name, column_name, data_type, table_oid in (
  select table_oid from duckdb_indexes() where database_name = '_cuttle_target' and lower(schema_name) = lower('main')
  union all select table_oid from duckdb_constraints() where database_name = '_cuttle_target' and lower(schema_name) = lower('main')
  union all select table_oid from duckdb_tables() where database_name = '_cuttle_target' and lower(schema_name) = lower('main') and comment is not null
  union all select table_oid from duckdb_columns() where database_name = '_cuttle_target' and lower(schema_name) = lower('main') and (comment is not null or column_default is not null)
) as is_dressed from duckdb_columns()
where database_name = '_cuttle_target' and lower(schema_name) = lower('main') order by table_name, column_index;

select target, kind, attempt, ordinal, generation, sync_id, hash from "main"."_cuttle_control" order by target, kind, ordinal;

begin transaction;

merge into "main"."_cuttle_control" as t using (select * from (values ('typed', 'fence', 2, -1, 1, 3, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "main"."_cuttle_control" where target = 'typed' and kind = 'batch' and ordinal >= 0;

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

set max_vacuum_tasks = 100;

begin transaction;

update "main"."_cuttle_control" set ordinal = 1 where target = 'typed' and kind = 'fence' and attempt = 2 and ordinal <> 1;

insert into "main"."typed" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "quote""inside", "apostrophe's", "id", "${x}", "two words", "ünï", "select", "$1", "back\slash", "object", "array", "union")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "quote""inside", "apostrophe's", "id", "${x}", "two words", "ünï", "select", "$1", "back\slash", "object", "array", "union"
from (select
  uuid() as _airbyte_raw_id,
  make_timestamptz(emitted_at * 1000) as _airbyte_extracted_at,
  case when raw_gaps = value_gaps and len(list_filter(cuts, lambda text: text is not null)) = 0 and coalesce(json_array_length(meta, '$.changes'), 0) = 0
    then ('{"sync_id":3,"changes":[' || concat_ws(',', case when cut_numbers[1] then '{"field":"apostrophe''s","change":"TRUNCATED","reason":"DESTINATION_SERIALIZATION_ERROR"}' end) || ']}')::json
    else _cuttle_meta('{"syncId":"3","fields":["apostrophe''s","id","${x}","two words","ünï","select","$1","back\\slash","object","array"],"cuts":[5,6,7],"numbers":[0]}', meta, raw_gaps, value_gaps, cuts, cut_numbers)::json end as _airbyte_meta,
  1::bigint as _airbyte_generation_id,
  c0 as "quote""inside",
  c1 as "apostrophe's",
  c2 as "id",
  c3 as "${x}",
  c4 as "two words",
  c5 as "ünï",
  c6 as "select",
  c7 as "$1",
  c8 as "back\slash",
  c9 as "object",
  c10 as "array",
  c11 as "union"
from (
  select *, [r1 is null, r2 is null, r3 is null, r4 is null, r5 is null, r6 is null, r7 is null, r8 is null, r9 is null, r10 is null]::boolean[] as raw_gaps,
    [c1 is null, c2 is null, c3 is null, c4 is null, c5 is null, c6 is null, c7 is null, c8 is null, c9 is null, c10 is null]::boolean[] as value_gaps,
    [case when substr(r6, 16, 1) between '0' and '9' then r6 end, case when substr(r7, 27, 1) between '0' and '9' then r7 end, case when substr(r8, 27, 1) between '0' and '9' then r8 end]::varchar[] as cuts,
    [m1 and true]::boolean[] as cut_numbers
  from (
    select emitted_at,
      meta,
      r0,
      r1,
      r2,
      r3,
      r4,
      r5,
      r6,
      r7,
      r8,
      r9,
      r10,
      r11,
      m1,
      r0 as c0,
      case when m1 then case when isfinite(try_cast(r1 as double)) then try_cast(r1 as double) end else case when regexp_full_match(r1, '-?[0-9]+(\.[0-9]+)?') and isfinite(try_cast(r1 as double)) then try_cast(r1 as double)
    when r1 is not null then try_cast(_cuttle_number(r1) as double) end end as c1,
      case when try_cast(r2 as bigint)::varchar = r2 then try_cast(r2 as bigint)
    when r2 is not null then try_cast(_cuttle_integer(r2) as hugeint)::bigint end as c2,
      case lower(r3) when 'true' then true when 'false' then false end as c3,
      case when regexp_full_match(r4, '[0-9]{4}-[0-9]{2}-[0-9]{2}') and not starts_with(r4, '0000') then try_cast(r4 as date) when r4 is not null then try_cast(_cuttle_date(r4) as date) end as c4,
      case when regexp_full_match(r5, '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})? ?(Z|[-+]([01][0-9]|2[0-3])(:?[0-5][0-9])?)') then r5 when r5 is not null then _cuttle_time_with_timezone(r5) end as c5,
      case when regexp_full_match(r6, '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?') then try_cast(r6 as time) when r6 is not null then try_cast(_cuttle_time_without_timezone(r6) as time) end as c6,
      case when regexp_full_match(r7, '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[-+]([01][0-9]|2[0-3])(:?[0-5][0-9])?)?') and not starts_with(r7, '0000') then try_cast(r7 as timestamptz) when r7 is not null then try_cast(_cuttle_timestamp_with_timezone(r7) as timestamptz) end as c7,
      case when regexp_full_match(r8, '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[-+]([01][0-9]|2[0-3])(:?[0-5][0-9])?)?') and not starts_with(r8, '0000') then timezone('UTC', try_cast(r8 as timestamptz)) when r8 is not null then timezone('UTC', try_cast(_cuttle_timestamp_without_timezone(r8) as timestamptz)) end as c8,
      case when starts_with(r9, '{') then r9 end as c9,
      case when starts_with(r10, '[') then r10 end as c10,
      r11 as c11
    from (
      select record.emitted_at as emitted_at,
        record.meta as meta,
        case when starts_with(record.data['quote"inside'], '#<random mark>:') then substr(record.data['quote"inside'], 15) when (starts_with(record.data['quote"inside'], '{') or starts_with(record.data['quote"inside'], '[')) and contains(record.data['quote"inside'], '#<random mark>:') then regexp_replace(record.data['quote"inside'], '"#<random mark>:([^"]*)"', '\1', 'g') else record.data['quote"inside'] end as r0,
        case when starts_with(record.data['apostrophe''s'], '#<random mark>:') then substr(record.data['apostrophe''s'], 15) else record.data['apostrophe''s'] end as r1,
        coalesce(starts_with(record.data['apostrophe''s'], '#<random mark>:'), false) as m1,
        case when starts_with(record.data['id'], '#<random mark>:') then substr(record.data['id'], 15) else record.data['id'] end as r2,
        case when starts_with(record.data['${x}'], '#<random mark>:') then substr(record.data['${x}'], 15) else record.data['${x}'] end as r3,
        case when starts_with(record.data['two words'], '#<random mark>:') then substr(record.data['two words'], 15) else record.data['two words'] end as r4,
        case when starts_with(record.data['ünï'], '#<random mark>:') then substr(record.data['ünï'], 15) else record.data['ünï'] end as r5,
        case when starts_with(record.data['select'], '#<random mark>:') then substr(record.data['select'], 15) else record.data['select'] end as r6,
        case when starts_with(record.data['$1'], '#<random mark>:') then substr(record.data['$1'], 15) else record.data['$1'] end as r7,
        case when starts_with(record.data['back\slash'], '#<random mark>:') then substr(record.data['back\slash'], 15) else record.data['back\slash'] end as r8,
        case when contains(record.data['object'], '#<random mark>:') then regexp_replace(record.data['object'], '"#<random mark>:([^"]*)"', '\1', 'g')::json else record.data['object'] end as r9,
        case when contains(record.data['array'], '#<random mark>:') then regexp_replace(record.data['array'], '"#<random mark>:([^"]*)"', '\1', 'g')::json else record.data['array'] end as r10,
        case when contains(record.data['union'], '#<random mark>:') then regexp_replace(record.data['union'], '"#<random mark>:([^"]*)"', '\1', 'g')::json else record.data['union'] end as r11
      from read_ndjson(['<staging folder>/s0-1.ndjson'], columns = {record: 'STRUCT(data STRUCT("quote""inside" VARCHAR, "apostrophe''s" VARCHAR, "id" VARCHAR, "${x}" VARCHAR, "two words" VARCHAR, "ünï" VARCHAR, "select" VARCHAR, "$1" VARCHAR, "back\slash" VARCHAR, "object" JSON, "array" JSON, "union" JSON), emitted_at BIGINT, meta JSON)'}, records = true, maximum_object_size = 16777216)
    )
  )
));

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('typed', 'batch', 2, 0, null, null, '0f1f965a1b01639538c9c1fb6b97b873e688478f190e51fe8e56cbe815edc14f');

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- names that differ in case

set TimeZone = 'UTC';

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

select table_name, column_name, data_type, table_oid in (
  select table_oid from duckdb_indexes() where database_name = '_cuttle_target' and lower(schema_name) = lower('main')
  union all select table_oid from duckdb_constraints() where database_name = '_cuttle_target' and lower(schema_name) = lower('main')
  union all select table_oid from duckdb_tables() where database_name = '_cuttle_target' and lower(schema_name) = lower('main') and comment is not null
  union all select table_oid from duckdb_columns() where database_name = '_cuttle_target' and lower(schema_name) = lower('main') and (comment is not null or column_default is not null)
) as is_dressed from duckdb_columns()
where database_name = '_cuttle_target' and lower(schema_name) = lower('main') order by table_name, column_index;

select target, kind, attempt, ordinal, generation, sync_id, hash from "main"."_cuttle_control" order by target, kind, ordinal;

begin transaction;

create table "main"."twins" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "ID" BIGINT, "id_a5614527" BIGINT);

merge into "main"."_cuttle_control" as t using (select * from (values ('twins', 'fence', 1, -1, null, null, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

set max_vacuum_tasks = 100;

begin transaction;

update "main"."_cuttle_control" set ordinal = 1 where target = 'twins' and kind = 'fence' and attempt = 1 and ordinal <> 1;

insert into "main"."twins" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "ID", "id_a5614527")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "ID", "id_a5614527"
from (select
  uuid() as _airbyte_raw_id,
  make_timestamptz(emitted_at * 1000) as _airbyte_extracted_at,
  case when raw_gaps = value_gaps and coalesce(json_array_length(meta, '$.changes'), 0) = 0
    then '{"sync_id":null,"changes":[]}'::json
    else _cuttle_meta('{"syncId":"null","fields":["ID","id"],"cuts":[],"numbers":[]}', meta, raw_gaps, value_gaps, cuts, cut_numbers)::json end as _airbyte_meta,
  0::bigint as _airbyte_generation_id,
  c0 as "ID",
  c1 as "id_a5614527"
from (
  select *, [r0 is null, r1 is null]::boolean[] as raw_gaps,
    [c0 is null, c1 is null]::boolean[] as value_gaps,
    []::varchar[] as cuts,
    []::boolean[] as cut_numbers
  from (
    select emitted_at,
      meta,
      r0,
      r1,
      case when try_cast(r0 as bigint)::varchar = r0 then try_cast(r0 as bigint)
    when r0 is not null then try_cast(_cuttle_integer(r0) as hugeint)::bigint end as c0,
      case when try_cast(r1 as bigint)::varchar = r1 then try_cast(r1 as bigint)
    when r1 is not null then try_cast(_cuttle_integer(r1) as hugeint)::bigint end as c1
    from (
      select record.emitted_at as emitted_at,
        record.meta as meta,
        (record.data ->> '/ID') as r0,
        (record.data ->> '/id') as r1
      from read_ndjson(['<staging folder>/s0-1.ndjson'], columns = {record: 'STRUCT(data JSON, emitted_at BIGINT, meta JSON)'}, records = true, maximum_object_size = 16777216)
    )
  )
));

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('twins', 'batch', 1, 0, null, null, 'cb426346cb8d4ff953ac1b2b193e5881fc1cdd23e16899159e6945b70f389b88');

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

begin transaction;

delete from "main"."_cuttle_control" where kind in ('ended', 'batch') and target in ('twins');

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash)
select t.target, 'ended', t.attempt, 0, t.generation, t.sync_id, null
from "main"."_cuttle_control" as t join (select * from (values ('twins', 1)) as v (target, attempt)) as s
on t.target = s.target and t.attempt = s.attempt
where t.kind = 'fence';

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- two batches of a large sync, which fails (ends with STREAM_INCOMPLETE)

set TimeZone = 'UTC';

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

select table_name, column_name, data_type, table_oid in (
  select table_oid from duckdb_indexes() where database_name = '_cuttle_target' and lower(schema_name) = lower('main')
  union all select table_oid from duckdb_constraints() where database_name = '_cuttle_target' and lower(schema_name) = lower('main')
  union all select table_oid from duckdb_tables() where database_name = '_cuttle_target' and lower(schema_name) = lower('main') and comment is not null
  union all select table_oid from duckdb_columns() where database_name = '_cuttle_target' and lower(schema_name) = lower('main') and (comment is not null or column_default is not null)
) as is_dressed from duckdb_columns()
where database_name = '_cuttle_target' and lower(schema_name) = lower('main') order by table_name, column_index;

select target, kind, attempt, ordinal, generation, sync_id, hash from "main"."_cuttle_control" order by target, kind, ordinal;

begin transaction;

create table "main"."users" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "id" BIGINT, "name" VARCHAR);

merge into "main"."_cuttle_control" as t using (select * from (values ('users', 'fence', 1, -1, 1, 2, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

set max_vacuum_tasks = 100;

begin transaction;

update "main"."_cuttle_control" set ordinal = 1 where target = 'users' and kind = 'fence' and attempt = 1 and ordinal <> 1;

insert into "main"."users" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name"
from (select
  uuid() as _airbyte_raw_id,
  make_timestamptz(emitted_at * 1000) as _airbyte_extracted_at,
  case when raw_gaps = value_gaps and coalesce(json_array_length(meta, '$.changes'), 0) = 0
    then '{"sync_id":2,"changes":[]}'::json
    else _cuttle_meta('{"syncId":"2","fields":["id"],"cuts":[],"numbers":[]}', meta, raw_gaps, value_gaps, cuts, cut_numbers)::json end as _airbyte_meta,
  1::bigint as _airbyte_generation_id,
  c0 as "id",
  c1 as "name"
from (
  select *, [r0 is null]::boolean[] as raw_gaps,
    [c0 is null]::boolean[] as value_gaps,
    []::varchar[] as cuts,
    []::boolean[] as cut_numbers
  from (
    select emitted_at,
      meta,
      r0,
      r1,
      case when try_cast(r0 as bigint)::varchar = r0 then try_cast(r0 as bigint)
    when r0 is not null then try_cast(_cuttle_integer(r0) as hugeint)::bigint end as c0,
      r1 as c1
    from (
      select record.emitted_at as emitted_at,
        record.meta as meta,
        record.data['id'] as r0,
        record.data['name'] as r1
      from read_ndjson(['<staging folder>/s0-1.ndjson'], columns = {record: 'STRUCT(data STRUCT("id" VARCHAR, "name" VARCHAR), emitted_at BIGINT, meta JSON)'}, records = true, maximum_object_size = 16777216)
    )
  )
));

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'batch', 1, 0, null, null, 'a6800fab56ea39ec00162cd3438bb6a309f23b230f33178f57502200105b7404'), ('users', 'batch', 1, 1, null, null, '23b59888ac8e499d503fa4cf356b07a88d5f408cdc18dc3488d739c5421163ac');

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- the first again, and another

set TimeZone = 'UTC';

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

select table_name, column_name, data_type, table_oid in (
  select table_oid from duckdb_indexes() where database_name = '_cuttle_target' and lower(schema_name) = lower('main')
  union all select table_oid from duckdb_constraints() where database_name = '_cuttle_target' and lower(schema_name) = lower('main')
  union all select table_oid from duckdb_tables() where database_name = '_cuttle_target' and lower(schema_name) = lower('main') and comment is not null
  union all select table_oid from duckdb_columns() where database_name = '_cuttle_target' and lower(schema_name) = lower('main') and (comment is not null or column_default is not null)
) as is_dressed from duckdb_columns()
where database_name = '_cuttle_target' and lower(schema_name) = lower('main') order by table_name, column_index;

select target, kind, attempt, ordinal, generation, sync_id, hash from "main"."_cuttle_control" order by target, kind, ordinal;

begin transaction;

merge into "main"."_cuttle_control" as t using (select * from (values ('users', 'fence', 2, -1, 1, 2, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

set max_vacuum_tasks = 100;

begin transaction;

update "main"."_cuttle_control" set ordinal = 1 where target = 'users' and kind = 'fence' and attempt = 2 and ordinal <> 1;

insert into "main"."users" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name"
from (select
  uuid() as _airbyte_raw_id,
  make_timestamptz(emitted_at * 1000) as _airbyte_extracted_at,
  case when raw_gaps = value_gaps and coalesce(json_array_length(meta, '$.changes'), 0) = 0
    then '{"sync_id":2,"changes":[]}'::json
    else _cuttle_meta('{"syncId":"2","fields":["id"],"cuts":[],"numbers":[]}', meta, raw_gaps, value_gaps, cuts, cut_numbers)::json end as _airbyte_meta,
  1::bigint as _airbyte_generation_id,
  c0 as "id",
  c1 as "name"
from (
  select *, [r0 is null]::boolean[] as raw_gaps,
    [c0 is null]::boolean[] as value_gaps,
    []::varchar[] as cuts,
    []::boolean[] as cut_numbers
  from (
    select emitted_at,
      meta,
      r0,
      r1,
      case when try_cast(r0 as bigint)::varchar = r0 then try_cast(r0 as bigint)
    when r0 is not null then try_cast(_cuttle_integer(r0) as hugeint)::bigint end as c0,
      r1 as c1
    from (
      select record.emitted_at as emitted_at,
        record.meta as meta,
        record.data['id'] as r0,
        record.data['name'] as r1
      from read_ndjson(['<staging folder>/s0-2.ndjson'], columns = {record: 'STRUCT(data STRUCT("id" VARCHAR, "name" VARCHAR), emitted_at BIGINT, meta JSON)'}, records = true, maximum_object_size = 16777216)
    )
  )
));

delete from "main"."_cuttle_control" where target = 'users' and kind = 'batch' and ordinal >= 1;

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'batch', 2, 1, null, null, '0f8b959e66daca59d79e4c9d7c4c0eecd902e99b957117ab09fddf283863fb54');

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;
