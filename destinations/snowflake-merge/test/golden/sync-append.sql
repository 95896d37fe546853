-- two batches, then it fails (exit code 1)

alter session set quoted_identifiers_ignore_case = false, timezone = 'UTC', autocommit = true, timestamp_type_mapping = 'TIMESTAMP_NTZ';

select table_name, column_name, data_type, numeric_precision, numeric_scale, is_nullable from information_schema.columns where table_schema = 'RAW' order by table_name, ordinal_position;

create schema if not exists "RAW";

create table if not exists "RAW"."_CUTTLE_CONTROL" (target varchar, kind varchar, attempt bigint, ordinal bigint, generation bigint, sync_id bigint, hash varchar);

create table if not exists "RAW"."USERS" ("_AIRBYTE_RAW_ID" VARCHAR, "_AIRBYTE_EXTRACTED_AT" TIMESTAMP_TZ, "_AIRBYTE_META" VARIANT, "_AIRBYTE_GENERATION_ID" NUMBER(38,0), "ID" NUMBER(38,0), "NAME" VARCHAR);

merge into "RAW"."_CUTTLE_CONTROL" as t using (select * from (values ('USERS', 'fence', 1, -1, 1, 2, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

create stage if not exists "RAW"."_CUTTLE_STAGE";

remove '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_949AD121CA4A1D19/';

create or replace transient table "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_1" (BATCH NUMBER(38,0), RAW_ID VARCHAR, EXTRACTED_AT VARCHAR, META VARCHAR, GENERATION_ID NUMBER(38,0), ARRIVAL NUMBER(38,0), C0 NUMBER(38,0), C1 VARCHAR);

put 'file://<staging folder>/_CUTTLE_BATCH_949AD121CA4A1D19_1-1/part-0-data_0.parquet' '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_949AD121CA4A1D19/1-1' auto_compress = false overwrite = true;

copy into "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_1" (BATCH, RAW_ID, EXTRACTED_AT, META, GENERATION_ID, ARRIVAL, C0, C1)
from (select 1, $1:RAW_ID, $1:EXTRACTED_AT, $1:META, $1:GENERATION_ID, $1:ARRIVAL, $1:C0, $1:C1 from '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_949AD121CA4A1D19/1-1')
files = ('part-0-data_0.parquet') file_format = (type = parquet) on_error = abort_statement purge = true;

begin;

update "RAW"."_CUTTLE_CONTROL" set ordinal = 1 where target = 'USERS' and kind = 'fence' and attempt = 1 and ordinal <> 1;

insert into "RAW"."_CUTTLE_CONTROL" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('USERS', 'batch', 1, 0, null, null, '71371dd247cdac58d1a4d16532b3ecec43c27985aa7dd040955410518c84b0ef'), ('USERS', 'batch', 1, 1, null, null, '4ce505115f6f73f8ed1c00761e942d4d4ecc732cc918c6e68af8ad54a783e763');

insert into "RAW"."USERS" ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME")
select "_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME"
from (select RAW_ID as "_AIRBYTE_RAW_ID", to_timestamp_tz(EXTRACTED_AT, 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM') as "_AIRBYTE_EXTRACTED_AT", parse_json(META, 'd') as "_AIRBYTE_META", GENERATION_ID as "_AIRBYTE_GENERATION_ID", ARRIVAL as _arrival, C0 as "ID", C1 as "NAME"
from "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_1" where BATCH = 1) as s;

commit;

drop table if exists "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_1";

-- the first again, and another

alter session set quoted_identifiers_ignore_case = false, timezone = 'UTC', autocommit = true, timestamp_type_mapping = 'TIMESTAMP_NTZ';

select table_name, column_name, data_type, numeric_precision, numeric_scale, is_nullable from information_schema.columns where table_schema = 'RAW' order by table_name, ordinal_position;

select target, kind, attempt, ordinal, generation, sync_id, hash from "RAW"."_CUTTLE_CONTROL" order by target, kind, ordinal;

merge into "RAW"."_CUTTLE_CONTROL" as t using (select * from (values ('USERS', 'fence', 2, -1, 1, 2, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

create stage if not exists "RAW"."_CUTTLE_STAGE";

remove '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_949AD121CA4A1D19/';

create or replace transient table "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_2" (BATCH NUMBER(38,0), RAW_ID VARCHAR, EXTRACTED_AT VARCHAR, META VARCHAR, GENERATION_ID NUMBER(38,0), ARRIVAL NUMBER(38,0), C0 NUMBER(38,0), C1 VARCHAR);

put 'file://<staging folder>/_CUTTLE_BATCH_949AD121CA4A1D19_2-1/part-0-data_0.parquet' '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_949AD121CA4A1D19/2-1' auto_compress = false overwrite = true;

copy into "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_2" (BATCH, RAW_ID, EXTRACTED_AT, META, GENERATION_ID, ARRIVAL, C0, C1)
from (select 1, $1:RAW_ID, $1:EXTRACTED_AT, $1:META, $1:GENERATION_ID, $1:ARRIVAL, $1:C0, $1:C1 from '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_949AD121CA4A1D19/2-1')
files = ('part-0-data_0.parquet') file_format = (type = parquet) on_error = abort_statement purge = true;

begin;

update "RAW"."_CUTTLE_CONTROL" set ordinal = 1 where target = 'USERS' and kind = 'fence' and attempt = 2 and ordinal <> 1;

delete from "RAW"."_CUTTLE_CONTROL" where target = 'USERS' and kind = 'batch' and ordinal >= 1;

insert into "RAW"."_CUTTLE_CONTROL" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('USERS', 'batch', 2, 1, null, null, 'e056254563908dfbfb42bb6d20fc791117a5541ebc1f9b5c9ea9b33f12433dcb');

insert into "RAW"."USERS" ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME")
select "_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME"
from (select RAW_ID as "_AIRBYTE_RAW_ID", to_timestamp_tz(EXTRACTED_AT, 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM') as "_AIRBYTE_EXTRACTED_AT", parse_json(META, 'd') as "_AIRBYTE_META", GENERATION_ID as "_AIRBYTE_GENERATION_ID", ARRIVAL as _arrival, C0 as "ID", C1 as "NAME"
from "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_2" where BATCH = 1) as s;

commit;

drop table if exists "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_2";

-- a key, and another type

alter session set quoted_identifiers_ignore_case = false, timezone = 'UTC', autocommit = true, timestamp_type_mapping = 'TIMESTAMP_NTZ';

select table_name, column_name, data_type, numeric_precision, numeric_scale, is_nullable from information_schema.columns where table_schema = 'RAW' order by table_name, ordinal_position;

select target, kind, attempt, ordinal, generation, sync_id, hash from "RAW"."_CUTTLE_CONTROL" order by target, kind, ordinal;

alter table "RAW"."USERS" add column "_CUTTLE_NEW_EAA58932" NUMBER(38,0);

update "RAW"."USERS" set "_CUTTLE_NEW_EAA58932" = iff(regexp_like("NAME", '-?[0-9]+(\\.0+)?'), try_cast("NAME" as NUMBER(38,0)), null);

alter table "RAW"."USERS" rename column "NAME" to "_CUTTLE_OLD_EAA58932";

alter table "RAW"."USERS" rename column "_CUTTLE_NEW_EAA58932" to "NAME";

alter table "RAW"."USERS" drop column "_CUTTLE_OLD_EAA58932";

begin;

merge into "RAW"."_CUTTLE_CONTROL" as t using (select * from (values ('USERS', 'fence', 3, -1, 1, 3, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "RAW"."_CUTTLE_CONTROL" where target = 'USERS' and kind = 'batch' and ordinal >= 0;

insert overwrite into "RAW"."USERS" ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME")
select "_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME" from "RAW"."USERS"
qualify row_number() over (partition by "ID" order by "_AIRBYTE_EXTRACTED_AT" desc nulls last) = 1 or ("ID" is null);

delete from "RAW"."_CUTTLE_CONTROL" where target = 'USERS' and kind = 'key';

insert into "RAW"."_CUTTLE_CONTROL" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('USERS', 'key', 0, 0, null, null, '["ID"]');

commit;

create stage if not exists "RAW"."_CUTTLE_STAGE";

remove '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_949AD121CA4A1D19/';

create or replace transient table "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_3" (BATCH NUMBER(38,0), RAW_ID VARCHAR, EXTRACTED_AT VARCHAR, META VARCHAR, GENERATION_ID NUMBER(38,0), ARRIVAL NUMBER(38,0), C0 NUMBER(38,0), C1 NUMBER(38,0));

put 'file://<staging folder>/_CUTTLE_BATCH_949AD121CA4A1D19_3-1/part-0-data_0.parquet' '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_949AD121CA4A1D19/3-1' auto_compress = false overwrite = true;

copy into "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_3" (BATCH, RAW_ID, EXTRACTED_AT, META, GENERATION_ID, ARRIVAL, C0, C1)
from (select 1, $1:RAW_ID, $1:EXTRACTED_AT, $1:META, $1:GENERATION_ID, $1:ARRIVAL, $1:C0, $1:C1 from '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_949AD121CA4A1D19/3-1')
files = ('part-0-data_0.parquet') file_format = (type = parquet) on_error = abort_statement purge = true;

begin;

update "RAW"."_CUTTLE_CONTROL" set ordinal = 1 where target = 'USERS' and kind = 'fence' and attempt = 3 and ordinal <> 1;

merge into "RAW"."USERS" as t using (select * from (select RAW_ID as "_AIRBYTE_RAW_ID", to_timestamp_tz(EXTRACTED_AT, 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM') as "_AIRBYTE_EXTRACTED_AT", parse_json(META, 'd') as "_AIRBYTE_META", GENERATION_ID as "_AIRBYTE_GENERATION_ID", ARRIVAL as _arrival, C0 as "ID", C1 as "NAME"
from "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_3" where BATCH = 1) as b
qualify row_number() over (partition by "ID" order by "_AIRBYTE_EXTRACTED_AT" desc nulls last, _arrival desc) = 1) as s
on t."ID" = s."ID" and t."ID" between 0 and 0
when matched and not (t."_AIRBYTE_EXTRACTED_AT" > s."_AIRBYTE_EXTRACTED_AT") then update set "_AIRBYTE_RAW_ID" = s."_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT" = s."_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META" = s."_AIRBYTE_META", "_AIRBYTE_GENERATION_ID" = s."_AIRBYTE_GENERATION_ID", "NAME" = s."NAME"
when not matched then insert ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME") values (s."_AIRBYTE_RAW_ID", s."_AIRBYTE_EXTRACTED_AT", s."_AIRBYTE_META", s."_AIRBYTE_GENERATION_ID", s."ID", s."NAME");

commit;

drop table if exists "RAW"."_CUTTLE_BATCH_949AD121CA4A1D19_3";

-- hard deletes

alter session set quoted_identifiers_ignore_case = false, timezone = 'UTC', autocommit = true, timestamp_type_mapping = 'TIMESTAMP_NTZ';

select table_name, column_name, data_type, numeric_precision, numeric_scale, is_nullable from information_schema.columns where table_schema = 'RAW' order by table_name, ordinal_position;

select target, kind, attempt, ordinal, generation, sync_id, hash from "RAW"."_CUTTLE_CONTROL" order by target, kind, ordinal;

create table if not exists "RAW"."HARD" ("_AIRBYTE_RAW_ID" VARCHAR, "_AIRBYTE_EXTRACTED_AT" TIMESTAMP_TZ, "_AIRBYTE_META" VARIANT, "_AIRBYTE_GENERATION_ID" NUMBER(38,0), "ID" NUMBER(38,0), "NAME" VARCHAR, "UPDATED_AT" NUMBER(38,0), "_AB_CDC_DELETED_AT" VARCHAR);

begin;

merge into "RAW"."_CUTTLE_CONTROL" as t using (select * from (values ('HARD', 'fence', 1, -1, 1, 2, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "RAW"."_CUTTLE_CONTROL" where target = 'HARD' and kind = 'key';

insert into "RAW"."_CUTTLE_CONTROL" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('HARD', 'key', 0, 0, null, null, '["ID"]');

commit;

create stage if not exists "RAW"."_CUTTLE_STAGE";

remove '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_3960DE3036AB68F3/';

create or replace transient table "RAW"."_CUTTLE_BATCH_3960DE3036AB68F3_1" (BATCH NUMBER(38,0), RAW_ID VARCHAR, EXTRACTED_AT VARCHAR, META VARCHAR, GENERATION_ID NUMBER(38,0), ARRIVAL NUMBER(38,0), C0 NUMBER(38,0), C1 VARCHAR, C2 NUMBER(38,0), C3 VARCHAR);

put 'file://<staging folder>/_CUTTLE_BATCH_3960DE3036AB68F3_1-1/part-0-data_0.parquet' '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_3960DE3036AB68F3/1-1' auto_compress = false overwrite = true;

copy into "RAW"."_CUTTLE_BATCH_3960DE3036AB68F3_1" (BATCH, RAW_ID, EXTRACTED_AT, META, GENERATION_ID, ARRIVAL, C0, C1, C2, C3)
from (select 1, $1:RAW_ID, $1:EXTRACTED_AT, $1:META, $1:GENERATION_ID, $1:ARRIVAL, $1:C0, $1:C1, $1:C2, $1:C3 from '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_3960DE3036AB68F3/1-1')
files = ('part-0-data_0.parquet') file_format = (type = parquet) on_error = abort_statement purge = true;

begin;

update "RAW"."_CUTTLE_CONTROL" set ordinal = 1 where target = 'HARD' and kind = 'fence' and attempt = 1 and ordinal <> 1;

merge into "RAW"."HARD" as t using (select * from (select RAW_ID as "_AIRBYTE_RAW_ID", to_timestamp_tz(EXTRACTED_AT, 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM') as "_AIRBYTE_EXTRACTED_AT", parse_json(META, 'd') as "_AIRBYTE_META", GENERATION_ID as "_AIRBYTE_GENERATION_ID", ARRIVAL as _arrival, C0 as "ID", C1 as "NAME", C2 as "UPDATED_AT", C3 as "_AB_CDC_DELETED_AT"
from "RAW"."_CUTTLE_BATCH_3960DE3036AB68F3_1" where BATCH = 1) as b
qualify row_number() over (partition by "ID" order by "UPDATED_AT" desc nulls last, "_AIRBYTE_EXTRACTED_AT" desc nulls last, _arrival desc) = 1) as s
on t."ID" = s."ID" and t."ID" between 0 and 0
when matched and not (case when equal_null(t."UPDATED_AT", s."UPDATED_AT") then t."_AIRBYTE_EXTRACTED_AT" > s."_AIRBYTE_EXTRACTED_AT" when t."UPDATED_AT" is null then false when s."UPDATED_AT" is null then true else t."UPDATED_AT" > s."UPDATED_AT" end) and s."_AB_CDC_DELETED_AT" is not null then delete
when matched and not (case when equal_null(t."UPDATED_AT", s."UPDATED_AT") then t."_AIRBYTE_EXTRACTED_AT" > s."_AIRBYTE_EXTRACTED_AT" when t."UPDATED_AT" is null then false when s."UPDATED_AT" is null then true else t."UPDATED_AT" > s."UPDATED_AT" end) then update set "_AIRBYTE_RAW_ID" = s."_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT" = s."_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META" = s."_AIRBYTE_META", "_AIRBYTE_GENERATION_ID" = s."_AIRBYTE_GENERATION_ID", "NAME" = s."NAME", "UPDATED_AT" = s."UPDATED_AT", "_AB_CDC_DELETED_AT" = s."_AB_CDC_DELETED_AT"
when not matched and s."_AB_CDC_DELETED_AT" is null then insert ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME", "UPDATED_AT", "_AB_CDC_DELETED_AT") values (s."_AIRBYTE_RAW_ID", s."_AIRBYTE_EXTRACTED_AT", s."_AIRBYTE_META", s."_AIRBYTE_GENERATION_ID", s."ID", s."NAME", s."UPDATED_AT", s."_AB_CDC_DELETED_AT");

commit;

drop table if exists "RAW"."_CUTTLE_BATCH_3960DE3036AB68F3_1";

-- soft deletes

alter session set quoted_identifiers_ignore_case = false, timezone = 'UTC', autocommit = true, timestamp_type_mapping = 'TIMESTAMP_NTZ';

select table_name, column_name, data_type, numeric_precision, numeric_scale, is_nullable from information_schema.columns where table_schema = 'RAW' order by table_name, ordinal_position;

select target, kind, attempt, ordinal, generation, sync_id, hash from "RAW"."_CUTTLE_CONTROL" order by target, kind, ordinal;

create table if not exists "RAW"."SOFT" ("_AIRBYTE_RAW_ID" VARCHAR, "_AIRBYTE_EXTRACTED_AT" TIMESTAMP_TZ, "_AIRBYTE_META" VARIANT, "_AIRBYTE_GENERATION_ID" NUMBER(38,0), "ID" NUMBER(38,0), "NAME" VARCHAR, "UPDATED_AT" NUMBER(38,0), "_AB_CDC_DELETED_AT" VARCHAR);

begin;

merge into "RAW"."_CUTTLE_CONTROL" as t using (select * from (values ('SOFT', 'fence', 1, -1, 1, 2, null)) as v (target, kind, attempt, ordinal, generation, sync_id, hash)) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (target, kind, attempt, ordinal, generation, sync_id, hash) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash);

delete from "RAW"."_CUTTLE_CONTROL" where target = 'SOFT' and kind = 'key';

insert into "RAW"."_CUTTLE_CONTROL" (target, kind, attempt, ordinal, generation, sync_id, hash) values ('SOFT', 'key', 0, 0, null, null, '["ID"]');

commit;

create stage if not exists "RAW"."_CUTTLE_STAGE";

remove '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_02723711CBF2BDD8/';

create or replace transient table "RAW"."_CUTTLE_BATCH_02723711CBF2BDD8_1" (BATCH NUMBER(38,0), RAW_ID VARCHAR, EXTRACTED_AT VARCHAR, META VARCHAR, GENERATION_ID NUMBER(38,0), ARRIVAL NUMBER(38,0), C0 NUMBER(38,0), C1 VARCHAR, C2 NUMBER(38,0), C3 VARCHAR);

put 'file://<staging folder>/_CUTTLE_BATCH_02723711CBF2BDD8_1-1/part-0-data_0.parquet' '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_02723711CBF2BDD8/1-1' auto_compress = false overwrite = true;

copy into "RAW"."_CUTTLE_BATCH_02723711CBF2BDD8_1" (BATCH, RAW_ID, EXTRACTED_AT, META, GENERATION_ID, ARRIVAL, C0, C1, C2, C3)
from (select 1, $1:RAW_ID, $1:EXTRACTED_AT, $1:META, $1:GENERATION_ID, $1:ARRIVAL, $1:C0, $1:C1, $1:C2, $1:C3 from '@"RAW"."_CUTTLE_STAGE"/_CUTTLE_BATCH_02723711CBF2BDD8/1-1')
files = ('part-0-data_0.parquet') file_format = (type = parquet) on_error = abort_statement purge = true;

begin;

update "RAW"."_CUTTLE_CONTROL" set ordinal = 1 where target = 'SOFT' and kind = 'fence' and attempt = 1 and ordinal <> 1;

merge into "RAW"."SOFT" as t using (select * from (select RAW_ID as "_AIRBYTE_RAW_ID", to_timestamp_tz(EXTRACTED_AT, 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM') as "_AIRBYTE_EXTRACTED_AT", parse_json(META, 'd') as "_AIRBYTE_META", GENERATION_ID as "_AIRBYTE_GENERATION_ID", ARRIVAL as _arrival, C0 as "ID", C1 as "NAME", C2 as "UPDATED_AT", C3 as "_AB_CDC_DELETED_AT"
from "RAW"."_CUTTLE_BATCH_02723711CBF2BDD8_1" where BATCH = 1) as b
qualify row_number() over (partition by "ID" order by "UPDATED_AT" desc nulls last, "_AIRBYTE_EXTRACTED_AT" desc nulls last, _arrival desc) = 1) as s
on t."ID" = s."ID" and t."ID" between 0 and 0
when matched and not (case when equal_null(t."UPDATED_AT", s."UPDATED_AT") then t."_AIRBYTE_EXTRACTED_AT" > s."_AIRBYTE_EXTRACTED_AT" when t."UPDATED_AT" is null then false when s."UPDATED_AT" is null then true else t."UPDATED_AT" > s."UPDATED_AT" end) then update set "_AIRBYTE_RAW_ID" = s."_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT" = s."_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META" = s."_AIRBYTE_META", "_AIRBYTE_GENERATION_ID" = s."_AIRBYTE_GENERATION_ID", "NAME" = s."NAME", "UPDATED_AT" = s."UPDATED_AT", "_AB_CDC_DELETED_AT" = s."_AB_CDC_DELETED_AT"
when not matched then insert ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME", "UPDATED_AT", "_AB_CDC_DELETED_AT") values (s."_AIRBYTE_RAW_ID", s."_AIRBYTE_EXTRACTED_AT", s."_AIRBYTE_META", s."_AIRBYTE_GENERATION_ID", s."ID", s."NAME", s."UPDATED_AT", s."_AB_CDC_DELETED_AT");

commit;

drop table if exists "RAW"."_CUTTLE_BATCH_02723711CBF2BDD8_1";
