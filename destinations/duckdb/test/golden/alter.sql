-- further columns

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

alter table "main"."users" add column "quote""inside" VARCHAR;

alter table "main"."users" add column "apostrophe's" DOUBLE;

alter table "main"."users" add column "${x}" BOOLEAN;

alter table "main"."users" add column "two words" DATE;

alter table "main"."users" add column "ünï" VARCHAR;

alter table "main"."users" add column "select" TIME;

alter table "main"."users" add column "$1" TIMESTAMP WITH TIME ZONE;

alter table "main"."users" add column "back\slash" TIMESTAMP;

alter table "main"."users" add column "object" JSON;

alter table "main"."users" add column "array" JSON;

alter table "main"."users" add column "union" JSON;

merge into "main"."_cuttle_control" as t using (select * from (values ('users', 'fence', 2, -1, 1, 4, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;

-- other types

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

alter table "main"."users" alter column "apostrophe's" set data type TIME using try_cast("apostrophe's" as TIME);

alter table "main"."users" alter column "id" set data type TIMESTAMP WITH TIME ZONE using try_cast("id" as TIMESTAMP WITH TIME ZONE);

alter table "main"."users" alter column "${x}" set data type TIMESTAMP using try_cast("${x}" as TIMESTAMP);

alter table "main"."users" alter column "two words" set data type JSON using to_json("two words");

alter table "main"."users" alter column "ünï" set data type JSON using to_json("ünï");

alter table "main"."users" alter column "select" set data type JSON using to_json("select");

alter table "main"."users" alter column "$1" set data type VARCHAR using try_cast("$1" as VARCHAR);

alter table "main"."users" alter column "back\slash" set data type DOUBLE using try_cast("back\slash" as DOUBLE);

alter table "main"."users" alter column "object" set data type BIGINT using (case when regexp_full_match(("object" ->> '$')::varchar, '-?[0-9]+(\.0+)?') then try_cast(split_part(("object" ->> '$')::varchar, '.', 1) as hugeint) end)::bigint;

alter table "main"."users" alter column "array" set data type BOOLEAN using try_cast(("array" ->> '$') as BOOLEAN);

alter table "main"."users" alter column "union" set data type DATE using try_cast(("union" ->> '$') as DATE);

merge into "main"."_cuttle_control" as t using (select * from (values ('users', 'fence', 3, -1, 1, 5, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

commit;

set force_compression = 'uncompressed';

use memory;

detach _cuttle_target;
