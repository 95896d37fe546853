import { controlKey, controlTarget } from './control.js';
import type { Dialect, ExistingTable, Relation, Statement } from './dialect.js';
import type { OpenStream } from './open-streams.js';
import { tableRelation } from './table-relation.js';

/** The rows of a stream that replaces its table: in their place already, or in the side table, beside the tables as they are. */
export type Placing = 'done' | ReadonlyMap<string, ExistingTable>;

/** Puts a whole stream in place of its table, or closes what a failed sync would need; drops rows without a state. */
export function settlingOf(
  dialect: Dialect,
  stream: OpenStream,
  isIncomplete: boolean,
  placing: Placing,
): readonly Statement[] {
  return isIncomplete ? dropOpenTable(dialect, stream) : settleStatements(dialect, stream, placing);
}

function dropOpenTable(dialect: Dialect, { load }: OpenStream): readonly Statement[] {
  const isThere = load.openRows > 0 || load.isOpenTableStale;
  return isThere ? [dialect.drop(load.options.openTable)] : [];
}

function settleStatements(dialect: Dialect, stream: OpenStream, placing: Placing): readonly Statement[] {
  const { load, control, generation } = stream;
  const { landing, configured } = load.options;
  const { plan } = load;
  const target = controlTarget(plan.table);
  const drops = dropOpenTable(dialect, stream);
  const key = controlKey(plan);
  if (landing.replace === 'never') return drops;
  if (!isWhole(stream) || (stream.wasPlaced && load.last === undefined))
    return [control.forget(target, 'staging'), ...drops, dialect.drop(landing.into)];
  return [
    ...(placing === 'done' ? [] : dialect.load('replace', sideRelation(dialect, stream, placing), plan.table, plan)),
    control.forget(target, 'staging'),
    ...control.setGeneration(target, 'placed', generation?.id, configured.sync_id ?? undefined),
    ...(key === undefined ? [control.forget(target, 'key')] : control.setKey(target, key)),
    ...drops,
    dialect.drop(landing.into),
  ];
}

/** The side table, which may take the place of the final one as a whole when both have the same columns in one order. */
function sideRelation(dialect: Dialect, { load }: OpenStream, tables: ReadonlyMap<string, ExistingTable>): Relation {
  const { plan } = load;
  const { landing } = load.options;
  const relation = tableRelation(landing.into, plan, dialect);
  const [side, final] = [tables.get(landing.into.name), tables.get(plan.table.name)];
  if (side === undefined || final?.isBare !== true) return relation;
  const isSame = JSON.stringify([...side.columns]) === JSON.stringify([...final.columns]);
  return isSame ? { ...relation, table: landing.into } : relation;
}

/** Whether a stream has a side table that goes at the end of input. */
export function needsSettling({ load }: OpenStream): boolean {
  return load.options.landing.replace !== 'never' || load.openRows > 0 || load.isOpenTableStale;
}

/** Whether the rows of a part are all that a stream which replaces its table has, and come without keys. */
export function goesStraightIn(stream: OpenStream): boolean {
  const { landing } = stream.load.options;
  const hasNoOther = stream.load.isSideEmpty && stream.load.openRows === 0 && !stream.load.isOpenTableStale;
  return landing.replace !== 'never' && landing.kind === 'append' && hasNoOther && isWhole(stream);
}

export function fenceOf({ load, control }: OpenStream): Statement {
  return control.checkFence(controlTarget(load.plan.table), load.options.attempt);
}

/** Strict rule: COMPLETE came. Plain rule: the last message was a STATE. */
export function isWhole({ load, generation }: OpenStream): boolean {
  if (load.isIncomplete) return false;
  return load.isComplete || (generation === undefined && load.last === 'state');
}

/** Under the plain rule a stream of which nothing came is left as it is: a clear job sends nothing for a stream without state. */
export function endedWell(stream: OpenStream): boolean {
  const { load, generation } = stream;
  return isWhole(stream) || (generation === undefined && !load.isIncomplete && load.last === undefined);
}
