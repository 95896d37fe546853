-- swap

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

create table "main"."_cuttle_staging_cdf1786938eedd1d" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "id" BIGINT, "name" VARCHAR);

merge into "main"."_cuttle_control" as t using (select * from (values ('users', 'fence', 1, -1, 1, 2, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "main"."_cuttle_control" where target = 'users' and kind = 'staging';

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'staging', 0, 0, null, null, null);

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

insert into "main"."_cuttle_staging_cdf1786938eedd1d" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
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

update "main"."_cuttle_control" set ordinal = 2 where target = 'users' and kind = 'fence' and attempt = 1 and ordinal <> 2;

delete from "main"."_cuttle_control" where (target = 'users' and kind = 'staging') or (target = 'users' and kind = 'placed') or (target = 'users' and kind = 'key');

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'placed', 0, 0, 1, 2, null);

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- insert

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

merge into "main"."_cuttle_control" as t using (select * from (values ('users', 'fence', 2, -1, 2, 3, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "main"."_cuttle_control" where target = 'users' and kind = 'staging';

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'staging', 0, 0, null, null, null);

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

insert into "main"."_cuttle_staging_cdf1786938eedd1d" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name"
from (select
  uuid() as _airbyte_raw_id,
  make_timestamptz(emitted_at * 1000) as _airbyte_extracted_at,
  case when raw_gaps = value_gaps and coalesce(json_array_length(meta, '$.changes'), 0) = 0
    then '{"sync_id":3,"changes":[]}'::json
    else _cuttle_meta('{"syncId":"3","fields":["id"],"cuts":[],"numbers":[]}', meta, raw_gaps, value_gaps, cuts, cut_numbers)::json end as _airbyte_meta,
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

begin transaction;

update "main"."_cuttle_control" set ordinal = 2 where target = 'users' and kind = 'fence' and attempt = 2 and ordinal <> 2;

delete from "main"."users";

insert into "main"."users" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name"
from (select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name" from "main"."_cuttle_staging_cdf1786938eedd1d");

drop table if exists "main"."_cuttle_staging_cdf1786938eedd1d";

delete from "main"."_cuttle_control" where (target = 'users' and kind = 'staging') or (target = 'users' and kind = 'placed') or (target = 'users' and kind = 'key');

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'placed', 0, 0, 2, 3, null);

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- small

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

merge into "main"."_cuttle_control" as t using (select * from (values ('users', 'fence', 3, -1, 3, 4, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "main"."_cuttle_control" where target = 'users' and kind = 'staging';

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'staging', 0, 0, null, null, null);

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

update "main"."_cuttle_control" set ordinal = 1 where target = 'users' and kind = 'fence' and attempt = 3 and ordinal <> 1;

delete from "main"."users";

insert into "main"."users" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name"
from (select *, uuid() as _airbyte_raw_id, '{"sync_id":4,"changes":[]}'::json as _airbyte_meta, 3::bigint as _airbyte_generation_id, rowid as _arrival from _cuttle_batch_1);

drop table if exists "main"."_cuttle_staging_cdf1786938eedd1d";

delete from "main"."_cuttle_control" where (target = 'users' and kind = 'staging') or (target = 'users' and kind = 'placed') or (target = 'users' and kind = 'key');

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'placed', 0, 0, 3, 4, null);

commit;

drop table if exists _cuttle_batch_1;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- nothing

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

merge into "main"."_cuttle_control" as t using (select * from (values ('users', 'fence', 4, -1, 4, 5, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "main"."_cuttle_control" where target = 'users' and kind = 'staging';

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'staging', 0, 0, null, null, null);

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

update "main"."_cuttle_control" set ordinal = 1 where target = 'users' and kind = 'fence' and attempt = 4 and ordinal <> 1;

delete from "main"."users";

insert into "main"."users" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name"
from (select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name" from "main"."_cuttle_staging_cdf1786938eedd1d");

drop table if exists "main"."_cuttle_staging_cdf1786938eedd1d";

delete from "main"."_cuttle_control" where (target = 'users' and kind = 'staging') or (target = 'users' and kind = 'placed') or (target = 'users' and kind = 'key');

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'placed', 0, 0, 4, 5, null);

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- without generations

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

create table "main"."plain" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "id" BIGINT, "name" VARCHAR);

create table "main"."_cuttle_staging_f8cd6434f29fcb34" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "id" BIGINT, "name" VARCHAR);

merge into "main"."_cuttle_control" as t using (select * from (values ('plain', 'fence', 1, -1, null, null, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "main"."_cuttle_control" where target = 'plain' and kind = 'staging';

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('plain', 'staging', 0, 0, null, null, null);

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

set max_vacuum_tasks = 100;

begin transaction;

update "main"."_cuttle_control" set ordinal = 1 where target = 'plain' and kind = 'fence' and attempt = 1 and ordinal <> 1;

insert into "main"."_cuttle_staging_f8cd6434f29fcb34" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name"
from (select
  uuid() as _airbyte_raw_id,
  make_timestamptz(emitted_at * 1000) as _airbyte_extracted_at,
  case when raw_gaps = value_gaps and coalesce(json_array_length(meta, '$.changes'), 0) = 0
    then '{"sync_id":null,"changes":[]}'::json
    else _cuttle_meta('{"syncId":"null","fields":["id"],"cuts":[],"numbers":[]}', meta, raw_gaps, value_gaps, cuts, cut_numbers)::json end as _airbyte_meta,
  0::bigint as _airbyte_generation_id,
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

select table_name, column_name, data_type, table_oid in (
  select table_oid from duckdb_indexes() where database_name = '_cuttle_target' and lower(schema_name) = lower('main')
  union all select table_oid from duckdb_constraints() where database_name = '_cuttle_target' and lower(schema_name) = lower('main')
  union all select table_oid from duckdb_tables() where database_name = '_cuttle_target' and lower(schema_name) = lower('main') and comment is not null
  union all select table_oid from duckdb_columns() where database_name = '_cuttle_target' and lower(schema_name) = lower('main') and (comment is not null or column_default is not null)
) as is_dressed from duckdb_columns()
where database_name = '_cuttle_target' and lower(schema_name) = lower('main') order by table_name, column_index;

begin transaction;

drop table if exists "main"."plain";

alter table "main"."_cuttle_staging_f8cd6434f29fcb34" rename to "plain";

drop table if exists "main"."_cuttle_staging_f8cd6434f29fcb34";

update "main"."_cuttle_control" set ordinal = 2 where target = 'plain' and kind = 'fence' and attempt = 1 and ordinal <> 2;

delete from "main"."_cuttle_control" where (target = 'plain' and kind = 'staging') or (target = 'plain' and kind = 'placed') or (target = 'plain' and kind = 'key');

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('plain', 'placed', 0, 0, null, null, null);

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

begin transaction;

delete from "main"."_cuttle_control" where kind in ('ended', 'batch') and target in ('plain');

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash)
select t.target, 'ended', t.attempt, 0, t.generation, t.sync_id, null
from "main"."_cuttle_control" as t join (select * from (values ('plain', 1)) as v (target, attempt)) as s
on t.target = s.target and t.attempt = s.attempt
where t.kind = 'fence';

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;
