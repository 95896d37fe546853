import type { Context, TextPage } from '@cuttle/airbyte-cdk';
import { isJsonObject } from '@cuttle/protocol';
import { type DatasetRef, getTable, type TableDetails } from '../api.js';
import type { Ga4Config } from '../config.js';
import { DELETED_AT } from '../schema/json-schema.js';
import { type Plan, replacedDates } from '../shards/plan.js';
import { SentIds } from '../shards/sent-ids.js';
import { dailyShard, intradayKey, type Shard } from '../shards/shard.js';
import type { EventsState, ShardMark } from '../shards/state.js';

/** Most dates that a message names. */
const NAMED_DATES = 10;

/** Says which days have an intraday table only, and why they are not read. */
export function tellLeftDays({ log }: Context<Ga4Config>, { left: { notIncluded, tooYoung } }: Plan): void {
  if (notIncluded.length > 0) {
    log.warn(
      `${days(notIncluded)} only as events_intraday_<day>, and so without rows in this sync. Set include_intraday to ` +
        'read them; a daily table comes later unless the export limit was reached or only the streaming export is on.',
    );
  }
  if (tooYoung.length > 0) {
    log.info(`${days(tooYoung)} only as events_intraday_<day>. In append mode they wait until 72 hours after the day.`);
  }
}

/** Says which daily tables came after their intraday table was appended: they are left out, or rows would repeat. */
export async function tellReplacedDays(
  ctx: Context<Ga4Config>,
  ref: DatasetRef,
  plan: Plan,
  state: EventsState,
): Promise<void> {
  for (const date of replacedDates(plan, state)) {
    const { table: id } = dailyShard(date);
    const table = await getTable(ctx.http, ref, id);
    const rows = state.shards.get(intradayKey(date))?.rows;
    ctx.log.warn(
      `Day ${date}: ${rows} rows of events_intraday_${date} were appended before ${id} came with ${table?.rows ?? 'no'} ` +
        'rows. It is not read, or the events would count twice. Use append + dedup to have days replaced.',
    );
  }
}

/** The ids of a day's events that were sent from its intraday table; undefined when none are known. */
export function sentBefore(marks: ReadonlyMap<string, ShardMark>, { date }: Shard): SentIds | undefined {
  const ids = marks.get(intradayKey(date))?.ids;
  return ids === undefined ? undefined : SentIds.unpack(ids);
}

/** What a shard was read for, beside its rows. */
export interface Replacement {
  readonly shard: Shard;
  readonly table: TableDetails;
  /** The intraday table as it was read before. */
  readonly before: ShardMark;
  /** What was sent of it; undefined when there were too many rows to remember. */
  readonly sent: SentIds | undefined;
  /** What this read has sent. */
  readonly now: SentIds;
}

/**
 * Reports the events of an intraday table that are not in the one that replaces it: a warning, and a deletion of each
 * where the stream's schema has the column. A deletion carries the event's own timestamp, since by the cursor it has to
 * win against the event; its time is that of the table.
 */
export function* reportVanished(ctx: Context<Ga4Config>, replacement: Replacement): Generator<TextPage> {
  const { shard, table, before, sent, now } = replacement;
  const counts = `Day ${shard.date}: ${before.rows} rows of events_intraday_${shard.date} before, ${table.rows} of ${table.id} now`;
  if (sent === undefined) {
    if (!shard.isIntraday) {
      ctx.log.warn(
        `${counts}. Which keys vanished is not known, since the first were too many or appended; they stay.`,
      );
    }
    return;
  }
  const vanished = sent.vanished(now);
  if (vanished.length === 0) return;
  const ids = vanished.slice(0, NAMED_DATES).map(({ id }) => id);
  const canDelete = hasDeletions(ctx);
  ctx.log.warn(
    `${counts}; ${vanished.length} keys vanished (${ids.join(', ')}${vanished.length > ids.length ? ', ...' : ''}). ` +
      (canDelete
        ? `They are sent as deleted, with ${DELETED_AT}.`
        : `They stay in the destination: refresh the schema of the stream to have them deleted by ${DELETED_AT}.`),
  );
  if (!canDelete) return;
  const time = new Date(Number(table.modified)).toISOString();
  const texts = vanished.map(
    ({ id, timestamp }) =>
      `{"_event_id":"${id}","_table_date":"${shard.date}","_is_intraday":true,` +
      `"${DELETED_AT}":"${time}","event_timestamp":${timestamp}}`,
  );
  yield { texts };
}

/** Whether the stream as the user has it holds the column of deletions; a schema without columns takes any. */
function hasDeletions({ configured }: Context<Ga4Config>): boolean {
  const { properties } = configured.stream.json_schema;
  return !isJsonObject(properties) || DELETED_AT in properties;
}

function days(dates: readonly string[]): string {
  const named = dates.slice(0, NAMED_DATES).join(', ');
  const more = dates.length > NAMED_DATES ? ` and ${dates.length - NAMED_DATES} more` : '';
  return dates.length === 1 ? `Day ${named} exists` : `Days ${named}${more} exist`;
}
