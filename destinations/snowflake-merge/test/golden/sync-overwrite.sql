-- overwrite

alter session set quoted_identifiers_ignore_case = false, timezone = 'UTC', autocommit = true, timestamp_type_mapping = 'TIMESTAMP_NTZ';

select table_name, column_name, data_type, numeric_precision, numeric_scale, is_nullable from information_schema.columns where table_schema = 'RAW' order by table_name, ordinal_position;

create schema if not exists "RAW";

create table if not exists "RAW"."_CUTTLE_CONTROL" (target varchar, kind varchar, attempt bigint, ordinal bigint, generation bigint, sync_id bigint, hash varchar);

create table if not exists "RAW"."USERS" ("_AIRBYTE_RAW_ID" VARCHAR, "_AIRBYTE_EXTRACTED_AT" TIMESTAMP_TZ, "_AIRBYTE_META" VARIANT, "_AIRBYTE_GENERATION_ID" NUMBER(38,0), "ID" NUMBER(38,0), "NAME" VARCHAR);

create table if not exists "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19" ("_AIRBYTE_RAW_ID" VARCHAR, "_AIRBYTE_EXTRACTED_AT" TIMESTAMP_TZ, "_AIRBYTE_META" VARIANT, "_AIRBYTE_GENERATION_ID" NUMBER(38,0), "ID" NUMBER(38,0), "NAME" VARCHAR);

begin;

merge into "RAW"."_CUTTLE_CONTROL" as t using (select * from (values ('USERS', 'fence', 1, -1, 1, 2, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "RAW"."_CUTTLE_CONTROL" where target = 'USERS' and kind = 'staging';

insert into "RAW"."_CUTTLE_CONTROL" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('USERS', 'staging', 0, 0, null, null, null);

commit;

create stage if not exists "RAW"."_CUTTLE_STAGE";

remove '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_949AD121CA4A1D19/';

create or replace transient table "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_1" (BATCH NUMBER(38,0), RAW_ID VARCHAR, EXTRACTED_AT VARCHAR, META VARCHAR, GENERATION_ID NUMBER(38,0), ARRIVAL NUMBER(38,0), C0 NUMBER(38,0), C1 VARCHAR);

put 'file://<staging folder>/_CUTTLE_BATCH_949AD121CA4A1D19_1-1/part-0-data_0.parquet' '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_949AD121CA4A1D19/1-1' auto_compress = false overwrite = true;

copy into "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_1" (BATCH, RAW_ID, EXTRACTED_AT, META, GENERATION_ID, ARRIVAL, C0, C1)
from (select 1, $1:RAW_ID, $1:EXTRACTED_AT, $1:META, $1:GENERATION_ID, $1:ARRIVAL, $1:C0, $1:C1 from '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_949AD121CA4A1D19/1-1')
files = ('part-0-data_0.parquet') file_format = (type = parquet) on_error = abort_statement purge = true;

begin;

update "RAW"."_CUTTLE_CONTROL" set ordinal = 1 where target = 'USERS' and kind = 'fence' and attempt = 1 and ordinal <> 1;

insert into "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19" ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME")
select "_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME"
from (select RAW_ID as "_AIRBYTE_RAW_ID", to_timestamp_tz(EXTRACTED_AT, 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM') as "_AIRBYTE_EXTRACTED_AT", parse_json(META, 'd') as "_AIRBYTE_META", GENERATION_ID as "_AIRBYTE_GENERATION_ID", ARRIVAL as _arrival, C0 as "ID", C1 as "NAME"
from "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_1" where BATCH = 1) as s;

commit;

begin;

update "RAW"."_CUTTLE_CONTROL" set ordinal = 2 where target = 'USERS' and kind = 'fence' and attempt = 1 and ordinal <> 2;

insert overwrite into "RAW"."USERS" ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME")
select "_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME"
from (select "_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME" from "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19") as s;

delete from "RAW"."_CUTTLE_CONTROL" where target = 'USERS' and kind = 'staging';

delete from "RAW"."_CUTTLE_CONTROL" where target = 'USERS' and kind = 'placed';

insert into "RAW"."_CUTTLE_CONTROL" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('USERS', 'placed', 0, 0, 1, 2, null);

delete from "RAW"."_CUTTLE_CONTROL" where target = 'USERS' and kind = 'key';

commit;

drop table if exists "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19";

drop table if exists "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_1";

-- nothing

alter session set quoted_identifiers_ignore_case = false, timezone = 'UTC', autocommit = true, timestamp_type_mapping = 'TIMESTAMP_NTZ';

select table_name, column_name, data_type, numeric_precision, numeric_scale, is_nullable from information_schema.columns where table_schema = 'RAW' order by table_name, ordinal_position;

select target, kind, attempt, ordinal, generation, sync_id, hash from "RAW"."_CUTTLE_CONTROL" order by target, kind, ordinal;

create table if not exists "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19" ("_AIRBYTE_RAW_ID" VARCHAR, "_AIRBYTE_EXTRACTED_AT" TIMESTAMP_TZ, "_AIRBYTE_META" VARIANT, "_AIRBYTE_GENERATION_ID" NUMBER(38,0), "ID" NUMBER(38,0), "NAME" VARCHAR);

begin;

merge into "RAW"."_CUTTLE_CONTROL" as t using (select * from (values ('USERS', 'fence', 2, -1, 2, 3, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "RAW"."_CUTTLE_CONTROL" where target = 'USERS' and kind = 'staging';

insert into "RAW"."_CUTTLE_CONTROL" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('USERS', 'staging', 0, 0, null, null, null);

commit;

begin;

update "RAW"."_CUTTLE_CONTROL" set ordinal = 1 where target = 'USERS' and kind = 'fence' and attempt = 2 and ordinal <> 1;

insert overwrite into "RAW"."USERS" ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME")
select "_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME"
from (select "_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME" from "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19") as s;

delete from "RAW"."_CUTTLE_CONTROL" where target = 'USERS' and kind = 'staging';

delete from "RAW"."_CUTTLE_CONTROL" where target = 'USERS' and kind = 'placed';

insert into "RAW"."_CUTTLE_CONTROL" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('USERS', 'placed', 0, 0, 2, 3, null);

delete from "RAW"."_CUTTLE_CONTROL" where target = 'USERS' and kind = 'key';

commit;

drop table if exists "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19";

-- incomplete (exit code 1)

alter session set quoted_identifiers_ignore_case = false, timezone = 'UTC', autocommit = true, timestamp_type_mapping = 'TIMESTAMP_NTZ';

select table_name, column_name, data_type, numeric_precision, numeric_scale, is_nullable from information_schema.columns where table_schema = 'RAW' order by table_name, ordinal_position;

select target, kind, attempt, ordinal, generation, sync_id, hash from "RAW"."_CUTTLE_CONTROL" order by target, kind, ordinal;

create table if not exists "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19" ("_AIRBYTE_RAW_ID" VARCHAR, "_AIRBYTE_EXTRACTED_AT" TIMESTAMP_TZ, "_AIRBYTE_META" VARIANT, "_AIRBYTE_GENERATION_ID" NUMBER(38,0), "ID" NUMBER(38,0), "NAME" VARCHAR);

begin;

merge into "RAW"."_CUTTLE_CONTROL" as t using (select * from (values ('USERS', 'fence', 3, -1, 3, 4, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "RAW"."_CUTTLE_CONTROL" where target = 'USERS' and kind = 'staging';

insert into "RAW"."_CUTTLE_CONTROL" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('USERS', 'staging', 0, 0, null, null, null);

commit;

-- a refresh is cut off (exit code 1)

alter session set quoted_identifiers_ignore_case = false, timezone = 'UTC', autocommit = true, timestamp_type_mapping = 'TIMESTAMP_NTZ';

select table_name, column_name, data_type, numeric_precision, numeric_scale, is_nullable from information_schema.columns where table_schema = 'RAW' order by table_name, ordinal_position;

select target, kind, attempt, ordinal, generation, sync_id, hash from "RAW"."_CUTTLE_CONTROL" order by target, kind, ordinal;

drop table if exists "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19";

create table if not exists "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19" ("_AIRBYTE_RAW_ID" VARCHAR, "_AIRBYTE_EXTRACTED_AT" TIMESTAMP_TZ, "_AIRBYTE_META" VARIANT, "_AIRBYTE_GENERATION_ID" NUMBER(38,0), "ID" NUMBER(38,0), "NAME" VARCHAR);

begin;

merge into "RAW"."_CUTTLE_CONTROL" as t using (select * from (values ('USERS', 'fence', 4, -1, 4, 5, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "RAW"."_CUTTLE_CONTROL" where target = 'USERS' and kind = 'staging';

insert into "RAW"."_CUTTLE_CONTROL" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('USERS', 'staging', 0, 0, 4, null, null);

commit;

create stage if not exists "RAW"."_CUTTLE_STAGE";

remove '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_949AD121CA4A1D19/';

create or replace transient table "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_4" (BATCH NUMBER(38,0), RAW_ID VARCHAR, EXTRACTED_AT VARCHAR, META VARCHAR, GENERATION_ID NUMBER(38,0), ARRIVAL NUMBER(38,0), C0 NUMBER(38,0), C1 VARCHAR);

put 'file://<staging folder>/_CUTTLE_BATCH_949AD121CA4A1D19_4-1/part-0-data_0.parquet' '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_949AD121CA4A1D19/4-1' auto_compress = false overwrite = true;

copy into "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_4" (BATCH, RAW_ID, EXTRACTED_AT, META, GENERATION_ID, ARRIVAL, C0, C1)
from (select 1, $1:RAW_ID, $1:EXTRACTED_AT, $1:META, $1:GENERATION_ID, $1:ARRIVAL, $1:C0, $1:C1 from '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_949AD121CA4A1D19/4-1')
files = ('part-0-data_0.parquet') file_format = (type = parquet) on_error = abort_statement purge = true;

begin;

update "RAW"."_CUTTLE_CONTROL" set ordinal = 1 where target = 'USERS' and kind = 'fence' and attempt = 4 and ordinal <> 1;

insert into "RAW"."_CUTTLE_CONTROL" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('USERS', 'batch', 4, 0, null, null, '80d32a9de881d3f3c76ced0666f61147ecf26798607003680abfbe7973302740');

insert into "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19" ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME")
select "_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME"
from (select RAW_ID as "_AIRBYTE_RAW_ID", to_timestamp_tz(EXTRACTED_AT, 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM') as "_AIRBYTE_EXTRACTED_AT", parse_json(META, 'd') as "_AIRBYTE_META", GENERATION_ID as "_AIRBYTE_GENERATION_ID", ARRIVAL as _arrival, C0 as "ID", C1 as "NAME"
from "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_4" where BATCH = 1) as s;

commit;

drop table if exists "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_4";

-- goes on

alter session set quoted_identifiers_ignore_case = false, timezone = 'UTC', autocommit = true, timestamp_type_mapping = 'TIMESTAMP_NTZ';

select table_name, column_name, data_type, numeric_precision, numeric_scale, is_nullable from information_schema.columns where table_schema = 'RAW' order by table_name, ordinal_position;

select target, kind, attempt, ordinal, generation, sync_id, hash from "RAW"."_CUTTLE_CONTROL" order by target, kind, ordinal;

merge into "RAW"."_CUTTLE_CONTROL" as t using (select * from (values ('USERS', 'fence', 5, -1, 4, 5, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

create stage if not exists "RAW"."_CUTTLE_STAGE";

remove '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_949AD121CA4A1D19/';

create or replace transient table "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_5" (BATCH NUMBER(38,0), RAW_ID VARCHAR, EXTRACTED_AT VARCHAR, META VARCHAR, GENERATION_ID NUMBER(38,0), ARRIVAL NUMBER(38,0), C0 NUMBER(38,0), C1 VARCHAR);

put 'file://<staging folder>/_CUTTLE_BATCH_949AD121CA4A1D19_5-1/part-0-data_0.parquet' '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_949AD121CA4A1D19/5-1' auto_compress = false overwrite = true;

copy into "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_5" (BATCH, RAW_ID, EXTRACTED_AT, META, GENERATION_ID, ARRIVAL, C0, C1)
from (select 1, $1:RAW_ID, $1:EXTRACTED_AT, $1:META, $1:GENERATION_ID, $1:ARRIVAL, $1:C0, $1:C1 from '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_949AD121CA4A1D19/5-1')
files = ('part-0-data_0.parquet') file_format = (type = parquet) on_error = abort_statement purge = true;

begin;

update "RAW"."_CUTTLE_CONTROL" set ordinal = 1 where target = 'USERS' and kind = 'fence' and attempt = 5 and ordinal <> 1;

delete from "RAW"."_CUTTLE_CONTROL" where target = 'USERS' and kind = 'batch' and ordinal >= 0;

insert into "RAW"."_CUTTLE_CONTROL" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('USERS', 'batch', 5, 0, null, null, 'd5073b4de9c01134a9037595cad9c4d383e2147dc1360314119db891fc32375d');

insert into "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19" ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME")
select "_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME"
from (select RAW_ID as "_AIRBYTE_RAW_ID", to_timestamp_tz(EXTRACTED_AT, 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM') as "_AIRBYTE_EXTRACTED_AT", parse_json(META, 'd') as "_AIRBYTE_META", GENERATION_ID as "_AIRBYTE_GENERATION_ID", ARRIVAL as _arrival, C0 as "ID", C1 as "NAME"
from "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_5" where BATCH = 1) as s;

commit;

begin;

update "RAW"."_CUTTLE_CONTROL" set ordinal = 2 where target = 'USERS' and kind = 'fence' and attempt = 5 and ordinal <> 2;

insert overwrite into "RAW"."USERS" ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME")
select "_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME"
from (select "_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME" from "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19") as s;

delete from "RAW"."_CUTTLE_CONTROL" where target = 'USERS' and kind = 'staging';

delete from "RAW"."_CUTTLE_CONTROL" where target = 'USERS' and kind = 'placed';

insert into "RAW"."_CUTTLE_CONTROL" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('USERS', 'placed', 0, 0, 4, 5, null);

delete from "RAW"."_CUTTLE_CONTROL" where target = 'USERS' and kind = 'key';

commit;

drop table if exists "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19";

drop table if exists "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_5";

-- another, by key, is cut off (exit code 1)

alter session set quoted_identifiers_ignore_case = false, timezone = 'UTC', autocommit = true, timestamp_type_mapping = 'TIMESTAMP_NTZ';

select table_name, column_name, data_type, numeric_precision, numeric_scale, is_nullable from information_schema.columns where table_schema = 'RAW' order by table_name, ordinal_position;

select target, kind, attempt, ordinal, generation, sync_id, hash from "RAW"."_CUTTLE_CONTROL" order by target, kind, ordinal;

create table if not exists "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19" ("_AIRBYTE_RAW_ID" VARCHAR, "_AIRBYTE_EXTRACTED_AT" TIMESTAMP_TZ, "_AIRBYTE_META" VARIANT, "_AIRBYTE_GENERATION_ID" NUMBER(38,0), "ID" NUMBER(38,0), "NAME" VARCHAR);

begin;

merge into "RAW"."_CUTTLE_CONTROL" as t using (select * from (values ('USERS', 'fence', 6, -1, 5, 6, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "RAW"."_CUTTLE_CONTROL" where target = 'USERS' and kind = 'batch' and ordinal >= 0;

delete from "RAW"."_CUTTLE_CONTROL" where target = 'USERS' and kind = 'staging';

insert into "RAW"."_CUTTLE_CONTROL" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('USERS', 'staging', 0, 0, 5, null, null);

commit;

create stage if not exists "RAW"."_CUTTLE_STAGE";

remove '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_949AD121CA4A1D19/';

create or replace transient table "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_6" (BATCH NUMBER(38,0), RAW_ID VARCHAR, EXTRACTED_AT VARCHAR, META VARCHAR, GENERATION_ID NUMBER(38,0), ARRIVAL NUMBER(38,0), C0 NUMBER(38,0), C1 VARCHAR);

put 'file://<staging folder>/_CUTTLE_BATCH_949AD121CA4A1D19_6-1/part-0-data_0.parquet' '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_949AD121CA4A1D19/6-1' auto_compress = false overwrite = true;

copy into "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_6" (BATCH, RAW_ID, EXTRACTED_AT, META, GENERATION_ID, ARRIVAL, C0, C1)
from (select 1, $1:RAW_ID, $1:EXTRACTED_AT, $1:META, $1:GENERATION_ID, $1:ARRIVAL, $1:C0, $1:C1 from '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_949AD121CA4A1D19/6-1')
files = ('part-0-data_0.parquet') file_format = (type = parquet) on_error = abort_statement purge = true;

begin;

update "RAW"."_CUTTLE_CONTROL" set ordinal = 1 where target = 'USERS' and kind = 'fence' and attempt = 6 and ordinal <> 1;

merge into "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19" as t using (select * from (select RAW_ID as "_AIRBYTE_RAW_ID", to_timestamp_tz(EXTRACTED_AT, 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM') as "_AIRBYTE_EXTRACTED_AT", parse_json(META, 'd') as "_AIRBYTE_META", GENERATION_ID as "_AIRBYTE_GENERATION_ID", ARRIVAL as _arrival, C0 as "ID", C1 as "NAME"
from "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_6" where BATCH = 1) as b
qualify row_number() over (partition by "ID" order by "_AIRBYTE_EXTRACTED_AT" desc nulls last, _arrival desc) = 1) as s
on t."ID" = s."ID" and t."ID" between 0 and 0
when matched and not (t."_AIRBYTE_EXTRACTED_AT" > s."_AIRBYTE_EXTRACTED_AT") then update set "_AIRBYTE_RAW_ID" = s."_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT" = s."_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META" = s."_AIRBYTE_META", "_AIRBYTE_GENERATION_ID" = s."_AIRBYTE_GENERATION_ID", "NAME" = s."NAME"
when not matched then insert ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME") values (s."_AIRBYTE_RAW_ID", s."_AIRBYTE_EXTRACTED_AT", s."_AIRBYTE_META", s."_AIRBYTE_GENERATION_ID", s."ID", s."NAME");

commit;

drop table if exists "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_6";

-- and is cancelled

alter session set quoted_identifiers_ignore_case = false, timezone = 'UTC', autocommit = true, timestamp_type_mapping = 'TIMESTAMP_NTZ';

select table_name, column_name, data_type, numeric_precision, numeric_scale, is_nullable from information_schema.columns where table_schema = 'RAW' order by table_name, ordinal_position;

select target, kind, attempt, ordinal, generation, sync_id, hash from "RAW"."_CUTTLE_CONTROL" order by target, kind, ordinal;

begin;

merge into "RAW"."_CUTTLE_CONTROL" as t using (select * from (values ('USERS', 'fence', 7, -1, 5, 7, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

insert overwrite into "RAW"."USERS" ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME")
select "_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME" from "RAW"."USERS"
qualify row_number() over (partition by "ID" order by "_AIRBYTE_EXTRACTED_AT" desc nulls last) = 1 or ("ID" is null);

delete from "RAW"."_CUTTLE_CONTROL" where target = 'USERS' and kind = 'key';

insert into "RAW"."_CUTTLE_CONTROL" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('USERS', 'key', 0, 0, null, null, '["ID"]');

merge into "RAW"."USERS" as t using (select * from (select "_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME", row_number() over (order by null) as _arrival from "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19") as b
qualify row_number() over (partition by "ID" order by "_AIRBYTE_EXTRACTED_AT" desc nulls last, _arrival desc) = 1) as s
on equal_null(t."ID", s."ID")
when matched and not (t."_AIRBYTE_EXTRACTED_AT" > s."_AIRBYTE_EXTRACTED_AT") then update set "_AIRBYTE_RAW_ID" = s."_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT" = s."_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META" = s."_AIRBYTE_META", "_AIRBYTE_GENERATION_ID" = s."_AIRBYTE_GENERATION_ID", "NAME" = s."NAME"
when not matched then insert ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME") values (s."_AIRBYTE_RAW_ID", s."_AIRBYTE_EXTRACTED_AT", s."_AIRBYTE_META", s."_AIRBYTE_GENERATION_ID", s."ID", s."NAME");

delete from "RAW"."_CUTTLE_CONTROL" where target = 'USERS' and kind = 'staging';

commit;

drop table if exists "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19";

-- not numbered

alter session set quoted_identifiers_ignore_case = false, timezone = 'UTC', autocommit = true, timestamp_type_mapping = 'TIMESTAMP_NTZ';

select table_name, column_name, data_type, numeric_precision, numeric_scale, is_nullable from information_schema.columns where table_schema = 'RAW' order by table_name, ordinal_position;

select target, kind, attempt, ordinal, generation, sync_id, hash from "RAW"."_CUTTLE_CONTROL" order by target, kind, ordinal;

create table if not exists "RAW"."OTHERS" ("_AIRBYTE_RAW_ID" VARCHAR, "_AIRBYTE_EXTRACTED_AT" TIMESTAMP_TZ, "_AIRBYTE_META" VARIANT, "_AIRBYTE_GENERATION_ID" NUMBER(38,0), "ID" NUMBER(38,0), "NAME" VARCHAR);

merge into "RAW"."_CUTTLE_CONTROL" as t using (select * from (values ('OTHERS', 'fence', 1, -1, null, null, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

create stage if not exists "RAW"."_CUTTLE_STAGE";

remove '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_892849EA83855FF0/';

create or replace transient table "RAW"."_CUTTLE_BATCH_892849EA83855FF0_1" (BATCH NUMBER(38,0), RAW_ID VARCHAR, EXTRACTED_AT VARCHAR, META VARCHAR, GENERATION_ID NUMBER(38,0), ARRIVAL NUMBER(38,0), C0 NUMBER(38,0), C1 VARCHAR);

put 'file://<staging folder>/_CUTTLE_BATCH_892849EA83855FF0_1-1/part-0-data_0.parquet' '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_892849EA83855FF0/1-1' auto_compress = false overwrite = true;

copy into "RAW"."_CUTTLE_BATCH_892849EA83855FF0_1" (BATCH, RAW_ID, EXTRACTED_AT, META, GENERATION_ID, ARRIVAL, C0, C1)
from (select 1, $1:RAW_ID, $1:EXTRACTED_AT, $1:META, $1:GENERATION_ID, $1:ARRIVAL, $1:C0, $1:C1 from '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_892849EA83855FF0/1-1')
files = ('part-0-data_0.parquet') file_format = (type = parquet) on_error = abort_statement purge = true;

begin;

update "RAW"."_CUTTLE_CONTROL" set ordinal = 1 where target = 'OTHERS' and kind = 'fence' and attempt = 1 and ordinal <> 1;

insert into "RAW"."_CUTTLE_CONTROL" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('OTHERS', 'batch', 1, 0, null, null, 'c5f10e9544b3d3bceeb0f566ae415e5aaf6703bd9ddf20fbfffe06961597a5f7');

insert into "RAW"."OTHERS" ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME")
select "_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME"
from (select RAW_ID as "_AIRBYTE_RAW_ID", to_timestamp_tz(EXTRACTED_AT, 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM') as "_AIRBYTE_EXTRACTED_AT", parse_json(META, 'd') as "_AIRBYTE_META", GENERATION_ID as "_AIRBYTE_GENERATION_ID", ARRIVAL as _arrival, C0 as "ID", C1 as "NAME"
from "RAW"."_CUTTLE_BATCH_892849EA83855FF0_1" where BATCH = 1) as s;

commit;

begin;

delete from "RAW"."_CUTTLE_CONTROL" where kind in ('ended', 'batch') and target in ('OTHERS');

insert into "RAW"."_CUTTLE_CONTROL" (target, kind, attempt, ordinal, generation, sync_id, hash)
select t.target, 'ended', t.attempt, 0, t.generation, t.sync_id, null
from "RAW"."_CUTTLE_CONTROL" as t join (select * from (values ('OTHERS', 1)) as v (target, attempt)) as s
on t.target = s.target and t.attempt = s.attempt
where t.kind = 'fence';

commit;

drop table if exists "RAW"."_CUTTLE_BATCH_892849EA83855FF0_1";
