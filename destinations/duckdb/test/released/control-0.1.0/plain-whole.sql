CREATE TABLE _cuttle_control("target" VARCHAR, kind VARCHAR, attempt BIGINT, ordinal BIGINT, generation BIGINT, sync_id BIGINT, hash VARCHAR);
insert into "_cuttle_control" values
  ('users', 'fence', 1, 2, null, null, null);
CREATE TABLE users(_airbyte_raw_id UUID, _airbyte_extracted_at TIMESTAMP WITH TIME ZONE, _airbyte_meta JSON, _airbyte_generation_id BIGINT, id HUGEINT, "name" VARCHAR);
insert into "users" values
  ('ec95c8f3-7a06-4525-93ef-22e1ec6b1dfd', '2024-06-01 00:00:00+00', '{"sync_id":null,"changes":[]}', 0, 0, 'n0'),
  ('f7cf1980-6fd7-49df-b9da-1f654b07a081', '2024-06-01 00:00:00+00', '{"sync_id":null,"changes":[]}', 0, 1, 'n1'),
  ('e3a795e3-13cf-4002-a250-07307892789a', '2024-06-01 00:00:00+00', '{"sync_id":null,"changes":[]}', 0, 2, 'n2'),
  ('d24a9723-1e3c-4ff8-9abc-b42f76476350', '2024-06-01 00:00:00+00', '{"sync_id":null,"changes":[]}', 0, 3, 'n3');
