import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HttpPolicy, limitsFromConfig, Source, type SourceContext } from '@cuttle/airbyte-cdk';
import type { ConfiguredStream, ConnectorSpecification } from '@cuttle/protocol';
import { type DatasetRef, estimateQuery, getTable, listRows } from './api.js';
import type { Ga4Config } from './config.js';
import { googleAuth } from './credentials.js';
import { discoverSchema, listShards, newestShard } from './discover-schema.js';
import { classifyAnswer } from './error-table.js';
import { shardQuery } from './readers/query-reader.js';
import { EventsStream } from './streams/events.js';
import { wantedEvents } from './streams/make-reader.js';

/** The GA4 export in BigQuery as an Airbyte source: one stream of events over all daily tables. */
export class Ga4EventsSource extends Source<Ga4Config> {
  override readonly spec = JSON.parse(
    readFileSync(join(__dirname, '../resources/spec.json'), 'utf8'),
  ) as ConnectorSpecification;

  override http(config: Ga4Config): HttpPolicy {
    const limits = limitsFromConfig(config as unknown as Record<string, unknown>);
    return {
      baseUrl: config.base_url,
      addressField: 'base_url',
      auth: googleAuth(config.credentials_json, limits),
      classify: classifyAnswer,
      limits,
    };
  }

  /** Lists tables, looks at the newest, reads one row of it or asks what a query of it would cost. */
  override async check(ctx: SourceContext<Ga4Config>): Promise<void> {
    const { config, http, log } = ctx;
    const ref = refOf(config);
    const { table } = newestShard(await listShards(ctx, ref), ref);
    await getTable(http, ref, table);
    if (config.read_method !== 'query') {
      await listRows(http, ref, table, { maxResults: 1, pageToken: undefined });
      return;
    }
    const query = shardQuery(ref, table, wantedEvents(config));
    const bytes = await estimateQuery(http, config.job_project_id ?? config.project_id, query);
    log.info(`A query of ${table} would process ${bytes} bytes.`);
  }

  override async streams(
    ctx: SourceContext<Ga4Config>,
    wanted?: readonly ConfiguredStream[],
  ): Promise<readonly EventsStream[]> {
    // A read takes the schema that the user has; rows come with all their columns anyway.
    const known = wanted?.find(({ stream }) => stream.name === 'events')?.stream.json_schema;
    if (wanted !== undefined) return [new EventsStream(ctx.config, known ?? {})];
    return [new EventsStream(ctx.config, await discoverSchema(ctx, refOf(ctx.config)))];
  }
}

function refOf(config: Ga4Config): DatasetRef {
  return { project: config.project_id, dataset: config.dataset };
}
