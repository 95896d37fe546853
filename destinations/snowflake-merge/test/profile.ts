import path from 'node:path';
import { runDestinationIn } from '@cuttle/airbyte-cdk';
import type { JsonObject } from '@cuttle/protocol';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { connectorCommand, type DestinationProfile, type DumpedRow, type InProcessHost } from '@cuttle/testing';
import { SnowflakeDestination } from '../src/index.js';

const command = connectorCommand('destinations/snowflake-merge');

const BYPASS = 'tested in connection.full.test.ts: only the emulator can fail at a chosen statement';

/** What is known of the destination whatever it talks to. */
export const STATIC_PROFILE = {
  name: 'destination-snowflake-merge',
  command,
  runIn: runSnowflake,
  schema: 'RAW',
  bypass: {
    'D-CR-04': BYPASS,
    'D-CR-05': BYPASS,
    'D-CR-08': BYPASS,
  },
  killPreload: path.join(__dirname, 'preload', 'kill-at-statement.cjs'),
  nameOf: (name) => name.replaceAll('${', '__').toUpperCase(),
  foldsCase: true,
  manyStreams: 100,
  fractionDigits: 9,
  longestTextBytes: 16 * 1024 * 1024,
  typeMap: {
    string: 'VARCHAR',
    number: 'FLOAT',
    integer: 'NUMBER(38,0)',
    boolean: 'BOOLEAN',
    date: 'DATE',
    time_with_timezone: 'VARCHAR',
    time_without_timezone: 'TIME',
    timestamp_with_timezone: 'TIMESTAMP_TZ',
    timestamp_without_timezone: 'TIMESTAMP_NTZ',
    object: 'OBJECT',
    array: 'ARRAY',
    union: 'VARIANT',
    unknown: 'VARIANT',
  },
} as const satisfies Partial<DestinationProfile>;

/** The destination's profile, and the sandbox that it talks to while the tests of a file run. */
export interface SnowflakeProfile extends DestinationProfile {
  sandbox(): Sandbox;
}

/** A sandbox for the tests of a file, and the profile of the destination against it. */
export function snowflakeProfile(): SnowflakeProfile {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ users: 1, orders: 1, idleVisits: 0 });
    sandbox.snowflake.account.lockAbortMs = 300;
  });
  afterAll(() => sandbox.close());
  const account = () => sandbox.snowflake.account;
  return {
    sandbox: () => sandbox,
    ...STATIC_PROFILE,
    config: (folder) => {
      const database = path.basename(folder).toUpperCase();
      account().createDatabase(database);
      return configFor(sandbox, database);
    },
    rows: (config, schema, table) => new Dump(sandbox, config).rows(schema, table),
    columns: (config, schema, table) => new Dump(sandbox, config).columns(schema, table),
    tables: (config) => new Dump(sandbox, config).tables(),
    execute: async (config, sql) => {
      await new Dump(sandbox, config).query(sql);
    },
    setComment: async (config, schema, table, comment) => {
      await new Dump(sandbox, config).query(`comment on table ${schema}.${table} is ${text(comment)}`);
    },
    comment: async (config, schema, table) => {
      const where = `table_schema = ${text(schema)} and table_name = ${text(table)}`;
      const rows = await new Dump(sandbox, config).query(
        `select comment from information_schema.tables where ${where}`,
      );
      return rows[0]?.[0] ?? undefined;
    },
  };
}

/** The driver clears the process's umask when it copies to the stand-in's stage; here others share the process. */
async function runSnowflake(host: InProcessHost): Promise<number> {
  const umask = process.umask();
  try {
    return await runDestinationIn(new SnowflakeDestination(), host);
  } finally {
    process.umask(umask);
  }
}

/** A config for a database of the stand-in. */
export function configFor(sandbox: Sandbox, database: string): JsonObject {
  const { host, username, password } = sandbox.snowflake;
  return {
    account: 'sandbox',
    host,
    username,
    password,
    warehouse: 'LOADING',
    database,
    schema: 'RAW',
    network_wait_seconds: 10,
  };
}

type Cell = string | null;

/** Reads the stand-in as a user of the warehouse would: by queries. */
class Dump {
  readonly #sandbox: Sandbox;
  readonly #database: string;

  constructor(sandbox: Sandbox, config: JsonObject) {
    this.#sandbox = sandbox;
    this.#database = String(config['database']);
  }

  async query(sql: string): Promise<readonly (readonly Cell[])[]> {
    const { account } = this.#sandbox.snowflake;
    const token = account.open({ database: this.#database });
    try {
      return (await account.run(token, sql, 'test')).rows;
    } finally {
      await account.end(token);
    }
  }

  async tables(): Promise<readonly string[]> {
    const rows = await this.query('select table_schema, table_name from information_schema.tables order by 1, 2');
    return rows.map(([schema, table]) => `${schema}.${table}`);
  }

  async columns(schema: string, table: string): Promise<Readonly<Record<string, string>> | undefined> {
    const rows = await this.query(
      `select column_name, data_type, numeric_precision, numeric_scale from information_schema.columns
where table_schema = ${text(schema)} and table_name = ${text(table)} order by ordinal_position`,
    );
    if (rows.length === 0) return undefined;
    return Object.fromEntries(rows.map((row) => [row[0] as string, typeOf(row)]));
  }

  async rows(schema: string, table: string): Promise<readonly DumpedRow[] | undefined> {
    const columns = await this.columns(schema, table);
    if (columns === undefined) return undefined;
    const names = Object.keys(columns);
    // The stand-in's engine drops a byte order mark at the start of a text.
    const list = names.map((name) => (columns[name] === 'VARCHAR' ? `'.' || ${quote(name)}` : quote(name)));
    const rows = await this.query(`select ${list.join(', ')} from ${quote(schema)}.${quote(table)}`);
    return rows.map((row) =>
      Object.fromEntries(
        names.map((name, index) => [name.toLowerCase(), canonical(row[index] as Cell, columns[name] as string)]),
      ),
    );
  }
}

export function typeOf([, type, precision, scale]: readonly Cell[]): string {
  return type === 'NUMBER' ? `NUMBER(${precision},${scale})` : type === 'TEXT' ? 'VARCHAR' : (type as string);
}

function canonical(value: Cell, type: string): unknown {
  if (value === null) return null;
  switch (type) {
    case 'FLOAT':
      return Number(value);
    case 'BOOLEAN':
      return value === '1';
    case 'DATE':
      return new Date(Number(value) * 86_400_000).toISOString().slice(0, 10);
    case 'TIMESTAMP_TZ':
      return `${value.slice(0, 26).replace(' ', 'T')}Z`;
    case 'TIMESTAMP_NTZ':
      return value.slice(0, 26).replace(' ', 'T');
    case 'TIME':
      return value.replace(/\.?0+$/, '');
    case 'VARIANT':
    case 'OBJECT':
    case 'ARRAY':
      return JSON.parse(value);
    case 'VARCHAR':
      return value.slice(1);
    default:
      return value;
  }
}

export function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
