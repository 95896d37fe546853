import type { JsonObject } from '@cuttle/protocol';
import type { RecordData } from '../io/page.js';
import type { StateProblem } from '../state/usable-state.js';
import type { Cursor, CursorInput, CursorRun, Slice } from './cursor.js';
import { durationMs } from './duration.js';

/** Settings of an {@link ascendingCursor}. */
export interface AscendingCursorOptions<C> {
  /** Top-level field with an ISO 8601 time. */
  readonly field: string;
  /** First moment to read, ISO 8601; a date alone is midnight UTC. */
  readonly start: (config: C) => string;
  /** ISO 8601 duration without months and years; at least as long as a row may take to become visible. */
  readonly lookback: string;
}

/**
 * A cursor over a time field for APIs that give rows oldest first, from a time on: one slice with an open end (`end` is an
 * empty text), a state after each page. The state is `{"start", "cursor"}`, `cursor` being the time of the last row; an
 * earlier start date reads everything again.
 *
 * No upper bound is asked for and nothing settles, so a wrong clock of this machine loses no row; rows that become visible
 * late are the lookback's.
 */
export function ascendingCursor<C>(options: AscendingCursorOptions<C>): Cursor<C> {
  const { field, lookback } = options;
  const open = (input: CursorInput<C>) => new AscendingCursorRun(options, input);
  const problems = (state: JsonObject, config: C) => stateProblems(state, options.start(config));
  return { field, lookback, settle: 'PT0S', open, stateProblems: problems };
}

class AscendingCursorRun<C> implements CursorRun {
  readonly #field: string;
  readonly #startMs: number;
  readonly #fromMs: number;
  #positionMs: number | undefined;

  constructor({ field, start, lookback }: AscendingCursorOptions<C>, { config, state }: CursorInput<C>) {
    this.#field = field;
    this.#startMs = Date.parse(start(config));
    const stored = timeOf(state?.['cursor']);
    const storedStart = timeOf(state?.['start']);
    const isCovered = stored !== undefined && storedStart !== undefined && storedStart <= this.#startMs;
    this.#positionMs = isCovered ? stored : undefined;
    this.#fromMs = isCovered ? Math.max(this.#startMs, stored - durationMs(lookback)) : this.#startMs;
  }

  slices(): Iterable<Slice> {
    return [{ start: toIso(this.#fromMs), end: '' }];
  }

  sent(_slice: Slice, lastRecord: RecordData): boolean {
    const time = timeOf(lastRecord[this.#field]);
    // What the lookback reads again lies behind the position, which never moves back.
    if (time === undefined || time <= (this.#positionMs ?? Number.NEGATIVE_INFINITY)) return false;
    this.#positionMs = time;
    return true;
  }

  closed(): void {
    // Each page moved the position; the end of the list adds nothing to it.
  }

  state(): JsonObject {
    const start = toIso(this.#startMs);
    return this.#positionMs === undefined ? { start } : { start, cursor: toIso(this.#positionMs) };
  }
}

/** A state without `cursor` is that of a stream without rows. */
function stateProblems({ start, cursor }: JsonObject, wanted: string): readonly StateProblem[] {
  const begin = timeOf(start);
  if (begin === undefined) return [{ problem: '"start" is not an ISO 8601 time' }];
  if (begin > Date.parse(wanted)) return [{ problem: `it begins at ${toIso(begin)}, behind the start date` }];
  const isReadable = cursor === undefined || timeOf(cursor) !== undefined;
  return isReadable ? [] : [{ problem: '"cursor" is not an ISO 8601 time' }];
}

function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}
