import path from 'node:path';
import type { JsonObject } from '@cuttle/protocol';
import type { RunIn } from '../harness/run-in-process.js';
import { connectorCommand } from '../harness/workspace.js';
import { DuckdbFile } from './duckdb-dump.js';
import type { DestinationProfile } from './profile.js';

/**
 * Profile of destination-duckdb.
 *
 * @param runIn its entry, for runs that need no process of their own
 */
export function duckdbProfile(runIn?: RunIn): DestinationProfile {
  const file = (config: JsonObject) => new DuckdbFile(String(config['destination_path']));
  return {
    name: 'destination-duckdb',
    command: connectorCommand('destinations/duckdb'),
    ...(runIn === undefined ? {} : { runIn }),
    config: (folder) => ({ destination_path: path.join(folder, 'warehouse.duckdb') }),
    schema: 'main',
    rows: (config, schema, table) => file(config).rows(schema, table),
    columns: (config, schema, table) => file(config).columns(schema, table),
    tables: (config) => file(config).tables(),
    execute: async (config, sql) => {
      await file(config).query(sql);
    },
    setComment: async (config, schema, table, comment) => {
      await file(config).query(`comment on table ${schema}.${table} is '${comment}'`);
    },
    comment: async (config, schema, table) => {
      const [row] = await file(config).query(
        `select comment from duckdb_tables() where schema_name = '${schema}' and table_name = '${table}'`,
      );
      return row?.[0] == null ? undefined : String(row[0]);
    },
    nameOf: (name) => name,
    foldsCase: true,
    fractionDigits: 6,
    typeMap: {
      string: 'VARCHAR',
      number: 'DOUBLE',
      integer: 'BIGINT',
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
    },
    bypass: {
      'D-CR-04':
        'the file is written by the process itself: there is no connection to lose; D-CR-01 kills behind the commit',
      'D-CR-05': 'there is no warehouse server that could be suspended, time out or throttle',
      'D-CR-08': 'there is no stage and no COPY: segments are read inside of the transaction that inserts them',
    },
  };
}
