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

/** A table of the plan's shape as a relation, without an order of arrival. */
export function tableRelation(table: TableName, plan: TablePlan, dialect: Dialect): Relation {
  return { sql: `(select ${columnList(plan, dialect).join(', ')} from ${qualified(table, dialect)})` };
}

/** The same with its rows numbered, for an upsert: a table that was not deduplicated may hold several rows of one key. */
export function numberedRelation(table: TableName, plan: TablePlan, dialect: Dialect): Relation {
  const columns = [...columnList(plan, dialect), `row_number() over (order by null) as ${ARRIVAL_COLUMN}`];
  return { sql: `(select ${columns.join(', ')} from ${qualified(table, dialect)})` };
}
