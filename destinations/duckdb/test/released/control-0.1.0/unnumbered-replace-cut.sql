CREATE TABLE _cuttle_control("target" VARCHAR, kind VARCHAR, attempt BIGINT, ordinal BIGINT, generation BIGINT, sync_id BIGINT, hash VARCHAR);
insert into "_cuttle_control" values
  ('users', 'batch', 1, 0, null, null, 'c0874c43c5ae13a568dc7e3479880fc9d0f495c67061f2d9813cb7f83be01e0e'),
  ('users', 'batch', 1, 1, null, null, 'b7870cead9377b6cc7cd0e03347940d881ca86fa5afa46b0eb95b9bc5e4b7a55'),
  ('users', 'fence', 1, 1, 1, 1, null),
  ('users', 'staging', 0, 0, 1, null, null);
CREATE TABLE _cuttle_staging_cdf1786938eedd1d(_airbyte_raw_id UUID, _airbyte_extracted_at TIMESTAMP WITH TIME ZONE, _airbyte_meta JSON, _airbyte_generation_id BIGINT, id HUGEINT, "name" VARCHAR);
insert into "_cuttle_staging_cdf1786938eedd1d" values
  ('ae1a08d6-a985-40ee-93b5-d266c070886d', '2024-06-01 00:00:00+00', '{"sync_id":1,"changes":[]}', 1, 0, 'n0'),
  ('d5f2df58-5137-47db-b107-f9bc6844e503', '2024-06-01 00:00:00+00', '{"sync_id":1,"changes":[]}', 1, 1, 'n1'),
  ('c16ec489-c008-4711-a14d-9c40531d4a1f', '2024-06-01 00:00:00+00', '{"sync_id":1,"changes":[]}', 1, 2, 'n2'),
  ('b1e6ac48-2124-4816-964f-488b76d5793d', '2024-06-01 00:00:00+00', '{"sync_id":1,"changes":[]}', 1, 3, 'n3');
CREATE TABLE users(_airbyte_raw_id UUID, _airbyte_extracted_at TIMESTAMP WITH TIME ZONE, _airbyte_meta JSON, _airbyte_generation_id BIGINT, id HUGEINT, "name" VARCHAR);
