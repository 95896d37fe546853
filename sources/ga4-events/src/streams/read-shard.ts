import type { SourceContext, TextPage } from '@cuttle/airbyte-cdk';
import { type DatasetRef, getTable, type TableDetails } from '../api.js';
import type { Ga4Config } from '../config.js';
import { compileEvent, eventIdOf } from '../encode/event-encoder.js';
import { ColumnsAddedError, type FvRow } from '../encode/fv-row.js';
import { Occurrences } from '../encode/occurrences.js';
import { type ShardReader, ShardVanishedError } from '../readers/shard-reader.js';
import type { TableField } from '../schema/table-field.js';
import type { SentIds } from '../shards/sent-ids.js';
import type { Shard } from '../shards/shard.js';
import { wantedEvents } from './make-reader.js';

/** Records of one page; texts are built of many parts, so few of them are kept at a time. */
const PAGE_RECORDS = 50;

type Encode = (row: FvRow) => string;

/**
 * The records of one shard.
 *
 * @param sent takes note of the ids
 * @throws {ShardVanishedError} when its table is not there any more
 */
export async function* readShard(
  ctx: SourceContext<Ga4Config>,
  ref: DatasetRef,
  reader: ShardReader,
  shard: Shard,
  table: TableDetails,
  sent?: SentIds,
): AsyncGenerator<TextPage> {
  const seen = new Occurrences(Number(table.rows));
  const compile = (fields: readonly TableField[]): Encode => compileEvent(fields, shard, seen);
  let fields: readonly TableField[] = [];
  let encode: Encode = () => '';
  let isWanted: (row: FvRow) => boolean = () => true;
  let note: (row: FvRow, text: string) => void = () => undefined;
  const adopt = (newer: readonly TableField[]): void => {
    fields = newer;
    encode = compile(newer);
    isWanted = eventFilter(newer, wantedEvents(ctx.config));
    note = idNotes(newer, sent);
  };
  let current: readonly TableField[] | undefined;
  for await (const batch of reader.read(table)) {
    // A list of columns that was replaced by a newer one stays replaced.
    if (current !== batch.fields && !(current !== undefined && sameColumns(current, batch.fields))) adopt(batch.fields);
    current = batch.fields;
    let texts: string[] = [];
    for (const row of batch.rows) {
      if (!isWanted(row)) continue;
      let text: string;
      try {
        text = encode(row);
      } catch (error) {
        if (!(error instanceof ColumnsAddedError)) throw error;
        adopt(await newerColumns(ctx, ref, shard, fields));
        text = encode(row);
      }
      note(row, text);
      texts.push(text);
      if (texts.length === PAGE_RECORDS) {
        yield { texts };
        texts = [];
      }
    }
    if (texts.length > 0) yield { texts };
  }
}

/** Columns were added between the look at the table and the first page: look again. */
async function newerColumns(
  ctx: SourceContext<Ga4Config>,
  ref: DatasetRef,
  shard: Shard,
  known: readonly TableField[],
): Promise<readonly TableField[]> {
  const table = await getTable(ctx.http, ref, shard.table);
  if (table === undefined) throw new ShardVanishedError(shard.table);
  ctx.log.info(`Table ${shard.table} has new columns: ${known.length} before, ${table.fields.length} now.`);
  return table.fields;
}

/** Takes note of a row's id and timestamp, when somebody wants to know. */
function idNotes(fields: readonly TableField[], sent: SentIds | undefined): (row: FvRow, text: string) => void {
  const index = fields.findIndex((field) => field.name === 'event_timestamp');
  if (sent === undefined) return () => undefined;
  return (row, text) => {
    const timestamp = row.f[index]?.v;
    sent.add(eventIdOf(text), typeof timestamp === 'string' ? timestamp : '0');
  };
}

function sameColumns(a: readonly TableField[], b: readonly TableField[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function eventFilter(fields: readonly TableField[], names: readonly string[] | undefined): (row: FvRow) => boolean {
  const index = fields.findIndex((field) => field.name === 'event_name');
  if (names === undefined || index < 0) return () => true;
  const wanted = new Set(names);
  return (row) => wanted.has(row.f[index]?.v as string);
}
