import { ConfigError, type JsonObject, mapInSlots } from '@cuttle/protocol';
import type { ThingApi, WriteAnswer } from './api.js';
import { hasValues, own } from './cast.js';
import type { BubbleConfig, Match } from './config.js';
import type { StreamPlan } from './modes.js';
import { textOf } from './wanted.js';

/** Where it is told what became of each thing that no record named. */
interface MirrorReport {
  pruned(): void;
  rejected(thingId: string, reason: string, status: number): void;
}

/** Clears or deletes what no record of a whole stream named. */
export class Mirror {
  private readonly api: ThingApi;
  private readonly config: BubbleConfig;
  private readonly plan: StreamPlan;
  private readonly named = new Set<string>();

  constructor(api: ThingApi, config: BubbleConfig, plan: StreamPlan) {
    this.api = api;
    this.config = config;
    this.plan = plan;
  }

  /** A record names this key. */
  name(key: string): void {
    if (this.plan.isPruning) this.named.add(key);
  }

  /**
   * Only for a stream that is whole, and of which no record was rejected.
   *
   * @throws {ConfigError} `MIRROR_GUARD` before anything is done, when it would be too much
   */
  async prune(report: MirrorReport): Promise<void> {
    const ids = await this.surplus();
    await mapInSlots(ids, this.config.concurrency, async (id) => {
      const answer = this.config.dry_run ? { status: 204 } : await this.pruneOne(id);
      if ('reason' in answer) report.rejected(id, answer.reason, answer.status);
      else report.pruned();
    });
  }

  private pruneOne(id: string): Promise<WriteAnswer> {
    const { delete_behavior: behavior } = this.plan.settings;
    return behavior === 'delete' ? this.api.remove(id) : this.api.change(id, this.nothing());
  }

  /** Things that no record named and that are not pruned yet. All are looked through before the first one goes. */
  private async surplus(): Promise<readonly string[]> {
    const { stream, delete_behavior: behavior, match } = this.plan.settings;
    const { bubble_field: field } = match as Match;
    const nothing = this.nothing();
    const ids: string[] = [];
    let total = 0;
    for await (const page of this.api.search.pages()) {
      total += page.length;
      for (const thing of page.filter((candidate) => !this.named.has(textOf(own(candidate, field))))) {
        if (behavior === 'delete' || !hasValues(thing, nothing)) ids.push(thing._id);
      }
    }
    const { max_delete_share: share } = this.config;
    if (ids.length <= total * share) return ids;
    const message = `Stream "${stream}": mirror would ${behavior} ${ids.length} of ${total} things, more than max_delete_share (${share}). It did not. Is the stream whole? If so, raise max_delete_share for one run.`;
    throw new ConfigError(message, { code: 'MIRROR_GUARD' });
  }

  private nothing(): JsonObject {
    return Object.fromEntries(this.plan.settings.mapping.map(({ to }) => [to, null]));
  }
}
