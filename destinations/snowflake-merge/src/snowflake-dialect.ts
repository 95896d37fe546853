import {
  columnList,
  type Dialect,
  type LoadKind,
  type NameRules,
  qualified,
  type Relation,
  type Statement,
  type TableColumns,
  type TableName,
  type TablePlan,
} from '@cuttle/loader';
import { columnTypes, META_TYPES, type NumberType } from './column-types.js';
import { literal, quote } from './quoting.js';
import { fitColumn, fitLeftovers } from './retype.js';

/** What a user may choose about tables. */
export interface TableOptions {
  readonly numberType: NumberType;
  /** What micro-partitions of new tables are ordered by. */
  readonly clusterBy: 'primary_key' | 'cursor' | undefined;
}

const EXTRACTED_AT = '"_AIRBYTE_EXTRACTED_AT"';

/** Statements for Snowflake. Names are spelled as the official destination spells them and always quoted. */
export class SnowflakeDialect implements Dialect {
  readonly names: NameRules = {
    maxLength: 255,
    spell: (name) => name.replaceAll('${', '__').toUpperCase(),
    // Quoted identifiers are told apart by case.
    fold: (identifier) => identifier,
    reservedSchemas: new Set(['INFORMATION_SCHEMA']),
  };
  readonly #options: TableOptions;
  readonly #types: ReturnType<typeof columnTypes>;

  constructor(options: TableOptions) {
    this.#options = options;
    this.#types = columnTypes(options.numberType);
  }

  get numberType(): NumberType {
    return this.#options.numberType;
  }

  quote(identifier: string): string {
    return quote(identifier);
  }

  literal(text: string): string {
    return literal(text);
  }

  create(table: TableName, plan: TablePlan): readonly Statement[] {
    const columns = [...this.#columnTypes(plan)].map(([name, type]) => `${quote(name)} ${type}`);
    const clustered = this.#clusterColumns(plan);
    const cluster = clustered.length === 0 ? '' : ` cluster by (${clustered.map(quote).join(', ')})`;
    const sql = `create table if not exists ${qualified(table, this)} (${columns.join(', ')})${cluster}`;
    return [{ sql, isDdl: true }];
  }

  alter(existing: TableColumns, table: TableName, plan: TablePlan): readonly Statement[] {
    const name = qualified(table, this);
    const wanted = this.#columnTypes(plan);
    const { columns, statements } = fitLeftovers(name, existing, [...wanted.keys()]);
    return [
      ...statements,
      ...[...wanted].flatMap(([column, type]) => fitColumn(name, column, columns.get(column), type)),
    ];
  }

  drop(table: TableName): Statement {
    return { sql: `drop table if exists ${qualified(table, this)}`, isDdl: true };
  }

  load(kind: LoadKind, from: Relation, into: TableName, plan: TablePlan): readonly Statement[] {
    const columns = columnList(plan, this).join(', ');
    const target = qualified(into, this);
    switch (kind) {
      case 'append':
        return [{ sql: `insert into ${target} (${columns})\nselect ${columns}\nfrom ${from.sql} as s` }];
      case 'replace':
        // Takes the place of all rows and leaves grants, comments and clustering as they are.
        return [{ sql: `insert overwrite into ${target} (${columns})\nselect ${columns}\nfrom ${from.sql} as s` }];
      case 'upsert':
        return [this.#merge(from, target, plan)];
      default:
        return kind satisfies never;
    }
  }

  /** A MERGE changes every row of a key and adds none, so a table with several of one key is put right before. */
  distinct(table: TableName, plan: TablePlan): readonly Statement[] {
    const name = qualified(table, this);
    const columns = columnList(plan, this).join(', ');
    const key = plan.key.map(quote);
    const cursor = plan.cursor === undefined ? [] : [quote(plan.cursor)];
    const order = [...cursor, EXTRACTED_AT].map((column) => `${column} desc nulls last`).join(', ');
    const sql = `insert overwrite into ${name} (${columns})\nselect ${columns} from ${name}
qualify row_number() over (partition by ${key.join(', ')} order by ${order}) = 1 or (${key.map((column) => `${column} is null`).join(' and ')})`;
    return [{ sql }];
  }

  /**
   * One MERGE: the newest row of each key of the batch takes the place of the table's row, unless that one is newer.
   * Keys that are never null are compared plainly and bounded by the batch's range, so that micro-partitions are pruned.
   */
  #merge(from: Relation, target: string, plan: TablePlan): Statement {
    const key = plan.key.map(quote);
    const cursor = plan.cursor === undefined ? [] : [quote(plan.cursor)];
    const order = [...cursor, EXTRACTED_AT].map((name) => `${name} desc nulls last`);
    const columns = columnList(plan, this);
    const newest = `select * from ${from.sql} as b
qualify row_number() over (partition by ${key.join(', ')} order by ${[...order, '_arrival desc'].join(', ')}) = 1`;
    const tombstone = plan.tombstone === undefined ? undefined : `s.${quote(plan.tombstone)}`;
    const isNewer = `not (${isTargetNewer(cursor[0])})`;
    const assigned = columns.filter((name) => !key.includes(name)).map((name) => `${name} = s.${name}`);
    return {
      sql: [
        `merge into ${target} as t using (${newest}) as s`,
        `on ${[...plan.key.map((name) => sameKey(name, from)), ...plan.key.flatMap((name) => inRange(name, from))].join(' and ')}`,
        ...(tombstone === undefined ? [] : [`when matched and ${isNewer} and ${tombstone} is not null then delete`]),
        `when matched and ${isNewer} then update set ${assigned.join(', ')}`,
        `when not matched${tombstone === undefined ? '' : ` and ${tombstone} is null`} then insert (${columns.join(', ')}) values (${columns.map((name) => `s.${name}`).join(', ')})`,
      ].join('\n'),
    };
  }

  #columnTypes(plan: TablePlan): Map<string, string> {
    const own = plan.columns.map(({ name, type }) => [name, this.#types[type]] as const);
    return new Map([...Object.entries(META_TYPES), ...own]);
  }

  #clusterColumns(plan: TablePlan): readonly string[] {
    if (this.#options.clusterBy === 'primary_key') return plan.key;
    return this.#options.clusterBy === 'cursor' && plan.cursor !== undefined ? [plan.cursor] : [];
  }
}

function sameKey(name: string, { keys }: Relation): string {
  const column = quote(name);
  return keys?.get(name)?.hasNulls === false ? `t.${column} = s.${column}` : `equal_null(t.${column}, s.${column})`;
}

function inRange(name: string, { keys }: Relation): readonly string[] {
  const facts = keys?.get(name);
  if (facts?.range === undefined || facts.hasNulls) return [];
  return [`t.${quote(name)} between ${facts.range[0]} and ${facts.range[1]}`];
}

/** Order of rows: cursor descending with nulls last, then time of extraction; of equal rows the arriving one wins. */
function isTargetNewer(cursor: string | undefined): string {
  const byTime = `t.${EXTRACTED_AT} > s.${EXTRACTED_AT}`;
  if (cursor === undefined) return byTime;
  return `case when equal_null(t.${cursor}, s.${cursor}) then ${byTime} when t.${cursor} is null then false when s.${cursor} is null then true else t.${cursor} > s.${cursor} end`;
}
