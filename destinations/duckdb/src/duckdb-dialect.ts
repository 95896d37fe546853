import {
  type AirbyteType,
  type Column,
  columnList,
  type Dialect,
  type LoadKind,
  literal,
  type NameRules,
  qualified,
  type Relation,
  type Statement,
  type TableColumns,
  type TableName,
  type TablePlan,
} from '@cuttle/loader';
import { DATABASE } from './database-file.js';

/**
 * Column types. HUGEINT holds the protocol's integers of 38 digits; a column is BIGINT until it needs that; times with a zone stay text, because DuckDB's TIMETZ
 * does not take every form; JSON keeps objects, arrays and everything whose type is open.
 */
const COLUMN_TYPES: Readonly<Record<AirbyteType, string>> = {
  string: 'VARCHAR',
  number: 'DOUBLE',
  integer: 'HUGEINT',
  boolean: 'BOOLEAN',
  date: 'DATE',
  time_with_timezone: 'VARCHAR',
  time_without_timezone: 'TIME',
  timestamp_with_timezone: 'TIMESTAMP WITH TIME ZONE',
  timestamp_without_timezone: 'TIMESTAMP',
  object: 'JSON',
  array: 'JSON',
  union: 'JSON',
  unknown: 'JSON',
};

/** Integers that BIGINT holds, too. */
const SMALL_INTEGERS: ReadonlySet<string> = new Set([
  'BIGINT',
  'INTEGER',
  'SMALLINT',
  'TINYINT',
  'UINTEGER',
  'USMALLINT',
  'UTINYINT',
]);

const META_TYPES: Readonly<Record<string, string>> = {
  _airbyte_raw_id: 'UUID',
  _airbyte_extracted_at: 'TIMESTAMP WITH TIME ZONE',
  _airbyte_meta: 'JSON',
  _airbyte_generation_id: 'BIGINT',
};

/** Statements for DuckDB. Tables are named without their database: the session makes the file the current one. */
export class DuckdbDialect implements Dialect {
  readonly swapsTables = true;
  readonly names: NameRules = {
    // DuckDB has no limit of its own; this one keeps names readable.
    maxLength: 255,
    spell: (name) => name,
    fold: (identifier) => identifier.toLowerCase(),
    // Databases that are always attached, from which a schema of the same name cannot be distinguished, and system schemas.
    reservedSchemas: new Set(['temp', 'system', 'memory', 'information_schema', 'pg_catalog', DATABASE]),
  };

  quote(identifier: string): string {
    return `"${identifier.replaceAll('"', '""')}"`;
  }

  literal(text: string): string {
    return literal(text);
  }

  create(table: TableName, plan: TablePlan): readonly Statement[] {
    const columns = [...columnTypes(plan)].map(([name, type]) => `${this.quote(name)} ${type}`);
    return [{ sql: `create table ${qualified(table, this)} (${columns.join(', ')})`, isDdl: true }];
  }

  alter(existing: TableColumns, table: TableName, plan: TablePlan): readonly Statement[] {
    const types = new Map([...existing].map(([name, type]) => [this.names.fold(name), type]));
    const statements: Statement[] = [];
    for (const [name, type] of columnTypes(plan)) {
      const found = types.get(this.names.fold(name));
      if (found === undefined) {
        statements.push({
          sql: `alter table ${qualified(table, this)} add column ${this.quote(name)} ${type}`,
          isDdl: true,
          table,
        });
      } else if (found !== type) {
        const value = convert(this.quote(name), found, type);
        statements.push({
          sql: `alter table ${qualified(table, this)} alter column ${this.quote(name)} set data type ${type} using ${value}`,
          isDdl: true,
          table,
        });
      }
    }
    return statements;
  }

  drop(table: TableName): Statement {
    return { sql: `drop table if exists ${qualified(table, this)}`, isDdl: true };
  }

  load(kind: LoadKind, from: Relation, into: TableName, plan: TablePlan): readonly Statement[] {
    const columns = columnList(plan, this).join(', ');
    const insert = (relation: string): Statement => ({
      sql: `insert into ${qualified(into, this)} (${columns})\nselect ${columns}\nfrom ${relation}`,
      table: into,
    });
    switch (kind) {
      case 'append':
        return [insert(from.sql)];
      case 'replace':
        if (from.table !== undefined) return [this.drop(into), this.#rename(from.table, into)];
        return [{ sql: `delete from ${qualified(into, this)}` }, insert(from.sql)];
      case 'upsert':
        return this.#upsert(from, into, plan, insert);
      default:
        return kind satisfies never;
    }
  }

  #rename(table: TableName, { name }: TableName): Statement {
    return { sql: `alter table ${qualified(table, this)} rename to ${this.quote(name)}`, isDdl: true };
  }

  distinct(): readonly Statement[] {
    return [];
  }

  integerWidth(found: string | undefined): 'narrow' | 'wide' | 'unknown' {
    if (found === 'HUGEINT') return 'wide';
    return found === undefined || SMALL_INTEGERS.has(found) ? 'narrow' : 'unknown';
  }

  /**
   * The newest row of each key of the relation takes the place of the table's row, unless that one is newer. Keys are
   * compared null-safe, which DuckDB joins by hash all the same. Only what rows are compared by is copied aside; the
   * rows themselves are read once, by the insert. DuckDB's `rowid` is not used: a column of that name would hide it.
   */
  #upsert(
    from: Relation,
    into: TableName,
    plan: TablePlan,
    insert: (relation: string) => Statement,
  ): readonly Statement[] {
    const key = plan.key.map((name) => this.quote(name));
    const cursor = plan.cursor === undefined ? [] : [this.quote(plan.cursor)];
    const order = [...cursor, '_airbyte_extracted_at'].map((name) => `${name} desc nulls last`);
    const compared = [...new Set([...key, ...cursor])].join(', ');
    const sameKey = (left: string) => key.map((name) => `${left}.${name} is not distinct from w.${name}`).join(' and ');
    const isKept = plan.tombstone === undefined ? '' : `\nand ${this.quote(plan.tombstone)} is null`;
    return [
      {
        sql: `create or replace temp table _cuttle_winners as
select ${compared}, _airbyte_extracted_at, _arrival
from ${from.sql}
qualify row_number() over (partition by ${key.join(', ')} order by ${[...order, '_arrival desc'].join(', ')}) = 1`,
      },
      {
        sql: `delete from ${qualified(into, this)} as t
using _cuttle_winners as w
where ${sameKey('t')} and (${isTargetNewer(cursor)}) is not true`,
      },
      {
        // What the table still has of a key is newer.
        sql: `delete from _cuttle_winners as w
using ${qualified(into, this)} as t
where ${sameKey('t')}`,
      },
      insert(`${from.sql} as s
where exists (select 1 from _cuttle_winners as w where w._arrival = s._arrival and ${sameKey('s')})${isKept}`),
      { sql: 'drop table _cuttle_winners' },
    ];
  }
}

function columnTypes(plan: TablePlan): Map<string, string> {
  const own = plan.columns.map((column) => [column.name, columnType(column)] as const);
  return new Map([...Object.entries(META_TYPES), ...own]);
}

/** Type of a column of records. */
export function columnType({ type, isNarrow }: Column): string {
  return isNarrow === true ? 'BIGINT' : COLUMN_TYPES[type];
}

/** Order of rows: cursor descending with nulls last, then time of extraction; of equal rows the arriving one wins. */
function isTargetNewer(cursor: readonly string[]): string {
  const [column] = cursor;
  const byTime = 't._airbyte_extracted_at > w._airbyte_extracted_at';
  if (column === undefined) return byTime;
  return `case
  when t.${column} is not distinct from w.${column} then ${byTime}
  when t.${column} is null then false
  when w.${column} is null then true
  else t.${column} > w.${column}
end`;
}

/**
 * A value in another type, null where it does not fit; an integer that is too wide for BIGINT fails the statement. Texts come
 * out of JSON without quotes and go in with them.
 */
function convert(column: string, from: string, to: string): string {
  if (from === 'JSON' && to === 'VARCHAR') return `${column} ->> '$'`;
  if (to === 'BIGINT') return `(${convert(column, from, 'HUGEINT')})::bigint`;
  if (to === 'JSON') return `to_json(${column})`;
  const source = from === 'JSON' ? `(${column} ->> '$')` : column;
  if (to === 'HUGEINT' && (from === 'VARCHAR' || from === 'JSON' || from === 'DOUBLE')) {
    // A cast rounds 1.5 to 2; only whole numbers are kept.
    return `case when regexp_full_match(${source}::varchar, '-?[0-9]+(\\.0+)?') then try_cast(split_part(${source}::varchar, '.', 1) as hugeint) end`;
  }
  return `try_cast(${source} as ${to})`;
}
