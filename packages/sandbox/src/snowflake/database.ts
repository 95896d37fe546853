import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { Catalog, type TableInfo } from './catalog.js';
import { FUNCTIONS } from './functions.js';
import { Locks } from './locks.js';
import { engineText, quoteStored } from './names.js';
import type { EngineConnection } from './transaction.js';

/** One database of the account: rows in an engine of its own, declarations in a catalog. */
export class Database {
  readonly name: string;
  readonly catalog = new Catalog();
  readonly locks: Locks;
  readonly #instance: DuckDBInstance;

  private constructor(name: string, instance: DuckDBInstance, lockAbortMs: number) {
    this.locks = new Locks(lockAbortMs);
    this.name = name;
    this.#instance = instance;
  }

  static async create(name: string, lockAbortMs: number): Promise<Database> {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    for (const sql of [...FUNCTIONS, ...VIEW_TABLES, `create schema ${quoteStored('PUBLIC')}`])
      await connection.run(sql);
    connection.closeSync();
    const database = new Database(name, instance, lockAbortMs);
    database.catalog.schemas.set('PUBLIC', new Map());
    return database;
  }

  async connect(): Promise<DuckDBConnection> {
    const connection = await this.#instance.connect();
    await connection.run("set TimeZone = 'UTC'");
    return connection;
  }

  close(): void {
    this.#instance.closeSync();
  }

  /** Writes the catalog into the tables behind `information_schema`, for a query that reads it. */
  async publishCatalog(connection: EngineConnection): Promise<void> {
    const tables: string[] = [];
    const columns: string[] = [];
    for (const [schema, found] of this.catalog.schemas) {
      for (const [table, info] of found) {
        const names = [schema, table].map(engineText).join(', ');
        tables.push(
          `(${names}, 'BASE TABLE', ${info.isTransient ? "'YES'" : "'NO'"}, ${info.comment === undefined ? 'null' : engineText(info.comment)})`,
        );
        columns.push(...columnRows(names, info));
      }
    }
    await connection.run('delete from sf_tables');
    await connection.run('delete from sf_columns');
    if (tables.length > 0) await connection.run(`insert into sf_tables values ${tables.join(', ')}`);
    if (columns.length > 0) await connection.run(`insert into sf_columns values ${columns.join(', ')}`);
  }
}

const VIEW_TABLES = [
  'create table sf_tables (table_schema varchar, table_name varchar, table_type varchar, is_transient varchar, comment varchar)',
  `create table sf_columns (table_schema varchar, table_name varchar, column_name varchar, ordinal_position integer,
    data_type varchar, numeric_precision integer, numeric_scale integer, is_nullable varchar)`,
];

function columnRows(names: string, info: TableInfo): readonly string[] {
  return info.columns.map(({ name, type, isRequired }, index) => {
    const numbers = [type.precision ?? 'null', type.scale ?? 'null'].join(', ');
    return `(${names}, ${engineText(name)}, ${index + 1}, '${type.name}', ${numbers}, ${isRequired ? "'NO'" : "'YES'"})`;
  });
}

/** Schema and table for a statement of the engine. */
export function engineTable(schema: string, table: string): string {
  return `${quoteStored(schema)}.${quoteStored(table)}`;
}
