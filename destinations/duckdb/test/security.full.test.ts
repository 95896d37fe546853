import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {
  complete,
  errorsOf,
  listFiles,
  messagesOf,
  preload,
  ROOT,
  range,
  record,
  runCommand,
  state,
  statement,
  streamOf,
  TestWarehouse,
  warehouseSecuritySuite,
  writeJson,
} from '@cuttle/testing';
import { profileInProcess } from './profile.js';

const profile = profileInProcess();
const things = streamOf('things', { id: 'integer' }, { generation: 1 });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const listFilesOf = (folder: string) => (fs.existsSync(folder) ? listFiles(folder) : []);

describe('destination-duckdb', () => {
  warehouseSecuritySuite(profile, {
    connector: 'destinations/duckdb',
    httpBypass: 'it speaks no HTTP',
    ownFiles: ['warehouse.duckdb'],
    async statementsOf(write, folder) {
      const log = path.join(folder, 'statements.log');
      await write({ preload: [preload('kill-at-statement')], env: { CUTTLE_STATEMENT_LOG: log } });
      const lines = fs.readFileSync(log, 'utf8').trim().split('\n');
      return lines.map((line) => line.replace(/^\d+ /, ''));
    },
  });
});

describe('destination-duckdb', () => {
  let warehouse: TestWarehouse;
  beforeEach(() => {
    warehouse = new TestWarehouse(profile);
  });
  afterEach(() => warehouse.remove());
  const check = (id: string, title: string, run: () => Promise<void>, bypass?: string) =>
    statement(id, title, bypass === undefined ? undefined : { [id]: bypass }, run);

  const noSecrets = 'the config has no secret: a file needs no login';
  for (const id of ['C-10', 'X-01']) check(id, 'secrets in no output', async () => undefined, noSecrets);
  check('X-02', 'secrets in no HTTP error', async () => undefined, 'it speaks no HTTP');

  check('X-03', 'staging files are 0600 in a folder of 0700, gone after the exit and after SIGTERM', async () => {
    const staging = path.join(warehouse.folder, 'staging');
    warehouse.config = { ...warehouse.config, staging_path: staging, commit_interval_ms: 60_000 };
    const modes: number[] = [];
    const text = 'x'.repeat(1000);
    let stop: () => void = () => undefined;
    const lines = async function* () {
      for (const id of range(4000)) yield record(things, { id, text });
      for (let tries = 0; tries < 100 && listFilesOf(staging).length === 0; tries += 1) await pause(100);
      for (const file of listFilesOf(staging)) modes.push(fs.statSync(path.join(staging, file)).mode & 0o777);
      for (const folder of fs.readdirSync(staging)) modes.push(fs.statSync(path.join(staging, folder)).mode & 0o777);
      stop();
      await pause(1000);
    };
    const stopped = await warehouse.write([things], lines(), {
      onStart: (child) => {
        stop = () => child.kill('SIGTERM');
      },
    });
    expect(stopped.exitCode).toBe(143);
    expect(new Set(modes)).toEqual(new Set([0o600, 0o700]));
    expect(modes.at(-1)).toBe(0o700);
    expect(fs.readdirSync(staging)).toEqual([]);
    await warehouse.load([things], [record(things, { id: 1 }), state(things, { n: 1 }), complete(things)]);
    expect(fs.readdirSync(staging)).toEqual([]);
  });

  check('X-07', 'a link in the staging folder is not followed', async () => {
    const staging = path.join(warehouse.folder, 'staging');
    const precious = path.join(warehouse.folder, 'precious');
    fs.mkdirSync(staging);
    fs.mkdirSync(precious);
    fs.writeFileSync(path.join(precious, 'file'), 'kept');
    warehouse.config = { ...warehouse.config, staging_path: staging };
    await warehouse.load([things], [complete(things)]);
    // Named as the folder of a process that is gone would be.
    const [made] = [fs.mkdtempSync(path.join(staging, 'x-'))];
    const { createStagingFolder } = await import('@cuttle/loader');
    const name = path.basename(createStagingFolder(staging)).replace(`-${process.pid}-`, '-999999-');
    fs.symlinkSync(precious, path.join(staging, name));
    await warehouse.load([things], [complete(things)]);
    expect(fs.readFileSync(path.join(precious, 'file'), 'utf8')).toBe('kept');
    fs.rmSync(made as string, { recursive: true });
  });

  check(
    'CHK-02',
    'check creates, alters, loads, merges and drops a probe; it is dropped whichever step fails',
    async () => {
      const log = path.join(warehouse.folder, 'statements.log');
      const run = (env: Record<string, string>) =>
        runCommand(
          profile.command,
          ['check', '--config', writeJson(warehouse.folder, 'check.json', warehouse.config)],
          { preload: [preload('kill-at-statement')], env: { CUTTLE_STATEMENT_LOG: log, ...env } },
        );
      await run({});
      const statements = fs.readFileSync(log, 'utf8').trim().split('\n');
      for (const step of ['create table', 'alter table', 'insert into', 'delete from', 'drop table']) {
        expect([step, statements.some((line) => line.includes(step) && line.includes('_cuttle'))]).toEqual([
          step,
          true,
        ]);
      }
      const first = statements.findIndex((line) => line.includes('create table')) + 1;
      const last = statements.findLastIndex((line) => line.includes('insert into')) + 1;
      expect(last).toBeGreaterThan(first);
      for (const at of new Set([first, first + 1, Math.floor((first + last) / 2), last])) {
        const failed = await run({ CUTTLE_FAIL_AT: String(at) });
        const [status] = messagesOf(failed, 'CONNECTION_STATUS');
        expect([at, failed.exitCode !== 0 || status?.connectionStatus.status === 'FAILED']).toEqual([at, true]);
        expect([at, await profile.tables(warehouse.config)]).toEqual([at, []]);
      }
    },
  );

  check(
    'C-12',
    'a byte order mark, CRLF, lone surrogates, U+2028 and NUL on stdin arrive or are rejected aloud',
    async () => {
      const stream = streamOf('texts', { id: 'integer', text: 'string' }, { generation: 1 });
      const texts = [
        'plain',
        'LS \u2028 PS \u2029',
        'CRLF \r\n inside',
        'BOM \uFEFF inside',
        'emoji 😀',
        'NUL \u0000',
        'lone \ud800',
      ];
      const lines = [
        ...texts.map((text, id) => record(stream, { id, text })),
        state(stream, { n: 1 }),
        complete(stream),
      ];
      const input = `\uFEFF${lines.map((line) => line.replace('\\u2028', '\u2028')).join('\r\n')}\r\n`;
      const config = writeJson(warehouse.folder, 'config.json', warehouse.config);
      const catalog = writeJson(warehouse.folder, 'catalog.json', { streams: [stream] });
      const result = await runCommand(profile.command, ['write', '--config', config, '--catalog', catalog], {
        input: [input],
      });
      expect([result.exitCode, result.stderr]).toEqual([0, '']);
      const found = new Map((await warehouse.rows('texts')).map((row) => [String(row['id']), row]));
      const [echoed] = messagesOf(result, 'STATE');
      const rejected = echoed?.state.destinationStats?.rejectedRecordCount ?? 0;
      expect(found.size + rejected).toBe(texts.length);
      for (const [id, text] of texts.slice(0, 6).entries()) expect(found.get(String(id))?.['text']).toBe(text);
    },
  );

  check('CHK-03', 'check of a file that another program has open ends in time and names the process', async () => {
    await warehouse.load([things], [complete(things)]);
    const file = String(warehouse.config['destination_path']);
    const script = `const {DuckDBInstance}=require('@duckdb/node-api');DuckDBInstance.create(${JSON.stringify(file)}).then(()=>{console.log('open');setInterval(()=>{},1000)})`;
    const holder = spawn(process.execPath, ['-e', script], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await new Promise((resolve) => holder.stdout.once('data', resolve));
      const config = writeJson(warehouse.folder, 'check.json', { ...warehouse.config, lock_wait_seconds: 2 });
      const result = await runCommand(profile.command, ['check', '--config', config]);
      expect(result.exitCode).not.toBe(0);
      expect(errorsOf(result)[0]).toMatchObject({ failureType: 'transient_error' });
      expect(errorsOf(result)[0]?.message).toContain(`process ${holder.pid}`);
    } finally {
      holder.kill('SIGKILL');
    }
  });
});
