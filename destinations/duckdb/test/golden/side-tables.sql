-- rows wait for a state

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

begin transaction;

create table "main"."_cuttle_open_cdf1786938eedd1d" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "id" BIGINT, "name" VARCHAR);

update "main"."_cuttle_control" set ordinal = 1 where target = 'users' and kind = 'fence' and attempt = 1 and ordinal <> 1;

insert into "main"."_cuttle_open_cdf1786938eedd1d" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
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

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

set max_vacuum_tasks = 100;

create temp table _cuttle_batch_1 ("_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "id" BIGINT, "name" VARCHAR);

begin transaction;

update "main"."_cuttle_control" set ordinal = 2 where target = 'users' and kind = 'fence' and attempt = 1 and ordinal <> 2;

insert into "main"."users" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name"
from (select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name" from "main"."_cuttle_open_cdf1786938eedd1d");

insert into "main"."users" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name"
from (select *, uuid() as _airbyte_raw_id, '{"sync_id":2,"changes":[]}'::json as _airbyte_meta, 1::bigint as _airbyte_generation_id, rowid as _arrival from _cuttle_batch_1);

drop table if exists "main"."_cuttle_open_cdf1786938eedd1d";

drop table if exists "main"."_cuttle_open_cdf1786938eedd1d";

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'batch', 1, 0, null, null, 'ce0d93b8cb4ab39d1b0f6b77dabb453d6a056227a06eaaf026c02fa7ac6c1168');

commit;

drop table if exists _cuttle_batch_1;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- no state comes (ends with STREAM_INCOMPLETE)

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

merge into "main"."_cuttle_control" as t using (select * from (values ('users', 'fence', 2, -1, 1, 3, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "main"."_cuttle_control" where target = 'users' and kind = 'batch' and ordinal >= 0;

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

begin transaction;

create table "main"."_cuttle_open_cdf1786938eedd1d" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "id" BIGINT, "name" VARCHAR);

update "main"."_cuttle_control" set ordinal = 1 where target = 'users' and kind = 'fence' and attempt = 2 and ordinal <> 1;

insert into "main"."_cuttle_open_cdf1786938eedd1d" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name"
from (select
  uuid() as _airbyte_raw_id,
  make_timestamptz(emitted_at * 1000) as _airbyte_extracted_at,
  case when raw_gaps = value_gaps and coalesce(json_array_length(meta, '$.changes'), 0) = 0
    then '{"sync_id":3,"changes":[]}'::json
    else _cuttle_meta('{"syncId":"3","fields":["id"],"cuts":[],"numbers":[]}', meta, raw_gaps, value_gaps, cuts, cut_numbers)::json end as _airbyte_meta,
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

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

set max_vacuum_tasks = 100;

select table_name, column_name, data_type, table_oid in (
  select table_oid from duckdb_indexes() where database_name = '_cuttle_target' and lower(schema_name) = lower('main')
  union all select table_oid from duckdb_constraints() where database_name = '_cuttle_target' and lower(schema_name) = lower('main')
  union all select table_oid from duckdb_tables() where database_name = '_cuttle_target' and lower(schema_name) = lower('main') and comment is not null
  union all select table_oid from duckdb_columns() where database_name = '_cuttle_target' and lower(schema_name) = lower('main') and (comment is not null or column_default is not null)
) as is_dressed from duckdb_columns()
where database_name = '_cuttle_target' and lower(schema_name) = lower('main') order by table_name, column_index;

begin transaction;

update "main"."_cuttle_control" set ordinal = 2 where target = 'users' and kind = 'fence' and attempt = 2 and ordinal <> 2;

drop table if exists "main"."_cuttle_open_cdf1786938eedd1d";

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- a refresh is cut off (ends with STREAM_INCOMPLETE)

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

create table "main"."_cuttle_staging_cdf1786938eedd1d" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "id" BIGINT, "name" VARCHAR);

merge into "main"."_cuttle_control" as t using (select * from (values ('users', 'fence', 3, -1, 2, 4, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "main"."_cuttle_control" where target = 'users' and kind = 'staging';

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'staging', 0, 0, 2, null, null);

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

set max_vacuum_tasks = 100;

begin transaction;

update "main"."_cuttle_control" set ordinal = 1 where target = 'users' and kind = 'fence' and attempt = 3 and ordinal <> 1;

insert into "main"."_cuttle_staging_cdf1786938eedd1d" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name"
from (select
  uuid() as _airbyte_raw_id,
  make_timestamptz(emitted_at * 1000) as _airbyte_extracted_at,
  case when raw_gaps = value_gaps and coalesce(json_array_length(meta, '$.changes'), 0) = 0
    then '{"sync_id":4,"changes":[]}'::json
    else _cuttle_meta('{"syncId":"4","fields":["id"],"cuts":[],"numbers":[]}', meta, raw_gaps, value_gaps, cuts, cut_numbers)::json end as _airbyte_meta,
  2::bigint as _airbyte_generation_id,
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

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'batch', 3, 0, null, null, 'a13851ac53b5d50943b92ce4753c5e11d7c3105847e9c3194d17f40eca953794');

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

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

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- goes on

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

merge into "main"."_cuttle_control" as t using (select * from (values ('users', 'fence', 4, -1, 2, 4, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
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

create temp table _cuttle_batch_1 ("_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "id" BIGINT, "name" VARCHAR);

begin transaction;

update "main"."_cuttle_control" set ordinal = 1 where target = 'users' and kind = 'fence' and attempt = 4 and ordinal <> 1;

insert into "main"."_cuttle_staging_cdf1786938eedd1d" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name"
from (select *, uuid() as _airbyte_raw_id, '{"sync_id":4,"changes":[]}'::json as _airbyte_meta, 2::bigint as _airbyte_generation_id, rowid as _arrival from _cuttle_batch_1);

delete from "main"."_cuttle_control" where target = 'users' and kind = 'batch' and ordinal >= 0;

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'batch', 4, 0, null, null, '3ec8d8251b4bf96247091ca2a77d8744406e8f14acb8fbb5d0b6b90be011a20a');

commit;

drop table if exists _cuttle_batch_1;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

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

drop table if exists "main"."users";

alter table "main"."_cuttle_staging_cdf1786938eedd1d" rename to "users";

drop table if exists "main"."_cuttle_staging_cdf1786938eedd1d";

update "main"."_cuttle_control" set ordinal = 2 where target = 'users' and kind = 'fence' and attempt = 4 and ordinal <> 2;

delete from "main"."_cuttle_control" where (target = 'users' and kind = 'staging') or (target = 'users' and kind = 'placed') or (target = 'users' and kind = 'key');

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'placed', 0, 0, 2, 4, null);

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- another, by key, is cut off (ends with STREAM_INCOMPLETE)

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

create table "main"."_cuttle_staging_cdf1786938eedd1d" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "id" BIGINT, "name" VARCHAR);

merge into "main"."_cuttle_control" as t using (select * from (values ('users', 'fence', 5, -1, 3, 5, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "main"."_cuttle_control" where (target = 'users' and kind = 'batch' and ordinal >= 0) or (target = 'users' and kind = 'staging');

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'staging', 0, 0, 3, null, null);

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

set max_vacuum_tasks = 100;

create or replace temp table _cuttle_batch_1 as select
  uuid() as _airbyte_raw_id,
  make_timestamptz(emitted_at * 1000) as _airbyte_extracted_at,
  case when raw_gaps = value_gaps and coalesce(json_array_length(meta, '$.changes'), 0) = 0
    then '{"sync_id":5,"changes":[]}'::json
    else _cuttle_meta('{"syncId":"5","fields":["id"],"cuts":[],"numbers":[]}', meta, raw_gaps, value_gaps, cuts, cut_numbers)::json end as _airbyte_meta,
  case when r0 is not null and c0 is null then error('CUTTLE_KEY:id')::bigint when c0 is null then error('CUTTLE_KEY:')::bigint else 3::bigint end as _airbyte_generation_id,
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
);

begin transaction;

update "main"."_cuttle_control" set ordinal = 1 where target = 'users' and kind = 'fence' and attempt = 5 and ordinal <> 1;

create or replace temp table _cuttle_winners as
select "id", _airbyte_extracted_at, _arrival
from (select *, rowid as _arrival from _cuttle_batch_1)
qualify row_number() over (partition by "id" order by _airbyte_extracted_at desc nulls last, _arrival desc) = 1;

delete from "main"."_cuttle_staging_cdf1786938eedd1d" as t
using _cuttle_winners as w
where t."id" is not distinct from w."id" and (t._airbyte_extracted_at > w._airbyte_extracted_at) is not true;

delete from _cuttle_winners as w
using "main"."_cuttle_staging_cdf1786938eedd1d" as t
where t."id" is not distinct from w."id";

insert into "main"."_cuttle_staging_cdf1786938eedd1d" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name"
from (select *, rowid as _arrival from _cuttle_batch_1) as s
where exists (select 1 from _cuttle_winners as w where w._arrival = s._arrival and s."id" is not distinct from w."id");

drop table _cuttle_winners;

commit;

drop table if exists _cuttle_batch_1;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

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

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- and is cancelled

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

merge into "main"."_cuttle_control" as t using (select * from (values ('users', 'fence', 6, -1, 3, 6, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

create or replace temp table _cuttle_winners as
select "id", _airbyte_extracted_at, _arrival
from (select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name", row_number() over (order by null) as _arrival from "main"."_cuttle_staging_cdf1786938eedd1d")
qualify row_number() over (partition by "id" order by _airbyte_extracted_at desc nulls last, _arrival desc) = 1;

delete from "main"."users" as t
using _cuttle_winners as w
where t."id" is not distinct from w."id" and (t._airbyte_extracted_at > w._airbyte_extracted_at) is not true;

delete from _cuttle_winners as w
using "main"."users" as t
where t."id" is not distinct from w."id";

insert into "main"."users" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name"
from (select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name", row_number() over (order by null) as _arrival from "main"."_cuttle_staging_cdf1786938eedd1d") as s
where exists (select 1 from _cuttle_winners as w where w._arrival = s._arrival and s."id" is not distinct from w."id");

drop table _cuttle_winners;

drop table if exists "main"."_cuttle_staging_cdf1786938eedd1d";

delete from "main"."_cuttle_control" where (target = 'users' and kind = 'key') or (target = 'users' and kind = 'staging');

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'key', 0, 0, null, null, '["id"]');

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;
