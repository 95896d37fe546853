CREATE TABLE _cuttle_control("target" VARCHAR, kind VARCHAR, attempt BIGINT, ordinal BIGINT, generation BIGINT, sync_id BIGINT, hash VARCHAR);
insert into "_cuttle_control" values
  ('users', 'batch', 1, 0, null, null, 'c0874c43c5ae13a568dc7e3479880fc9d0f495c67061f2d9813cb7f83be01e0e'),
  ('users', 'batch', 1, 1, null, null, 'b7870cead9377b6cc7cd0e03347940d881ca86fa5afa46b0eb95b9bc5e4b7a55'),
  ('users', 'fence', 1, 1, 1, 5, null);
CREATE TABLE users(_airbyte_raw_id UUID, _airbyte_extracted_at TIMESTAMP WITH TIME ZONE, _airbyte_meta JSON, _airbyte_generation_id BIGINT, id HUGEINT, "name" VARCHAR);
insert into "users" values
  ('339e245e-f36b-4650-8d66-f9e8b095fc53', '2024-06-01 00:00:00+00', '{"sync_id":5,"changes":[]}', 1, 0, 'n0'),
  ('d1bab9c0-cf99-46db-87af-4ace302118a6', '2024-06-01 00:00:00+00', '{"sync_id":5,"changes":[]}', 1, 1, 'n1'),
  ('f6073263-11cb-45af-8356-c85e81e91914', '2024-06-01 00:00:00+00', '{"sync_id":5,"changes":[]}', 1, 2, 'n2'),
  ('db63d0d4-20dc-45f4-99ab-60ea9e2c4b82', '2024-06-01 00:00:00+00', '{"sync_id":5,"changes":[]}', 1, 3, 'n3');
