import {
  ARRIVAL_COLUMN,
  type Dialect,
  META_COLUMNS,
  type Relation,
  type TableName,
  type TablePlan,
} from './dialect.js';

/** A quoted table name with its schema. */
export function qualified(table: TableName, dialect: Dialect): string {
  return `${dialect.quote(table.schema)}.${dialect.quote(table.name)}`;
}

/** Meta columns and columns of the plan, quoted, in the order of every statement. */
export function columnList(plan: TablePlan, dialect: Dialect): readonly string[] {
  const meta = META_COLUMNS.map((name) => dialect.names.spell(name));
  return [...meta, ...plan.columns.map(({ name }) => name)].map((name) => dialect.quote(name));
}

/** A table of the plan's shape as a relation; its rows are told apart by their key, so they have no order of arrival. */
export function tableRelation(table: TableName, plan: TablePlan, dialect: Dialect): Relation {
  return {
    sql: `(select ${columnList(plan, dialect).join(', ')}, 0 as ${ARRIVAL_COLUMN} from ${qualified(table, dialect)})`,
  };
}
