import type { SourceContext } from '@cuttle/airbyte-cdk';
import type { DatasetRef } from '../api.js';
import type { Ga4Config } from '../config.js';
import { QueryReader } from '../readers/query-reader.js';
import { RestReader } from '../readers/rest-reader.js';
import type { ShardReader } from '../readers/shard-reader.js';

/** The reader that a config asks for. */
export function makeReader({ config, http, log }: SourceContext<Ga4Config>, ref: DatasetRef): ShardReader {
  const rest = new RestReader(http, ref);
  switch (config.read_method) {
    case 'auto':
    case 'rest':
      return rest;
    case 'query': {
      const settings = {
        jobProject: config.job_project_id ?? config.project_id,
        maximumBytesBilled: config.maximum_bytes_billed,
        eventNames: wantedEvents(config),
      };
      return new QueryReader(http, ref, settings, rest, log);
    }
    default:
      return config.read_method satisfies never;
  }
}

/** The events that a config restricts the stream to; undefined for all. */
export function wantedEvents(config: Ga4Config): readonly string[] | undefined {
  const { event_names } = config;
  return event_names === undefined || event_names.length === 0 ? undefined : event_names;
}
