import { type Checkpoint, type Context, type Cursor, ownCursor, type Page, Stream } from '@cuttle/airbyte-cdk';
import { type FieldPath, type JsonObject, type JsonSchema, SystemError } from '@cuttle/protocol';
import { describe, type FarosSlice, type FarosState, type FarosStream } from './faros-source.js';
import { isNonFatal, knownError } from './known-error.js';
import { withNulls } from './with-nulls.js';

/** Records of a page, and the longest time that one waits for more of them, in ms. */
const PAGE_RECORDS = 500;
const PAGE_MS = 1000;

/**
 * A stream of faros-airbyte-cdk as one of the kit. Its slices are read one after another, in its own order of calls; a
 * state is published at its checkpoints and at a slice's clean end, and never again once a slice has failed.
 */
export class HostedStream extends Stream<JsonObject, FarosSlice> {
  readonly name: string;
  readonly schema: JsonSchema;
  override readonly primaryKey: readonly FieldPath[];
  declare readonly cursor?: Cursor<JsonObject>;
  readonly #theirs: FarosStream;

  constructor(theirs: FarosStream) {
    super();
    const described = describe(theirs);
    this.#theirs = theirs;
    this.name = described.name;
    this.schema = described.json_schema;
    this.primaryKey = described.source_defined_primary_key ?? [];
    if (!theirs.supportsIncremental) return;
    // What they look back or leave out is their own affair.
    this.cursor = ownCursor({ field: described.default_cursor_field?.[0] ?? '', lookback: 'PT0S', settle: 'PT0S' });
  }

  override appendRisk(): string {
    return 'a source of faros-airbyte-cdk may send other records from the same state';
  }

  async *pages(ctx: Context<JsonObject>): AsyncIterable<Page | Checkpoint> {
    try {
      yield* this.#read(ctx);
    } catch (error) {
      throw knownError(error);
    }
  }

  async *#read(ctx: Context<JsonObject>): AsyncIterable<Page | Checkpoint> {
    const { configured, config, log } = ctx;
    const isIncremental = configured.sync_mode === 'incremental' && config['backfill'] !== true;
    const mode = isIncremental ? 'incremental' : 'full_refresh';
    const cursorField = configured.cursor_field ?? undefined;
    const theirs = this.#theirs;
    const progress = new Progress(isIncremental, isIncremental ? structuredClone(ctx.state ?? {}) : {});
    const slices = theirs.streamSlices(mode, cursorField, progress.state);
    await theirs.onBeforeRead();
    const limit = sliceLimit(config);
    let failed = 0;
    for await (const slice of slices) {
      try {
        const records = theirs.readRecords(mode, cursorField, slice, progress.state);
        yield* this.#readSlice(records, slice, progress, ctx);
      } catch (error) {
        const isSkipped = isNonFatal(error);
        if (!isSkipped && (slice === undefined || limit === undefined)) throw error;
        progress.hold();
        const { message } = knownError(error);
        log[isSkipped ? 'warn' : 'error'](`Stream ${this.name}: a slice failed, its state is held back: ${message}`);
        if (!isSkipped) failed += 1;
        if (limit !== undefined && failed > limit) break;
      }
    }
    await theirs.onAfterRead();
    if (failed > 0) {
      const message = `${failed} slices of the stream ${this.name} failed; the log has the reasons.`;
      throw new SystemError(message, { code: 'FAROS_SLICES_FAILED' });
    }
  }

  async *#readSlice(
    records: AsyncIterable<object>,
    slice: FarosSlice,
    progress: Progress,
    ctx: Context<JsonObject>,
  ): AsyncIterable<Page | Checkpoint> {
    const interval = this.#theirs.stateCheckpointInterval ?? 0;
    let page: JsonObject[] = [];
    let count = 0;
    let since = ctx.clock();
    for await (const record of records) {
      // A copy: the state and the record may be changed in place behind the yield.
      page.push(withNulls(record));
      count += 1;
      progress.state = this.#theirs.getUpdatedState(progress.state, record, slice);
      const isCheckpoint = interval > 0 && count % interval === 0;
      if (!isCheckpoint && page.length < PAGE_RECORDS && ctx.clock() - since < PAGE_MS) continue;
      const checkpoint = isCheckpoint ? progress.checkpoint() : undefined;
      yield page;
      page = [];
      since = ctx.clock();
      if (checkpoint !== undefined) yield checkpoint;
    }
    const last = progress.checkpoint();
    if (page.length > 0) yield page;
    if (last !== undefined) yield last;
  }
}

/** The state of a stream while it is read. */
class Progress {
  state: FarosState;
  #isPublished: boolean;

  constructor(isPublished: boolean, state: FarosState) {
    this.state = state;
    this.#isPublished = isPublished;
  }

  /** Publishes nothing any more: a state beyond a failed slice would skip its records for ever. */
  hold(): void {
    this.#isPublished = false;
  }

  /** What holds now, as a copy; undefined where no state is published. */
  checkpoint(): Checkpoint | undefined {
    return this.#isPublished ? { checkpoint: JSON.parse(JSON.stringify(this.state)) as JsonObject } : undefined;
  }
}

/** `max_slice_failures`: undefined ends a stream at its first failed slice, -1 never. */
function sliceLimit(config: JsonObject): number | undefined {
  const limit = config['max_slice_failures'];
  if (typeof limit !== 'number') return undefined;
  return limit === -1 ? Number.POSITIVE_INFINITY : limit;
}
