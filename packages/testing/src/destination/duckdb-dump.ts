import fs from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DumpedRow } from './profile.js';

/** Reads a DuckDB file as a user of the warehouse would: with a library of our own choice, not through the destination. */
export class DuckdbFile {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** All tables as `schema.table`. */
  async tables(): Promise<readonly string[]> {
    const rows = await this.query('select schema_name, table_name from duckdb_tables() order by all');
    return rows.map(([schema, table]) => `${schema}.${table}`);
  }

  /** Column types of a table, in order; undefined when there is none. */
  async columns(schema: string, table: string): Promise<Readonly<Record<string, string>> | undefined> {
    const rows = await this.query(
      `select column_name, data_type from duckdb_columns() where lower(schema_name) = lower(${text(schema)})
and lower(table_name) = lower(${text(table)}) and not internal order by column_index`,
    );
    return rows.length === 0 ? undefined : Object.fromEntries(rows as [string, string][]);
  }

  /** Rows of a table in canonical form; undefined when there is no such table. */
  async rows(schema: string, table: string): Promise<readonly DumpedRow[] | undefined> {
    const columns = await this.columns(schema, table);
    if (columns === undefined) return undefined;
    const names = Object.keys(columns);
    const select = names.map((name) => canonical(quote(name), columns[name] as string));
    const rows = await this.query(`select ${select.join(', ')} from ${quote(schema)}.${quote(table)}`);
    return rows.map((row) =>
      Object.fromEntries(names.map((name, index) => [name, parsed(row[index], columns[name] as string)])),
    );
  }

  /** Runs a statement and gives its rows. */
  async query(sql: string): Promise<readonly (readonly unknown[])[]> {
    if (!fs.existsSync(this.#file)) return [];
    const instance = await DuckDBInstance.create(this.#file);
    const connection = await instance.connect();
    try {
      await connection.run("set TimeZone = 'UTC'");
      return (await connection.runAndReadAll(sql)).getRowsJson();
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  }
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function canonical(column: string, type: string): string {
  if (type === 'TIMESTAMP WITH TIME ZONE') return `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%fZ')`;
  if (type === 'TIMESTAMP') return `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%f')`;
  if (type === 'DOUBLE' || type === 'BOOLEAN') return column;
  // The library drops a byte order mark at the start of a text; inside of quotes it does not.
  if (type === 'VARCHAR') return `to_json(${column})::varchar`;
  return `${column}::varchar`;
}

function parsed(value: unknown, type: string): unknown {
  return (type === 'JSON' || type === 'VARCHAR') && typeof value === 'string' ? JSON.parse(value) : value;
}
