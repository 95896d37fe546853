import {
  type Checkpoint,
  type Context,
  ownCursor,
  type Page,
  type RecordData,
  type StateProblem,
  Stream,
} from '@cuttle/airbyte-cdk';
import type { JsonObject } from '@cuttle/protocol';
import type { Constraint, Thing } from '../api.js';
import { type BubbleConfig, startMs } from '../config.js';
import { type Convert, convertThings } from '../convert.js';
import { DeleteWatch } from '../delete-watch.js';
import { type Position, readKeyset } from '../keyset.js';
import { cutByCreation } from '../ranges.js';
import { recordSchema } from '../schema.js';
import {
  type CreatedRange,
  decodeIncremental,
  decodeRanges,
  encodeIncremental,
  encodeRanges,
  stateProblems,
} from '../state.js';
import type { TypeInfo } from '../type-info.js';

/** A part of a stream: the whole incremental read, or a stretch of creation times of a full refresh. */
export type ThingSlice =
  | { readonly kind: 'incremental' }
  | { readonly kind: 'created'; readonly range: CreatedRange; readonly open: Set<CreatedRange> };

/**
 * The rows of one Bubble type. Incremental by Modified Date in one lane; a full refresh by Created Date, which never
 * changes, in several.
 */
export class ThingStream extends Stream<BubbleConfig, ThingSlice> {
  readonly name: string;
  readonly schema;
  override readonly primaryKey = [['_id']];
  override readonly cursor;
  readonly #convert: Convert;

  constructor(type: TypeInfo, config: BubbleConfig) {
    super();
    this.name = type.name;
    this.schema = recordSchema(type, config.dates, config.detect_deletes);
    this.cursor = ownCursor<BubbleConfig>({
      field: 'Modified Date',
      lookback: `PT${config.lookback_seconds}S`,
      settle: 'PT0S',
    });
    this.#convert = convertThings(type, config.flatten_email);
  }

  override stateProblems(state: JsonObject): readonly StateProblem[] {
    return stateProblems(state);
  }

  override appendRisk(config: BubbleConfig): string | undefined {
    const deletions = 'deletions carry the time of the sync that found them (detect_deletes)';
    const risks = [super.appendRisk(config), config.detect_deletes ? deletions : undefined];
    return risks.filter((risk) => risk !== undefined).join(', and ') || undefined;
  }

  override async *slices(ctx: Context<BubbleConfig>): AsyncIterable<ThingSlice> {
    if (ctx.configured.sync_mode === 'incremental') {
      yield { kind: 'incremental' };
      return;
    }
    const ranges =
      decodeRanges(ctx.state) ??
      (await cutByCreation(ctx.http, this.name, ctx.config.concurrency, startConstraints(ctx.config)));
    const open = new Set(ranges);
    for (const range of ranges) yield { kind: 'created', range, open };
  }

  override pages(ctx: Context<BubbleConfig>, slice: ThingSlice): AsyncIterable<Page | Checkpoint> {
    return slice.kind === 'incremental' ? this.#incremental(ctx) : this.#created(ctx, slice.range, slice.open);
  }

  async *#created(
    ctx: Context<BubbleConfig>,
    range: CreatedRange,
    open: Set<CreatedRange>,
  ): AsyncIterable<Page | Checkpoint> {
    const { name: type } = this;
    const from = range.position;
    const constraints = startConstraints(ctx.config);
    const keyset = { type, field: 'Created Date', from, endMs: range.endMs, constraints } as const;
    for await (const { things, position } of readKeyset(ctx.http, keyset)) {
      yield this.#records(ctx, things);
      range.position = position;
      yield { checkpoint: encodeRanges(open) };
    }
    open.delete(range);
    yield { checkpoint: encodeRanges(open) };
  }

  async *#incremental(ctx: Context<BubbleConfig>): AsyncIterable<Page | Checkpoint> {
    const stored = decodeIncremental(ctx.state);
    const deletes = ctx.config.detect_deletes ? new DeleteWatch(stored?.known) : undefined;
    let done = stored?.position;
    let pages = 0;
    const from = startPosition(ctx.config, done);
    for await (const { things, position } of readKeyset(ctx.http, { type: this.name, field: 'Modified Date', from })) {
      yield this.#records(ctx, things);
      deletes?.emitted(things);
      pages += 1;
      // Inside the lookback the state stays where it was: it never moves back.
      if (done !== undefined && position.timeMs < done.timeMs) continue;
      done = position;
      if (deletes === undefined || deletes.isCheckpointDue(pages)) {
        yield { checkpoint: encodeIncremental(done, deletes?.known) };
      }
    }
    if (deletes !== undefined) {
      const gone = await deletes.sweep(ctx, this.name, done?.timeMs);
      if (gone.length > 0) yield gone;
    }
    if (done !== undefined) yield { checkpoint: encodeIncremental(done, deletes?.known) };
  }

  #records(ctx: Context<BubbleConfig>, things: readonly Thing[]): readonly RecordData[] {
    this.#warnOfUserToken(ctx, things);
    return things.map(this.#convert);
  }

  #hasWarned = false;

  /** An administrator's token sees how each user signs up; that it is missing tells a user's token, or none. */
  #warnOfUserToken(ctx: Context<BubbleConfig>, things: readonly Thing[]): void {
    if (this.#hasWarned || this.name !== 'user' || !things.some(isHidden)) return;
    this.#hasWarned = true;
    ctx.log.warn(USER_TOKEN_WARNING);
  }
}

/** Said when the token seems to be a user's. */
export const USER_TOKEN_WARNING =
  'The api_token seems to belong to a user, not to an administrator: users come without their authentication. ' +
  'Privacy rules then hide fields and rows of every type.';

/** Whether a user's row lacks what an administrator's token would see. */
export function isHidden(user: Thing): boolean {
  return user['user_signed_up'] === true && (user['authentication'] ?? null) === null;
}

function startConstraints(config: BubbleConfig): readonly Constraint[] {
  const start = startMs(config);
  if (start === undefined) return [];
  return [{ key: 'Modified Date', constraint_type: 'greater than', value: new Date(start - 1).toISOString() }];
}

/** Where an incremental read begins: the state minus lookback, not before the start date. */
function startPosition(config: BubbleConfig, done: Position | undefined): Position | undefined {
  const start = startMs(config);
  const none = new Set<string>();
  if (done === undefined) return start === undefined ? undefined : { timeMs: start, ids: none };
  if (config.lookback_seconds === 0) return done;
  const timeMs = Math.max(done.timeMs - config.lookback_seconds * 1000, start ?? Number.NEGATIVE_INFINITY);
  return { timeMs, ids: none };
}
