import type { HttpClient, Logger } from '@cuttle/airbyte-cdk';
import { mapInSlots } from '@cuttle/protocol';
import { ThingApi } from './api.js';
import { Batch, type Entry } from './batch.js';
import { hasValues } from './cast.js';
import type { BubbleConfig, Match } from './config.js';
import { Mirror } from './mirror.js';
import type { StreamPlan } from './modes.js';
import type { RejectedRecord, Rejections } from './rejections.js';
import { ThingCreator } from './thing-creator.js';
import { lookUp } from './thing-lookup.js';
import type { Thing } from './thing-search.js';
import { type Wanted, wantedOf } from './wanted.js';

/** What was done with the records of a stream; a dry run counts what it would have done. */
export interface WriteCounts {
  scanned: number;
  unchanged: number;
  created: number;
  updated: number;
  /** Also those that were cleared. */
  deleted: number;
  rejected: number;
}

/** What the writers of a run share. */
export interface WriterOptions {
  readonly http: HttpClient;
  readonly config: BubbleConfig;
  readonly rejections: Rejections;
  readonly log: Logger;
  /** Told before things are created; see {@link ThingCreator}. */
  readonly announce: (message: string) => Promise<void>;
}

/** Writes the records of one stream: collects a batch, looks it up, changes what differs, creates what is missing. */
export class StreamWriter {
  readonly counts: WriteCounts = { scanned: 0, unchanged: 0, created: 0, updated: 0, deleted: 0, rejected: 0 };
  readonly api: ThingApi;
  readonly batch = new Batch();
  readonly plan: StreamPlan;
  private readonly options: WriterOptions;
  private readonly creator: ThingCreator;
  private readonly mirror: Mirror;

  constructor(plan: StreamPlan, options: WriterOptions) {
    const { http, config } = options;
    this.plan = plan;
    this.options = options;
    this.api = new ThingApi(http, plan.settings.bubble_type, config.http_timeout_seconds);
    this.mirror = new Mirror(this.api, config, plan);
    const report = {
      created: (entry: Wanted) => this.written(entry, 'created'),
      rejected: (entry: Wanted, reason: string, status: number) => this.reject(entry.record, reason, status),
    };
    const { stream, bubble_type: type } = plan.settings;
    const announce = (count: number) => options.announce(`Type "${type}": creating ${count} for stream "${stream}".`);
    const backoffMs = config.http_backoff_ms;
    this.creator = new ThingCreator({ api: this.api, http, plan, report, announce, backoffMs });
  }

  get isFull(): boolean {
    return this.batch.size >= this.options.config.batch_size;
  }

  add(entry: Entry): void {
    this.counts.scanned += 1;
    this.batch.add(entry);
  }

  /** Writes what was collected; what an earlier sync rejected comes first, except for inserts, which keep their order. */
  async flush(which: 'all' | 'covered'): Promise<void> {
    const { batch_size: size } = this.options.config;
    const { wanted, refused } = wantedOf(this.plan, this.batch.take(which));
    for (const { record, reason } of refused) this.reject(record, reason, 0);
    const ordered = this.plan.mode === 'insert' ? wanted : [...wanted].sort((a, b) => this.rank(a) - this.rank(b));
    for (let from = 0; from < ordered.length; from += size) await this.write(ordered.slice(from, from + size));
  }

  /** After the last record of a whole stream: what no record named goes, if the stream is a mirror that deletes. */
  async prune(): Promise<void> {
    const { stream } = this.plan.settings;
    if (!this.plan.isPruning) return;
    if (this.counts.rejected > 0) {
      const message = `Stream "${stream}": with rejected records (${this.counts.rejected}) it is not known which things no record names. Nothing is deleted or cleared in this sync.`;
      return this.options.log.warn(message);
    }
    await this.mirror.prune({
      pruned: () => {
        this.counts.deleted += 1;
      },
      rejected: (key, reason, status) => this.reject({ stream, key, data: {} }, reason, status),
    });
  }

  private rank({ record: { stream, key } }: Wanted): number {
    return this.options.rejections.isKnown(stream, key) ? 0 : 1;
  }

  private async write(batch: readonly Wanted[]): Promise<void> {
    const { mode, settings } = this.plan;
    if (mode === 'insert') return this.create(batch);
    const { bubble_field: field } = settings.match as Match;
    for (const { key } of batch) this.mirror.name(key);
    const { found, missing, ambiguous } = await lookUp(this.api.search, settings.match as Match, batch);
    for (const { record } of ambiguous) this.reject(record, `several things have this ${field}`, 0);
    await mapInSlots(found, this.options.config.concurrency, ([entry, thing]) => this.change(entry, thing));
    if (field !== '_id' && mode !== 'update') return this.create(missing);
    for (const { record } of missing) this.reject(record, 'there is no such thing', 404);
  }

  private async change(entry: Wanted, thing: Thing): Promise<void> {
    if (hasValues(thing, entry.values)) return this.written(entry, 'unchanged');
    const answer = this.options.config.dry_run ? { status: 204 } : await this.api.change(thing._id, entry.values);
    if ('reason' in answer) this.reject(entry.record, answer.reason, answer.status);
    else this.written(entry, 'updated');
  }

  private async create(entries: readonly Wanted[]): Promise<void> {
    if (entries.length === 0) return;
    if (!this.options.config.dry_run) return this.creator.create(entries);
    for (const entry of entries) this.written(entry, 'created');
  }

  private written({ record }: Wanted, how: 'unchanged' | 'created' | 'updated'): void {
    this.counts[how] += 1;
    if (record.key !== '') this.options.rejections.clear(record.stream, record.key);
    if (this.options.config.dry_run && how !== 'unchanged') {
      this.options.log.debug(`Dry run: ${JSON.stringify(record.key)} would be ${how}.`);
    }
  }

  private reject(record: RejectedRecord, reason: string, status: number): void {
    this.counts.rejected += 1;
    this.options.rejections.add(record, reason, status);
  }
}
