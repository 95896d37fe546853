-- one row each

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

create table "main"."dedup" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "id" BIGINT, "name" VARCHAR);

create table "main"."overwrite" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "id" BIGINT, "name" VARCHAR);

create table "main"."_cuttle_staging_3658ce48de56b97e" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "id" BIGINT, "name" VARCHAR);

merge into "main"."_cuttle_control" as t using (select * from (values ('typed', 'fence', 1, -1, 1, 2, null), ('dedup', 'fence', 1, -1, 1, 2, null), ('overwrite', 'fence', 1, -1, 1, 2, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "main"."_cuttle_control" where (target = 'dedup' and kind = 'key') or (target = 'overwrite' and kind = 'staging');

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('dedup', 'key', 0, 0, null, null, '["id"]'), ('overwrite', 'staging', 0, 0, null, null, null);

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

set max_vacuum_tasks = 100;

create temp table _cuttle_batch_1 ("_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "quote""inside" VARCHAR, "apostrophe's" DOUBLE, "id" BIGINT, "${x}" BOOLEAN, "two words" DATE, "ünï" VARCHAR, "select" TIME, "$1" TIMESTAMP WITH TIME ZONE, "back\slash" TIMESTAMP, "object" JSON, "array" JSON, "union" JSON);

create temp table _cuttle_batch_2 ("_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "id" BIGINT, "name" VARCHAR);

create temp table _cuttle_batch_3 ("_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "id" BIGINT, "name" VARCHAR);

begin transaction;

update "main"."_cuttle_control" set ordinal = 3 where (target = 'typed' and kind = 'fence' and attempt = 1) or (target = 'dedup' and kind = 'fence' and attempt = 1) or (target = 'overwrite' and kind = 'fence' and attempt = 1);

insert into "main"."typed" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "quote""inside", "apostrophe's", "id", "${x}", "two words", "ünï", "select", "$1", "back\slash", "object", "array", "union")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "quote""inside", "apostrophe's", "id", "${x}", "two words", "ünï", "select", "$1", "back\slash", "object", "array", "union"
from (select *, uuid() as _airbyte_raw_id, '{"sync_id":2,"changes":[]}'::json as _airbyte_meta, 1::bigint as _airbyte_generation_id, rowid as _arrival from _cuttle_batch_1);

create or replace temp table _cuttle_winners as
select "id", _airbyte_extracted_at, _arrival
from (select *, uuid() as _airbyte_raw_id, '{"sync_id":2,"changes":[]}'::json as _airbyte_meta, 1::bigint as _airbyte_generation_id, rowid as _arrival from _cuttle_batch_2)
qualify row_number() over (partition by "id" order by _airbyte_extracted_at desc nulls last, _arrival desc) = 1;

delete from "main"."dedup" as t
using _cuttle_winners as w
where t."id" is not distinct from w."id" and (t._airbyte_extracted_at > w._airbyte_extracted_at) is not true;

delete from _cuttle_winners as w
using "main"."dedup" as t
where t."id" is not distinct from w."id";

insert into "main"."dedup" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name"
from (select *, uuid() as _airbyte_raw_id, '{"sync_id":2,"changes":[]}'::json as _airbyte_meta, 1::bigint as _airbyte_generation_id, rowid as _arrival from _cuttle_batch_2) as s
where exists (select 1 from _cuttle_winners as w where w._arrival = s._arrival and s."id" is not distinct from w."id");

drop table _cuttle_winners;

delete from "main"."overwrite";

insert into "main"."overwrite" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name"
from (select *, uuid() as _airbyte_raw_id, '{"sync_id":2,"changes":[]}'::json as _airbyte_meta, 1::bigint as _airbyte_generation_id, rowid as _arrival from _cuttle_batch_3);

drop table if exists "main"."_cuttle_staging_3658ce48de56b97e";

delete from "main"."_cuttle_control" where (target = 'overwrite' and kind = 'staging') or (target = 'overwrite' and kind = 'placed') or (target = 'overwrite' and kind = 'key');

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('typed', 'batch', 1, 0, null, null, '5a41dfb476055533fb0be3b5df6f1afe14536738fcbb5d9c8858112fd2508f8b'), ('overwrite', 'placed', 0, 0, 1, 2, null);

commit;

drop table if exists _cuttle_batch_1;

drop table if exists _cuttle_batch_2;

drop table if exists _cuttle_batch_3;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;
