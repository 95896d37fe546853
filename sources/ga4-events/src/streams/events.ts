import { type Checkpoint, type Context, ownCursor, type Page, type StateProblem, Stream } from '@cuttle/airbyte-cdk';
import type { JsonObject, JsonSchema } from '@cuttle/protocol';
import { type DatasetRef, getTable, listTables, type TableDetails } from '../api.js';
import type { Ga4Config } from '../config.js';
import { RowBudget } from '../readers/row-budget.js';
import { ShardVanishedError } from '../readers/shard-reader.js';
import { type Plan, planShards, settleState } from '../shards/plan.js';
import { SentIds } from '../shards/sent-ids.js';
import { dailyShard, dateOf, intradayKey, type Shard } from '../shards/shard.js';
import { decodeState, type EventsState, encodeState, isOurs, refuseForeign, type ShardMark } from '../shards/state.js';
import { reportVanished, sentBefore, tellLeftDays, tellReplacedDays } from './intraday.js';
import { makeReader } from './make-reader.js';
import { readShard } from './read-shard.js';

/** Rows of tables that are read at the same time; with the memory that this takes, see `Occurrences`. */
const MAX_ROWS_IN_FLIGHT = 5_000_000;

/** What one read has planned and done so far. */
interface Progress {
  readonly stored: EventsState;
  readonly plan: Plan;
  readonly marks: Map<string, ShardMark>;
  readonly confirmed: Set<string>;
  /** Room for rows; see {@link MAX_ROWS_IN_FLIGHT}. */
  readonly budget: RowBudget;
}

/** One thing to do: look at a shard, or (without one) only say the state. */
export interface EventsSlice {
  readonly shard?: Shard;
  readonly progress: Progress;
}

/** All events of the export, over all daily tables. */
export class EventsStream extends Stream<Ga4Config, EventsSlice> {
  readonly name = 'events';
  readonly schema: JsonSchema;
  override readonly primaryKey = [['_event_id']];
  override readonly cursor;
  readonly #ref: DatasetRef;

  constructor(config: Ga4Config, schema: JsonSchema) {
    super();
    this.schema = schema;
    this.#ref = { project: config.project_id, dataset: config.dataset };
    this.cursor = ownCursor<Ga4Config>({
      field: 'event_timestamp',
      lookback: `P${config.window_days}D`,
      settle: 'PT0S',
    });
  }

  override stateProblems(state: JsonObject): readonly StateProblem[] {
    refuseForeign(state);
    return isOurs(state) ? [] : [{ problem: 'it has neither "shards" nor "final_before"' }];
  }

  override appendRisk({ append_unsettled: isUnsettled }: Ga4Config): string | undefined {
    return isUnsettled ? 'rows of days that change are sent again and will repeat (append_unsettled)' : undefined;
  }

  override async *slices(ctx: Context<Ga4Config>): AsyncGenerator<EventsSlice> {
    const stored = decodeState(ctx.state);
    const { ids, serverMs } = await listTables(ctx.http, this.#ref);
    const plan = planShards(ids, stored, {
      startDate: ctx.config.start_date?.replaceAll('-', ''),
      windowDays: ctx.config.window_days,
      includesIntraday: ctx.config.include_intraday,
      waitsForSettled: appendsOnce(ctx),
      // A clock of ours that is ahead would take days for settled that are not.
      today: dateOf(Math.min(ctx.clock(), serverMs ?? Number.POSITIVE_INFINITY)),
    });
    const { dates, candidates, unsettledFrom } = plan;
    ctx.log.info(
      `${dates.length} daily tables, ${candidates.length} to look at; those from ${unsettledFrom} on may still change.`,
    );
    tellLeftDays(ctx, plan);
    if (!rereadsChanged(ctx)) await tellReplacedDays(ctx, this.#ref, plan, stored);
    const marks = new Map(stored.shards);
    const budget = new RowBudget(MAX_ROWS_IN_FLIGHT);
    const progress = { stored, plan, marks, confirmed: new Set<string>(), budget };
    for (const shard of candidates) yield { shard, progress };
    // So that a state is sent, and moves, also when there was nothing to look at.
    if (candidates.length === 0 || appendsOnce(ctx)) yield { progress };
  }

  override async *pages(ctx: Context<Ga4Config>, { shard, progress }: EventsSlice): AsyncGenerator<Page | Checkpoint> {
    const { stored, plan, marks, confirmed } = progress;
    if (shard !== undefined) yield* this.#shardPages(ctx, shard, progress);
    const isEnd = shard === undefined || !appendsOnce(ctx);
    yield { checkpoint: encodeState(settleState(stored, plan, marks, confirmed, isEnd)) };
  }

  async *#shardPages(ctx: Context<Ga4Config>, shard: Shard, progress: Progress): AsyncGenerator<Page> {
    const { marks, confirmed, plan } = progress;
    // A daily table whose intraday one was sent: its events are there already. It takes over the mark, since an older
    // day that is still open keeps it among the candidates.
    const sent = marks.get(shard.key) ?? marks.get(intradayKey(shard.date));
    if (!rereadsChanged(ctx) && sent !== undefined) {
      marks.set(shard.key, sent);
      confirmed.add(shard.key);
      return;
    }
    try {
      const table = await getTable(ctx.http, this.#ref, shard.table);
      if (table === undefined) throw new ShardVanishedError(shard.table);
      const known = marks.get(shard.key);
      const mark = isSame(known, table) ? known : yield* this.#read(ctx, shard, table, progress);
      const isFinal = shard.isIntraday && shard.date < plan.intradayOpenFrom;
      marks.set(shard.key, isFinal ? { ...mark, final: true } : mark);
      confirmed.add(shard.key);
    } catch (error) {
      if (!(error instanceof ShardVanishedError)) throw error;
      yield* this.#vanished(ctx, shard, progress);
    }
  }

  /** Sends the rows of a table, and what is gone of an intraday one; gives its mark. */
  async *#read(
    ctx: Context<Ga4Config>,
    shard: Shard,
    table: TableDetails,
    { budget, marks }: Progress,
  ): AsyncGenerator<Page, ShardMark> {
    const release = await budget.acquire(Number(table.rows));
    try {
      ctx.log.info(`Reading ${table.id}: ${table.rows} rows.`);
      const reader = makeReader(ctx, this.#ref);
      const before = replacesRows(ctx) ? marks.get(intradayKey(shard.date)) : undefined;
      const sent = before === undefined ? undefined : sentBefore(marks, shard);
      // Of a daily table only what was sent before is of interest.
      const now = new SentIds(shard.isIntraday ? undefined : sent);
      const isTracked = replacesRows(ctx) && (shard.isIntraday || sent !== undefined);
      yield* readShard(ctx, this.#ref, reader, shard, table, isTracked ? now : undefined);
      if (before !== undefined) yield* reportVanished(ctx, { shard, table, before, sent, now });
      const ids = shard.isIntraday && isTracked ? now.pack() : undefined;
      return { ...markOf(table), ...(ids === undefined ? {} : { ids }) };
    } finally {
      release();
    }
  }

  /** A table that is gone again: for an intraday one the daily table has come instead, and is read when it may be. */
  async *#vanished(ctx: Context<Ga4Config>, shard: Shard, progress: Progress): AsyncGenerator<Page> {
    ctx.log.warn(`Table ${shard.table} was listed and is gone now; it is left out.`);
    if (shard.isIntraday && !appendsOnce(ctx)) yield* this.#shardPages(ctx, dailyShard(shard.date), progress);
  }
}

/** Whether rows of an incremental read replace those with the same key. Every other mode of a destination only adds. */
function replacesRows({ configured }: Context<Ga4Config>): boolean {
  return configured.sync_mode === 'incremental' && configured.destination_sync_mode === 'append_dedup';
}

function addsRows({ configured }: Context<Ga4Config>): boolean {
  return configured.sync_mode === 'incremental' && configured.destination_sync_mode !== 'append_dedup';
}

/** Whether each row is sent exactly once, so that a shard has to be settled before it is read. */
function appendsOnce(ctx: Context<Ga4Config>): boolean {
  return addsRows(ctx) && !ctx.config.append_unsettled;
}

/** Whether a shard that was read before is read again when it has changed. */
function rereadsChanged(ctx: Context<Ga4Config>): boolean {
  return ctx.configured.sync_mode === 'incremental' && !appendsOnce(ctx);
}

function markOf({ modified, rows, bytes }: TableDetails): ShardMark {
  return { modified, rows, bytes };
}

function isSame(mark: ShardMark | undefined, table: TableDetails): mark is ShardMark {
  return mark?.modified === table.modified && mark.rows === table.rows && mark.bytes === table.bytes;
}
