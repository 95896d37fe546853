import { literal, type Row, type TableName } from '@cuttle/loader';
import { ConfigError, SystemError } from '@cuttle/protocol';
import { DATABASE } from './database-file.js';

/**
 * Indexes and constraints that users put on loaded tables. DuckDB 1.5.5 refuses to retype any column of a table that has
 * an index, and refuses a row that comes again in the transaction that deletes it when a unique index holds it. To drop
 * an index and create it again in one transaction helps with neither: its name is still taken, its column still cannot be
 * retyped, and some orders of statements end the process. So the error says what to do.
 */

type Query = (sql: string) => Promise<readonly Row[]>;

/** The error for a statement that an index or constraint of the user blocks; undefined when none does. */
interface Refusal {
  readonly message: RegExp;
  readonly explain: (tables: readonly TableName[], query: Query) => Promise<string | undefined>;
}

const REFUSALS: readonly Refusal[] = [
  {
    message: /Dependency Error: Cannot alter entry|Cannot change the type of this column: an index depends on it/,
    explain: async (tables, query) => {
      const found = await indexesOf(tables, query);
      if (found.length === 0) return undefined;
      return `A column of table ${tableOf(found)} needs another type, which DuckDB refuses while the table has ${namesOf('index', found)}. ${drops(found)} Sync, then create it again: ${found.map(({ sql }) => sql).join(' ')}`;
    },
  },
  {
    message: /Cannot change the type of a column that has a UNIQUE or PRIMARY KEY constraint/,
    explain: async (tables, query) => {
      const found = await constraintsOf(tables, ['PRIMARY KEY', 'UNIQUE'], query);
      if (found.length === 0) return undefined;
      return `A column of table ${tableOf(found)} needs another type, which DuckDB refuses while it belongs to ${namesOf('constraint', found)}. ${copies(found)}`;
    },
  },
  {
    message: /Constraint Error: .*duplicate key/is,
    explain: async (tables, query) => {
      const indexes = (await indexesOf(tables, query)).filter(({ isUnique }) => isUnique);
      const why =
        'which takes no value twice: append adds such rows, and of rows that are replaced DuckDB counts the old ones, too.';
      if (indexes.length > 0) {
        return `Table ${tableOf(indexes)} has ${namesOf('unique index', indexes)}, ${why} ${drops(indexes)} An index that is not unique may take its place; append_dedup keeps the primary key unique without it.`;
      }
      const found = await constraintsOf(tables, ['PRIMARY KEY', 'UNIQUE'], query);
      if (found.length === 0) return undefined;
      return `Table ${tableOf(found)} has ${namesOf('constraint', found)}, ${why} ${copies(found)} append_dedup keeps the primary key unique without it.`;
    },
  },
  {
    message: /NOT NULL constraint failed/,
    explain: async (tables, query) => {
      const found = await constraintsOf(tables, ['NOT NULL'], query);
      if (found.length === 0) return undefined;
      const statements = found.map(({ table, column }) => `alter table ${table} alter column ${column} drop not null;`);
      return `A row has no value for a column of table ${tableOf(found)} with the constraint NOT NULL. Run: ${statements.join(' ')}`;
    },
  },
];

/**
 * The error with table, index or constraint, and remedy when one of the user's is why DuckDB refused a statement; else the
 * error as it is. Queries the catalog, so the transaction has to be rolled back before.
 *
 * @param tables that the statement changes, or the whole commit when its end failed
 * @returns {ConfigError} `TABLE_CONSTRAINED`
 */
export async function explainRefusal(error: unknown, tables: readonly TableName[], query: Query): Promise<unknown> {
  const text = error instanceof SystemError ? ((error as SystemError).internalMessage ?? '') : '';
  const refusal = REFUSALS.find(({ message }) => message.test(text));
  if (refusal === undefined || tables.length === 0) return error;
  const problem = await refusal.explain(tables, query);
  // The text of the engine is left out: it quotes values.
  return problem === undefined ? error : new ConfigError(problem, { code: 'TABLE_CONSTRAINED' });
}

interface Index {
  /** Table and index, quoted. */
  readonly table: string;
  readonly name: string;
  readonly isUnique: boolean;
  /** The statement that made it. */
  readonly sql: string;
}

async function indexesOf(tables: readonly TableName[], query: Query): Promise<readonly Index[]> {
  const rows = await query(
    `select schema_name, table_name, index_name, is_unique, sql from duckdb_indexes() where ${within(tables)} order by all`,
  );
  return rows.map(([schema, table, name, isUnique, sql]) => ({
    table: quoted(schema, table),
    name: quoted(schema, name),
    isUnique: isUnique === true,
    sql: String(sql),
  }));
}

interface Constraint {
  /** Table, and its first column, quoted. */
  readonly table: string;
  readonly column: string;
  /** As in the definition of the table. */
  readonly name: string;
}

async function constraintsOf(
  tables: readonly TableName[],
  types: readonly string[],
  query: Query,
): Promise<readonly Constraint[]> {
  const rows = await query(
    `select schema_name, table_name, constraint_column_names[1], constraint_text from duckdb_constraints()
where ${within(tables)} and constraint_type in (${types.map(literal).join(', ')}) order by all`,
  );
  return rows.map(([schema, table, column, text]) => ({
    table: quoted(schema, table),
    column: quoted(column),
    name: String(text),
  }));
}

function within(tables: readonly TableName[]): string {
  const names = tables.map(({ schema, name }) => `(lower(${literal(schema)}), lower(${literal(name)}))`);
  return `database_name = ${literal(DATABASE)} and (lower(schema_name), lower(table_name)) in (${names.join(', ')})`;
}

function quoted(...parts: readonly unknown[]): string {
  return parts.map((part) => `"${String(part).replaceAll('"', '""')}"`).join('.');
}

function tableOf(found: readonly { readonly table: string }[]): string {
  return [...new Set(found.map(({ table }) => table))].join(', ');
}

function namesOf(kind: string, found: readonly { readonly name: string }[]): string {
  return `the ${kind} ${found.map(({ name }) => name).join(', ')}`;
}

function drops(indexes: readonly Index[]): string {
  return `Run: ${indexes.map(({ name }) => `drop index ${name};`).join(' ')}`;
}

/** DuckDB does not drop constraints. */
function copies([first]: readonly Constraint[]): string {
  const table = first?.table ?? '';
  return `DuckDB cannot drop it, so create the table again without it: create table without_it as from ${table}; drop table ${table}; create table ${table} as from without_it; drop table without_it;`;
}
