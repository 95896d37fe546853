create schema if not exists "RAW";
create table "RAW"."USERS" ("_AIRBYTE_RAW_ID" VARCHAR, "_AIRBYTE_EXTRACTED_AT" TIMESTAMP_TZ, "_AIRBYTE_META" VARIANT, "_AIRBYTE_GENERATION_ID" NUMBER(38,0), "ID" NUMBER(38,0), "NAME" VARCHAR);
insert into "RAW"."USERS" ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME")
select 'd5fb8f83-28d4-4270-a335-9710d36d76c4', '2024-06-01 00:00:00.000000000 +00:00', parse_json('{"sync_id":null,"changes":[]}'), 0, 0, 'n0'
union all select '76c79759-de7e-4247-bfa5-6a153d3309be', '2024-06-01 00:00:00.000000000 +00:00', parse_json('{"sync_id":null,"changes":[]}'), 0, 1, 'n1'
union all select '16d0d2b9-59e5-43da-834e-31c02ba5f2d2', '2024-06-01 00:00:00.000000000 +00:00', parse_json('{"sync_id":null,"changes":[]}'), 0, 2, 'n2'
union all select '3adca779-9a28-4f7b-80f1-5dfcb90a8273', '2024-06-01 00:00:00.000000000 +00:00', parse_json('{"sync_id":null,"changes":[]}'), 0, 3, 'n3';
create table "RAW"."_CUTTLE_CONTROL" ("TARGET" VARCHAR, "KIND" VARCHAR, "ATTEMPT" NUMBER(38,0), "ORDINAL" NUMBER(38,0), "GENERATION" NUMBER(38,0), "SYNC_ID" NUMBER(38,0), "HASH" VARCHAR);
insert into "RAW"."_CUTTLE_CONTROL" ("TARGET", "KIND", "ATTEMPT", "ORDINAL", "GENERATION", "SYNC_ID", "HASH")
select 'USERS', 'fence', 1, 2, null, null, null;
