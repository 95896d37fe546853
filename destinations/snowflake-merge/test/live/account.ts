import fs from 'node:fs';
import type { JsonObject } from '@cuttle/protocol';
import type { Connection, ConnectionOptions } from 'snowflake-sdk';

const environment = process.env;
const REQUIRED = ['ACCOUNT', 'USERNAME', 'ROLE', 'WAREHOUSE'] as const;
type Setting =
  | (typeof REQUIRED)[number]
  | 'HOST'
  | 'PASSWORD'
  | 'PRIVATE_KEY_FILE'
  | 'LIMITED_ROLE'
  | 'IGNORE_CASE_USERNAME';

/** A setting of the live lane: `CUTTLE_SNOWFLAKE_<name>`; undefined when it is not given. */
export function setting(name: Setting): string | undefined {
  const value = environment[`CUTTLE_SNOWFLAKE_${name}`];
  return value === '' ? undefined : value;
}

/** Why the live lane does not run; undefined when it does. */
export function reasonToSkip(): string | undefined {
  const missing = REQUIRED.filter((name) => setting(name) === undefined).map((name) => `CUTTLE_SNOWFLAKE_${name}`);
  if (missing.length > 0) return `a live account is asked only when these are set: ${missing.join(', ')}`;
  if (setting('PASSWORD') ?? setting('PRIVATE_KEY_FILE')) return undefined;
  return 'a live account needs CUTTLE_SNOWFLAKE_PASSWORD or CUTTLE_SNOWFLAKE_PRIVATE_KEY_FILE';
}

/** The config of the destination for a database of the account, by the login that is given: the key first. */
export function liveConfig(database: string): JsonObject {
  const host = setting('HOST');
  const key = setting('PRIVATE_KEY_FILE');
  const login: JsonObject =
    key === undefined ? { password: String(setting('PASSWORD')) } : { private_key: fs.readFileSync(key, 'utf8') };
  return {
    account: String(setting('ACCOUNT')),
    username: String(setting('USERNAME')),
    role: String(setting('ROLE')),
    warehouse: String(setting('WAREHOUSE')),
    ...(host === undefined ? {} : { host }),
    ...login,
    database,
    schema: 'RAW',
    network_wait_seconds: 120,
  };
}

type Cell = string | number | boolean | null;

/** Sessions with the account that the tests look into it with, beside the destination's own: one for each database. */
export class LiveSession {
  readonly #connections = new Map<string, Promise<Connection>>();

  /** Runs a statement in a database; numbers of any size, dates and JSON come as texts. */
  async query(sql: string, database = ''): Promise<readonly (readonly Cell[])[]> {
    const opened = this.#connections.get(database) ?? connect(database);
    this.#connections.set(database, opened);
    const connection = await opened;
    return new Promise((resolve, reject) => {
      connection.execute({
        sqlText: sql,
        complete: (error, _statement, rows) =>
          error == null ? resolve((rows ?? []) as unknown as readonly (readonly Cell[])[]) : reject(error),
      });
    });
  }

  async close(): Promise<void> {
    for (const opened of this.#connections.values()) {
      const connection = await opened;
      await new Promise<void>((resolve) => connection.destroy(() => resolve()));
    }
  }
}

async function connect(database: string): Promise<Connection> {
  const sdk = (await import('snowflake-sdk')).default;
  sdk.configure({ logLevel: 'OFF', additionalLogToConsole: false });
  const { account, username, role, warehouse, host, password, private_key: privateKey } = liveConfig('');
  const options = {
    ...{ account, username, role, warehouse, application: 'CuttleTest', rowMode: 'array' },
    ...(database === '' ? {} : { database }),
    ...(host === undefined ? {} : { accessUrl: /^https?:/.test(String(host)) ? host : `https://${host}` }),
    ...(privateKey === undefined ? { password } : { authenticator: 'SNOWFLAKE_JWT', privateKey }),
    fetchAsString: ['Number', 'Date', 'JSON'],
    representNullAsStringNull: false,
  } as unknown as ConnectionOptions;
  const connection = sdk.createConnection(options);
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error == null ? resolve() : reject(error)));
  });
  return connection;
}
