create schema if not exists "RAW";
create table "RAW"."USERS" ("_AIRBYTE_RAW_ID" VARCHAR, "_AIRBYTE_EXTRACTED_AT" TIMESTAMP_TZ, "_AIRBYTE_META" VARIANT, "_AIRBYTE_GENERATION_ID" NUMBER(38,0), "ID" NUMBER(38,0), "NAME" VARCHAR);
create table "RAW"."_CUTTLE_CONTROL" ("TARGET" VARCHAR, "KIND" VARCHAR, "ATTEMPT" NUMBER(38,0), "ORDINAL" NUMBER(38,0), "GENERATION" NUMBER(38,0), "SYNC_ID" NUMBER(38,0), "HASH" VARCHAR);
insert into "RAW"."_CUTTLE_CONTROL" ("TARGET", "KIND", "ATTEMPT", "ORDINAL", "GENERATION", "SYNC_ID", "HASH")
select 'USERS', 'batch', 1, 0, null, null, 'c0874c43c5ae13a568dc7e3479880fc9d0f495c67061f2d9813cb7f83be01e0e'
union all select 'USERS', 'batch', 1, 1, null, null, 'b7870cead9377b6cc7cd0e03347940d881ca86fa5afa46b0eb95b9bc5e4b7a55'
union all select 'USERS', 'fence', 1, 1, 1, 1, null
union all select 'USERS', 'staging', 0, 0, 1, null, null;
create table "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19" ("_AIRBYTE_RAW_ID" VARCHAR, "_AIRBYTE_EXTRACTED_AT" TIMESTAMP_TZ, "_AIRBYTE_META" VARIANT, "_AIRBYTE_GENERATION_ID" NUMBER(38,0), "ID" NUMBER(38,0), "NAME" VARCHAR);
insert into "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19" ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME")
select 'c74aaf60-7d13-4c8e-ba90-78065a95fd5a', '2024-06-01 00:00:00.000000000 +00:00', parse_json('{"sync_id":1,"changes":[]}'), 1, 0, 'n0'
union all select '86a44969-2af8-45d7-a0fe-28e75d049246', '2024-06-01 00:00:00.000000000 +00:00', parse_json('{"sync_id":1,"changes":[]}'), 1, 1, 'n1'
union all select '0e00e8cd-ff26-4a07-85a6-0bb43c2e3c51', '2024-06-01 00:00:00.000000000 +00:00', parse_json('{"sync_id":1,"changes":[]}'), 1, 2, 'n2'
union all select '48fb5245-0eee-4b15-960f-4eb21be443b1', '2024-06-01 00:00:00.000000000 +00:00', parse_json('{"sync_id":1,"changes":[]}'), 1, 3, 'n3';
