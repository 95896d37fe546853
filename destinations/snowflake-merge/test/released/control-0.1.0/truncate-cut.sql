create schema if not exists "RAW";
create table "RAW"."USERS" ("_AIRBYTE_RAW_ID" VARCHAR, "_AIRBYTE_EXTRACTED_AT" TIMESTAMP_TZ, "_AIRBYTE_META" VARIANT, "_AIRBYTE_GENERATION_ID" NUMBER(38,0), "ID" NUMBER(38,0), "NAME" VARCHAR);
insert into "RAW"."USERS" ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME")
select 'a1c906ff-2027-43f0-b225-36540416454f', '2024-06-01 00:00:00.000000000 +00:00', parse_json('{"sync_id":5,"changes":[]}'), 1, 9, 'old';
create table "RAW"."_CUTTLE_CONTROL" ("TARGET" VARCHAR, "KIND" VARCHAR, "ATTEMPT" NUMBER(38,0), "ORDINAL" NUMBER(38,0), "GENERATION" NUMBER(38,0), "SYNC_ID" NUMBER(38,0), "HASH" VARCHAR);
insert into "RAW"."_CUTTLE_CONTROL" ("TARGET", "KIND", "ATTEMPT", "ORDINAL", "GENERATION", "SYNC_ID", "HASH")
select 'USERS', 'batch', 2, 0, null, null, 'c0874c43c5ae13a568dc7e3479880fc9d0f495c67061f2d9813cb7f83be01e0e'
union all select 'USERS', 'batch', 2, 1, null, null, 'b7870cead9377b6cc7cd0e03347940d881ca86fa5afa46b0eb95b9bc5e4b7a55'
union all select 'USERS', 'fence', 2, 1, 2, 7, null
union all select 'USERS', 'staging', 0, 0, 2, null, null;
create table "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19" ("_AIRBYTE_RAW_ID" VARCHAR, "_AIRBYTE_EXTRACTED_AT" TIMESTAMP_TZ, "_AIRBYTE_META" VARIANT, "_AIRBYTE_GENERATION_ID" NUMBER(38,0), "ID" NUMBER(38,0), "NAME" VARCHAR);
insert into "RAW"."_CUTTLE_STAGING_949AD121CA4A1D19" ("_AIRBYTE_RAW_ID", "_AIRBYTE_EXTRACTED_AT", "_AIRBYTE_META", "_AIRBYTE_GENERATION_ID", "ID", "NAME")
select 'eaca4907-4ccb-4e8b-b733-a8f711d83a84', '2024-06-01 00:00:00.000000000 +00:00', parse_json('{"sync_id":7,"changes":[]}'), 2, 0, 'n0'
union all select '614b14a9-2351-47bd-8892-d54bcf8d80e7', '2024-06-01 00:00:00.000000000 +00:00', parse_json('{"sync_id":7,"changes":[]}'), 2, 1, 'n1'
union all select '4f23a10e-3cc3-4994-9215-fdba3cd34fdb', '2024-06-01 00:00:00.000000000 +00:00', parse_json('{"sync_id":7,"changes":[]}'), 2, 2, 'n2'
union all select '1e414565-0360-4e55-abe0-92d05d9c2d87', '2024-06-01 00:00:00.000000000 +00:00', parse_json('{"sync_id":7,"changes":[]}'), 2, 3, 'n3';
