import { createHash } from 'node:crypto';
import {
  beginning,
  type Checkpoint,
  type Context,
  ownCursor,
  type Page,
  type StateProblem,
  Stream,
} from '@cuttle/airbyte-cdk';
import { canonicalJson, isJsonObject, type JsonObject, SystemError } from '@cuttle/protocol';
import { type CastRecord, recordCast } from '../cast.js';
import { withNulls } from '../columns.js';
import type { FacebookAdsConfig } from '../config.js';
import { retryUnknown } from '../error-table.js';
import { FieldSet, nulled } from '../field-set.js';
import { firstDay } from '../insights/periods.js';
import { listPages } from '../paging.js';
import { recordSchema } from '../schema/field-kind.js';
import { partProblems } from '../stored-parts.js';
import type { Surroundings } from '../surroundings.js';
import { type EntityColumns, entityColumns, lostColumns, THUMBNAIL } from './entity-columns.js';
import { type EntityDefinition, entityFields } from './entity-definitions.js';
import { decodeEntityState, type EntityForm, type EntityState, entityProblem } from './entity-state.js';
import { Thumbnails } from './thumbnails.js';

/** Time before the last change that is asked for again: Meta shows some changes late. */
const LOOKBACK_MS = 600_000;

/** An account of a stream, with the state that all accounts share. */
export interface EntitySlice {
  readonly account: string;
  readonly state: EntityState;
}

/** Objects of the accounts: in full, or what was changed since the last sync. */
export class EntityStream extends Stream<FacebookAdsConfig, EntitySlice> {
  readonly name: string;
  readonly schema;
  override readonly primaryKey = [['id']];
  override readonly cursor;
  readonly #definition: EntityDefinition;
  readonly #statuses: readonly string[] | undefined;
  readonly #around: Surroundings;
  readonly #cast: CastRecord;

  /** @param statuses effective statuses to ask for; undefined for objects without one */
  constructor(
    definition: EntityDefinition,
    statuses: readonly string[] | undefined,
    around: Surroundings,
    config: FacebookAdsConfig,
  ) {
    super();
    this.name = definition.name;
    const hasThumbnails = definition.name === 'ad_creatives' && config.fetch_thumbnail_images;
    this.schema = recordSchema([
      ...entityFields(definition),
      ...(hasThumbnails ? ([[THUMBNAIL, 'text']] as const) : []),
    ]);
    const { cursor: field } = definition;
    this.cursor =
      field === undefined
        ? undefined
        : ownCursor<FacebookAdsConfig>({ field, lookback: `PT${LOOKBACK_MS / 1000}S`, settle: 'PT0S' });
    this.#definition = definition;
    this.#statuses = statuses;
    this.#around = around;
    this.#cast = recordCast(entityFields(definition));
  }

  override stateProblems(state: JsonObject, config: FacebookAdsConfig): readonly StateProblem[] {
    const form = this.#form(config);
    const problemOf = (content: JsonObject) => entityProblem(content, form);
    return partProblems(state, config.account_ids, problemOf, beginning({ ...config }));
  }

  override slices(ctx: Context<FacebookAdsConfig>): Iterable<EntitySlice> {
    const { account_ids: accounts } = ctx.config;
    // Without a cursor there is nothing to go on from.
    const state = decodeEntityState(
      this.cursor === undefined ? undefined : ctx.state,
      this.#form(ctx.config),
      accounts,
    );
    return accounts.map((account) => ({ account, state }));
  }

  override async *pages(ctx: Context<FacebookAdsConfig>, slice: EntitySlice): AsyncIterable<Page | Checkpoint> {
    const { account, state } = slice;
    const { askedMs } = await this.#around.account(ctx, account);
    const known = state.timeOf(account);
    const sinceMs = known === undefined ? undefined : known - LOOKBACK_MS;
    let newestMs = 0;
    const columns = this.#columns(ctx);
    const fields = this.#fieldSet(ctx, account, sinceMs, columns);
    for await (const rows of this.#rows(ctx, account, sinceMs, fields)) {
      const lost = lostColumns(columns, fields.refused);
      const pictured = columns.hasThumbnails ? await withThumbnails(ctx, rows) : rows;
      const records = pictured.map((row) => withNulls(this.#record(row, account, columns.hidden), lost));
      const fresh = records.filter((record) => sinceMs === undefined || !(this.#timeOf(record) < sinceMs));
      for (const record of fresh) newestMs = Math.max(newestMs, this.#timeOf(record) || 0);
      yield lost.length === 0 ? fresh : { records: fresh, changes: nulled(lost) };
    }
    if (this.cursor === undefined) return;
    // What is changed while the list is read may be missed, so the state stays behind the begin of the reading.
    if (newestMs > 0) state.done(account, Math.min(newestMs, askedMs));
    yield { checkpoint: state.encode() };
  }

  #form(config: FacebookAdsConfig): EntityForm {
    const { cursor: field = 'updated_time', level } = this.#definition;
    return { field, statuses: level === undefined ? undefined : config[`${level}_statuses`] };
  }

  /** Rows as the API gives them, without the fields that Meta refuses. */
  async *#rows(ctx: Context<FacebookAdsConfig>, account: string, sinceMs: number | undefined, fields: FieldSet) {
    for (;;) {
      let hasRows = false;
      try {
        for await (const rows of this.#ask(ctx, account, sinceMs, fields.names, ctx.config.page_size)) {
          hasRows = true;
          yield rows;
        }
        return;
      } catch (error) {
        if (hasRows) throw error;
        await fields.exclude(error);
      }
    }
  }

  #fieldSet(
    ctx: Context<FacebookAdsConfig>,
    account: string,
    sinceMs: number | undefined,
    { asked: wanted, required }: EntityColumns,
  ): FieldSet {
    const ask = async (some: readonly string[]): Promise<void> => {
      for await (const _rows of this.#ask(ctx, account, sinceMs, some, 1)) return;
    };
    return new FieldSet({ log: ctx.log, stream: this.name, account, wanted, required, ask });
  }

  #columns({ config, configured }: Context<FacebookAdsConfig>): EntityColumns {
    const canHaveThumbnails = this.name === 'ad_creatives' && config.fetch_thumbnail_images;
    return entityColumns(this.#definition, configured.stream.json_schema, canHaveThumbnails);
  }

  async *#ask(
    ctx: Context<FacebookAdsConfig>,
    account: string,
    sinceMs: number | undefined,
    names: readonly string[],
    limit: number,
  ): AsyncGenerator<readonly JsonObject[]> {
    const { edge } = this.#definition;
    const { http, log } = ctx;
    const fields = names.join(',');
    if (edge === undefined) {
      const { data } = await http.get(`/act_${account}`, { params: { fields }, classify: retryUnknown });
      yield isJsonObject(data) ? [data] : [];
      return;
    }
    const params = { fields, ...(await this.#conditions(ctx, account, sinceMs)) };
    yield* listPages({ http, log, path: `/act_${account}/${edge}`, params, limit, whenTooLarge: 'retry' });
  }

  async #conditions(
    ctx: Context<FacebookAdsConfig>,
    account: string,
    sinceMs: number | undefined,
  ): Promise<Readonly<Record<string, string>>> {
    const { level, changesBy } = this.#definition;
    if (changesBy === 'since') {
      const { today } = await this.#around.account(ctx, account);
      const day = firstDay({ start: ctx.config.start_date?.slice(0, 10), today });
      const seconds = Math.floor((sinceMs ?? Date.parse(day)) / 1000);
      return { since: String(seconds) };
    }
    if (level === undefined) return {};
    const statuses = { field: `${level}.effective_status`, operator: 'IN', value: this.#statuses };
    if (sinceMs === undefined || changesBy !== 'filter') return { filtering: JSON.stringify([statuses]) };
    // The condition is strict and counts whole seconds.
    const value = Math.floor(sinceMs / 1000) - 1;
    return {
      filtering: JSON.stringify([statuses, { field: `${level}.updated_time`, operator: 'GREATER_THAN', value }]),
    };
  }

  #record(row: JsonObject, account: string, hidden: ReadonlySet<string>): JsonObject {
    const own = this.#cast(row);
    const id = this.#definition.lacksId ? contentId(row) : own['id'];
    if (typeof id !== 'string' || id === '') {
      throw new SystemError(`Meta gave a row of ${this.name} of account ${account} without an id.`, {
        code: 'GRAPH_ANSWER',
      });
    }
    const shown = Object.entries(own).filter(([name]) => !hidden.has(name));
    // Entries and spread keep fields with odd names, such as __proto__, as data.
    return { ...Object.fromEntries(shown), id, account_id: account };
  }

  #timeOf(record: JsonObject): number {
    return Date.parse(String(record[this.#definition.cursor ?? '']));
  }
}

/** An id made of a row's content: the same for the same row. */
function contentId(row: JsonObject): string {
  return createHash('sha256').update(canonicalJson(row)).digest('hex').slice(0, 32);
}

async function withThumbnails(
  ctx: Context<FacebookAdsConfig>,
  rows: readonly JsonObject[],
): Promise<readonly JsonObject[]> {
  const thumbnails = new Thumbnails(ctx);
  try {
    return await Promise.all(
      rows.map(async (row) => ({ ...row, [THUMBNAIL]: await thumbnails.dataUrl(row['thumbnail_url']) })),
    );
  } finally {
    await thumbnails.close();
  }
}
