import { snowflakeName } from './names.js';
import { type Result, type ResultColumn, STATEMENT_TYPES } from './result.js';
import { engineRefusal } from './sql-error.js';
import type { EngineConnection } from './transaction.js';

const DAY_MS = 86_400_000;

/** Runs a query of the engine and gives its rows as Snowflake sends them. */
export async function select(connection: EngineConnection, sql: string): Promise<Result> {
  try {
    const reader = await connection.runAndReadAll(sql);
    const columns = reader.columnNames().map((name, index) => columnOf(name, String(reader.columnType(index))));
    const rows = reader
      .getRowsJson()
      .map((row) => row.map((value, index) => sent(value, columns[index] as ResultColumn)));
    return { statementTypeId: STATEMENT_TYPES.select, columns, rows };
  } catch (error) {
    throw engineRefusal(error);
  }
}

function columnOf(stored: string, engineType: string): ResultColumn {
  // Names that nobody put between quotes are upper case.
  const name = /^[a-z_][a-z0-9_$]*$/.test(stored) ? stored.toUpperCase() : snowflakeName(stored);
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(engineType);
  if (decimal !== null) return { name, type: 'fixed', precision: Number(decimal[1]), scale: Number(decimal[2]) };
  const type = /INT/.test(engineType)
    ? 'fixed'
    : engineType === 'DOUBLE' || engineType === 'FLOAT'
      ? 'real'
      : engineType === 'BOOLEAN'
        ? 'boolean'
        : engineType === 'DATE'
          ? 'date'
          : 'text';
  return { name, type, precision: 38, scale: 0 };
}

function sent(value: unknown, { type }: ResultColumn): string | null {
  if (value === null || value === undefined) return null;
  if (type === 'boolean') return value === true ? '1' : '0';
  if (type === 'date') return String(Date.parse(`${String(value)}T00:00:00Z`) / DAY_MS);
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
}
