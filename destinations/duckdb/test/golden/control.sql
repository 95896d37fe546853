-- not numbered

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

merge into "main"."_cuttle_control" as t using (select * from (values ('users', 'fence', 1, -1, null, null, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
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

update "main"."_cuttle_control" set ordinal = 1 where target = 'users' and kind = 'fence' and attempt = 1 and ordinal <> 1;

insert into "main"."users" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name"
from (select *, uuid() as _airbyte_raw_id, '{"sync_id":null,"changes":[]}'::json as _airbyte_meta, 0::bigint as _airbyte_generation_id, rowid as _arrival from _cuttle_batch_1);

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'batch', 1, 0, null, null, '80d32a9de881d3f3c76ced0666f61147ecf26798607003680abfbe7973302740');

commit;

drop table if exists _cuttle_batch_1;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

begin transaction;

delete from "main"."_cuttle_control" where kind in ('ended', 'batch') and target in ('users');

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash)
select t.target, 'ended', t.attempt, 0, t.generation, t.sync_id, null
from "main"."_cuttle_control" as t join (select * from (values ('users', 1)) as v (target, attempt)) as s
on t.target = s.target and t.attempt = s.attempt
where t.kind = 'fence';

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- a key

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

merge into "main"."_cuttle_control" as t using (select * from (values ('users', 'fence', 2, -1, null, null, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "main"."_cuttle_control" where target = 'users' and kind = 'key';

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'key', 0, 0, null, null, '["id"]');

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

update "main"."_cuttle_control" set ordinal = 1 where target = 'users' and kind = 'fence' and attempt = 2 and ordinal <> 1;

create or replace temp table _cuttle_winners as
select "id", _airbyte_extracted_at, _arrival
from (select *, uuid() as _airbyte_raw_id, '{"sync_id":null,"changes":[]}'::json as _airbyte_meta, 0::bigint as _airbyte_generation_id, rowid as _arrival from _cuttle_batch_1)
qualify row_number() over (partition by "id" order by _airbyte_extracted_at desc nulls last, _arrival desc) = 1;

delete from "main"."users" as t
using _cuttle_winners as w
where t."id" is not distinct from w."id" and (t._airbyte_extracted_at > w._airbyte_extracted_at) is not true;

delete from _cuttle_winners as w
using "main"."users" as t
where t."id" is not distinct from w."id";

insert into "main"."users" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name"
from (select *, uuid() as _airbyte_raw_id, '{"sync_id":null,"changes":[]}'::json as _airbyte_meta, 0::bigint as _airbyte_generation_id, rowid as _arrival from _cuttle_batch_1) as s
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

begin transaction;

delete from "main"."_cuttle_control" where kind in ('ended', 'batch') and target in ('users');

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash)
select t.target, 'ended', t.attempt, 0, t.generation, t.sync_id, null
from "main"."_cuttle_control" as t join (select * from (values ('users', 2)) as v (target, attempt)) as s
on t.target = s.target and t.attempt = s.attempt
where t.kind = 'fence';

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- no key any more

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

merge into "main"."_cuttle_control" as t using (select * from (values ('users', 'fence', 3, -1, null, null, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "main"."_cuttle_control" where target = 'users' and kind = 'key';

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

insert into "main"."users" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name"
from (select *, uuid() as _airbyte_raw_id, '{"sync_id":null,"changes":[]}'::json as _airbyte_meta, 0::bigint as _airbyte_generation_id, rowid as _arrival from _cuttle_batch_1);

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('users', 'batch', 3, 0, null, null, '80d32a9de881d3f3c76ced0666f61147ecf26798607003680abfbe7973302740');

commit;

drop table if exists _cuttle_batch_1;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

begin transaction;

delete from "main"."_cuttle_control" where kind in ('ended', 'batch') and target in ('users');

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash)
select t.target, 'ended', t.attempt, 0, t.generation, t.sync_id, null
from "main"."_cuttle_control" as t join (select * from (values ('users', 3)) as v (target, attempt)) as s
on t.target = s.target and t.attempt = s.attempt
where t.kind = 'fence';

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- a minimum generation of a client that numbers nothing

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

create table "main"."others" ("_airbyte_raw_id" UUID, "_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, "_airbyte_meta" JSON, "_airbyte_generation_id" BIGINT, "id" BIGINT, "name" VARCHAR);

merge into "main"."_cuttle_control" as t using (select * from (values ('others', 'fence', 1, -1, 1, 1, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "main"."_cuttle_control" where target = 'others' and kind = 'placed';

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('others', 'placed', 0, 0, 1, null, null);

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

update "main"."_cuttle_control" set ordinal = 1 where target = 'others' and kind = 'fence' and attempt = 1 and ordinal <> 1;

insert into "main"."others" ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name")
select "_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id", "id", "name"
from (select *, uuid() as _airbyte_raw_id, '{"sync_id":1,"changes":[]}'::json as _airbyte_meta, 1::bigint as _airbyte_generation_id, rowid as _arrival from _cuttle_batch_1);

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('others', 'batch', 1, 0, null, null, 'c5f10e9544b3d3bceeb0f566ae415e5aaf6703bd9ddf20fbfffe06961597a5f7');

commit;

drop table if exists _cuttle_batch_1;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

set max_vacuum_tasks = 0;

attach '<database file>' as _cuttle_target;

use _cuttle_target;

begin transaction;

delete from "main"."_cuttle_control" where kind in ('ended', 'batch') and target in ('others');

insert into "main"."_cuttle_control" (target, kind, attempt, ordinal, generation, sync_id, hash)
select t.target, 'ended', t.attempt, 0, t.generation, t.sync_id, null
from "main"."_cuttle_control" as t join (select * from (values ('others', 1)) as v (target, attempt)) as s
on t.target = s.target and t.attempt = s.attempt
where t.kind = 'fence';

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;
