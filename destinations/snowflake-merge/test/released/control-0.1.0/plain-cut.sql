create schema if not exists "RAW";
create table "RAW"."USERS" ("_AIRBYTE_RAW_ID" VARCHAR, "_AIRBYTE_EXTRACTED_AT" TIMESTAMP_TZ, "_AIRBYTE_META" VARIANT, "_AIRBYTE_GENERATION_ID" NUMBER(38,0), "ID" NUMBER(38,0), "NAME" VARCHAR);
insert into "RAW"."USERS" ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME")
select '22d5ce56-e3a3-4a80-ab43-eb61dcc0b351', '2024-06-01 00:00:00.000000000 +00:00', parse_json('{"sync_id":null,"changes":[]}'), 0, 0, 'n0'
union all select '339da1e3-999d-4168-9b57-6b39df396479', '2024-06-01 00:00:00.000000000 +00:00', parse_json('{"sync_id":null,"changes":[]}'), 0, 1, 'n1'
union all select '2bc15f7e-e17b-4930-a69a-38c95919264d', '2024-06-01 00:00:00.000000000 +00:00', parse_json('{"sync_id":null,"changes":[]}'), 0, 2, 'n2'
union all select '2756332c-925a-4c03-a271-9d66ebb0f706', '2024-06-01 00:00:00.000000000 +00:00', parse_json('{"sync_id":null,"changes":[]}'), 0, 3, 'n3';
create table "RAW"."_CUTTLE_CONTROL" ("TARGET" VARCHAR, "KIND" VARCHAR, "ATTEMPT" NUMBER(38,0), "ORDINAL" NUMBER(38,0), "GENERATION" NUMBER(38,0), "SYNC_ID" NUMBER(38,0), "HASH" VARCHAR);
insert into "RAW"."_CUTTLE_CONTROL" ("TARGET", "KIND", "ATTEMPT", "ORDINAL", "GENERATION", "SYNC_ID", "HASH")
select 'USERS', 'batch', 1, 0, null, null, 'c0874c43c5ae13a568dc7e3479880fc9d0f495c67061f2d9813cb7f83be01e0e'
union all select 'USERS', 'batch', 1, 1, null, null, 'b7870cead9377b6cc7cd0e03347940d881ca86fa5afa46b0eb95b9bc5e4b7a55'
union all select 'USERS', 'fence', 1, 1, null, null, null;
