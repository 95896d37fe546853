import { ConfigError, isJsonObject, type JsonObject } from '@cuttle/protocol';

/** What a shard looked like when it was read: the metadata of `tables.get`, as texts. */
export interface ShardMark {
  /** `lastModifiedTime`, milliseconds since the epoch. */
  readonly modified: string;
  readonly rows: string;
  readonly bytes: string;
  /** Of an intraday table that was looked at when it could not change any more. */
  readonly final?: true;
  /** Of an intraday table: the ids that were sent, see `SentIds`; absent when there are too many. */
  readonly ids?: string;
}

/**
 * How far the stream is.
 *
 * `shards`: by key, those that were read to their end and may still be compared. Dates before `finalBefore` are done,
 * except the `missing` ones, of which there was no table yet.
 */
export interface EventsState {
  readonly shards: ReadonlyMap<string, ShardMark>;
  readonly finalBefore: string | undefined;
  readonly missing: readonly string[];
}

const ANALYTICS = 'source-google-analytics-data-api';

/** The state before the first read. */
export const EMPTY_STATE: EventsState = { shards: new Map(), finalBefore: undefined, missing: [] };

/**
 * A stored state. One of another connector (without `shards` and `final_before`) reads as empty.
 *
 * @throws {ConfigError} `STATE_INVALID` when it is ours but broken
 */
export function decodeState(stored: JsonObject | undefined): EventsState {
  if (stored === undefined || !isOurs(stored)) return EMPTY_STATE;
  const { shards = {}, final_before: finalBefore, missing = [] } = stored;
  if (!isJsonObject(shards)) throw invalid('shards', 'an object');
  if (finalBefore !== undefined && !isDate(finalBefore)) throw invalid('final_before', 'a date YYYYMMDD');
  if (!Array.isArray(missing) || !missing.every(isDate)) throw invalid('missing', 'a list of dates');
  const marks = Object.entries(shards).map(([key, mark]): [string, ShardMark] => {
    const { modified, rows, bytes, final, ids } = isJsonObject(mark) ? mark : {};
    if (typeof modified !== 'string' || typeof rows !== 'string' || typeof bytes !== 'string') {
      throw invalid(`shards.${key}`, 'an object of texts modified, rows, bytes');
    }
    const more = { ...(final === true ? { final } : {}), ...(typeof ids === 'string' ? { ids } : {}) };
    return [key, { modified, rows, bytes, ...more }];
  });
  return { shards: new Map(marks), finalBefore: finalBefore as string | undefined, missing: missing as string[] };
}

/** Whether a stored state is of this stream, and not of another connector or version. */
export function isOurs(stored: JsonObject): boolean {
  return 'shards' in stored || 'final_before' in stored;
}

/**
 * Refuses a state of an official connector that reads the same property: its cursor says nothing about tables, and what
 * it loaded has no `_event_id`, so going over it again would count every event twice.
 *
 * @throws {ConfigError} `STATE_FOREIGN` naming the connector
 */
export function refuseForeign(stored: JsonObject): void {
  const connector = connectorOf(stored);
  if (connector === undefined) return;
  throw new ConfigError(
    `The state of the stream "events" is of ${connector} and cannot be continued: its rows have no _event_id. ` +
      'Clear the state of the stream, and its table, to read everything again from the export.',
    { code: 'STATE_FOREIGN' },
  );
}

/** The official connector that writes states of such a form; undefined for none. */
function connectorOf(stored: JsonObject): string | undefined {
  if (stored['state_type'] === 'cursor_based' || 'stream_namespace' in stored) return 'source-bigquery';
  const isByProperty = (id: string, part: unknown) => /^\d+$/.test(id) && isJsonObject(part) && 'date' in part;
  if (Object.entries(stored).some(([id, part]) => isByProperty(id, part))) return ANALYTICS;
  const parts = Array.isArray(stored['states']) ? stored['states'].filter(isJsonObject) : [];
  const ofProperty = parts.some(({ partition }) => isJsonObject(partition) && 'property_id' in partition);
  return ofProperty || typeof stored['date'] === 'string' ? ANALYTICS : undefined;
}

/** The state as it is stored: keys sorted, empty parts left out. */
export function encodeState(state: EventsState): JsonObject {
  const shards = [...state.shards].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    shards: Object.fromEntries(shards.map(([key, mark]) => [key, { ...mark }])),
    ...(state.finalBefore === undefined ? {} : { final_before: state.finalBefore }),
    ...(state.missing.length === 0 ? {} : { missing: [...state.missing] }),
  };
}

function isDate(value: unknown): value is string {
  return typeof value === 'string' && /^\d{8}$/.test(value);
}

function invalid(place: string, wanted: string): ConfigError {
  return new ConfigError(`The state of the stream "events" is not valid: ${place} must be ${wanted}.`, {
    code: 'STATE_INVALID',
  });
}
