import { listRows, type RowSource } from './rows.js';
import type { Row, TableField } from './schema.js';
import { type Condition, InvalidQueryError, type SelectStatement } from './sql.js';
import type { TableVersion } from './warehouse.js';

/** What a statement gives: columns in the order of the select list, and rows with at least those columns. */
export interface QueryResult {
  readonly schema: readonly TableField[];
  readonly rows: RowSource;
}

/** Names of the top-level columns that a statement reads: what is billed. Undefined for all. */
export function columnsRead(statement: SelectStatement, schema: readonly TableField[]): string[] {
  const selected = statement.columns ?? schema.map((field) => field.name);
  const others = [...statement.where, ...statement.orderBy].map((part) => part.column);
  return [...new Set([...selected, ...others])].map((name) => findField(name, schema).name);
}

/**
 * Runs a statement over one version of a table. Without `where`, `order by` and `limit` nothing is copied.
 *
 * @throws {InvalidQueryError} for a column that the table does not have, or one that cannot be compared
 */
export function runSelect(statement: SelectStatement, version: TableVersion): QueryResult {
  const schema =
    statement.columns === undefined ? version.schema : statement.columns.map((name) => findField(name, version.schema));
  const { where, orderBy, limit } = statement;
  if (where.length === 0 && orderBy.length === 0 && limit === undefined) return { schema, rows: version.rows };
  const tests = where.map((condition) => conditionTest(condition, findField(condition.column, version.schema)));
  const found: Row[] = [];
  for (const row of version.rows.rows(0, version.rows.count)) {
    if (tests.every((test) => test(row))) found.push(row);
  }
  const order = orderBy.map((part) => ({ ...part, field: scalarField(findField(part.column, version.schema)) }));
  found.sort((a, b) => {
    for (const { field, isDescending } of order) {
      const difference = compareScalars(field, a[field.name], b[field.name]);
      if (difference !== 0) return isDescending ? -difference : difference;
    }
    return 0;
  });
  return { schema, rows: listRows(limit === undefined ? found : found.slice(0, limit)) };
}

function findField(name: string, schema: readonly TableField[]): TableField {
  const field = schema.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (field === undefined) throw new InvalidQueryError(`Unrecognized name: ${name}`);
  return field;
}

function scalarField(field: TableField): TableField {
  if (field.type === 'RECORD' || field.mode === 'REPEATED') {
    throw new InvalidQueryError(`Column ${field.name} has a type that cannot be compared`);
  }
  return field;
}

function conditionTest(condition: Condition, field: TableField): (row: Row) => boolean {
  const { operator, values } = condition;
  if (operator === 'is null') return (row) => row[field.name] === undefined || row[field.name] === null;
  if (operator === 'is not null') return (row) => row[field.name] !== undefined && row[field.name] !== null;
  scalarField(field);
  for (const value of values) {
    if ((typeof value === 'string') !== isTextual(field)) {
      throw new InvalidQueryError(`No matching signature for operator ${operator} for column ${field.name}`);
    }
  }
  return (row) => {
    const value = row[field.name];
    if (value === undefined || value === null) return false;
    if (operator === 'in') return values.some((wanted) => compareScalars(field, value, wanted) === 0);
    const difference = compareScalars(field, value, values[0]);
    switch (operator) {
      case '=':
        return difference === 0;
      case '!=':
        return difference !== 0;
      case '<':
        return difference < 0;
      case '<=':
        return difference <= 0;
      case '>':
        return difference > 0;
      case '>=':
        return difference >= 0;
      default:
        return operator satisfies never;
    }
  };
}

function isTextual(field: TableField): boolean {
  return field.type === 'STRING' || field.type === 'DATE' || field.type === 'BYTES';
}

/** Nulls first, as `order by` ascending has them. */
function compareScalars(field: TableField, a: unknown, b: unknown): number {
  const aNull = a === undefined || a === null;
  const bNull = b === undefined || b === null;
  if (aNull || bNull) return Number(bNull) - Number(aNull);
  if (field.type === 'INTEGER' || field.type === 'TIMESTAMP') {
    if (typeof b === 'number' && !Number.isInteger(b)) return Number(a) - b;
    const left = BigInt(a as string);
    const right = BigInt(b as string);
    return left < right ? -1 : left > right ? 1 : 0;
  }
  if (field.type === 'BOOLEAN') return Number(a) - Number(b);
  if (!isTextual(field)) return Number(a) - Number(b);
  const left = String(a);
  const right = String(b);
  return left < right ? -1 : left > right ? 1 : 0;
}
