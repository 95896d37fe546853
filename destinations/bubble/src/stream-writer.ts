import type { HttpClient } from '@cuttle/airbyte-cdk';
import { ConfigError, type Json, type JsonObject, TransientError } from '@cuttle/protocol';
import { type BulkAnswer, type Thing, ThingApi } from './api.js';
import { CastError, hasValues, mapRecord } from './cast.js';
import type { BubbleConfig, StreamConfig, WriteMode } from './config.js';
import type { Ledger } from './ledger.js';

/** What was done with the records of a stream. */
export interface WriteCounts {
  scanned: number;
  unchanged: number;
  created: number;
  updated: number;
  deleted: number;
  rejected: number;
}

interface Wanted {
  readonly key: string;
  readonly match: Json;
  readonly values: JsonObject;
}

/** Writes the records of one stream: collects a batch, looks it up, changes what differs, creates what is missing. */
export class StreamWriter {
  readonly counts: WriteCounts = { scanned: 0, unchanged: 0, created: 0, updated: 0, deleted: 0, rejected: 0 };
  readonly api: ThingApi;
  private readonly config: BubbleConfig;
  private readonly settings: StreamConfig;
  private readonly mode: WriteMode;
  private readonly ledger: Ledger;
  private readonly seen = new Set<string>();
  private batch = new Map<string, JsonObject>();

  constructor(http: HttpClient, config: BubbleConfig, settings: StreamConfig, mode: WriteMode, ledger: Ledger) {
    this.api = new ThingApi(http, settings.bubble_type);
    this.config = config;
    this.settings = settings;
    this.mode = mode;
    this.ledger = ledger;
  }

  get isFull(): boolean {
    return this.batch.size >= this.config.batch_size;
  }

  /** Of several records with one key in a batch the last one wins. */
  add(record: JsonObject): void {
    this.counts.scanned += 1;
    const match = record[this.settings.match.record_field] ?? null;
    if (match === null) return this.reject('', `${this.settings.match.record_field} is empty`, 0, {});
    const key = typeof match === 'string' ? match : JSON.stringify(match);
    this.batch.delete(key);
    this.batch.set(key, record);
  }

  /** Writes what was collected; what an earlier sync rejected comes first. */
  async flush(): Promise<void> {
    const { stream } = this.settings;
    const records = [...this.batch];
    this.batch = new Map();
    const wanted = records.flatMap(([key, record]) => this.mapped(key, record) ?? []);
    const ordered = [...wanted].sort(
      (a, b) => Number(this.ledger.has(stream, b.key)) - Number(this.ledger.has(stream, a.key)),
    );
    for (let from = 0; from < ordered.length; from += this.config.batch_size) {
      await this.writeBatch(ordered.slice(from, from + this.config.batch_size));
    }
    const { max_rejected: limit } = this.config;
    if (this.ledger.rejected.length > limit) {
      const message = `${this.ledger.rejected.length} records were rejected, more than max_rejected (${limit}). First: ${this.ledger.rejected[0]!.reason}`;
      throw new ConfigError(message, { code: 'TOO_MANY_REJECTED' });
    }
  }

  private async writeBatch(ordered: readonly Wanted[]): Promise<void> {
    const { missing, found } = this.mode === 'insert' ? { missing: ordered, found: [] } : await this.lookUp(ordered);
    await Promise.all(found.map(([entry, thing]) => this.change(entry, thing)));
    if (missing.length > 0) await this.createAll(missing);
  }

  /**
   * After the last record of a complete stream: what no record named is emptied or deleted, as the mirror says.
   *
   * @throws {ConfigError} `MIRROR_GUARD` when it were too many
   */
  async mirror(): Promise<void> {
    const { delete_behavior: behavior, match, mapping, stream } = this.settings;
    if (this.mode !== 'mirror' || behavior === 'nothing') return;
    const things = await this.api.list();
    const extra = things.filter((thing) => !this.seen.has(keyOf(thing[match.bubble_field] ?? null)));
    if (extra.length > things.length * this.config.max_delete_share) {
      const message = `Stream "${stream}": mirror would ${behavior} ${extra.length} of ${things.length} things, more than max_delete_share. Nothing was.`;
      throw new ConfigError(message, { code: 'MIRROR_GUARD' });
    }
    const empty = Object.fromEntries(mapping.map(({ to }) => [to, null]));
    for (const thing of extra) {
      if (behavior === 'clear' && hasValues(thing, empty)) continue;
      if (!this.config.dry_run) {
        if (behavior === 'delete') await this.api.remove(thing._id);
        else await this.api.change(thing._id, empty);
      }
      this.counts.deleted += 1;
    }
  }

  private mapped(key: string, record: JsonObject): Wanted | undefined {
    this.seen.add(key);
    try {
      return {
        key,
        match: record[this.settings.match.record_field]!,
        values: mapRecord(record, this.settings.mapping),
      };
    } catch (error) {
      if (!(error instanceof CastError)) throw error;
      this.reject(key, error.message, 0, record);
      return undefined;
    }
  }

  private async lookUp(wanted: readonly Wanted[]): Promise<{
    readonly missing: readonly Wanted[];
    readonly found: readonly (readonly [Wanted, Thing])[];
  }> {
    const field = this.settings.match.bubble_field;
    const things = new Map<string, Thing[]>();
    for (const thing of await this.api.find(
      field,
      wanted.map(({ match }) => match),
    )) {
      const key = keyOf(thing[field] ?? null);
      things.set(key, [...(things.get(key) ?? []), thing]);
    }
    const missing: Wanted[] = [];
    const found: (readonly [Wanted, Thing])[] = [];
    for (const entry of wanted) {
      const [thing, another] = things.get(entry.key) ?? [];
      if (another !== undefined) this.reject(entry.key, `several things have this ${field}`, 0, entry.values);
      else if (thing !== undefined) found.push([entry, thing]);
      else if (field === '_id' || this.mode === 'update')
        this.reject(entry.key, 'there is no such thing', 404, entry.values);
      else missing.push(entry);
    }
    return { missing, found };
  }

  private async change(entry: Wanted, thing: Thing): Promise<void> {
    if (hasValues(thing, entry.values)) {
      this.counts.unchanged += 1;
      return this.ledger.clear(this.settings.stream, entry.key);
    }
    const answer = this.config.dry_run ? { status: 204 } : await this.api.change(thing._id, entry.values);
    if ('reason' in answer) return this.reject(entry.key, answer.reason, answer.status, entry.values);
    this.counts.updated += 1;
    this.ledger.clear(this.settings.stream, entry.key);
  }

  /** A batch that fails as a whole is split; when nobody knows what was created, the keys are looked up first. */
  private async createAll(entries: readonly Wanted[]): Promise<void> {
    const field = this.settings.match.bubble_field;
    const things = entries.map(({ match, values }) => (field === '_id' ? values : { ...values, [field]: match }));
    if (this.config.dry_run) {
      this.counts.created += entries.length;
      return;
    }
    let answers: readonly BulkAnswer[] | undefined;
    try {
      answers = await this.api.create(things);
    } catch (error) {
      if (!(error instanceof TransientError) || field === '_id') throw error;
    }
    if (answers !== undefined) return this.created(entries, answers);
    const rest = field === '_id' ? entries : await this.notThereYet(entries);
    const half = Math.ceil(rest.length / 2);
    if (rest.length === entries.length && rest.length === 1) {
      return this.reject(rest[0]!.key, 'Bubble did not take it', 0, rest[0]!.values);
    }
    for (const part of [rest.slice(0, half), rest.slice(half)]) if (part.length > 0) await this.createAll(part);
  }

  private async notThereYet(entries: readonly Wanted[]): Promise<readonly Wanted[]> {
    const field = this.settings.match.bubble_field;
    const things = await this.api.find(
      field,
      entries.map(({ match }) => match),
    );
    const there = new Set(things.map((thing) => keyOf(thing[field] ?? null)));
    for (const { key } of entries.filter((entry) => there.has(entry.key))) {
      this.counts.created += 1;
      this.ledger.clear(this.settings.stream, key);
    }
    return entries.filter(({ key }) => !there.has(key));
  }

  private created(entries: readonly Wanted[], answers: readonly BulkAnswer[]): void {
    for (const [index, { key, values }] of entries.entries()) {
      const answer = answers[index]!;
      if ('reason' in answer) {
        this.reject(key, answer.reason, 200, values);
      } else {
        this.counts.created += 1;
        this.ledger.clear(this.settings.stream, key);
      }
    }
  }

  private reject(key: string, reason: string, status: number, payload: JsonObject): void {
    this.counts.rejected += 1;
    this.ledger.reject(this.settings.stream, key, reason, status, payload);
  }
}

function keyOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
