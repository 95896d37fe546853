import type { Context, RecordData } from '@cuttle/airbyte-cdk';
import type { Thing } from './api.js';
import type { BubbleConfig } from './config.js';
import { readKeyset } from './keyset.js';
import { type PackedIds, packIds } from './packed-ids.js';

/** Most rows of a type whose ids are kept in the state. */
const MAX_WATCHED = 50_000;
/** With more ids than these in the state, a checkpoint is large, so it comes after a number of pages only. */
const FEW_IDS = 2000;
const PAGES_PER_CHECKPOINT = 20;

/**
 * Finds deletions, which Bubble does not show: ids that were there, or were read in this sync, and are not there any more
 * when all ids are listed at the end.
 */
export class DeleteWatch {
  readonly #candidates: Set<string>;
  #present: PackedIds | undefined;
  #isTooLarge = false;

  /** @param known ids of the state; undefined when there are none */
  constructor(known: ReadonlySet<string> | undefined) {
    this.#candidates = new Set(known);
  }

  /**
   * What goes into the state: before the sweep also the ids that were sent in this sync, so that their deletion is found
   * although it is cut off; behind it those that are there. Undefined when the type is too large.
   */
  get known(): PackedIds | undefined {
    return this.#isTooLarge ? undefined : (this.#present ?? packIds(this.#candidates));
  }

  /** Takes note of rows that were sent. */
  emitted(things: readonly Thing[]): void {
    if (this.#isTooLarge) return;
    for (const { _id } of things) this.#candidates.add(_id);
    if (this.#candidates.size > 2 * MAX_WATCHED) this.#giveUp();
  }

  /** Whether a checkpoint may be sent after so many pages. */
  isCheckpointDue(pages: number): boolean {
    return this.#candidates.size <= FEW_IDS || pages % PAGES_PER_CHECKPOINT === 0;
  }

  /**
   * Lists all ids and gives a record for each row that is gone. Its Modified Date is the time of the sweep, later than
   * any row that was read, so that it wins a deduplication by that cursor; it never enters the state.
   *
   * @param newestMs latest Modified Date that was read
   */
  async sweep(ctx: Context<BubbleConfig>, type: string, newestMs: number | undefined): Promise<readonly RecordData[]> {
    const present = new Set<string>();
    if (!this.#isTooLarge) {
      for await (const { things } of readKeyset(ctx.http, { type, field: 'Created Date', from: undefined })) {
        for (const { _id } of things) present.add(_id);
        if (present.size > MAX_WATCHED) {
          this.#giveUp();
          break;
        }
      }
    }
    if (this.#isTooLarge) {
      ctx.log.warn(
        `Type ${type} has more than ${MAX_WATCHED} rows, so its deletions are not detected. ` +
          `Compare it with the stream ${type}_ids instead.`,
      );
      return [];
    }
    this.#present = packIds(present);
    const time = new Date(Math.max(ctx.clock(), (newestMs ?? 0) + 1)).toISOString();
    const gone = [...this.#candidates].filter((id) => !present.has(id)).sort();
    return gone.map((id) => ({ _id: id, 'Modified Date': time, _ab_cdc_deleted_at: time }));
  }

  #giveUp(): void {
    this.#isTooLarge = true;
    this.#candidates.clear();
  }
}
