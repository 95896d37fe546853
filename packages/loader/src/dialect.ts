import type { AirbyteType } from './airbyte-type.js';

/** A table in the warehouse. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** One column of a final table that holds a property of the records. */
export interface Column {
  /** Property of the record. */
  readonly property: string;
  /** Column in the warehouse. */
  readonly name: string;
  readonly type: AirbyteType;
  /** An integer column of 64 bits, in a warehouse that has such; others hold 38 digits. */
  readonly isNarrow?: true;
}

/** Everything a statement needs to know of a stream's table. Names are the warehouse's, unquoted. */
export interface TablePlan {
  readonly table: TableName;
  readonly columns: readonly Column[];
  /** Columns of the primary key; empty unless the stream is deduplicated. */
  readonly key: readonly string[];
  /** Column that says which row is newer; without one, the time of extraction decides. */
  readonly cursor: string | undefined;
  /** Column of `_ab_cdc_deleted_at`, if rows with a value in it are to be removed (hard delete). */
  readonly tombstone: string | undefined;
}

/** A statement, and how many rows it has to change for the commit to hold. */
export interface Statement {
  readonly sql: string;
  /**
   * It defines or removes tables. Some warehouses commit at such a statement, so in a commit they only stand at the head
   * or the tail, and have to be harmless when nothing else of the commit follows or went before.
   */
  readonly isDdl?: true;
  /** The table that it changes, for errors that name the index or constraint that blocks it. */
  readonly table?: TableName;
  /**
   * A query that gives a row when the commit that this statement stands in took place: for a warehouse whose answer to
   * the commit can be lost.
   */
  readonly proof?: string;
  readonly expect?: { readonly rows: number; readonly otherwise: Error };
  /** What it does to the control table, for warehouses that join the notes of a transaction. */
  readonly note?: Note;
}

/** A change of the control table. */
export interface Note {
  readonly kind: 'fence' | 'forget' | 'add';
  /** The control table as SQL, and its columns. */
  readonly table: string;
  readonly columns: string;
  /** What it is about: the target of a fence, else target and kind of the rows. */
  readonly subject: string;
  /** The condition of a `fence` or `forget`, the rows of an `add`. */
  readonly text: string;
  /** Number of the check of a fence. */
  readonly ordinal?: number;
}

/**
 * Rows ready to be loaded: something a `from` clause can name, with the meta columns, all columns of the plan and, when
 * it was asked for, `_arrival` (order of arrival, growing).
 */
export interface Relation {
  readonly sql: string;
  /**
   * A table that holds just these rows in the same columns, and may be used up: in a `replace` it can take the name of the
   * other one, when nothing else would change.
   */
  readonly table?: TableName;
  /** What is known of key columns, by their names in the warehouse. */
  readonly keys?: ReadonlyMap<string, KeyFacts>;
}

/** What is known of the values of a key column in a batch. */
export interface KeyFacts {
  readonly hasNulls: boolean;
  /** Smallest and largest value as SQL, for types whose order is the same in every warehouse. */
  readonly range?: readonly [string, string];
}

/** How rows of a relation enter a table: as they are, by key, or in place of all rows. */
export type LoadKind = 'append' | 'upsert' | 'replace';

/** What a warehouse makes of identifiers. */
export interface NameRules {
  /** Longest identifier, in characters. */
  readonly maxLength: number;
  /** A name as the warehouse spells it, before it is fitted: some want capitals. */
  spell(name: string): string;
  /** Two identifiers with equal folded forms are one and the same to the warehouse. */
  fold(identifier: string): string;
  /** Folded names of schemas that are the warehouse's own or stand for something else. */
  readonly reservedSchemas?: ReadonlySet<string>;
}

/** What differs between warehouses in names, types and statements. All members are pure. */
export interface Dialect {
  readonly names: NameRules;
  /** The identifier between quotes, whatever it holds. */
  quote(identifier: string): string;
  /** A text between quotes, whatever it holds: not every warehouse takes backslashes as they stand. */
  literal(text: string): string;
  create(table: TableName, plan: TablePlan): readonly Statement[];
  /** Adds and retypes columns, so that `existing` fits the plan; no statements when it does. */
  alter(existing: TableColumns, table: TableName, plan: TablePlan): readonly Statement[];
  drop(table: TableName): Statement;
  load(kind: LoadKind, from: Relation, into: TableName, plan: TablePlan): readonly Statement[];
  /**
   * Leaves the newest row of each key, in a table that was not deduplicated so far. No statements where an upsert does
   * that anyway.
   */
  distinct(table: TableName, plan: TablePlan): readonly Statement[];
  /** A `replace` by a relation with a `table` gives it the name of the other; without it, rows are always copied. */
  readonly swapsTables?: true;
  /**
   * Width of an integer column by the type that it has so far, undefined when it is new; `unknown` when its values, once
   * they are integers, may need 38 digits. Only for warehouses with two integer types: `alter` then fails with an
   * {@link IntegerWidthError} where a value is too wide.
   */
  integerWidth?(found: string | undefined): 'narrow' | 'wide' | 'unknown';
}

/** Columns of an existing table, in order: name to type, as the warehouse spells them. */
export type TableColumns = ReadonlyMap<string, string>;

/** A table as it is found. */
export interface ExistingTable {
  readonly columns: TableColumns;
  /**
   * Nothing of the user hangs on the table that another table of its name would not have: no index, comment, default,
   * grant. False where that is not known.
   */
  readonly isBare: boolean;
}

/** The columns that every final table has before the columns of its records. */
export const META_COLUMNS = [
  '_airbyte_raw_id',
  '_airbyte_extracted_at',
  '_airbyte_meta',
  '_airbyte_generation_id',
] as const;

/** Column of a relation, never of a table: the order in which its rows arrived. */
export const ARRIVAL_COLUMN = '_arrival';
