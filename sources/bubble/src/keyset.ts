import { type HttpClient, PagingGuard } from '@cuttle/airbyte-cdk';
import { SystemError, TransientError } from '@cuttle/protocol';
import { type Constraint, listThings, PAGE_LIMIT, type Thing, type TimeField, timeOf } from './api.js';

/** Deepest place that a sorted search reaches on ordinary plans. */
const SEARCH_DEPTH = 50_000;
/** How often the rows of one millisecond are read again because they changed meanwhile. */
const MAX_PASSES = 10;
/** Pages in a row, all of whose rows were there before in the same pass, after which it counts as endless. */
const MAX_STALE = 20;

/**
 * How far a type was read in the order of a time: every row before `timeMs`, and of the rows of that millisecond those
 * in `ids`.
 */
export interface Position {
  readonly timeMs: number;
  readonly ids: ReadonlySet<string>;
}

/** What to read. */
export interface KeysetRange {
  readonly type: string;
  readonly field: TimeField;
  /** Where to go on; undefined begins with the oldest row. */
  readonly from: Position | undefined;
  /** Rows of this time and later are not read, in ms; undefined reads to the end. */
  readonly endMs?: number | undefined;
  /** Constraints besides those on `field`. */
  readonly constraints?: readonly Constraint[];
}

/** New rows, in the order of the time, and the position behind them. */
export interface KeysetPage {
  readonly things: readonly Thing[];
  readonly position: Position;
}

/**
 * Reads rows in the order of a time, oldest first, each new row once.
 *
 * Every request asks for rows from the last time on (`greater than` one millisecond before it, since there is no "or
 * equal") instead of counting rows, so an edit cannot shift rows past the reader: an edited row moves to the end and is
 * read again. Only a run of 100 and more rows of one millisecond is read by offset, see {@link readRun}. The end is a
 * page without a new row; a short page is not.
 *
 * @throws {SystemError} `BUBBLE_RUN_TOO_LONG` for 50,000 or more rows of one millisecond, `PAGING_STUCK` when pages
 *   would never end
 */
export async function* readKeyset(http: HttpClient, range: KeysetRange): AsyncGenerator<KeysetPage> {
  let position = range.from;
  for (;;) {
    const constraints = [...(range.constraints ?? []), ...bounds(range, position)];
    const { things } = await listThings(http, range.type, { sortField: range.field, constraints });
    if (things.length === 0) return;
    const { firstMs, lastMs } = checkOrder(range, things, position);
    const known = seenAt(position, firstMs);
    const fresh = things.filter(({ _id }) => !known.has(_id));
    if (firstMs === lastMs && (things.length >= PAGE_LIMIT || (fresh.length === 0 && things.length > 1))) {
      yield* readRun(http, range, lastMs, known);
      position = { timeMs: lastMs + 1, ids: new Set() };
      yield { things: [], position };
    } else if (fresh.length === 0) {
      return;
    } else {
      position = advance(range, position, fresh, lastMs);
      yield { things: fresh, position };
    }
  }
}

/**
 * First and last time of a page. Rows out of order would be lost without a word; a page that begins before the position,
 * from a proxy that repeats an old answer, would be read forever.
 */
function checkOrder(
  { type, field }: KeysetRange,
  things: readonly Thing[],
  position: Position | undefined,
): { firstMs: number; lastMs: number } {
  const times = things.map((thing) => timeOf(type, thing, field));
  if (times.some((time, index) => time < (times[index - 1] ?? Number.NEGATIVE_INFINITY))) {
    throw new SystemError(`Bubble did not sort the rows of type "${type}" by ${field}.`, { code: 'BUBBLE_ANSWER' });
  }
  if (position !== undefined && times[0]! < position.timeMs) {
    throw new SystemError(`The answer for Bubble type "${type}" does not keep to the constraints on ${field}.`, {
      code: 'BUBBLE_ANSWER',
    });
  }
  return { firstMs: times[0]!, lastMs: times.at(-1)! };
}

function bounds({ field, endMs }: KeysetRange, position: Position | undefined): readonly Constraint[] {
  const after = position === undefined ? [] : [above(field, position.timeMs - 1)];
  return endMs === undefined ? after : [...after, below(field, endMs)];
}

function seenAt(position: Position | undefined, timeMs: number): Set<string> {
  return new Set(position?.timeMs === timeMs ? position.ids : []);
}

function advance(
  { type, field }: KeysetRange,
  before: Position | undefined,
  fresh: readonly Thing[],
  lastMs: number,
): Position {
  const ids = seenAt(before, lastMs);
  for (const thing of fresh) if (timeOf(type, thing, field) === lastMs) ids.add(thing._id);
  return { timeMs: lastMs, ids };
}

/**
 * The rows of one millisecond that are not in `seen`, read by offset. A row that leaves the millisecond meanwhile shifts
 * the others, so a pass counts only if Bubble's count stood still during it and as many different rows were seen.
 */
async function* readRun(
  http: HttpClient,
  range: KeysetRange,
  timeMs: number,
  seen: Set<string>,
): AsyncGenerator<KeysetPage> {
  const { type, field } = range;
  const constraints = [...(range.constraints ?? []), above(field, timeMs - 1), below(field, timeMs + 1)];
  // The run is done only with its last row, so until then the position stays before it.
  const position: Position = { timeMs, ids: new Set() };
  for (let pass = 1; pass <= MAX_PASSES; pass += 1) {
    const inPass = new Set<string>();
    const totals = new Set<number>();
    const guard = new PagingGuard(`Bubble's type "${type}"`);
    let cursor = 0;
    let stale = 0;
    for (;;) {
      const page = await listThings(http, type, { sortField: field, constraints, cursor, needsTotal: true });
      // A short page may come again when rows before it move; a full one may not.
      if (page.things.length >= PAGE_LIMIT) guard.page(page.things.map(({ _id }) => _id));
      stale = page.things.every(({ _id }) => inPass.has(_id)) ? stale + 1 : 0;
      if (stale > MAX_STALE) throw guard.stuck(`${MAX_STALE} pages had no new row`);
      const fresh = page.things.filter(({ _id }) => !seen.has(_id));
      for (const { _id } of page.things) {
        inPass.add(_id);
        seen.add(_id);
      }
      if (fresh.length > 0) yield { things: fresh, position };
      cursor += page.things.length;
      if (page.total !== undefined) totals.add(page.total);
      if (page.things.length === 0 || cursor === page.total) break;
    }
    if (cursor === SEARCH_DEPTH) throw tooLongRun(type, field, timeMs);
    if (totals.size <= 1 && inPass.size === cursor) return;
  }
  throw new TransientError(`The rows of Bubble type "${type}" kept changing while they were read.`, {
    code: 'BUBBLE_KEEPS_CHANGING',
  });
}

function above(key: TimeField, ms: number): Constraint {
  return { key, constraint_type: 'greater than', value: new Date(ms).toISOString() };
}

function below(key: TimeField, ms: number): Constraint {
  return { key, constraint_type: 'less than', value: new Date(ms).toISOString() };
}

function tooLongRun(type: string, field: TimeField, timeMs: number): SystemError {
  return new SystemError(
    `Bubble type "${type}" has ${SEARCH_DEPTH.toLocaleString('en')} or more rows whose ${field} is ` +
      `${new Date(timeMs).toISOString()}. A search reaches no further, so the rest cannot be read.`,
    { code: 'BUBBLE_RUN_TOO_LONG' },
  );
}
