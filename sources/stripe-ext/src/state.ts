import { type Interval, mergeIntervals, type StateProblem } from '@cuttle/airbyte-cdk';
import { isJsonObject, type Json, type JsonObject } from '@cuttle/protocol';
import { officialUntil, secondsOf } from './official-state.js';

/** How far one account's part of a stream was read. Times are seconds since the epoch. */
export interface Progress {
  /** Every change before it was read; undefined until everything was listed once. */
  until: number | undefined;
  /** Events at exactly `until` that were read too. */
  ids: readonly string[];
  /** When the listing under way began; undefined when none is. */
  t0: number | undefined;
  /** Times of creation that the listing under way has read to their end. */
  slices: readonly Interval[];
  /** When the last complete listing began. */
  listed: number | undefined;
}

/** The state of a stream. */
export interface StreamState {
  /** Account of the key; undefined in a state of the official connector. */
  readonly account: string | undefined;
  readonly apiVersion: string | undefined;
  /** By account id; in a state without connected accounts the only one stands under `account`. */
  readonly accounts: ReadonlyMap<string, Progress>;
}

/** A progress with nothing read. */
export function noProgress(): Progress {
  return { until: undefined, ids: [], t0: undefined, slices: [], listed: undefined };
}

/**
 * A state as it is stored: `{"account", "api_version", "until", "ids"}`, while listing `{"t0", "slices"}`, with connected
 * accounts `{"accounts": {id: ...}}`. States of the official connector are read as `until`, see {@link officialUntil}.
 *
 * @returns undefined for an empty state or one of another form
 */
export function decodeState(state: JsonObject | undefined): StreamState | undefined {
  if (state === undefined) return undefined;
  const account = textOf(state['account']);
  const { accounts } = state;
  const apiVersion = textOf(state['api_version']);
  if (isJsonObject(accounts)) {
    const entries = Object.entries(accounts).flatMap(([id, value]): [string, Progress][] => {
      const progress = isJsonObject(value) ? decodeProgress(value) : undefined;
      return progress === undefined ? [] : [[id, progress]];
    });
    return { account, apiVersion, accounts: new Map(entries) };
  }
  const progress = decodeProgress(state);
  return progress === undefined ? undefined : { account, apiVersion, accounts: new Map([[account ?? '', progress]]) };
}

/** {@link decodeState} the other way. */
export function encodeState(
  account: string,
  apiVersion: string,
  progress: ReadonlyMap<string, Progress>,
  hasConnected: boolean,
): JsonObject {
  const head = { account, api_version: apiVersion };
  if (!hasConnected) return { ...head, ...encodeProgress(progress.get(account) ?? noProgress()) };
  const accounts = [...progress].map(([id, own]): [string, JsonObject] => [id, encodeProgress(own)]);
  return { ...head, accounts: Object.fromEntries(accounts) };
}

function decodeProgress(value: JsonObject): Progress | undefined {
  const until = secondsOf(value['until']) ?? officialUntil(value);
  const t0 = secondsOf(value['t0']);
  if (until === undefined && t0 === undefined) return undefined;
  const ids = Array.isArray(value['ids']) ? value['ids'].filter((id) => typeof id === 'string') : [];
  const slices = t0 === undefined ? [] : (decodeSlices(value['slices']) ?? []);
  return { until, ids, t0, slices, listed: secondsOf(value['listed']) };
}

/** What of a state cannot be continued from: all of it, an account, or the listing that was under way. */
export function stateProblems(state: JsonObject, begin: string): readonly StateProblem[] {
  const { accounts } = state;
  if (!isJsonObject(accounts)) return progressProblems(state, undefined, begin);
  return Object.entries(accounts).flatMap(([id, value]) =>
    progressProblems(isJsonObject(value) ? value : {}, id, begin),
  );
}

function progressProblems(value: JsonObject, account: string | undefined, begin: string): readonly StateProblem[] {
  const place = account === undefined ? 'it' : `account ${account}`;
  if (decodeProgress(value) === undefined) {
    const problem = `${place} has no time in "until", "t0" or a cursor of the official connector`;
    return [
      account === undefined ? { problem } : { problem, consequence: `account ${account} is read again from ${begin}` },
    ];
  }
  const isListing = secondsOf(value['t0']) !== undefined;
  if (!isListing || decodeSlices(value['slices']) !== undefined) return [];
  return [
    { problem: `"slices" of ${place} is not a list of pairs`, consequence: `its listing begins again from ${begin}` },
  ];
}

function encodeProgress({ until, ids, t0, slices, listed }: Progress): JsonObject {
  return {
    ...(until === undefined ? {} : { until, ids: [...ids].sort() }),
    ...(t0 === undefined ? {} : { t0, slices: slices.map(({ start, end }) => [start, end]) }),
    ...(listed === undefined ? {} : { listed }),
  };
}

/** Undefined when the value is not a list of pairs. */
function decodeSlices(value: Json | undefined): readonly Interval[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const intervals = value.flatMap((slice) => {
    const [start, end] = Array.isArray(slice) ? slice.map(secondsOf) : [];
    return start === undefined || end === undefined ? [] : [{ start, end }];
  });
  return intervals.length === value.length ? mergeIntervals(intervals) : undefined;
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
