import { join } from 'node:path';
import { type AnyStream, type HttpPolicy, readSpec, Source, type SourceContext } from '@cuttle/airbyte-cdk';
import { ConfigError, type ConfiguredStream } from '@cuttle/protocol';
import { listThings } from './api.js';
import type { BubbleConfig } from './config.js';
import { discoverTypes } from './discovery/discover.js';
import { bubblePolicy } from './policy.js';
import { idStreamName, ThingIdStream } from './streams/thing-ids.js';
import { isHidden, ThingStream, USER_TOKEN_WARNING } from './streams/things.js';

/** The Airbyte source for apps on bubble.io: one stream per data type. */
export class BubbleSource extends Source<BubbleConfig> {
  readonly spec = readSpec(join(__dirname, '..', 'resources', 'spec.json'));

  override http(config: BubbleConfig): HttpPolicy {
    return bubblePolicy(config);
  }

  override concurrency(config: BubbleConfig): number {
    return config.concurrency;
  }

  /** Reads one row of every type; there is no request that only tells whose token it is. */
  override async check(ctx: SourceContext<BubbleConfig>): Promise<void> {
    const types = await discoverTypes(ctx);
    if (types.length === 0) {
      throw new ConfigError('The app shows no type. Tick the types to read in Settings, API.', { code: 'NO_TYPES' });
    }
    await Promise.all(types.map((type) => checkType(ctx, type.name)));
  }

  override async streams(
    ctx: SourceContext<BubbleConfig>,
    wanted?: readonly ConfiguredStream[],
  ): Promise<readonly AnyStream<BubbleConfig>[]> {
    const names = wanted && new Set(wanted.map(({ stream }) => stream.name));
    // A type is described for its own stream and for that of its ids.
    const wantedTypes = names && new Set([...names, ...[...names].map((name) => name.replace(/_ids$/, ''))]);
    const types = await discoverTypes(ctx, wantedTypes);
    const taken = new Set(types.map(({ name }) => name));
    return types.flatMap((type): AnyStream<BubbleConfig>[] => {
      const things = new ThingStream(type, ctx.config);
      const hasIds = ctx.config.detect_deletes && !taken.has(idStreamName(type.name));
      return hasIds ? [things, new ThingIdStream(type.name)] : [things];
    });
  }
}

async function checkType(ctx: SourceContext<BubbleConfig>, type: string): Promise<void> {
  const { things } = await listThings(ctx.http, type, { sortField: 'Created Date', constraints: [], limit: 1 });
  if (type === 'user' && things.some(isHidden)) ctx.log.warn(USER_TOKEN_WARNING);
}
