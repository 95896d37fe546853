CREATE TABLE _cuttle_control("target" VARCHAR, kind VARCHAR, attempt BIGINT, ordinal BIGINT, generation BIGINT, sync_id BIGINT, hash VARCHAR);
insert into "_cuttle_control" values
  ('users', 'batch', 1, 0, null, null, 'c0874c43c5ae13a568dc7e3479880fc9d0f495c67061f2d9813cb7f83be01e0e'),
  ('users', 'batch', 1, 1, null, null, 'b7870cead9377b6cc7cd0e03347940d881ca86fa5afa46b0eb95b9bc5e4b7a55'),
  ('users', 'fence', 1, 2, 1, 1, null),
  ('users', 'placed', 0, 0, 1, null, null);
CREATE TABLE users(_airbyte_raw_id UUID, _airbyte_extracted_at TIMESTAMP WITH TIME ZONE, _airbyte_meta JSON, _airbyte_generation_id BIGINT, id HUGEINT, "name" VARCHAR);
insert into "users" values
  ('8b4b3a7f-0c95-44fc-8b6f-be9d74d441af', '2024-06-01 00:00:00+00', '{"sync_id":1,"changes":[]}', 1, 0, 'n0'),
  ('4331c1b4-77b9-4a02-bd70-9b87d1392fae', '2024-06-01 00:00:00+00', '{"sync_id":1,"changes":[]}', 1, 1, 'n1'),
  ('986c3dfc-d300-4795-ac00-d4bfe720574b', '2024-06-01 00:00:00+00', '{"sync_id":1,"changes":[]}', 1, 2, 'n2'),
  ('c04f7553-5201-4a81-a96f-e4dd3c68cfca', '2024-06-01 00:00:00+00', '{"sync_id":1,"changes":[]}', 1, 3, 'n3');
