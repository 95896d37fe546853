alter table "RA""W"."HOSTILE'S ""TABLE""" add column "_CUTTLE_NEW_5B10D0CA" VARCHAR;

update "RA""W"."HOSTILE'S ""TABLE""" set "_CUTTLE_NEW_5B10D0CA" = to_varchar("QUOTE""INSIDE");

alter table "RA""W"."HOSTILE'S ""TABLE""" rename column "QUOTE""INSIDE" to "_CUTTLE_OLD_5B10D0CA";

alter table "RA""W"."HOSTILE'S ""TABLE""" rename column "_CUTTLE_NEW_5B10D0CA" to "QUOTE""INSIDE";

alter table "RA""W"."HOSTILE'S ""TABLE""" drop column "_CUTTLE_OLD_5B10D0CA";

alter table "RA""W"."HOSTILE'S ""TABLE""" add column "_CUTTLE_NEW_A6D0E1A4" NUMBER(38,9);

update "RA""W"."HOSTILE'S ""TABLE""" set "_CUTTLE_NEW_A6D0E1A4" = try_cast("APOSTROPHE'S" as NUMBER(38,9));

alter table "RA""W"."HOSTILE'S ""TABLE""" rename column "APOSTROPHE'S" to "_CUTTLE_OLD_A6D0E1A4";

alter table "RA""W"."HOSTILE'S ""TABLE""" rename column "_CUTTLE_NEW_A6D0E1A4" to "APOSTROPHE'S";

alter table "RA""W"."HOSTILE'S ""TABLE""" drop column "_CUTTLE_OLD_A6D0E1A4";

alter table "RA""W"."HOSTILE'S ""TABLE""" add column "_CUTTLE_NEW_1D308535" NUMBER(38,0);

update "RA""W"."HOSTILE'S ""TABLE""" set "_CUTTLE_NEW_1D308535" = iff(regexp_like(to_varchar("BACK\SLASH"), '-?[0-9]+(\\.0+)?'), try_cast(to_varchar("BACK\SLASH") as NUMBER(38,0)), null);

alter table "RA""W"."HOSTILE'S ""TABLE""" rename column "BACK\SLASH" to "_CUTTLE_OLD_1D308535";

alter table "RA""W"."HOSTILE'S ""TABLE""" rename column "_CUTTLE_NEW_1D308535" to "BACK\SLASH";

alter table "RA""W"."HOSTILE'S ""TABLE""" drop column "_CUTTLE_OLD_1D308535";

alter table "RA""W"."HOSTILE'S ""TABLE""" add column "__X}" BOOLEAN;

alter table "RA""W"."HOSTILE'S ""TABLE""" alter column "TWO WORDS" drop not null;

alter table "RA""W"."HOSTILE'S ""TABLE""" add column "ÜNÏ" VARCHAR;

alter table "RA""W"."HOSTILE'S ""TABLE""" add column "SELECT" TIME;

alter table "RA""W"."HOSTILE'S ""TABLE""" add column "$1" TIMESTAMP_TZ;

alter table "RA""W"."HOSTILE'S ""TABLE""" add column "_CUTTLE_NEW_FC3EE0ED" TIMESTAMP_NTZ;

update "RA""W"."HOSTILE'S ""TABLE""" set "_CUTTLE_NEW_FC3EE0ED" = to_timestamp_ntz(convert_timezone('UTC', "TIMESTAMP_WITHOUT_TIMEZONE"));

alter table "RA""W"."HOSTILE'S ""TABLE""" rename column "TIMESTAMP_WITHOUT_TIMEZONE" to "_CUTTLE_OLD_FC3EE0ED";

alter table "RA""W"."HOSTILE'S ""TABLE""" rename column "_CUTTLE_NEW_FC3EE0ED" to "TIMESTAMP_WITHOUT_TIMEZONE";

alter table "RA""W"."HOSTILE'S ""TABLE""" drop column "_CUTTLE_OLD_FC3EE0ED";

alter table "RA""W"."HOSTILE'S ""TABLE""" add column "_CUTTLE_NEW_AFDC96FA" OBJECT;

update "RA""W"."HOSTILE'S ""TABLE""" set "_CUTTLE_NEW_AFDC96FA" = as_object(try_parse_json("OBJECT"));

alter table "RA""W"."HOSTILE'S ""TABLE""" rename column "OBJECT" to "_CUTTLE_OLD_AFDC96FA";

alter table "RA""W"."HOSTILE'S ""TABLE""" rename column "_CUTTLE_NEW_AFDC96FA" to "OBJECT";

alter table "RA""W"."HOSTILE'S ""TABLE""" drop column "_CUTTLE_OLD_AFDC96FA";

alter table "RA""W"."HOSTILE'S ""TABLE""" add column "ARRAY" ARRAY;

alter table "RA""W"."HOSTILE'S ""TABLE""" add column "UNION" VARIANT;
