-- without a cursor

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

delete from "main"."_cuttle_control" where target = 'users' and kind = 'key';

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'key', 0, 0, null, null, '["id","name"]');

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
    then '{"sync_id":2,"changes":[]}'::json
    else _cuttle_meta('{"syncId":"2","fields":["id"],"cuts":[],"numbers":[]}', meta, raw_gaps, value_gaps, cuts, cut_numbers)::json end as _airbyte_meta,
  case when r0 is not null and c0 is null then error('CUTTLE_KEY:id')::bigint when r1 is not null and c1 is null then error('CUTTLE_KEY:name')::bigint when c0 is null and c1 is null then error('CUTTLE_KEY:')::bigint else 1::bigint end as _airbyte_generation_id,
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

update "main"."_cuttle_control" set ordinal = 1 where target = 'users' and kind = 'fence' and attempt = 1 and ordinal <> 1;

create or replace temp table _cuttle_winners as
select "id", "name", _airbyte_extracted_at, _arrival
from (select *, rowid as _arrival from _cuttle_batch_1)
qualify row_number() over (partition by "id", "name" order by _airbyte_extracted_at desc nulls last, _arrival desc) = 1;

delete from "main"."users" as t
using _cuttle_winners as w
where t."id" is not distinct from w."id" and t."name" is not distinct from w."name" and (t._airbyte_extracted_at > w._airbyte_extracted_at) is not true;

delete from _cuttle_winners as w
using "main"."users" as t
where t."id" is not distinct from w."id" and t."name" is not distinct from w."name";

insert into "main"."users" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name"
from (select *, rowid as _arrival from _cuttle_batch_1) as s
where exists (select 1 from _cuttle_winners as w where w._arrival = s._arrival and s."id" is not distinct from w."id" and s."name" is not distinct from w."name");

drop table _cuttle_winners;

commit;

drop table if exists _cuttle_batch_1;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- hard deletes

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

create table "main"."hard" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "id" BIGINT, "name" VARCHAR, "updated_at" BIGINT, "_ab_cdc_deleted_at" VARCHAR);

merge into "main"."_cuttle_control" as t using (select * from (values ('hard', 'fence', 1, -1, 1, 2, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "main"."_cuttle_control" where target = 'hard' and kind = 'key';

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('hard', 'key', 0, 0, null, null, '["id"]');

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
    then '{"sync_id":2,"changes":[]}'::json
    else _cuttle_meta('{"syncId":"2","fields":["id","updated_at"],"cuts":[],"numbers":[]}', meta, raw_gaps, value_gaps, cuts, cut_numbers)::json end as _airbyte_meta,
  case when r0 is not null and c0 is null then error('CUTTLE_KEY:id')::bigint when r2 is not null and c2 is null then error('CUTTLE_KEY:updated_at')::bigint when c0 is null then error('CUTTLE_KEY:')::bigint else 1::bigint end as _airbyte_generation_id,
  c0 as "id",
  c1 as "name",
  c2 as "updated_at",
  c3 as "_ab_cdc_deleted_at"
from (
  select *, [r0 is null, r2 is null]::boolean[] as raw_gaps,
    [c0 is null, c2 is null]::boolean[] as value_gaps,
    []::varchar[] as cuts,
    []::boolean[] as cut_numbers
  from (
    select emitted_at,
      meta,
      r0,
      r1,
      r2,
      r3,
      case when try_cast(r0 as bigint)::varchar = r0 then try_cast(r0 as bigint)
    when r0 is not null then try_cast(_cuttle_integer(r0) as hugeint)::bigint end as c0,
      r1 as c1,
      case when try_cast(r2 as bigint)::varchar = r2 then try_cast(r2 as bigint)
    when r2 is not null then try_cast(_cuttle_integer(r2) as hugeint)::bigint end as c2,
      r3 as c3
    from (
      select record.emitted_at as emitted_at,
        record.meta as meta,
        record.data['id'] as r0,
        record.data['name'] as r1,
        record.data['updated_at'] as r2,
        record.data['_ab_cdc_deleted_at'] as r3
      from read_ndjson(['<staging folder>/s0-1.ndjson'], columns = {record: 'STRUCT(data STRUCT("id" VARCHAR, "name" VARCHAR, "updated_at" VARCHAR, "_ab_cdc_deleted_at" VARCHAR), emitted_at BIGINT, meta JSON)'}, records = true, maximum_object_size = 16777216)
    )
  )
);

begin transaction;

update "main"."_cuttle_control" set ordinal = 1 where target = 'hard' and kind = 'fence' and attempt = 1 and ordinal <> 1;

create or replace temp table _cuttle_winners as
select "id", "updated_at", _airbyte_extracted_at, _arrival
from (select *, rowid as _arrival from _cuttle_batch_1)
qualify row_number() over (partition by "id" order by "updated_at" desc nulls last, _airbyte_extracted_at desc nulls last, _arrival desc) = 1;

delete from "main"."hard" as t
using _cuttle_winners as w
where t."id" is not distinct from w."id" and (case
  when t."updated_at" is not distinct from w."updated_at" then t._airbyte_extracted_at > w._airbyte_extracted_at
  when t."updated_at" is null then false
  when w."updated_at" is null then true
  else t."updated_at" > w."updated_at"
end) is not true;

delete from _cuttle_winners as w
using "main"."hard" as t
where t."id" is not distinct from w."id";

insert into "main"."hard" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name", "updated_at", "_ab_cdc_deleted_at")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name", "updated_at", "_ab_cdc_deleted_at"
from (select *, rowid as _arrival from _cuttle_batch_1) as s
where exists (select 1 from _cuttle_winners as w where w._arrival = s._arrival and s."id" is not distinct from w."id")
and "_ab_cdc_deleted_at" is null;

drop table _cuttle_winners;

commit;

drop table if exists _cuttle_batch_1;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- soft deletes

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

create table "main"."soft" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "id" BIGINT, "name" VARCHAR, "updated_at" BIGINT, "_ab_cdc_deleted_at" VARCHAR);

merge into "main"."_cuttle_control" as t using (select * from (values ('soft', 'fence', 1, -1, 1, 2, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "main"."_cuttle_control" where target = 'soft' and kind = 'key';

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('soft', 'key', 0, 0, null, null, '["id"]');

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
    then '{"sync_id":2,"changes":[]}'::json
    else _cuttle_meta('{"syncId":"2","fields":["id","updated_at"],"cuts":[],"numbers":[]}', meta, raw_gaps, value_gaps, cuts, cut_numbers)::json end as _airbyte_meta,
  case when r0 is not null and c0 is null then error('CUTTLE_KEY:id')::bigint when r2 is not null and c2 is null then error('CUTTLE_KEY:updated_at')::bigint when c0 is null then error('CUTTLE_KEY:')::bigint else 1::bigint end as _airbyte_generation_id,
  c0 as "id",
  c1 as "name",
  c2 as "updated_at",
  c3 as "_ab_cdc_deleted_at"
from (
  select *, [r0 is null, r2 is null]::boolean[] as raw_gaps,
    [c0 is null, c2 is null]::boolean[] as value_gaps,
    []::varchar[] as cuts,
    []::boolean[] as cut_numbers
  from (
    select emitted_at,
      meta,
      r0,
      r1,
      r2,
      r3,
      case when try_cast(r0 as bigint)::varchar = r0 then try_cast(r0 as bigint)
    when r0 is not null then try_cast(_cuttle_integer(r0) as hugeint)::bigint end as c0,
      r1 as c1,
      case when try_cast(r2 as bigint)::varchar = r2 then try_cast(r2 as bigint)
    when r2 is not null then try_cast(_cuttle_integer(r2) as hugeint)::bigint end as c2,
      r3 as c3
    from (
      select record.emitted_at as emitted_at,
        record.meta as meta,
        record.data['id'] as r0,
        record.data['name'] as r1,
        record.data['updated_at'] as r2,
        record.data['_ab_cdc_deleted_at'] as r3
      from read_ndjson(['<staging folder>/s0-1.ndjson'], columns = {record: 'STRUCT(data STRUCT("id" VARCHAR, "name" VARCHAR, "updated_at" VARCHAR, "_ab_cdc_deleted_at" VARCHAR), emitted_at BIGINT, meta JSON)'}, records = true, maximum_object_size = 16777216)
    )
  )
);

begin transaction;

update "main"."_cuttle_control" set ordinal = 1 where target = 'soft' and kind = 'fence' and attempt = 1 and ordinal <> 1;

create or replace temp table _cuttle_winners as
select "id", "updated_at", _airbyte_extracted_at, _arrival
from (select *, rowid as _arrival from _cuttle_batch_1)
qualify row_number() over (partition by "id" order by "updated_at" desc nulls last, _airbyte_extracted_at desc nulls last, _arrival desc) = 1;

delete from "main"."soft" as t
using _cuttle_winners as w
where t."id" is not distinct from w."id" and (case
  when t."updated_at" is not distinct from w."updated_at" then t._airbyte_extracted_at > w._airbyte_extracted_at
  when t."updated_at" is null then false
  when w."updated_at" is null then true
  else t."updated_at" > w."updated_at"
end) is not true;

delete from _cuttle_winners as w
using "main"."soft" as t
where t."id" is not distinct from w."id";

insert into "main"."soft" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name", "updated_at", "_ab_cdc_deleted_at")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name", "updated_at", "_ab_cdc_deleted_at"
from (select *, rowid as _arrival from _cuttle_batch_1) as s
where exists (select 1 from _cuttle_winners as w where w._arrival = s._arrival and s."id" is not distinct from w."id");

drop table _cuttle_winners;

commit;

drop table if exists _cuttle_batch_1;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- a column that is named rowid

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

create table "main"."rowids" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "rowid" BIGINT);

merge into "main"."_cuttle_control" as t using (select * from (values ('rowids', 'fence', 1, -1, 1, 2, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "main"."_cuttle_control" where target = 'rowids' and kind = 'key';

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('rowids', 'key', 0, 0, null, null, '["rowid"]');

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

set max_vacuum_tasks = 100;

create or replace temp table _cuttle_batch_1 as select *, row_number() over () as _arrival from (select
  uuid() as _airbyte_raw_id,
  make_timestamptz(emitted_at * 1000) as _airbyte_extracted_at,
  case when raw_gaps = value_gaps and coalesce(json_array_length(meta, '$.changes'), 0) = 0
    then '{"sync_id":2,"changes":[]}'::json
    else _cuttle_meta('{"syncId":"2","fields":["rowid"],"cuts":[],"numbers":[]}', meta, raw_gaps, value_gaps, cuts, cut_numbers)::json end as _airbyte_meta,
  case when r0 is not null and c0 is null then error('CUTTLE_KEY:rowid')::bigint when c0 is null then error('CUTTLE_KEY:')::bigint else 1::bigint end as _airbyte_generation_id,
  c0 as "rowid"
from (
  select *, [r0 is null]::boolean[] as raw_gaps,
    [c0 is null]::boolean[] as value_gaps,
    []::varchar[] as cuts,
    []::boolean[] as cut_numbers
  from (
    select emitted_at,
      meta,
      r0,
      case when try_cast(r0 as bigint)::varchar = r0 then try_cast(r0 as bigint)
    when r0 is not null then try_cast(_cuttle_integer(r0) as hugeint)::bigint end as c0
    from (
      select record.emitted_at as emitted_at,
        record.meta as meta,
        record.data['rowid'] as r0
      from read_ndjson(['<staging folder>/s0-1.ndjson'], columns = {record: 'STRUCT(data STRUCT("rowid" VARCHAR), emitted_at BIGINT, meta JSON)'}, records = true, maximum_object_size = 16777216)
    )
  )
));

begin transaction;

update "main"."_cuttle_control" set ordinal = 1 where target = 'rowids' and kind = 'fence' and attempt = 1 and ordinal <> 1;

create or replace temp table _cuttle_winners as
select "rowid", _airbyte_extracted_at, _arrival
from (select * from _cuttle_batch_1)
qualify row_number() over (partition by "rowid" order by _airbyte_extracted_at desc nulls last, _arrival desc) = 1;

delete from "main"."rowids" as t
using _cuttle_winners as w
where t."rowid" is not distinct from w."rowid" and (t._airbyte_extracted_at > w._airbyte_extracted_at) is not true;

delete from _cuttle_winners as w
using "main"."rowids" as t
where t."rowid" is not distinct from w."rowid";

insert into "main"."rowids" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "rowid")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "rowid"
from (select * from _cuttle_batch_1) as s
where exists (select 1 from _cuttle_winners as w where w._arrival = s._arrival and s."rowid" is not distinct from w."rowid");

drop table _cuttle_winners;

commit;

drop table if exists _cuttle_batch_1;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;
