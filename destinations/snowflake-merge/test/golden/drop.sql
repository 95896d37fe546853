drop table if exists "RA""W"."HOSTILE'S ""TABLE""";
