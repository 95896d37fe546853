CREATE TABLE _cuttle_control("target" VARCHAR, kind VARCHAR, attempt BIGINT, ordinal BIGINT, generation BIGINT, sync_id BIGINT, hash VARCHAR);
insert into "_cuttle_control" values
  ('users', 'batch', 2, 0, null, null, 'c0874c43c5ae13a568dc7e3479880fc9d0f495c67061f2d9813cb7f83be01e0e'),
  ('users', 'batch', 2, 1, null, null, 'b7870cead9377b6cc7cd0e03347940d881ca86fa5afa46b0eb95b9bc5e4b7a55'),
  ('users', 'fence', 2, 1, 2, 7, null),
  ('users', 'staging', 0, 0, 2, null, null);
CREATE TABLE _cuttle_staging_cdf1786938eedd1d(_airbyte_raw_id UUID, _airbyte_extracted_at TIMESTAMP WITH TIME ZONE, _airbyte_meta JSON, _airbyte_generation_id BIGINT, id HUGEINT, "name" VARCHAR);
insert into "_cuttle_staging_cdf1786938eedd1d" values
  ('53263bd8-b92f-4aa5-b479-3185d1a0f106', '2024-06-01 00:00:00+00', '{"sync_id":7,"changes":[]}', 2, 0, 'n0'),
  ('7ae46de2-c744-48cb-ba25-6039f0fa6ef0', '2024-06-01 00:00:00+00', '{"sync_id":7,"changes":[]}', 2, 1, 'n1'),
  ('107df63d-d272-4118-9c61-06585cd9a282', '2024-06-01 00:00:00+00', '{"sync_id":7,"changes":[]}', 2, 2, 'n2'),
  ('41dec60f-31d5-497e-952e-a606c547408a', '2024-06-01 00:00:00+00', '{"sync_id":7,"changes":[]}', 2, 3, 'n3');
CREATE TABLE users(_airbyte_raw_id UUID, _airbyte_extracted_at TIMESTAMP WITH TIME ZONE, _airbyte_meta JSON, _airbyte_generation_id BIGINT, id HUGEINT, "name" VARCHAR);
insert into "users" values
  ('e258258f-4263-47b3-a48a-1cc7c482d424', '2024-06-01 00:00:00+00', '{"sync_id":5,"changes":[]}', 1, 9, 'old');
