import fs from 'node:fs';
import { ConfigError } from '@cuttle/protocol';
import {
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBTimestampTZValue,
  type DuckDBType,
  type Json,
} from '@duckdb/node-api';

/** A value as reports and write-back use it. Numbers that JavaScript would round stay text. */
export type Cell = string | number | boolean | null;

/** A column of a result. */
export interface WarehouseColumn {
  readonly name: string;
  readonly kind: 'text' | 'number' | 'boolean' | 'date' | 'time';
}

/** Rows of a query, in its order. */
export interface QueryResult {
  readonly columns: readonly WarehouseColumn[];
  /** Dates are `YYYY-MM-DD`, times ISO 8601 in UTC with `Z`, lists and objects JSON texts. */
  readonly rows: readonly (readonly Cell[])[];
}

/** A DuckDB file that is only read. Opened for each use, because one process that writes keeps all others out. */
export class DuckdbWarehouse {
  private readonly connection: DuckDBConnection;
  private readonly instance: DuckDBInstance;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.instance = instance;
    this.connection = connection;
  }

  /**
   * Opens the file; `use` gets it, and it is closed when `use` ends.
   *
   * @throws {ConfigError} `WAREHOUSE_MISSING` when there is no file
   */
  static async read<T>(file: string, use: (warehouse: DuckdbWarehouse) => Promise<T>): Promise<T> {
    if (!fs.existsSync(file)) {
      throw new ConfigError(`There is no warehouse ${file} yet; run the syncs first.`, { code: 'WAREHOUSE_MISSING' });
    }
    const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
    const connection = await instance.connect();
    const warehouse = new DuckdbWarehouse(instance, connection);
    // The driver writes instants in the zone of the machine otherwise, whatever the session says.
    DuckDBTimestampTZValue.timezoneOffsetInMinutes = 0;
    try {
      // Nothing that a query says may reach a file or the network.
      await connection.run("set TimeZone = 'UTC'; set enable_external_access = false; set lock_configuration = true");
      return await use(warehouse);
    } finally {
      warehouse.close();
    }
  }

  /** Runs a query. Errors are DuckDB's own. */
  async query(sql: string): Promise<QueryResult> {
    const result = await this.connection.runAndReadAll(sql);
    const columns = columnsOf(result);
    return { columns, rows: result.getRowsJson().map((row) => cells(row, columns)) };
  }

  /**
   * Runs a query and hands out its rows one by one, so that never all of them are in memory. Errors are DuckDB's own, and
   * what `take` throws.
   */
  async eachRow(sql: string, take: (row: readonly Cell[], columns: readonly WarehouseColumn[]) => void): Promise<void> {
    const result = await this.connection.stream(sql);
    const columns = columnsOf(result);
    for await (const piece of result.yieldRowsJson()) for (const row of piece) take(cells(row, columns), columns);
  }

  private close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

function columnsOf(result: {
  columnNames(): readonly string[];
  columnTypes(): readonly DuckDBType[];
}): readonly WarehouseColumn[] {
  const types = result.columnTypes().map(String);
  return result.columnNames().map((name, index) => ({ name, kind: kindOf(types[index] ?? '') }));
}

function cells(row: readonly Json[], columns: readonly WarehouseColumn[]): readonly Cell[] {
  return row.map((value, index) => cell(value, columns[index]!.kind));
}

function kindOf(type: string): WarehouseColumn['kind'] {
  if (/^(DECIMAL|U?(TINY|SMALL|BIG|HUGE)?INT|U?INTEGER|FLOAT|DOUBLE)/.test(type)) return 'number';
  if (type === 'BOOLEAN') return 'boolean';
  if (type === 'DATE') return 'date';
  return type.startsWith('TIMESTAMP') ? 'time' : 'text';
}

function cell(value: Json, kind: WarehouseColumn['kind']): Cell {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'object') return JSON.stringify(value);
  if (kind === 'time') return `${String(value).replace(' ', 'T').replace(/\+00$/, '')}Z`;
  if (kind !== 'number') return typeof value === 'number' ? value : String(value);
  return typeof value === 'number' ? value : exactNumber(value);
}

/** A number of at most 15 digits, which JavaScript keeps as it is; a longer one stays text. Zeros at the end of a fraction are none. */
function exactNumber(text: string): number | string {
  const bare = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  const digits = bare.replace(/[-.]/g, '').replace(/^0+/, '').length;
  return digits <= 15 && Number.isFinite(Number(text)) ? Number(text) : text;
}
