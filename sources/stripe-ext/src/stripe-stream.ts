import {
  beginning,
  type Checkpoint,
  type Context,
  type Interval,
  mergeIntervals,
  ownCursor,
  type Page,
  type StateProblem,
  Stream,
} from '@cuttle/airbyte-cdk';
import { isJsonObject, type JsonObject } from '@cuttle/protocol';
import { hasConnected, type StripeConfig, startSeconds } from './config.js';
import type { ChangeWithLists } from './event-feed.js';
import { readChanged, readPayload } from './hydrate.js';
import type { Vanished } from './list-history.js';
import { type ListQuery, readList } from './paging.js';
import { type Listing, lookbackOf, SETTLE_SECONDS } from './plan.js';
import type { Resource } from './resource.js';
import type { RowMaker } from './rows.js';
import { type Columns, isLegacy, recordSchema, streamColumns } from './schema.js';
import type { AccountPlan, Session } from './session.js';
import { encodeState, type Progress, stateProblems } from './state.js';
import type { StripeClient, StripeObject } from './stripe-client.js';

/** Changed objects that are read before the state moves on. */
const CHUNK = 200;
/** Most rows of a page. */
const PAGE_ROWS = 100;

/** A part of a stream: the changed objects of an account, or those created in a stretch of time. */
export type StripeSlice =
  | { readonly kind: 'feed'; readonly account: AccountPlan; readonly run: Run }
  | {
      readonly kind: 'window';
      readonly account: AccountPlan;
      readonly run: Run;
      readonly listing: Listing;
      readonly window: Interval;
    };

/** One read of a stream. */
interface Run {
  /** Account of the key. */
  readonly account: string;
  readonly now: number;
  readonly progress: Map<string, Progress>;
  /** Windows that are not read to their end, by account. */
  readonly open: Map<string, number>;
}

/** How a stream is made. */
export interface StripeStreamOptions {
  readonly name: string;
  /** What is listed and announced. */
  readonly resource: Resource;
  readonly maker: RowMaker;
  readonly cursor: 'updated' | 'created';
  /** Stripe's own columns. */
  readonly columns: Columns;
  readonly config: StripeConfig;
  readonly session: Session;
}

/** Objects of one kind, or what belongs to them: listed by time of creation at first, then read as events announce changes. */
export class StripeStream extends Stream<StripeConfig, StripeSlice> {
  readonly name: string;
  readonly schema;
  override readonly primaryKey;
  override readonly cursor;
  readonly #resource: Resource;
  readonly #maker: RowMaker;
  readonly #session: Session;
  readonly #columns: Columns;
  readonly #expand: readonly string[];

  constructor({ name, resource, maker, cursor, columns, config, session }: StripeStreamOptions) {
    super();
    this.name = name;
    this.#resource = resource;
    this.#maker = maker;
    this.#session = session;
    this.#columns = streamColumns(columns, name, maker.own, config);
    this.#expand = isLegacy(config) ? [...resource.expand, ...resource.legacyExpand] : resource.expand;
    this.schema = recordSchema(this.#columns);
    // Ids that people choose, such as those of coupons, may stand in two accounts.
    this.primaryKey = hasConnected(config) ? [['account_id'], ['id']] : [['id']];
    this.cursor = ownCursor<StripeConfig>({
      field: cursor,
      lookback: `PT${lookbackOf(this.#resource, config)}S`,
      settle: `PT${SETTLE_SECONDS}S`,
    });
  }

  override stateProblems(state: JsonObject, config: StripeConfig): readonly StateProblem[] {
    return stateProblems(state, beginning({ ...config }));
  }

  override appendRisk(config: StripeConfig): string {
    const days = lookbackOf(this.#resource, config) / 86_400;
    const listed = days === 0 ? '' : `, and what was created in the last ${days} days is listed again in each sync`;
    return `an object comes again with each change, and states hold Stripe's time${listed}`;
  }

  override async *slices(ctx: Context<StripeConfig>): AsyncIterable<StripeSlice> {
    const isFullRefresh = ctx.configured.sync_mode === 'full_refresh';
    const plans = await this.#session.plans({ resource: this.#resource, isFullRefresh, stored: ctx.state });
    const { account, now } = await this.#session.facts();
    const run: Run = { account, now, progress: new Map(), open: new Map() };
    for (const { ref, progress, plan } of plans) {
      const { listing, reason } = plan;
      if (reason !== undefined) ctx.log.warn(`Stream ${this.name}: everything is listed again, because ${reason}.`);
      const isTracked = listing?.isTracked === true;
      const slices = isTracked && listing.t0 === progress.t0 ? progress.slices : [];
      const own = { ...progress, t0: isTracked ? listing.t0 : undefined, slices };
      if (plan.feedFrom !== undefined && plan.feedFrom !== own.until)
        Object.assign(own, { until: plan.feedFrom, ids: [] });
      run.progress.set(ref.id, own);
      run.open.set(ref.id, listing?.windows.length ?? 0);
    }
    for (const entry of plans) {
      const { listing, feedFrom } = entry.plan;
      if (feedFrom !== undefined) yield { kind: 'feed', account: entry, run };
      // Newest first: there is most.
      for (const window of [...(listing?.windows ?? [])].reverse()) {
        yield { kind: 'window', account: entry, run, listing: listing!, window };
      }
    }
  }

  override pages(ctx: Context<StripeConfig>, slice: StripeSlice): AsyncIterable<Page | Checkpoint> {
    const client = this.#session.client.as(slice.account.ref.header, ctx.http);
    return slice.kind === 'feed' ? this.#changed(ctx, client, slice) : this.#listed(ctx, client, slice);
  }

  /** Everything created in a stretch of time. */
  async *#listed(
    ctx: Context<StripeConfig>,
    client: StripeClient,
    slice: StripeSlice & { readonly kind: 'window' },
  ): AsyncIterable<Page | Checkpoint> {
    const { account, run, listing, window } = slice;
    const { t0, isRepeated } = listing;
    const query = this.#list(window.start, window.end === t0 ? undefined : window.end);
    const since = this.#childrenSince(ctx, account);
    // A second attempt that resumes from here has the same windows, whatever the time is.
    if (listing.isTracked) yield this.#checkpoint(ctx, run);
    for await (const page of readList(client, query)) {
      const wanted = page.filter((object) => this.#isWanted(ctx, object));
      yield* this.#pages(client, wanted, account, since, (object) => {
        const created = this.#createdOf(object) ?? t0;
        // A row of before may be newer by an event than this object is by creation.
        return isRepeated ? Math.max(created, t0) : created;
      });
    }
    const progress = run.progress.get(account.ref.id)!;
    if (listing.isTracked) progress.slices = mergeIntervals([...progress.slices, window]);
    const open = run.open.get(account.ref.id)! - 1;
    run.open.set(account.ref.id, open);
    if (open === 0) this.#finishListing(progress, listing);
    yield this.#checkpoint(ctx, run);
  }

  /** Everything that events say has changed, and what was created within the lookback. */
  async *#changed(
    ctx: Context<StripeConfig>,
    client: StripeClient,
    { account, run }: StripeSlice & { readonly kind: 'feed' },
  ): AsyncIterable<Page | Checkpoint> {
    const progress = run.progress.get(account.ref.id)!;
    const feed = await this.#session.feed(account.ref);
    const { until = 0, ids } = progress;
    const all = await feed.changes(this.#resource.object, until, new Set(ids));
    const changes = all.filter(({ created }) => created === undefined || created >= startSeconds(ctx.config));
    const done = new Set<string>();
    if (account.plan.listing === undefined) yield* this.#recent(ctx, client, account, run.now, changes, done);
    const rest = changes.filter(({ id }) => !done.has(id));
    for (let from = 0; from < rest.length; from += CHUNK) {
      const chunk = rest.slice(from, from + CHUNK);
      yield* this.#hydrated(ctx, client, account, chunk);
      const at = chunk.at(-1)!.at;
      const isRead = (change: ChangeWithLists) => change.at === at && (done.has(change.id) || chunk.includes(change));
      const before = progress.until === at ? progress.ids : [];
      Object.assign(progress, { until: at, ids: [...before, ...changes.filter(isRead).map(({ eventId }) => eventId)] });
      yield this.#checkpoint(ctx, run);
    }
    Object.assign(progress, { until: Math.max(feed.end, until), ids: feed.end > until ? [] : progress.ids });
    yield this.#checkpoint(ctx, run);
  }

  /** Lists what was created within the lookback: no event may have told of it. */
  async *#recent(
    ctx: Context<StripeConfig>,
    client: StripeClient,
    account: AccountPlan,
    now: number,
    changes: readonly ChangeWithLists[],
    done: Set<string>,
  ): AsyncIterable<Page> {
    const lookback = lookbackOf(this.#resource, ctx.config);
    if (lookback === 0 || !this.#resource.hasCreatedFilter) return;
    const changeOf = new Map(changes.map((change) => [change.id, change]));
    const start = Math.max(startSeconds(ctx.config), now - lookback);
    for await (const page of readList(client, this.#list(start, undefined))) {
      const wanted = page.filter((object) => this.#isWanted(ctx, object));
      const updatedOf = (object: StripeObject) =>
        Math.max(this.#createdOf(object) ?? 0, changeOf.get(object.id)?.at ?? 0);
      yield* this.#pages(client, wanted, account, 0, updatedOf, changeOf);
      for (const { id } of wanted) done.add(id);
    }
  }

  async *#hydrated(
    ctx: Context<StripeConfig>,
    client: StripeClient,
    account: AccountPlan,
    chunk: readonly ChangeWithLists[],
  ): AsyncIterable<Page> {
    const options = { client, resource: this.#resource, expand: this.#expand, lanes: ctx.config.concurrency };
    const changeOf = new Map(chunk.map((change) => [change.id, change]));
    const updatedOf = ({ id }: StripeObject) => changeOf.get(id)?.at ?? 0;
    for await (const part of readChanged(chunk, options)) {
      if ('objects' in part) yield* this.#pages(client, part.objects, account, 0, updatedOf, changeOf);
      else
        yield* this.#allGone(
          ctx,
          client,
          account,
          part.gone.map(({ id }) => changeOf.get(id)!),
        );
    }
  }

  async *#allGone(
    ctx: Context<StripeConfig>,
    client: StripeClient,
    account: AccountPlan,
    changes: readonly ChangeWithLists[],
  ): AsyncIterable<Page> {
    for (const change of changes) {
      const payload = await readPayload(client, change);
      if (payload === undefined) {
        ctx.log.warn(`Stream ${this.name}: ${change.id} is gone, and so is its event.`);
        continue;
      }
      const list = payload[this.#resource.entries ?? ''];
      if (isJsonObject(list) && list['has_more'] === true) {
        const shown = 'Stripe shows only the first entries of its list; the others keep is_deleted = false';
        ctx.log.warn(`Stream ${this.name}: ${change.id} is deleted. ${shown}.`);
      }
      yield* this.#gone(client, payload, account, change);
    }
  }

  /** The rows of objects, in pages of a bounded size. */
  async *#pages(
    client: StripeClient,
    objects: readonly StripeObject[],
    account: AccountPlan,
    since: number,
    updatedOf: (object: StripeObject) => number,
    changeOf: ReadonlyMap<string, ChangeWithLists> = new Map(),
  ): AsyncIterable<Page> {
    let page: JsonObject[] = [];
    for (const object of objects) {
      const own = typeof object['updated'] === 'number' ? object['updated'] : 0;
      const isDeleted = object['object'] === 'subscription' && object['status'] === 'canceled';
      const stamp = { updated: Math.max(updatedOf(object), own), isDeleted, accountId: this.#accountId(account) };
      const vanished = this.#vanished(changeOf.get(object.id));
      for await (const rows of this.#maker.rows(client, object, stamp, since, vanished)) {
        page.push(...rows);
        if (page.length < PAGE_ROWS) continue;
        yield page;
        page = [];
      }
    }
    if (page.length > 0) yield page;
  }

  /** An object that can only be shown as its event shows it: in the version of the event, so without unknown columns. */
  async *#gone(
    client: StripeClient,
    payload: StripeObject,
    account: AccountPlan,
    change: ChangeWithLists,
  ): AsyncIterable<Page> {
    const stamp = { updated: change.at, isDeleted: true, accountId: this.#accountId(account) };
    for await (const rows of this.#maker.rows(client, payload, stamp, 0, this.#vanished(change))) {
      yield rows.map((row) => this.#known(row));
    }
  }

  #vanished(change: ChangeWithLists | undefined): readonly Vanished[] {
    return (change?.vanished ?? []).map(({ entry, ...rest }) => ({ ...rest, entry: entry && this.#known(entry) }));
  }

  /** What an event shows, without the columns that only its version has. */
  #known<T extends JsonObject>(shown: T): T {
    return Object.fromEntries(Object.entries(shown).filter(([name]) => name in this.#columns)) as T;
  }

  #finishListing(progress: Progress, { t0, isTracked }: Listing): void {
    if (isTracked) Object.assign(progress, { t0: undefined, slices: [], listed: t0 });
    const { until } = progress;
    if (until === undefined || this.#resource.events.length === 0) progress.until = Math.max(until ?? t0, t0);
  }

  #list(start: number, end: number | undefined): ListQuery {
    const { path, params, hasCreatedFilter, createdField } = this.#resource;
    const expand = this.#expand.map((field) => `data.${field}`);
    if (!hasCreatedFilter) return { path, params: { ...params, 'expand[]': expand } };
    const created = { 'created[gte]': start, 'created[lt]': end };
    return { path, params: { ...params, ...created, 'expand[]': expand }, createdField };
  }

  /** Some lists hold objects of other kinds, or of before the start date where they cannot be filtered. */
  #isWanted({ config }: Context<StripeConfig>, object: StripeObject): boolean {
    if (object['object'] !== this.#resource.object) return false;
    const created = this.#createdOf(object);
    return this.#resource.hasCreatedFilter || created === undefined || created >= startSeconds(config);
  }

  #createdOf(object: StripeObject): number | undefined {
    const created = object[this.#resource.createdField];
    return typeof created === 'number' ? created : undefined;
  }

  #childrenSince({ config }: Context<StripeConfig>, { progress }: AccountPlan): number {
    return Math.max(startSeconds(config), (progress.until ?? 0) - lookbackOf(this.#resource, config));
  }

  #accountId({ ref }: AccountPlan): string | undefined {
    return this.primaryKey.length > 1 ? ref.id : undefined;
  }

  #checkpoint({ config }: Context<StripeConfig>, { account, progress }: Run): Checkpoint {
    return { checkpoint: encodeState(account, config.api_version, progress, hasConnected(config)) };
  }
}
