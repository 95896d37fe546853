import type { StateProblem } from '@cuttle/airbyte-cdk';
import { isJsonObject, type Json, type JsonObject } from '@cuttle/protocol';
import type { Position } from './keyset.js';
import { type PackedIds, unpackIds } from './packed-ids.js';

/**
 * State of an incremental stream: `{"modified": time, "ids": [ids emitted at exactly that time]}`, with `known` while
 * deletions are detected: the packed ids of all rows that exist.
 */
interface IncrementalState {
  readonly position: Position;
  readonly known: ReadonlySet<string> | undefined;
}

/** The state of an incremental stream; undefined for an empty one or one of another form. */
export function decodeIncremental(state: JsonObject | undefined): IncrementalState | undefined {
  const position = decodePosition(state?.['modified'], state?.['ids']);
  if (position === undefined) return undefined;
  const known = state?.['known'];
  return { position, known: isJsonObject(known) ? unpackIds(decodePacked(known)) : undefined };
}

/** What of a state cannot be continued from, of an incremental stream or of a full refresh that was cut off. */
export function stateProblems(state: JsonObject): readonly StateProblem[] {
  if (decodeRanges(state) !== undefined) return [];
  const { modified, ids, known } = state;
  if (timeOf(modified) === undefined) return [{ problem: '"modified" is not an ISO 8601 time' }];
  const problems: StateProblem[] = [];
  if (!Array.isArray(ids) || ids.some((id) => typeof id !== 'string')) {
    const consequence = 'rows of the time in "modified" are read again';
    problems.push({ problem: '"ids" is not a list of texts', consequence });
  }
  if (known !== undefined && !(isJsonObject(known) && typeof known['packed'] === 'string')) {
    const consequence = 'deletions since the last sync are not found';
    problems.push({ problem: '"known" does not hold packed ids', consequence });
  }
  return problems;
}

/** {@link decodeIncremental} the other way; `known` is already packed, because it rarely changes. */
export function encodeIncremental(position: Position, known: PackedIds | undefined): JsonObject {
  const state = { modified: toIso(position.timeMs), ids: [...position.ids].sort() };
  return known === undefined ? state : { ...state, known: { packed: known.packed, other: known.other } };
}

/** A stretch of creation times of a full refresh that is not read to its end. */
export interface CreatedRange {
  /** ms; undefined reads on to the newest row. */
  readonly endMs: number | undefined;
  /** How far it was read; undefined for a range without a lower bound that was not begun. */
  position: Position | undefined;
}

/** Open ranges of a full refresh that was cut off; undefined for another form. An empty list means that all is read. */
export function decodeRanges(state: JsonObject | undefined): CreatedRange[] | undefined {
  const ranges = state?.['ranges'];
  if (!Array.isArray(ranges)) return undefined;
  return ranges.filter(isJsonObject).map((range) => ({
    endMs: timeOf(range['end']),
    position: decodePosition(range['created'], range['ids']),
  }));
}

/** `{"ranges": [{"created", "ids", "end"}]}`, the open ranges in order; null ends are the newest row. */
export function encodeRanges(ranges: Iterable<CreatedRange>): JsonObject {
  const open = [...ranges].map(({ endMs, position }) => ({
    created: position === undefined ? null : toIso(position.timeMs),
    ids: position === undefined ? [] : [...position.ids].sort(),
    end: endMs === undefined ? null : toIso(endMs),
  }));
  return { ranges: open };
}

function decodePosition(time: Json | undefined, ids: Json | undefined): Position | undefined {
  const timeMs = timeOf(time);
  if (timeMs === undefined) return undefined;
  const texts = Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  return { timeMs, ids: new Set(texts) };
}

function decodePacked({ packed, other }: JsonObject): PackedIds {
  return {
    packed: typeof packed === 'string' ? packed : '',
    other: Array.isArray(other) ? other.filter((id) => typeof id === 'string') : [],
  };
}

function timeOf(value: Json | undefined): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}
