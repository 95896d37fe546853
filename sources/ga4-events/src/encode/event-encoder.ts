import { hash } from 'node:crypto';
import { isOwnColumn } from '../schema/json-schema.js';
import type { TableField } from '../schema/table-field.js';
import { compileIdentity } from './event-identity.js';
import type { FvRow } from './fv-row.js';
import type { Occurrences } from './occurrences.js';
import { compileRow } from './row-text.js';

/** Length of the hash in an `_event_id`: 128 bits in hexadecimal digits. */
const ID_DIGITS = 32;

/** Where rows come from, as it stands in each record. */
export interface RowOrigin {
  /** `YYYYMMDD`. */
  readonly date: string;
  readonly isIntraday: boolean;
}

/**
 * Compiles a function that writes the record text of a row: `_event_id`, `_table_date` and `_is_intraday` first, then
 * the export's columns.
 *
 * `_event_id` is the hash of what identifies the event, and for the 2nd, 3rd, ... row that is identical to one before
 * `-1`, `-2`, ... behind it, so that identical rows stay apart and a second read gives the same ids.
 *
 * @param seen counts the rows of this table so far; one for each read of a table
 */
export function compileEvent(
  fields: readonly TableField[],
  origin: RowOrigin,
  seen: Occurrences,
): (row: FvRow) => string {
  const write = compileRow(fields, isOwnColumn);
  const identify = compileIdentity(fields);
  const middle = `","_table_date":${JSON.stringify(origin.date)},"_is_intraday":${origin.isIntraday},`;
  return (row) => {
    // First what may throw: a row that is encoded again must not be counted twice.
    const text = write(row);
    const id = hash('sha256', identify(row), 'hex');
    const repeats = seen.count({ home: bits(id, 0, 8), low: bits(id, 8, 16), high: bits(id, 16, 18) });
    const suffix = repeats === 0 ? '' : `-${repeats}`;
    return `{"_event_id":"${id.slice(0, ID_DIGITS)}${suffix}${middle}${text}`;
  };
}

/** The `_event_id` of a record text. */
export function eventIdOf(text: string): string {
  const start = '{"_event_id":"'.length;
  return text.slice(start, text.indexOf('"', start));
}

function bits(id: string, from: number, to: number): number {
  return Number.parseInt(id.slice(from, to), 16);
}
