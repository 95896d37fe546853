import { setImmediate } from 'node:timers/promises';
import { ConfigError, type KnownError, streamLabel, TransientError } from '@cuttle/protocol';
import { castSelect } from './cast-select.js';
import { type Control, controlTarget } from './control.js';
import type { Relation, Statement, TablePlan } from './dialect.js';
import { type Engine, IntegerWidthError, KeyValueError } from './engine.js';
import { fitTables, tooNarrow, wholly, widened } from './integer-width.js';
import { inputLineOf, type Segment, SegmentRefusedError, verifySegment } from './segment.js';
import { repairSegment, withoutRecords } from './slow-lane.js';
import { readSmallBatch } from './small-batch.js';
import { removeFiles, type StreamLoad, type Taken } from './stream-load.js';
import { tableRelation } from './table-relation.js';
import type { StagedLoad, Warehouse } from './warehouse.js';

/** What all commits of a run share. */
export interface CommitContext {
  readonly warehouse: Warehouse;
  readonly engine: Engine;
  readonly control: Control;
  readonly generationId: number;
  readonly syncId: number | undefined;
  /** Whether the warehouse loads rows that were read and cast here, when they are few. */
  readonly takesSmallBatches: boolean;
}

/** Segments that the reader takes, and the input lines of the records that it does not. */
interface Readable {
  readonly segments: readonly Segment[];
  readonly rejected: readonly number[];
}

/**
 * Writes what was taken from a stream, in one transaction. The segments are checked first; those that the reader refuses
 * go through the slow lane, and the commit is tried once more.
 *
 * @returns input lines of the records that could not be loaded, in order
 */
export async function commitStream(context: CommitContext, load: StreamLoad, taken: Taken): Promise<readonly number[]> {
  const isSide = taken.side.length > 0;
  const segments = isSide ? taken.side : taken.closed;
  for (const segment of segments) {
    verifySegment(segment);
    // Many may have waited for a state; signals and timers have their turn between two.
    await setImmediate();
  }
  const write = (ready: readonly Segment[]) =>
    isSide ? commitSide(context, load, taken, ready) : commitClosed(context, load, taken, ready);
  const done = await withReadable(context, load, segments, write);
  removeFiles(done.segments);
  return done.rejected;
}

/** A commit whose rows are read and cast already. */
export interface PlannedCommit {
  readonly statements: readonly Statement[];
  readonly segments: readonly Segment[];
  readonly records: number;
  /** Notes that it took place. */
  readonly finish: () => void;
  /** Gives back what it holds, whether it took place or not. */
  readonly release: () => Promise<void>;
}

/**
 * What {@link commitStream} would do, for a small batch that nothing can refuse any more; undefined for any other.
 *
 * @param goesStraight the rows take the place of the final table's at once, not through the side table
 */
export async function planCommit(
  context: CommitContext,
  load: StreamLoad,
  taken: Taken,
  goesStraight: boolean,
): Promise<PlannedCommit | undefined> {
  if (!context.takesSmallBatches || taken.side.length > 0 || taken.closed.length === 0) return undefined;
  for (const segment of taken.closed) verifySegment(segment);
  const planned = loadOf(context, load, taken.closed, load.options.landing.kind === 'upsert');
  const small = readSmallBatch(planned);
  if (small === undefined) return undefined;
  const relation = await context.warehouse.stage({ ...planned, small });
  const { statements, finish } = closedStatements(context, load, taken);
  const rows = (goesStraight ? rowsInPlace : rowsInto)(context, load, relation, planned.records);
  return {
    statements: statements(rows),
    segments: taken.closed,
    records: planned.records,
    finish,
    release: () => relation.release(),
  };
}

async function withReadable(
  context: CommitContext,
  load: StreamLoad,
  segments: readonly Segment[],
  write: (segments: readonly Segment[]) => Promise<void>,
): Promise<Readable> {
  let readable: Readable | undefined;
  for (;;) {
    const ready = readable?.segments ?? segments;
    try {
      await writeWidened(context, load, ready, write);
      return readable ?? { segments, rejected: [] };
    } catch (error) {
      if (!(error instanceof SegmentRefusedError) || readable !== undefined) throw namedError(error, load);
    }
    readable = await makeReadable(context, load, segments);
  }
}

/** Writes; when an integer is too wide for its column, writes again with wider columns. */
async function writeWidened(
  context: CommitContext,
  load: StreamLoad,
  segments: readonly Segment[],
  write: (segments: readonly Segment[]) => Promise<void>,
): Promise<void> {
  try {
    return await write(segments);
  } catch (error) {
    if (!(error instanceof IntegerWidthError)) throw error;
  }
  const { warehouse, engine } = context;
  const names = await tooNarrow(engine, loadOf(context, load, segments, false));
  load.plan = widened(load.plan, names);
  load.widening = await fitTables(warehouse, load.plan, [
    load.plan.table,
    load.options.landing.into,
    load.options.openTable,
  ]);
  await write(segments);
}

/** Rows behind the last state: they wait in the side table, so that staging files do not grow without bound. */
async function commitSide(
  context: CommitContext,
  load: StreamLoad,
  taken: Taken,
  segments: readonly Segment[],
): Promise<void> {
  const { plan } = load;
  const { openTable } = load.options;
  const { dialect } = context.warehouse;
  const statements: Statement[] = [...load.widening];
  if (load.isOpenTableStale) statements.push(dropTable(context, load));
  if (load.openRows === 0) statements.push(...dialect.create(openTable, plan));
  await staged(context, load, segments, async (relation, records) => {
    const rows = expecting(dialect.load('append', relation, openTable, plan), records, rowsMissing());
    await context.warehouse.commit([...statements, fence(context, load), ...rows]);
    load.widening = [];
    load.addOpenRows(records, taken);
  });
}

async function commitClosed(
  context: CommitContext,
  load: StreamLoad,
  taken: Taken,
  segments: readonly Segment[],
): Promise<void> {
  const { statements, finish } = closedStatements(context, load, taken);
  const commit = async (rows: readonly Statement[]) => {
    await context.warehouse.commit(statements(rows));
    finish();
  };
  if (segments.length === 0) return commit([]);
  await staged(context, load, segments, (relation, records) => commit(rowsInto(context, load, relation, records)));
}

/** The statements of a commit behind a state, around those that load its rows; and what to note when it took place. */
function closedStatements(
  context: CommitContext,
  load: StreamLoad,
  taken: Taken,
): { readonly statements: (rows: readonly Statement[]) => readonly Statement[]; readonly finish: () => void } {
  const { plan } = load;
  const { landing, openTable } = load.options;
  const { dialect } = context.warehouse;
  const before = [...load.widening, fence(context, load), ...batchStatements(context, load, taken)];
  if (load.openRows > 0) {
    const open = dialect.load('append', tableRelation(openTable, plan, dialect), landing.into, plan);
    before.push(...expecting(open, load.openRows, openRowsMissing(plan)));
  }
  const drops = load.isOpenTableStale || load.openRows > 0 ? [dropTable(context, load)] : [];
  return {
    statements: (rows) => [...before, ...rows, ...drops],
    finish: () => {
      load.widening = [];
      load.openRows = 0;
      load.isOpenTableStale = false;
      load.isSideEmpty = false;
      load.advance(taken.batches.length);
    },
  };
}

function rowsInto(context: CommitContext, load: StreamLoad, from: Relation, records: number): readonly Statement[] {
  const { plan } = load;
  const { landing } = load.options;
  const into = context.warehouse.dialect.load(landing.kind, from, landing.into, plan);
  return landing.kind === 'append' ? expecting(into, records, rowsMissing()) : into;
}

/** Rows that are all of a stream, in place of those of the final table. */
function rowsInPlace(context: CommitContext, load: StreamLoad, from: Relation, records: number): readonly Statement[] {
  const { plan } = load;
  return expecting(context.warehouse.dialect.load('replace', from, plan.table, plan), records, rowsMissing());
}

function batchStatements({ control }: CommitContext, load: StreamLoad, { batches }: Taken): Statement[] {
  if (batches.length === 0) return [];
  const target = controlTarget(load.plan.table);
  const first = load.nextSequence;
  const hashes = batches.map(({ hash }) => hash ?? '');
  const superseded = load.options.knownBatches.length > first ? [control.forgetBatches(target, first)] : [];
  return [...superseded, control.addBatches(target, load.options.attempt, first, hashes)];
}

function fence({ control }: CommitContext, load: StreamLoad): Statement {
  return control.checkFence(controlTarget(load.plan.table), load.options.attempt);
}

function dropTable({ warehouse }: CommitContext, load: StreamLoad): Statement {
  return warehouse.dialect.drop(load.options.openTable);
}

/** The last statement of an append has to add all rows. */
function expecting(statements: readonly Statement[], rows: number, otherwise: Error): readonly Statement[] {
  const last = statements.at(-1);
  if (last === undefined) return statements;
  return [...statements.slice(0, -1), { ...last, expect: { rows, otherwise } }];
}

function openRowsMissing({ table }: TablePlan): Error {
  return new TransientError(
    `Rows of table "${table.name}" that waited for a state are gone: another run has begun to write it. Nothing of this commit was loaded; run again.`,
    { code: 'WRITER_FENCED' },
  );
}

function rowsMissing(): Error {
  return new SegmentRefusedError('the reader gave another number of rows than were written');
}

async function staged(
  context: CommitContext,
  load: StreamLoad,
  segments: readonly Segment[],
  use: (relation: { readonly sql: string }, records: number) => Promise<void>,
): Promise<void> {
  const stagedLoad = loadOf(context, load, segments, load.options.landing.kind === 'upsert');
  const relation = await context.warehouse.stage(stagedLoad);
  try {
    await use(relation, stagedLoad.records);
  } finally {
    await relation.release();
  }
}

function loadOf(context: CommitContext, load: StreamLoad, segments: readonly Segment[], ordered: boolean): StagedLoad {
  const records = segments.reduce((sum, segment) => sum + segment.records, 0);
  const { plan } = load;
  const { batchTable } = load.options;
  return { plan, segments, records, generationId: context.generationId, syncId: context.syncId, ordered, batchTable };
}

/** Repairs the segments that are refused; records that are refused even so are found by halving and left out. */
async function makeReadable(context: CommitContext, load: StreamLoad, segments: readonly Segment[]): Promise<Readable> {
  const result: Segment[] = [];
  const rejected: number[] = [];
  for (const original of segments) {
    if (await isReadable(context, load, original)) {
      result.push(original);
      continue;
    }
    const { segment, rejected: odd } = repairSegment(original);
    const refused = (await isReadable(context, load, segment))
      ? []
      : await findRefused(context, load, segment, 0, segment.records);
    const kept = refused.length === 0 ? segment : withoutRecords(segment, new Set(refused)).segment;
    rejected.push(...odd.map((place) => inputLineOf(original, place)));
    rejected.push(...refused.map((place) => inputLineOf(segment, place)));
    if (kept.records > 0) result.push(kept);
  }
  return { segments: result, rejected: rejected.sort((a, b) => a - b) };
}

async function findRefused(
  context: CommitContext,
  load: StreamLoad,
  segment: Segment,
  from: number,
  to: number,
): Promise<number[]> {
  if (to - from === 1) return [from];
  const middle = (from + to) >> 1;
  const refused: number[] = [];
  for (const [start, end] of [
    [from, middle],
    [middle, to],
  ] as const) {
    const others = new Set([...Array(segment.records).keys()].filter((place) => place < start || place >= end));
    const half = withoutRecords(segment, others, `${segment.path}.half`).segment;
    const isFine = await isReadable(context, load, half);
    removeFiles([half]);
    if (!isFine) refused.push(...(await findRefused(context, load, segment, start, end)));
  }
  return refused;
}

async function isReadable({ engine, ...context }: CommitContext, load: StreamLoad, segment: Segment): Promise<boolean> {
  if (segment.records === 0) return true;
  const select = castSelect(wholly(loadOf({ engine, ...context }, load, [segment], false)));
  try {
    await engine.run(`create or replace temp table _cuttle_probe as ${select}`);
    const [row] = await engine.query('select count(*) from _cuttle_probe');
    return row?.[0] === segment.records;
  } catch (error) {
    if (error instanceof SegmentRefusedError) return false;
    throw namedError(error, load);
  } finally {
    await engine.run('drop table if exists _cuttle_probe');
  }
}

/** Key errors of the engine know the column only; the user needs the stream and the property too. */
function namedError(error: unknown, load: StreamLoad): unknown {
  if (!(error instanceof KeyValueError)) return withStream(error, load);
  const { plan } = load;
  const { configured } = load.options;
  const property = plan.columns.find(({ name }) => name === error.column)?.property;
  const keys = plan.columns.filter(({ name }) => plan.key.includes(name)).map((column) => column.property);
  const what =
    property === undefined
      ? `a record whose primary key (${keys.join(', ')}) is null throughout`
      : `a record whose key or cursor field "${property}" holds a value that its type does not take`;
  return new ConfigError(
    `Stream "${streamLabel(configured.stream)}" has ${what}. Rows cannot be told apart by it: choose another key or cursor, or correct the field's type.`,
    { code: 'KEY_VALUE_INVALID', stream: configured.stream },
  );
}

function withStream(error: unknown, load: StreamLoad): unknown {
  const known = error as KnownError;
  if (
    known?.code !== undefined &&
    ['SEGMENT_DAMAGED', 'ENGINE_FAILED', 'ENGINE_MEMORY', 'TABLE_CONSTRAINED'].includes(known.code)
  ) {
    Object.defineProperty(known, 'stream', { value: load.options.configured.stream });
  }
  return error;
}
