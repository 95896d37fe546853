-- create

set TimeZone = 'UTC';

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

select table_name, column_name, data_type, table_oid in (
  select table_oid from duckdb_indexes() where database_name = '_cuttle_target' and lower(schema_name) = lower('RA"W')
  union all select table_oid from duckdb_constraints() where database_name = '_cuttle_target' and lower(schema_name) = lower('RA"W')
  union all select table_oid from duckdb_tables() where database_name = '_cuttle_target' and lower(schema_name) = lower('RA"W') and comment is not null
  union all select table_oid from duckdb_columns() where database_name = '_cuttle_target' and lower(schema_name) = lower('RA"W') and (comment is not null or column_default is not null)
) as is_dressed from duckdb_columns()
where database_name = '_cuttle_target' and lower(schema_name) = lower('RA"W') order by table_name, column_index;

begin transaction;

create schema if not exists "RA""W";

create table if not exists "RA""W"."_cuttle_control" (target varchar, kind varchar, attempt bigint, ordinal bigint, generation bigint, sync_id bigint, hash varchar);

create table "RA""W"."HOSTILE'S ""TABLE""" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "quote""inside" VARCHAR, "apostrophe's" DOUBLE, "id" BIGINT, "${x}" BOOLEAN, "two words" DATE, "ünï" VARCHAR, "select" TIME, "$1" TIMESTAMP WITH TIME ZONE, "back\slash" TIMESTAMP, "object" JSON, "array" JSON, "union" JSON);

merge into "RA""W"."_cuttle_control" as t using (select * from (values ('HOSTILE''S "TABLE"', 'fence', 1, -1, 1, 2, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

commit;

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

create table "main"."dedup" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "quote""inside" VARCHAR, "apostrophe's" DOUBLE, "id" BIGINT, "${x}" BOOLEAN, "two words" DATE, "ünï" VARCHAR, "select" TIME, "$1" TIMESTAMP WITH TIME ZONE, "back\slash" TIMESTAMP, "object" JSON, "array" JSON, "union" JSON);

create table "main"."overwrite" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "quote""inside" VARCHAR, "apostrophe's" DOUBLE, "id" BIGINT, "${x}" BOOLEAN, "two words" DATE, "ünï" VARCHAR, "select" TIME, "$1" TIMESTAMP WITH TIME ZONE, "back\slash" TIMESTAMP, "object" JSON, "array" JSON, "union" JSON);

create table "main"."_cuttle_staging_3658ce48de56b97e" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "quote""inside" VARCHAR, "apostrophe's" DOUBLE, "id" BIGINT, "${x}" BOOLEAN, "two words" DATE, "ünï" VARCHAR, "select" TIME, "$1" TIMESTAMP WITH TIME ZONE, "back\slash" TIMESTAMP, "object" JSON, "array" JSON, "union" JSON);

merge into "main"."_cuttle_control" as t using (select * from (values ('dedup', 'fence', 1, -1, 1, 2, null), ('overwrite', 'fence', 1, -1, 1, 2, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "main"."_cuttle_control" where (target = 'dedup' and kind = 'key') or (target = 'overwrite' and kind = 'staging');

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('dedup', 'key', 0, 0, null, null, '["select","id"]'), ('overwrite', 'staging', 0, 0, null, null, null);

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

drop table if exists "main"."overwrite";

alter table "main"."_cuttle_staging_3658ce48de56b97e" rename to "overwrite";

drop table if exists "main"."_cuttle_staging_3658ce48de56b97e";

update "main"."_cuttle_control" set ordinal = 1 where target = 'overwrite' and kind = 'fence' and attempt = 1 and ordinal <> 1;

delete from "main"."_cuttle_control" where (target = 'overwrite' and kind = 'staging') or (target = 'overwrite' and kind = 'placed') or (target = 'overwrite' and kind = 'key');

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('overwrite', 'placed', 0, 0, 1, 2, null);

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;
