import type { DestinationProfile, DumpedRow } from '@cuttle/testing';
import { quote, STATIC_PROFILE, text, typeOf } from '../profile.js';
import { LiveSession, liveConfig } from './account.js';

/** The destination's profile against the account, with a session to look into it. */
export interface LiveProfile extends DestinationProfile {
  readonly session: LiveSession;
}

/** How a column is read as text, by type; others are read as they are. */
const READ: Readonly<Record<string, (column: string) => string>> = {
  DATE: (column) => `to_varchar(${column}, 'YYYY-MM-DD')`,
  TIME: (column) => `to_varchar(${column}, 'HH24:MI:SS.FF9')`,
  TIMESTAMP_TZ: (column) => `to_varchar(convert_timezone('UTC', ${column}), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') || 'Z'`,
  TIMESTAMP_NTZ: (column) => `to_varchar(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.FF6')`,
  VARIANT: (column) => `to_json(${column})`,
  OBJECT: (column) => `to_json(${column})`,
  ARRAY: (column) => `to_json(${column})`,
};

/**
 * Each warehouse of a test is a database of its own, because streams name schemas; all are dropped when the tests of the
 * file are over.
 */
export function liveProfile(): LiveProfile {
  const session = new LiveSession();
  const databases: string[] = [];
  afterAll(async () => {
    for (const database of databases) await session.query(`drop database if exists ${database}`);
    await session.close();
  }, 600_000);
  const databaseOf = (config: { readonly [name: string]: unknown }) => String(config['database']);
  const columnsOf = async (database: string, schema: string, table: string) => {
    const rows = await session.query(
      `select column_name, data_type, numeric_precision, numeric_scale from information_schema.columns
where table_schema = ${text(schema)} and table_name = ${text(table)} order by ordinal_position`,
      database,
    );
    return rows.map(
      (row) => [String(row[0]), typeOf(row.map((cell) => (cell === null ? null : String(cell))))] as const,
    );
  };
  return {
    ...STATIC_PROFILE,
    session,
    manyStreams: 20,
    config: () => {
      const database = `CUTTLE_LIVE_${process.pid}_${Date.now().toString(36).toUpperCase()}_${databases.length}`;
      databases.push(database);
      return liveConfig(database);
    },
    prepare: async (config) => {
      await session.query(`create transient database if not exists ${databaseOf(config)}`);
    },
    rows: async (config, schema, table) => {
      const database = databaseOf(config);
      const columns = await columnsOf(database, schema, table);
      if (columns.length === 0) return undefined;
      const list = columns.map(([name, type]) => READ[type]?.(quote(name)) ?? quote(name));
      const rows = await session.query(`select ${list.join(', ')} from ${quote(schema)}.${quote(table)}`, database);
      return rows.map(
        (row): DumpedRow =>
          Object.fromEntries(
            columns.map(([name, type], index) => [name.toLowerCase(), canonical(row[index] ?? null, type)]),
          ),
      );
    },
    columns: async (config, schema, table) => {
      const columns = await columnsOf(databaseOf(config), schema, table);
      return columns.length === 0 ? undefined : Object.fromEntries(columns);
    },
    tables: async (config) => {
      const rows = await session.query(
        `select table_schema, table_name from information_schema.tables
where table_schema <> 'INFORMATION_SCHEMA' order by 1, 2`,
        databaseOf(config),
      );
      return rows.map(([schema, table]) => `${schema}.${table}`);
    },
    execute: async (config, sql) => {
      await session.query(sql, databaseOf(config));
    },
    setComment: async (config, schema, table, comment) => {
      await session.query(`comment on table ${schema}.${table} is ${text(comment)}`, databaseOf(config));
    },
    comment: async (config, schema, table) => {
      const [row] = await session.query(
        `select comment from information_schema.tables
where table_schema = ${text(schema)} and table_name = ${text(table)}`,
        databaseOf(config),
      );
      return row?.[0] == null ? undefined : String(row[0]);
    },
  };
}

function canonical(value: string | number | boolean | null, type: string): unknown {
  if (value === null) return null;
  switch (type) {
    case 'FLOAT':
      return Number(value);
    case 'BOOLEAN':
      return value === true || value === 'true';
    case 'TIME':
      return String(value).replace(/\.?0+$/, '');
    case 'VARIANT':
    case 'OBJECT':
    case 'ARRAY':
      return JSON.parse(String(value));
    default:
      return String(value);
  }
}
