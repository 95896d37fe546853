import fs from 'node:fs';
import path from 'node:path';
import type { JsonObject } from '@cuttle/protocol';
import { startSandbox } from '@cuttle/sandbox';
import { type ConnectorProfile, type OpenedWarehouse, openDestinationBench } from '@cuttle/testing';
import { configFor, STATIC_PROFILE } from './profile.js';

const without = (config: JsonObject, ...names: readonly string[]) =>
  Object.fromEntries(Object.entries(config).filter(([name]) => !names.includes(name)));

/** What the suites for every connector know of this destination. */
export function snowflakeConnector(): ConnectorProfile {
  return {
    name: 'destination-snowflake-merge',
    folder: 'destinations/snowflake-merge',
    command: STATIC_PROFILE.command,
    kind: 'destination',
    open: (place) => openDestinationBench(STATIC_PROFILE, place, openWarehouse),
    badConfigs: [
      { name: 'no account', word: /account is required/, make: ({ config }) => without(config, 'account') },
      {
        name: 'a wrong password',
        word: /refused the login/,
        make: ({ config }) => ({ ...config, password: 'wrong-password-7' }),
      },
      {
        name: 'no login at all',
        word: /exactly one of private_key, password and oauth_token/,
        make: ({ config }) => without(config, 'password'),
      },
      {
        name: 'two logins',
        word: /password and oauth_token/,
        make: ({ config }) => ({ ...config, oauth_token: 'a-token-beside' }),
      },
      {
        name: 'a key that is no PEM',
        word: /private_key/,
        make: ({ config }) => ({ ...without(config, 'password'), private_key: 'not a key at all' }),
      },
      { name: 'an absent database', word: /database/i, make: ({ config }) => ({ ...config, database: 'NOWHERE' }) },
      {
        name: 'a staging folder that cannot be made',
        word: /staging_path.*cannot be written/,
        make: ({ folder, config }) => {
          fs.writeFileSync(path.join(folder, 'b-file'), '');
          return { ...config, staging_path: path.join(folder, 'b-file', 'staging') };
        },
      },
      { name: 'a value out of bounds', word: /memory_mb/, make: ({ config }) => ({ ...config, memory_mb: 1 }) },
    ],
    memoryMiB: 800,
  };
}

async function openWarehouse(): Promise<OpenedWarehouse> {
  const sandbox = await startSandbox({ users: 1, orders: 1, idleVisits: 0 });
  sandbox.snowflake.account.lockAbortMs = 300;
  sandbox.snowflake.account.createDatabase('BENCH');
  return { config: { ...configFor(sandbox, 'BENCH'), commit_interval_ms: 20 }, close: () => sandbox.close() };
}
