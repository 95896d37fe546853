-- in a batch

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

rollback;

select bool_or("id" not between -9223372036854775808 and 9223372036854775807)
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
      case when try_cast(r0 as bigint)::varchar = r0 then try_cast(r0 as bigint)::hugeint
    when r0 is not null then try_cast(_cuttle_integer(r0) as hugeint) end as c0,
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

select table_name, column_name, data_type, table_oid in (
  select table_oid from duckdb_indexes() where database_name = '_cuttle_target' and lower(schema_name) = lower('main')
  union all select table_oid from duckdb_constraints() where database_name = '_cuttle_target' and lower(schema_name) = lower('main')
  union all select table_oid from duckdb_tables() where database_name = '_cuttle_target' and lower(schema_name) = lower('main') and comment is not null
  union all select table_oid from duckdb_columns() where database_name = '_cuttle_target' and lower(schema_name) = lower('main') and (comment is not null or column_default is not null)
) as is_dressed from duckdb_columns()
where database_name = '_cuttle_target' and lower(schema_name) = lower('main') order by table_name, column_index;

begin transaction;

alter table "main"."users" alter column "id" set data type HUGEINT using try_cast("id" as HUGEINT);

update "main"."_cuttle_control" set ordinal = 2 where target = 'users' and kind = 'fence' and attempt = 1 and ordinal <> 2;

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
      case when try_cast(r0 as bigint)::varchar = r0 then try_cast(r0 as bigint)::hugeint
    when r0 is not null then try_cast(_cuttle_integer(r0) as hugeint) end as c0,
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

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'batch', 1, 0, null, null, '7de77f7fe9b255c6270bc6fce4bd4cf04b099adf2b1b8c968eac8296a70bc373');

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- a text

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

create table "main"."amounts" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "name" VARCHAR, "amount" VARCHAR);

merge into "main"."_cuttle_control" as t using (select * from (values ('amounts', 'fence', 1, -1, 1, 2, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "main"."_cuttle_control" where target = 'amounts' and kind = 'key';

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('amounts', 'key', 0, 0, null, null, '["name"]');

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

set max_vacuum_tasks = 100;

create temp table _cuttle_batch_1 ("_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "name" VARCHAR, "amount" VARCHAR);

begin transaction;

update "main"."_cuttle_control" set ordinal = 1 where target = 'amounts' and kind = 'fence' and attempt = 1 and ordinal <> 1;

create or replace temp table _cuttle_winners as
select "name", _airbyte_extracted_at, _arrival
from (select *, uuid() as _airbyte_raw_id, '{"sync_id":2,"changes":[]}'::json as _airbyte_meta, 1::bigint as _airbyte_generation_id, rowid as _arrival from _cuttle_batch_1)
qualify row_number() over (partition by "name" order by _airbyte_extracted_at desc nulls last, _arrival desc) = 1;

delete from "main"."amounts" as t
using _cuttle_winners as w
where t."name" is not distinct from w."name" and (t._airbyte_extracted_at > w._airbyte_extracted_at) is not true;

delete from _cuttle_winners as w
using "main"."amounts" as t
where t."name" is not distinct from w."name";

insert into "main"."amounts" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "name", "amount")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "name", "amount"
from (select *, uuid() as _airbyte_raw_id, '{"sync_id":2,"changes":[]}'::json as _airbyte_meta, 1::bigint as _airbyte_generation_id, rowid as _arrival from _cuttle_batch_1) as s
where exists (select 1 from _cuttle_winners as w where w._arrival = s._arrival and s."name" is not distinct from w."name");

drop table _cuttle_winners;

commit;

drop table if exists _cuttle_batch_1;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- that becomes an integer

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

alter table "main"."amounts" alter column "amount" set data type BIGINT using (case when regexp_full_match("amount"::varchar, '-?[0-9]+(\.0+)?') then try_cast(split_part("amount"::varchar, '.', 1) as hugeint) end)::bigint;

rollback;

begin transaction;

alter table "main"."amounts" alter column "amount" set data type HUGEINT using case when regexp_full_match("amount"::varchar, '-?[0-9]+(\.0+)?') then try_cast(split_part("amount"::varchar, '.', 1) as hugeint) end;

merge into "main"."_cuttle_control" as t using (select * from (values ('amounts', 'fence', 2, -1, 1, 3, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;
