import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { SmallValue } from './small-batch.js';

type Api = typeof import('@duckdb/node-api');

/**
 * Appends columns of values to a temporary table.
 *
 * @param types of the columns, as the engine names them; JSON is appended as text
 */
export async function appendSmall(
  connection: DuckDBConnection,
  table: string,
  types: readonly string[],
  columns: readonly (readonly SmallValue[])[],
): Promise<void> {
  const api = await import('@duckdb/node-api');
  const chunk = api.DuckDBDataChunk.create(
    types.map((type) => chunkType(api, type)),
    columns[0]?.length ?? 0,
  );
  chunk.setColumns(
    columns.map((values, index) => values.map((value) => engineValue(api, value, types[index] as string))),
  );
  const appender = await connection.createAppender(table, null, 'temp');
  try {
    appender.appendDataChunk(chunk);
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}

function chunkType(api: Api, type: string): DuckDBType {
  switch (type) {
    case 'BIGINT':
      return api.BIGINT;
    case 'HUGEINT':
      return api.HUGEINT;
    case 'DOUBLE':
      return api.DOUBLE;
    case 'BOOLEAN':
      return api.BOOLEAN;
    case 'DATE':
      return api.DATE;
    case 'TIME':
      return api.TIME;
    case 'TIMESTAMP':
      return api.TIMESTAMP;
    case 'TIMESTAMP WITH TIME ZONE':
      return api.TIMESTAMPTZ;
    default:
      return api.VARCHAR;
  }
}

function engineValue(api: Api, value: SmallValue, type: string): DuckDBValue {
  if (typeof value !== 'bigint') return value;
  switch (type) {
    case 'DATE':
      return new api.DuckDBDateValue(Number(value));
    case 'TIME':
      return new api.DuckDBTimeValue(value);
    case 'TIMESTAMP':
      return new api.DuckDBTimestampValue(value);
    case 'TIMESTAMP WITH TIME ZONE':
      return new api.DuckDBTimestampTZValue(value);
    default:
      return value;
  }
}
