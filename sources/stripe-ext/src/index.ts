import { join } from 'node:path';
import { type AnyStream, type HttpPolicy, readSpec, Source, type SourceContext } from '@cuttle/airbyte-cdk';
import { type ConfiguredStream, type JsonObject, streamKey } from '@cuttle/protocol';
import { checkAccess } from './check.js';
import type { StripeConfig } from './config.js';
import { stripePolicy } from './policy.js';
import { Session } from './session.js';
import { findStreams, makeStream } from './streams.js';

/** The Airbyte source for Stripe. */
export class StripeSource extends Source<StripeConfig> {
  readonly spec = readSpec(join(__dirname, '..', 'resources', 'spec.json'));

  override http(config: StripeConfig): HttpPolicy {
    return stripePolicy(config);
  }

  override concurrency(config: StripeConfig): number {
    return config.concurrency;
  }

  override check(ctx: SourceContext<StripeConfig>): Promise<void> {
    return checkAccess(ctx, findStreams(ctx.config));
  }

  override streams(
    ctx: SourceContext<StripeConfig>,
    wanted: readonly ConfiguredStream[] = [],
    stored: ReadonlyMap<string, JsonObject> = new Map(),
  ): readonly AnyStream<StripeConfig>[] {
    const streams = findStreams(ctx.config);
    const shared = wanted.flatMap((configured) => {
      const found = streams.find(({ name }) => name === configured.stream.name);
      const isFullRefresh = configured.sync_mode === 'full_refresh';
      if (found === undefined || isFullRefresh) return [];
      return [{ resource: found.resource, isFullRefresh, stored: stored.get(streamKey(configured.stream)) }];
    });
    const session = new Session(ctx, shared);
    return streams.map((definition) => makeStream(definition, ctx.config, session));
  }
}
