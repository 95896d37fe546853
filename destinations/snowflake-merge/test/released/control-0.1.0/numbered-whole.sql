create schema if not exists "RAW";
create table "RAW"."USERS" ("_AIRBYTE_RAW_ID" VARCHAR, "_AIRBYTE_EXTRACTED_AT" TIMESTAMP_TZ, "_AIRBYTE_META" VARIANT, "_AIRBYTE_GENERATION_ID" NUMBER(38,0), "ID" NUMBER(38,0), "NAME" VARCHAR);
insert into "RAW"."USERS" ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME")
select 'ae6cf025-f672-45a4-be7a-1d9a4aa35038', '2024-06-01 00:00:00.000000000 +00:00', parse_json('{"sync_id":5,"changes":[]}'), 1, 0, 'n0'
union all select '796292b6-90c8-453b-a006-46f6dbfdf653', '2024-06-01 00:00:00.000000000 +00:00', parse_json('{"sync_id":5,"changes":[]}'), 1, 1, 'n1'
union all select '4756c841-3f7b-4ae3-9a0c-d3889fc62f17', '2024-06-01 00:00:00.000000000 +00:00', parse_json('{"sync_id":5,"changes":[]}'), 1, 2, 'n2'
union all select '52a717e4-becf-4152-b073-97b86853a706', '2024-06-01 00:00:00.000000000 +00:00', parse_json('{"sync_id":5,"changes":[]}'), 1, 3, 'n3';
create table "RAW"."_CUTTLE_CONTROL" ("TARGET" VARCHAR, "KIND" VARCHAR, "ATTEMPT" NUMBER(38,0), "ORDINAL" NUMBER(38,0), "GENERATION" NUMBER(38,0), "SYNC_ID" NUMBER(38,0), "HASH" VARCHAR);
insert into "RAW"."_CUTTLE_CONTROL" ("TARGET", "KIND", "ATTEMPT", "ORDINAL", "GENERATION", "SYNC_ID", "HASH")
select 'USERS', 'batch', 1, 0, null, null, 'c0874c43c5ae13a568dc7e3479880fc9d0f495c67061f2d9813cb7f83be01e0e'
union all select 'USERS', 'batch', 1, 1, null, null, 'b7870cead9377b6cc7cd0e03347940d881ca86fa5afa46b0eb95b9bc5e4b7a55'
union all select 'USERS', 'fence', 1, 1, 1, 5, null;
