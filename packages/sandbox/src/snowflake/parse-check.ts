import { SqlError } from './sql-error.js';

/** Refuses what does not parse in Snowflake's dialect, before the engine, whose own grammar differs, sees it. */
export async function parseCheck(sql: string): Promise<void> {
  const { parse, init, isInitialized, Dialect } = await import('@polyglot-sql/sdk');
  if (!isInitialized()) await init();
  const { success, error } = parse(sql, Dialect.Snowflake);
  if (!success) throw new SqlError('001003', `SQL compilation error:\n${error ?? 'syntax error'}`);
}
