import { createHash } from 'node:crypto';
import type { Logger } from '@cuttle/airbyte-cdk';
import { ConfigError, type JsonObject } from '@cuttle/protocol';
import type { Segment } from './batch.js';
import type { BubbleConfig } from './config.js';
import { Ledger } from './ledger.js';

/** A percentage is judged from so many records on, and at the end: the first record alone would be all or nothing. */
const JUDGED_FROM = 1000;
/** Shorter values are left in a reason: they stand in any text. */
const HIDDEN_LENGTH = 3;

/** A record that is rejected. */
export interface RejectedRecord {
  readonly stream: string;
  /** Empty when it has none. */
  readonly key: string;
  readonly data: JsonObject;
  /** Undefined for a thing that no record named. */
  readonly segment?: Segment | undefined;
}

/** What {@link Rejections} need from outside. */
export interface RejectionOptions {
  readonly config: BubbleConfig;
  readonly log: Logger;
  readonly mask: (text: string) => string;
}

/** The rejected records of a run: counted, listed in the ledger, and held against `max_rejected`. */
export class Rejections {
  private readonly options: RejectionOptions;
  private readonly ledger: Ledger;
  private readonly byStream = new Map<string, number>();
  private readonly byReason = new Map<string, number>();
  private first: { readonly stream: string; readonly reason: string } | undefined;
  private total = 0;

  constructor(options: RejectionOptions) {
    this.options = options;
    this.ledger = new Ledger(options.config.ledger_path);
    if (!options.config.dry_run) this.ledger.probe();
  }

  add({ stream, key, data, segment }: RejectedRecord, reason: string, status: number): void {
    const told = withoutValues(this.options.mask(reason), data, key);
    this.total += 1;
    this.first ??= { stream, reason: told };
    this.byStream.set(stream, this.countOf(stream) + 1);
    this.byReason.set(told, (this.byReason.get(told) ?? 0) + 1);
    if (segment !== undefined) segment.rejected += 1;
    const payloadHash = createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, 16);
    this.ledger.put({ stream, key, reason: told, status, payloadHash });
    // Where no file is kept, the log is the ledger.
    if (this.options.config.ledger_path === undefined) {
      this.options.log.warn(`Record ${JSON.stringify(key)} of stream "${stream}" was rejected: ${told}`);
    }
  }

  /** It is written, or needs no writing. */
  clear(stream: string, key: string): void {
    this.ledger.remove(stream, key);
  }

  /** Whether an earlier sync rejected it. */
  isKnown(stream: string, key: string): boolean {
    return this.ledger.isKnown(stream, key);
  }

  /** Rejected records of a stream in this run. */
  countOf(stream: string): number {
    return this.byStream.get(stream) ?? 0;
  }

  /**
   * @param scanned records of the run so far
   * @param isEnd whether there are no more
   * @throws {ConfigError} `TOO_MANY_REJECTED`
   */
  judge(scanned: number, isEnd: boolean): void {
    const { max_rejected: limit, ledger_path: file } = this.options.config;
    const isShare = limit.endsWith('%');
    if (isShare && !isEnd && scanned < JUDGED_FROM) return;
    const most = isShare ? (Number(limit.slice(0, -1)) / 100) * scanned : Number(limit);
    if (this.total <= most || this.first === undefined) return;
    const { stream, reason } = this.first;
    const place = file === undefined ? 'The log names each of them' : `They are listed in ${file}`;
    const message = `${this.total} of ${scanned} records were rejected, more than max_rejected (${limit}). The first, of stream "${stream}": ${reason}. ${place}. Correct the records or the mapping, or raise max_rejected, and run the sync again.`;
    throw new ConfigError(message, { code: 'TOO_MANY_REJECTED' });
  }

  /** Makes everything so far last; a dry run keeps nothing. */
  save(): void {
    if (!this.options.config.dry_run) this.ledger.save();
  }

  /** Tells the counts by reason. */
  summarise(): void {
    for (const [reason, count] of this.byReason) this.options.log.warn(`${count} rejected: ${reason}`);
  }
}

/** Bubble may quote what it was given; the ledger and the log keep no values. */
function withoutValues(reason: string, data: JsonObject, key: string): string {
  const values = Object.values(data)
    .filter((value) => ['string', 'number'].includes(typeof value))
    .map(String)
    .filter((text) => text.length >= HIDDEN_LENGTH && text !== key)
    .sort((a, b) => b.length - a.length);
  return values.reduce((text, value) => text.replaceAll(value, '…'), reason);
}
