import fs from 'node:fs';
import path from 'node:path';
import {
  complete,
  leaksIn,
  listFiles,
  messagesOf,
  type RunResult,
  record,
  runCommand,
  state,
  statement,
  streamOf,
  TestWarehouse,
  warehouseSecuritySuite,
  writeJson,
} from '@cuttle/testing';
import { snowflakeProfile } from './profile.js';

const profile = snowflakeProfile();
const things = streamOf('things', { id: 'integer' }, { generation: 1 });
const THING = [record(things, { id: 1 }), state(things, { n: 1 }), complete(things)];

describe('destination-snowflake-merge', () => {
  warehouseSecuritySuite(profile, {
    connector: 'destinations/snowflake-merge',
    httpBypass: 'HTTP is the driver’s, to the host of the account and to the storage that it names',
    async statementsOf(write) {
      const { statements } = profile.sandbox().snowflake.account;
      const before = statements.length;
      await write();
      return statements.slice(before).map(({ sql }) => sql);
    },
  });
});

describe('destination-snowflake-merge', () => {
  let warehouse: TestWarehouse;
  beforeEach(() => {
    warehouse = new TestWarehouse(profile);
  });
  afterEach(() => {
    profile.sandbox().snowflake.account.clearFaults();
    warehouse.remove();
  });
  const check = (id: string, title: string, run: () => Promise<void>, bypass?: string) =>
    statement(id, title, bypass === undefined ? undefined : { [id]: bypass }, run, 60_000);
  const told = (result: RunResult) => `${result.lines.join('\n')}\n${result.rest}\n${result.stderr}`;
  const snowflake = () => profile.sandbox().snowflake;

  check(
    'C-10 X-01 X-02',
    'no secret in any output: three logins, debug log, refused login, errors that repeat it',
    async () => {
      const { password, privateKey, oauthToken } = snowflake();
      const logins = [
        { password },
        { password: undefined, private_key: privateKey },
        { password: undefined, oauth_token: oauthToken },
      ];
      const base = warehouse.config;
      for (const login of logins) {
        const secrets = Object.values(login).filter((value) => value !== undefined);
        warehouse.config = JSON.parse(JSON.stringify({ ...base, log_level: 'debug', ...login }));
        const config = writeJson(warehouse.folder, 'check.json', warehouse.config);
        const checked = await runCommand(profile.command, ['check', '--config', config]);
        expect(messagesOf(checked, 'CONNECTION_STATUS')[0]?.connectionStatus).toEqual({ status: 'SUCCEEDED' });
        const written = await warehouse.write([things], THING, { needsProcess: true });
        expect([written.exitCode, told(written).includes('copy into')]).toEqual([0, true]);
        snowflake().account.addFault({ match: '^copy into', code: '001003', message: `near ${secrets.join(' and ')}` });
        const failed = await warehouse.write([things], THING, { needsProcess: true });
        expect(failed.exitCode).toBe(1);
        for (const result of [checked, written, failed]) expect(leaksIn(told(result), secrets)).toEqual([]);
      }
      const wrong = 'a-wrong-password-4711';
      const config = writeJson(warehouse.folder, 'wrong.json', {
        ...warehouse.config,
        oauth_token: undefined,
        password: wrong,
      });
      const refused = await runCommand(profile.command, ['check', '--config', config]);
      expect(messagesOf(refused, 'CONNECTION_STATUS')[0]?.connectionStatus.status).toBe('FAILED');
      expect(leaksIn(told(refused), [wrong])).toEqual([]);
    },
  );

  check('X-03', 'staging files are gone after the exit; folders are closed to others', async () => {
    const staging = path.join(warehouse.folder, 'staging');
    warehouse.config = { ...warehouse.config, staging_path: staging };
    const modes: number[] = [];
    snowflake().account.addFault({ match: '^put ', delayMs: 1500 });
    const loading = warehouse.write([things], THING, { needsProcess: true });
    for (let tries = 0; tries < 200 && modes.length === 0; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const found = fs.existsSync(staging) ? listFiles(staging).filter((file) => file.endsWith('.parquet')) : [];
      if (found.length > 0)
        modes.push(...fs.readdirSync(staging).map((name) => fs.statSync(path.join(staging, name)).mode & 0o777));
    }
    expect((await loading).exitCode).toBe(0);
    expect(modes).toEqual([0o700]);
    expect(fs.readdirSync(staging)).toEqual([]);
  });

  check('CHK-02', 'check does what a load does, and fails with any of its steps', async () => {
    const status = async () => messagesOf(await warehouse.check(), 'CONNECTION_STATUS')[0]?.connectionStatus;
    expect(await status()).toEqual({ status: 'SUCCEEDED' });
    expect(await profile.tables(warehouse.config)).toEqual([]);
    for (const match of [
      '^create .*table',
      '^create stage',
      '^put ',
      '^copy into',
      '^merge into',
      '^alter table',
      '^drop table',
    ]) {
      snowflake().account.addFault({ match, code: '003001', count: 0 });
      expect([match, (await status())?.status]).toEqual([match, 'FAILED']);
      snowflake().account.clearFaults();
    }
  });
});
