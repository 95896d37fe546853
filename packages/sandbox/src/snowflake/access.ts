import type { Action } from '../server/control.js';
import type { System } from '../server/listen.js';
import { Account, type StatementFault } from './account.js';
import { DriverApi } from './driver-api.js';

/** How the Snowflake stand-in is reached, and what is in it. */
export interface SnowflakeAccess {
  /** For `host`: an address over http. */
  readonly host: string;
  readonly username: string;
  readonly password: string;
  readonly privateKey: string;
  readonly oauthToken: string;
  readonly account: Account;
  readonly driver: DriverApi;
}

/** The stand-in's parts for a sandbox. */
export interface SnowflakeParts {
  readonly systems: ReadonlyMap<string, System>;
  readonly actions: Readonly<Record<string, Action>>;
  access(url: string): SnowflakeAccess;
  close(): Promise<void>;
}

/** An empty account; databases are made by `createDatabase`. */
export function makeSnowflake(): SnowflakeParts {
  const account = new Account();
  const driver = new DriverApi(account);
  return {
    systems: new Map(['session', 'queries', 'telemetry'].map((segment) => [segment, driver])),
    actions: {
      'snowflake.create_database': ({ name }) => account.createDatabase(String(name)),
      'snowflake.fail': (fault) => account.addFault(fault as unknown as StatementFault),
      'snowflake.clear_faults': () => account.clearFaults(),
      'snowflake.expire_sessions': ({ isMaster }) => account.expireSessions(isMaster === true ? '390114' : '390112'),
      'snowflake.statements': () => account.statements,
    },
    access: (host) => ({
      host,
      username: account.logins.username,
      password: account.logins.password,
      oauthToken: account.logins.oauthToken,
      get privateKey() {
        return account.logins.privateKey;
      },
      account,
      driver,
    }),
    close: () => account.close(),
  };
}
