import { isJsonObject, type JsonObject } from '@cuttle/protocol';
import type { RecordData } from '../io/page.js';
import type { StateProblem } from '../state/usable-state.js';
import type { Cursor, CursorInput, CursorRun, Slice } from './cursor.js';
import { durationMs } from './duration.js';
import { cutInterval, findGaps, type Interval, mergeIntervals } from './intervals.js';

/** Settings of a {@link datetimeCursor}. Durations are ISO 8601 without months and years. */
export interface DatetimeCursorOptions<C> {
  readonly field: string;
  /** First moment to read, ISO 8601; a date alone is midnight UTC. */
  readonly start: (config: C) => string;
  /** Longest slice; default the whole rest. */
  readonly step?: string;
  readonly lookback: string;
  readonly settle: string;
  /** How the API orders the rows of a slice. Only `asc` allows a checkpoint inside a slice. */
  readonly order: 'asc' | 'desc' | 'none';
  /** How the field is written: ISO 8601 text (default) or seconds since the epoch. */
  readonly format?: 'iso' | 'epoch_seconds';
}

/**
 * A cursor over a time field. The state holds the stretches that were read to their end, merged, and `cursor`, the end of
 * the first one: `{"slices": [{"start", "end"}], "cursor"}`. A gap, left by a slice that failed or by an earlier start
 * date, is read by the next sync. Memory: one interval per gap.
 */
export function datetimeCursor<C>(options: DatetimeCursorOptions<C>): Cursor<C> {
  const { field, settle, lookback } = options;
  const open = (input: CursorInput<C>) => new DatetimeCursorRun(options, input);
  // Oldest first, a state behind records ends at the last of them; else it ends with a slice, the last one at the time of the read.
  const unsteady = options.order === 'asc' ? {} : { unsteady: 'its states hold the time at which it was read' };
  return { field, settle, lookback, open, stateProblems, ...unsteady };
}

class DatetimeCursorRun<C> implements CursorRun {
  readonly #options: DatetimeCursorOptions<C>;
  readonly #startMs: number;
  readonly #todo: readonly Slice[];
  #done: readonly Interval[];

  constructor(options: DatetimeCursorOptions<C>, { config, state, nowMs }: CursorInput<C>) {
    this.#options = options;
    this.#startMs = Date.parse(options.start(config));
    this.#done = mergeIntervals(decodeSlices(state));
    const settled = { start: this.#startMs, end: nowMs - durationMs(options.settle) };
    const step = options.step === undefined ? Number.POSITIVE_INFINITY : durationMs(options.step);
    const trusted = forget(this.#done, durationMs(options.lookback));
    this.#todo = findGaps(settled, trusted)
      .flatMap((gap) => (Number.isFinite(step) ? [...cutInterval(gap, step)] : [gap]))
      .map(toSlice);
  }

  slices(): Iterable<Slice> {
    return this.#todo;
  }

  sent(slice: Slice, lastRecord: RecordData): boolean {
    if (this.#options.order !== 'asc') return false;
    const time = this.#timeOf(lastRecord);
    if (time === undefined) return false;
    // Rows of the very same time may still come, so the stretch ends just before it.
    const end = Math.min(time, Date.parse(slice.end));
    const start = Date.parse(slice.start);
    if (end <= start) return false;
    return this.#add({ start, end });
  }

  closed(slice: Slice): void {
    this.#add({ start: Date.parse(slice.start), end: Date.parse(slice.end) });
  }

  state(): JsonObject {
    const slices = this.#done.map(toSlice);
    const cursor = slices[0]?.end ?? toIso(this.#startMs);
    return { slices: slices.map(({ start, end }) => ({ start, end })), cursor };
  }

  #add(interval: Interval): boolean {
    const before = JSON.stringify(this.#done);
    this.#done = mergeIntervals([...this.#done, interval]);
    return JSON.stringify(this.#done) !== before;
  }

  #timeOf(record: RecordData): number | undefined {
    const value = record[this.#options.field];
    const time =
      this.#options.format === 'epoch_seconds'
        ? Number(value) * 1000
        : Date.parse(typeof value === 'string' ? value : '');
    return Number.isNaN(time) ? undefined : time;
  }
}

/** The intervals without the last `lookback` ms before their latest end. */
function forget(intervals: readonly Interval[], lookback: number): readonly Interval[] {
  const latest = intervals.at(-1)?.end;
  if (latest === undefined) return intervals;
  return intervals.map(({ start, end }) => ({ start, end: Math.min(end, latest - lookback) }));
}

function decodeSlices(state: JsonObject | undefined): readonly Interval[] {
  const slices = state?.['slices'];
  if (!Array.isArray(slices)) return [];
  return slices.flatMap((slice) => {
    if (!isJsonObject(slice)) return [];
    const start = Date.parse(String(slice['start']));
    const end = Date.parse(String(slice['end']));
    return Number.isNaN(start) || Number.isNaN(end) ? [] : [{ start, end }];
  });
}

function stateProblems(state: JsonObject): readonly StateProblem[] {
  const { slices } = state;
  if (!Array.isArray(slices)) return [{ problem: '"slices" is not a list' }];
  const lost = slices.length - decodeSlices(state).length;
  if (lost === 0) return [];
  const problem = `${lost} of its ${slices.length} slices have no "start" and "end" in ISO 8601`;
  return [{ problem, consequence: 'the times of those slices are read again' }];
}

function toSlice({ start, end }: Interval): Slice {
  return { start: toIso(start), end: toIso(end) };
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}
