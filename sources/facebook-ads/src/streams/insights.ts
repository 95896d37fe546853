import { type Checkpoint, type Context, ownCursor, type Page, type StateProblem, Stream } from '@cuttle/airbyte-cdk';
import type { JsonObject } from '@cuttle/protocol';
import type { Account } from '../accounts.js';
import { type CastRecord, recordCast } from '../cast.js';
import { selectionOf, withNulls } from '../columns.js';
import type { FacebookAdsConfig } from '../config.js';
import { moveDay } from '../days.js';
import { nulled } from '../field-set.js';
import { firstDay, type Period, type PeriodBounds, periodsOf } from '../insights/periods.js';
import { InsightReader } from '../insights/reader.js';
import {
  cursorField,
  idFields,
  keyFields,
  type Report,
  reportFields,
  reportVersion,
  statusLevel,
} from '../insights/report.js';
import {
  type AccountState,
  decodeInsightState,
  type InsightState,
  insightProblem,
  type StateForm,
} from '../insights/state.js';
import { recordSchema } from '../schema/field-kind.js';
import { partProblems } from '../stored-parts.js';
import type { Surroundings } from '../surroundings.js';

/** An account of a stream, with the state that all accounts share. */
export interface InsightSlice {
  readonly account: string;
  readonly state: InsightState;
}

/** The rows of one report: each sync reads the new days and those whose numbers may have changed. */
export class InsightStream extends Stream<FacebookAdsConfig, InsightSlice> {
  readonly name: string;
  readonly schema;
  override readonly primaryKey;
  override readonly cursor;
  readonly #report: Report;
  readonly #around: Surroundings;
  readonly #cast: CastRecord;

  constructor(report: Report, around: Surroundings) {
    super();
    this.name = report.name;
    const fields = reportFields(report);
    this.schema = recordSchema(fields);
    this.#cast = recordCast(fields);
    this.primaryKey = keyFields(report).map((field) => [field]);
    this.cursor = ownCursor<FacebookAdsConfig>({
      field: cursorField(report),
      lookback: `P${report.lookbackDays}D`,
      settle: 'PT0S',
    });
    this.#report = report;
    this.#around = around;
  }

  override stateProblems(state: JsonObject, config: FacebookAdsConfig): readonly StateProblem[] {
    const form = this.#form(config);
    const begin = this.#report.start === undefined ? 'the first day that Meta keeps' : 'the start date';
    return partProblems(state, config.account_ids, (content) => insightProblem(content, form), begin);
  }

  override slices(ctx: Context<FacebookAdsConfig>): Iterable<InsightSlice> {
    const { account_ids: accounts } = ctx.config;
    const state = decodeInsightState(ctx.state, this.#form(ctx.config), accounts);
    return accounts.map((account) => ({ account, state }));
  }

  override async *pages(ctx: Context<FacebookAdsConfig>, slice: InsightSlice): AsyncIterable<Page | Checkpoint> {
    const account = await this.#around.account(ctx, slice.account);
    const first = firstDay({ start: this.#report.start, today: account.today });
    if (this.#report.start !== undefined && first > this.#report.start) {
      const day = periodsOf(this.#bounds(account))[0]?.since ?? first;
      ctx.log.warn(`${this.name}: Meta keeps 37 months, so account ${account.id} is read from ${day} on.`);
    }
    const own = slice.state.account(account.id, first);
    const periods = this.#plan(ctx, own, account);
    const reader = new InsightReader(this.#options(ctx, account), periods);
    for await (const event of reader.read()) {
      if ('rows' in event) {
        const { rows, lost } = event;
        const records = rows.map((row) => withNulls(this.#cast(row), lost));
        yield lost.length === 0 ? records : { records, changes: nulled(lost) };
        continue;
      }
      own.done(event.done);
      yield { checkpoint: slice.state.encode() };
    }
    yield { checkpoint: slice.state.encode() };
  }

  #form(config: FacebookAdsConfig): StateForm {
    const configured = config[`${statusLevel(this.#report.level)}_statuses`];
    return { timeIncrement: this.#report.timeIncrement, version: reportVersion(this.#report), configured };
  }

  #bounds({ today }: Account): PeriodBounds {
    const { start, end, timeIncrement: increment } = this.#report;
    return { start, end, today, increment };
  }

  #plan(ctx: Context<FacebookAdsConfig>, own: AccountState, account: Account): readonly Period[] {
    const { lookbackDays } = this.#report;
    const { cursor, through } = own;
    const all = periodsOf(this.#bounds(account));
    // A full refresh only goes on where an attempt before was cut off.
    if (ctx.configured.sync_mode === 'full_refresh') {
      const rest = all.filter(({ since }) => cursor === undefined || since > cursor);
      return own.plan(rest, account.today, 0);
    }
    // Any period with a day whose numbers could change after it was read.
    const from = through === undefined ? '' : moveDay(through, -lookbackDays);
    const again = all.filter(({ until }) => until >= from);
    return own.plan(again, account.today, lookbackDays);
  }

  /** The report with the selected columns only. The version in the state stays that of the whole one. */
  #selected({ configured }: Context<FacebookAdsConfig>): Report {
    const isSelected = selectionOf(configured.stream.json_schema);
    const keys = idFields(this.#report.level);
    return {
      ...this.#report,
      fields: this.#report.fields.filter((field) => isSelected(field) || keys.includes(field)),
    };
  }

  #options(ctx: Context<FacebookAdsConfig>, account: Account) {
    return {
      http: ctx.http,
      log: ctx.log,
      throttle: this.#around.throttle,
      report: this.#selected(ctx),
      account: account.id,
      apiVersion: ctx.config.api_version,
      earliest: firstDay({ start: undefined, today: account.today }),
      pageSize: ctx.config.page_size,
      pollMs: ctx.config.insights_poll_ms,
      isOrdered: ctx.configured.destination_sync_mode !== 'append_dedup',
    };
  }
}
