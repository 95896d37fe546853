import { ConfigError, isJsonObject, type JsonObject } from '@cuttle/protocol';

/** What a shard looked like when it was read: the metadata of `tables.get`, as texts. */
export interface ShardMark {
  /** `lastModifiedTime`, milliseconds since the epoch. */
  readonly modified: string;
  readonly rows: string;
  readonly bytes: string;
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
    const { modified, rows, bytes } = isJsonObject(mark) ? mark : {};
    if (typeof modified !== 'string' || typeof rows !== 'string' || typeof bytes !== 'string') {
      throw invalid(`shards.${key}`, 'an object of texts modified, rows, bytes');
    }
    return [key, { modified, rows, bytes }];
  });
  return { shards: new Map(marks), finalBefore: finalBefore as string | undefined, missing: missing as string[] };
}

/** Whether a stored state is of this stream, and not of another connector or version. */
export function isOurs(stored: JsonObject): boolean {
  return 'shards' in stored || 'final_before' in stored;
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
