CREATE TABLE _cuttle_control("target" VARCHAR, kind VARCHAR, attempt BIGINT, ordinal BIGINT, generation BIGINT, sync_id BIGINT, hash VARCHAR);
insert into "_cuttle_control" values
  ('users', 'batch', 1, 0, null, null, 'c0874c43c5ae13a568dc7e3479880fc9d0f495c67061f2d9813cb7f83be01e0e'),
  ('users', 'batch', 1, 1, null, null, 'b7870cead9377b6cc7cd0e03347940d881ca86fa5afa46b0eb95b9bc5e4b7a55'),
  ('users', 'fence', 1, 1, null, null, null);
CREATE TABLE users(_airbyte_raw_id UUID, _airbyte_extracted_at TIMESTAMP WITH TIME ZONE, _airbyte_meta JSON, _airbyte_generation_id BIGINT, id HUGEINT, "name" VARCHAR);
insert into "users" values
  ('a6230a24-ea89-402a-b7a9-7f7369ef54e6', '2024-06-01 00:00:00+00', '{"sync_id":null,"changes":[]}', 0, 0, 'n0'),
  ('728fb9a9-03e9-45fb-b023-78363315bbdc', '2024-06-01 00:00:00+00', '{"sync_id":null,"changes":[]}', 0, 1, 'n1'),
  ('777d19d6-0b48-4b61-a89d-08c91394e964', '2024-06-01 00:00:00+00', '{"sync_id":null,"changes":[]}', 0, 2, 'n2'),
  ('136d9e52-65f5-46b1-970d-54001f8252ae', '2024-06-01 00:00:00+00', '{"sync_id":null,"changes":[]}', 0, 3, 'n3');
