import { mergeIntervals } from '@cuttle/airbyte-cdk';
import { isJsonObject, type Json, type JsonObject } from '@cuttle/protocol';

/** Cursor fields of the official connector; `date` is that of old invoice_items, `invoice_updated` of invoice lines. */
const CURSORS = ['updated', 'created', 'date', 'invoice_updated'];

/** The year 5138 in seconds, 1973 in milliseconds. */
const MAX_SECONDS = 1e11;

/**
 * The time up to which a state of the official connector (airbyte source-stripe, all versions) has read everything, in
 * seconds since the epoch; undefined for another form. Its forms:
 *
 * - `{"updated": 1725110606}`, also as a text and with the other cursor fields;
 * - `{"state_type": "date-range", "slices": [{"start", "end"}]}`: the end of the first gapless stretch;
 * - `{"state": {"updated": ...}, "lookback_window": seconds, "states": [...], "parent_state": {...}}` of streams below a
 *   parent. `state` moves only when all parents were read, so it holds for all of them; without it the oldest time
 *   of the parts does.
 */
export function officialUntil(state: JsonObject): number | undefined {
  return flatUntil(state) ?? rangeUntil(state) ?? partitionedUntil(state);
}

/** Seconds since the epoch: a whole number, or a text of one. Milliseconds are none: nothing would be read any more. */
export function secondsOf(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  const isWhole = typeof number === 'number' && Number.isSafeInteger(number);
  return isWhole && number < MAX_SECONDS ? number : undefined;
}

function flatUntil(state: JsonObject): number | undefined {
  return CURSORS.map((name) => secondsOf(state[name])).find((time) => time !== undefined);
}

function rangeUntil({ state_type: type, slices, legacy }: JsonObject): number | undefined {
  if (type !== 'date-range') return undefined;
  const intervals = (Array.isArray(slices) ? slices : []).flatMap((slice) => {
    const { start, end } = isJsonObject(slice) ? slice : {};
    const [from, to] = [secondsOf(start), secondsOf(end)];
    // Ends belong to these slices, so one second less than touching leaves no gap.
    return from === undefined || to === undefined ? [] : [{ start: from, end: to + 1 }];
  });
  const [first] = mergeIntervals(intervals);
  if (first !== undefined) return first.end - 1;
  return isJsonObject(legacy) ? flatUntil(legacy) : undefined;
}

function partitionedUntil({ state, states, parent_state: parents, lookback_window: window }: JsonObject) {
  const shared = isJsonObject(state) ? flatUntil(state) : undefined;
  if (shared !== undefined) return shared - (secondsOf(window) ?? 0);
  const parts = Array.isArray(states) ? states.map((part) => (isJsonObject(part) ? part['cursor'] : null)) : [];
  return oldest(parts) ?? (isJsonObject(parents) ? oldest(Object.values(parents)) : undefined);
}

/** The oldest of several times; undefined when there are none, or one cannot be read. */
function oldest(states: readonly (Json | undefined)[]): number | undefined {
  const times = states.map((state) => (isJsonObject(state) ? officialUntil(state) : undefined));
  if (times.length === 0 || times.includes(undefined)) return undefined;
  return Math.min(...times.map(Number));
}
