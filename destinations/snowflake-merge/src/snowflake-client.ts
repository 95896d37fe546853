import { createRequire } from 'node:module';
import type { Awaited, Logger } from '@cuttle/airbyte-cdk';
import type { Row } from '@cuttle/loader';
import { ConfigError } from '@cuttle/protocol';
import type { Connection, ConnectionOptions, RowStatement } from 'snowflake-sdk';
import { type Login, loginOf, type SnowflakeConfig } from './config.js';
import { accessUrl, clientError, isSessionLost, statementKind } from './snowflake-errors.js';

/** What a statement gave. */
export interface Answer {
  readonly rows: readonly Row[];
  /** Rows that a statement inserted, updated and deleted together. */
  readonly changed: number;
}

/** Runs statements one after another. */
export interface StatementClient {
  run(sql: string): Promise<Answer>;
  /** Leaves the session, and with it a transaction that is open; the next statement has a new one. */
  abandon(): void;
  close(): Promise<void>;
}

/** How long the driver may try a request again, and what its statements are marked with. */
export interface ClientOptions {
  readonly config: SnowflakeConfig;
  readonly log: Logger;
  /** Gets the kind of each statement that runs: the driver loses its callback when an answer is not as it wants it. */
  readonly awaited: Awaited;
  /** Seconds that a request is tried again when the network or the service fails. */
  readonly retrySeconds: number;
}

const QUERY_TAG = 'cuttle destination-snowflake-merge';

/**
 * One session of the driver. A session that was lost is opened anew by the next statement; whoever was inside of a
 * transaction has to begin it again.
 */
export class SnowflakeClient implements StatementClient {
  readonly #options: ClientOptions;
  #connection: Promise<Connection> | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** @throws {ConfigError} for refused logins and missing rights, {TransientError} for what may pass, with the statement's kind */
  async run(sql: string): Promise<Answer> {
    const started = performance.now();
    try {
      const connection = await this.#connected();
      const { statement, rows } = await this.#execute(connection, sql);
      const changed = statement.getNumUpdatedRows() ?? 0;
      this.#options.log.debug(
        `${Math.round(performance.now() - started)} ms, ${rows.length} rows, ${changed} changed, query ${statement.getQueryId()}: ${sql}`,
      );
      return { rows: rows as readonly Row[], changed };
    } catch (error) {
      if (isSessionLost(error)) this.abandon();
      throw clientError(error, this.#options.config, sql);
    }
  }

  abandon(): void {
    const left = this.#connection;
    this.#connection = undefined;
    void left?.then((connection) => connection.destroy(() => undefined)).catch(() => undefined);
  }

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    this.#connection = undefined;
    // A session that does not end here ends by itself; nothing depends on it.
    if (connection !== undefined) await new Promise<void>((resolve) => connection.destroy(() => resolve()));
  }

  async #connected(): Promise<Connection> {
    this.#connection ??= this.#connect();
    try {
      return await this.#connection;
    } catch (error) {
      this.#connection = undefined;
      throw error;
    }
  }

  async #connect(): Promise<Connection> {
    const sdk = await loadDriver();
    const { config, retrySeconds } = this.#options;
    const connection = sdk.createConnection({
      account: config.account,
      ...(config.host === undefined ? {} : { accessUrl: accessUrl(config) }),
      ...loginOptions(loginOf(config)),
      warehouse: config.warehouse,
      database: config.database,
      ...(config.role === undefined ? {} : { role: config.role }),
      application: 'Cuttle',
      queryTag: QUERY_TAG,
      clientSessionKeepAlive: true,
      clientStoreTemporaryCredential: false,
      disableConsoleLogin: true,
      fetchAsString: ['Number', 'Date', 'JSON'],
      // Else the null of a number arrives as the text NULL.
      representNullAsStringNull: false,
      rowMode: 'array',
      retryTimeout: retrySeconds,
      sfRetryMaxLoginRetries: 5,
    });
    // Its promise is kept even for a refused login; only the callback is told.
    const login = new Promise<void>((resolve, reject) => {
      connection.connect((error) => (error == null ? resolve() : reject(error)));
    });
    await this.#options.awaited.during('the login to Snowflake', login);
    // Names are quoted and spelled by us; an account may say otherwise. Times without an offset are UTC.
    await this.#execute(
      connection,
      `alter session set quoted_identifiers_ignore_case = false, timezone = 'UTC', autocommit = true, timestamp_type_mapping = 'TIMESTAMP_NTZ'`,
    );
    return connection;
  }

  #execute(connection: Connection, sql: string): Promise<Executed> {
    return this.#options.awaited.during(`the end of ${statementKind(sql)} in Snowflake`, execute(connection, sql));
  }
}

type Driver = typeof import('snowflake-sdk');

/** Loaded late: it takes 0.3 s, and at import asks cloud metadata addresses and loads native code unless told not to. */
async function loadDriver(): Promise<Driver> {
  process.env['SNOWFLAKE_DISABLE_PLATFORM_DETECTION'] ??= 'true';
  process.env['SNOWFLAKE_DISABLE_MINICORE'] ??= '1';
  forbidRedirects();
  const sdk = (await import('snowflake-sdk')).default as Driver;
  // Its logger writes to stdout, where only messages of the protocol belong.
  sdk.configure({ logLevel: 'OFF', additionalLogToConsole: false });
  return sdk;
}

/**
 * The driver's HTTP client would take passwords, tokens and rows along to another host, and no option of the driver
 * forbids it. Its own copy of axios makes the clients, with the defaults of that moment.
 */
function forbidRedirects(): void {
  const { defaults } = createRequire(require.resolve('snowflake-sdk'))('axios') as { readonly defaults: object };
  Object.assign(defaults, { maxRedirects: 0 });
}

function loginOptions(login: Login): ConnectionOptions {
  switch (login.kind) {
    case 'key': {
      const { username, key: privateKey, passphrase } = login;
      return { authenticator: 'SNOWFLAKE_JWT', username, privateKey: decrypted(privateKey, passphrase) };
    }
    case 'password':
      return { username: login.username, password: login.password };
    case 'oauth':
      return { authenticator: 'OAUTH', token: login.token };
    default:
      return login satisfies never;
  }
}

/**
 * The driver takes a key without a passphrase only.
 *
 * @throws {ConfigError} `KEY_INVALID`
 */
function decrypted(key: string, passphrase: string | undefined): string {
  const { createPrivateKey } = require('node:crypto') as typeof import('node:crypto');
  try {
    return createPrivateKey({ key, format: 'pem', passphrase }).export({ format: 'pem', type: 'pkcs8' }).toString();
  } catch {
    throw new ConfigError(
      'private_key cannot be read. Is it whole, and does private_key_password belong to it? A key without a password needs none.',
      { code: 'KEY_INVALID' },
    );
  }
}

/** A statement that ended, and its rows. */
interface Executed {
  readonly statement: RowStatement;
  readonly rows: readonly unknown[];
}

function execute(connection: Connection, sqlText: string): Promise<Executed> {
  return new Promise((resolve, reject) => {
    connection.execute({
      sqlText,
      complete: (error, statement, rows) =>
        error == null ? resolve({ statement: statement as RowStatement, rows: rows ?? [] }) : reject(error),
    });
  });
}
