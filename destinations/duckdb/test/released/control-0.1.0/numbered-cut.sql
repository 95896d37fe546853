CREATE TABLE _cuttle_control("target" VARCHAR, kind VARCHAR, attempt BIGINT, ordinal BIGINT, generation BIGINT, sync_id BIGINT, hash VARCHAR);
insert into "_cuttle_control" values
  ('users', 'batch', 1, 0, null, null, 'c0874c43c5ae13a568dc7e3479880fc9d0f495c67061f2d9813cb7f83be01e0e'),
  ('users', 'batch', 1, 1, null, null, 'b7870cead9377b6cc7cd0e03347940d881ca86fa5afa46b0eb95b9bc5e4b7a55'),
  ('users', 'fence', 1, 1, 1, 5, null);
CREATE TABLE users(_airbyte_raw_id UUID, _airbyte_extracted_at TIMESTAMP WITH TIME ZONE, _airbyte_meta JSON, _airbyte_generation_id BIGINT, id HUGEINT, "name" VARCHAR);
insert into "users" values
  ('a282a0bd-0005-447b-a7ce-72ad3ef51d44', '2024-06-01 00:00:00+00', '{"sync_id":5,"changes":[]}', 1, 0, 'n0'),
  ('43ec79e1-040e-4530-becd-8c60cbc129af', '2024-06-01 00:00:00+00', '{"sync_id":5,"changes":[]}', 1, 1, 'n1'),
  ('20bc9d05-4875-4873-9dce-da2796729a77', '2024-06-01 00:00:00+00', '{"sync_id":5,"changes":[]}', 1, 2, 'n2'),
  ('bdb91d17-a72c-470d-9e20-1e3f8d4e9bf9', '2024-06-01 00:00:00+00', '{"sync_id":5,"changes":[]}', 1, 3, 'n3');
