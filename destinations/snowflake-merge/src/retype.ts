import { type Statement, shortHash, type TableColumns } from '@cuttle/loader';
import { NOT_NULL } from './column-types.js';
import { quote } from './quoting.js';

/**
 * A column's type is changed by way of a second column: Snowflake changes few types in place. The steps commit one by
 * one, so each leaves a table from which the next run finds on:
 *
 * 1. add the new column, 2. fill it, 3. rename the old one, 4. rename the new one, 5. drop the old one.
 */
const NEW = '_CUTTLE_NEW_';
const OLD = '_CUTTLE_OLD_';

/** What an interrupted change of types left behind is brought to its end; gives the columns as they are then. */
export function fitLeftovers(
  table: string,
  existing: TableColumns,
  names: readonly string[],
): { readonly columns: TableColumns; readonly statements: readonly Statement[] } {
  const columns = new Map(existing);
  const statements: Statement[] = [];
  for (const name of names) {
    const [made, old] = [helper(NEW, name), helper(OLD, name)];
    if (columns.has(old) && !columns.has(name)) {
      // Step 3 was done, so the new column is filled.
      statements.push(rename(table, made, name));
      columns.set(name, columns.get(made) as string);
      columns.delete(made);
    }
    for (const rest of [made, old].filter((column) => columns.has(column))) {
      statements.push(dropColumn(table, rest));
      columns.delete(rest);
    }
  }
  return { columns, statements };
}

/** Adds a column, or gives it another type; a value that does not fit becomes null. */
export function fitColumn(
  table: string,
  name: string,
  found: string | undefined,
  wanted: string,
): readonly Statement[] {
  if (found === undefined) return [alter(table, `add column ${quote(name)} ${wanted}`)];
  const isRequired = found.endsWith(NOT_NULL);
  const type = isRequired ? found.slice(0, -NOT_NULL.length) : found;
  if (type !== wanted) return changeType(table, name, type, wanted);
  // Rows with a null in it come one day; a required column is relaxed, never tightened.
  return isRequired && !name.startsWith('_AIRBYTE_') ? [alter(table, `alter column ${quote(name)} drop not null`)] : [];
}

function changeType(table: string, name: string, from: string, to: string): readonly Statement[] {
  const [made, old] = [helper(NEW, name), helper(OLD, name)];
  return [
    alter(table, `add column ${quote(made)} ${to}`),
    // A change of values, but only of a column that no row uses yet: it stands among the definitions.
    { sql: `update ${table} set ${quote(made)} = ${converted(quote(name), from, to)}`, isDdl: true },
    rename(table, name, old),
    rename(table, made, name),
    dropColumn(table, old),
  ];
}

function converted(column: string, from: string, to: string): string {
  // Instants are compared and written in UTC, as times without a zone are read.
  const instant = from === 'TIMESTAMP_TZ' ? `convert_timezone('UTC', ${column})` : column;
  if (from === 'TIMESTAMP_TZ' && to === 'TIMESTAMP_NTZ') return `to_timestamp_ntz(${instant})`;
  if (from === 'TIMESTAMP_NTZ' && to === 'TIMESTAMP_TZ') return `to_timestamp_tz(to_varchar(${column}))`;
  const isNested = from === 'VARIANT' || from === 'OBJECT' || from === 'ARRAY';
  if (to === 'VARIANT') return `to_variant(${column})`;
  const text = isNested ? `to_varchar(to_variant(${column}))` : from === 'VARCHAR' ? column : `to_varchar(${instant})`;
  if (to === 'VARCHAR') return text;
  if (to === 'OBJECT' || to === 'ARRAY') {
    return `as_${to.toLowerCase()}(${isNested ? `to_variant(${column})` : `try_parse_json(${text})`})`;
  }
  if (to === 'NUMBER(38,0)') {
    // A cast rounds 1.5 to 2; only whole numbers are kept.
    return `iff(regexp_like(${text}, '-?[0-9]+(\\\\.0+)?'), try_cast(${text} as NUMBER(38,0)), null)`;
  }
  return `try_cast(${text} as ${to})`;
}

function helper(prefix: string, name: string): string {
  return prefix + shortHash(name).toUpperCase();
}

function rename(table: string, from: string, to: string): Statement {
  return alter(table, `rename column ${quote(from)} to ${quote(to)}`);
}

function dropColumn(table: string, column: string): Statement {
  return alter(table, `drop column ${quote(column)}`);
}

function alter(table: string, change: string): Statement {
  return { sql: `alter table ${table} ${change}`, isDdl: true };
}
