import { join } from 'node:path';
import { type AnyStream, type HttpPolicy, readSpec, Source, type SourceContext } from '@cuttle/airbyte-cdk';
import type { FacebookAdsConfig } from './config.js';
import { graphFields } from './graph-fields.js';
import { reportsOf, statusesOf } from './insights/report.js';
import { CONCURRENCY, graphPolicy } from './policy.js';
import { EntityStream } from './streams/entities.js';
import { ENTITIES } from './streams/entity-definitions.js';
import { InsightStream } from './streams/insights.js';
import { Surroundings } from './surroundings.js';

/** Meta ads as an Airbyte source: objects of ad accounts, and reports of what they brought. */
export class FacebookAdsSource extends Source<FacebookAdsConfig> {
  override readonly spec = readSpec(join(__dirname, '..', 'resources', 'spec.json'));
  readonly #around = new Surroundings();

  override http(config: FacebookAdsConfig): HttpPolicy {
    return graphPolicy(config, this.#around.throttle);
  }

  override concurrency(): number {
    return CONCURRENCY;
  }

  /** Asks for each account and one of its campaigns. No report is started: a wide one would keep a person waiting. */
  override async check(ctx: SourceContext<FacebookAdsConfig>): Promise<void> {
    reportsOf(ctx.config, graphFields());
    for (const id of ctx.config.account_ids) {
      const account = await this.#around.account(ctx, id);
      await ctx.http.get(`/act_${id}/campaigns`, { params: { fields: 'id', limit: 1 } });
      ctx.log.info(`Ad account ${id} keeps the time of ${account.timeZone}.`);
    }
  }

  override streams({ config }: SourceContext<FacebookAdsConfig>): readonly AnyStream<FacebookAdsConfig>[] {
    const names = graphFields();
    const entities = ENTITIES.map((definition) => {
      const statuses = definition.level === undefined ? undefined : statusesOf(config, names, definition.level);
      return new EntityStream(definition, statuses, this.#around, config);
    });
    return [...entities, ...reportsOf(config, names).map((report) => new InsightStream(report, this.#around))];
  }
}
