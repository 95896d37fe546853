import { castSelect } from './cast-select.js';
import type { Column, Dialect, Statement, TableColumns, TableName, TablePlan } from './dialect.js';
import type { Engine } from './engine.js';
import { quote } from './sql-text.js';
import type { StagedLoad, Warehouse } from './warehouse.js';

/**
 * Widths of integer columns, for warehouses with a type of 64 bits that programs read better than the one of 38 digits.
 * A column starts narrow. The cast of a value beyond 64 bits fails, which costs nothing while there is none; the columns
 * that need it are widened then, in all tables of the stream and in the commit that brings the value.
 */

const SMALLEST = -(2n ** 63n);
const LARGEST = 2n ** 63n - 1n;

/**
 * The plan with the widths that its tables have: wide where one of them is, so that rows go from one to the other.
 *
 * @param tables columns of each table of the stream that stays
 * @param widensRetyped columns that held something else than integers become wide, because a value there needs it
 */
export function withWidths(
  plan: TablePlan,
  dialect: Dialect,
  tables: readonly (TableColumns | undefined)[],
  widensRetyped: boolean,
): TablePlan {
  const { names } = dialect;
  if (dialect.integerWidth === undefined) return plan;
  const found = tables.map((columns) => new Map([...(columns ?? [])].map(([name, type]) => [names.fold(name), type])));
  const isNarrow = ({ name }: Column): boolean =>
    found.every((types) => {
      const width = dialect.integerWidth?.(types.get(names.fold(name)));
      return width === 'narrow' || (width === 'unknown' && !widensRetyped);
    });
  return withNarrow(plan, isNarrow);
}

/**
 * Integer columns, by name, that are too narrow for some value in the segments. Reads them once.
 *
 * @throws {SegmentRefusedError}
 */
export async function tooNarrow(engine: Engine, load: StagedLoad): Promise<ReadonlySet<string>> {
  const narrow = load.plan.columns.filter(({ isNarrow }) => isNarrow === true);
  const isBeyond = narrow.map(({ name }) => `bool_or(${quote(name)} not between ${SMALLEST} and ${LARGEST})`);
  const [row = []] = await engine.query(`select ${isBeyond.join(', ')}\nfrom (${castSelect(wholly(load))})`);
  return new Set(narrow.filter((_column, index) => row[index] === true).map(({ name }) => name));
}

/** The load with all integers of 38 digits. */
export function wholly<T extends { readonly plan: TablePlan }>(load: T): T {
  return { ...load, plan: withNarrow(load.plan, () => false) };
}

/** The plan with further wide columns. */
export function widened(plan: TablePlan, names: ReadonlySet<string>): TablePlan {
  return withNarrow(plan, ({ name, isNarrow }) => isNarrow === true && !names.has(name));
}

/** What makes those of the tables that exist fit the plan. Is called in a session of the warehouse. */
export async function fitTables(
  warehouse: Warehouse,
  plan: TablePlan,
  tables: readonly TableName[],
): Promise<readonly Statement[]> {
  const { dialect } = warehouse;
  const wanted = new Set(tables.map(({ name }) => dialect.names.fold(name)));
  const existing = await warehouse.describe(plan.table.schema);
  return [...existing]
    .filter(([name]) => wanted.has(dialect.names.fold(name)))
    .flatMap(([name, { columns }]) => dialect.alter(columns, { schema: plan.table.schema, name }, plan));
}

function withNarrow(plan: TablePlan, isNarrow: (column: Column) => boolean): TablePlan {
  const columns = plan.columns.map((column): Column => {
    const { isNarrow: _before, ...wide } = column;
    return column.type === 'integer' && isNarrow(column) ? { ...wide, isNarrow: true } : wide;
  });
  return { ...plan, columns };
}
