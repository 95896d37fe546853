import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { Repository } from './fake-terminal.js';

const ROOT = path.join(__dirname, '../../..');
const CUTTLE = path.join(ROOT, 'packages/cli/bin/cuttle.js');

describe('the cuttle process', () => {
  let repository: Repository;
  beforeEach(() => {
    repository = new Repository();
  });
  afterEach(() => repository.remove());

  interface Ended {
    readonly code: number | string;
    readonly stdout: string;
    readonly stderr: string;
  }

  const cuttle = (argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
    new Promise((resolve) => {
      const options = { cwd: repository.root, env: { ...process.env, ...env } };
      execFile(process.execPath, [CUTTLE, ...argv], options, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : (error.code ?? 'signal'), stdout, stderr });
      });
    });

  it('F-RUN-10 Ctrl-C ends a run with 130 and keeps what arrived', async () => {
    repository.writeShop({ a: { streams: [{ name: 'orders', count: 10_000, state_every: 10, pause_ms: 2 }] } });
    const child = spawn(process.execPath, [CUTTLE, 'run', 'a', '--json'], { cwd: repository.root });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    const rows = path.join(repository.root, 'rows/a/default.orders.jsonl');
    const waiting = setInterval(() => {
      if (!fs.existsSync(rows)) return;
      clearInterval(waiting);
      child.kill('SIGINT');
    }, 20);
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(130);
    const [run] = JSON.parse(output).runs;
    expect(run.outcome).toBe('cancelled');
    expect(run.streams[0].acknowledgedStates).toBeGreaterThan(0);
  });

  it.each([
    [[]],
    [['--json']],
  ])('C-01 a command that can no longer finish ends with 1, not with 0: %p', async (more) => {
    const stall = path.join(repository.root, 'stall.cjs');
    const commander = require.resolve('commander');
    const never = 'Command.prototype.parseAsync = () => new Promise(() => undefined)';
    fs.writeFileSync(stall, `require(${JSON.stringify(commander)}).${never};`);
    const ended = await cuttle(['run', 'hush', ...more], { NODE_OPTIONS: `--require=${stall}` });
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining('`cuttle run` stopped before it was')]);
    if (more.length > 0) expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'COMMAND_STALLED' } });
    expect(ended.stderr + ended.stdout).not.toContain('hush');
  });

  it('sandbox prints what the demo target needs and how Airbyte and Snowflake are reached, and ends on SIGTERM', async () => {
    const child = spawn(process.execPath, [CUTTLE, 'sandbox', '--json'], { cwd: repository.root });
    const text = await new Promise<string>((resolve) =>
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())),
    );
    const { url, environment } = JSON.parse(text);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const documents = fs.readFileSync(path.join(ROOT, 'connections/novel/project.yaml'), 'utf8');
    const named = [...new Set([...documents.matchAll(/\$env: (CUTTLE_SANDBOX_\w+)/g)].map((match) => match[1]!))];
    const isEmulator = (name: string) => /_(AIRBYTE|SNOWFLAKE)_/.test(name);
    const printed = Object.keys(environment);
    expect(printed.filter((name) => !isEmulator(name)).sort()).toEqual(named.sort());
    const variables = printed
      .filter(isEmulator)
      .map((name) => [name.replace('CUTTLE_SANDBOX_', ''), environment[name]]);
    const { AIRBYTE_URL, SNOWFLAKE_URL, ...found } = Object.fromEntries(variables);
    const post = async <T>(address: string, body: unknown, more: Record<string, string> = {}) => {
      const headers = { 'content-type': 'application/json', ...more };
      return (await (await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) })).json()) as T;
    };
    const access = { client_id: found.AIRBYTE_CLIENT_ID, client_secret: found.AIRBYTE_CLIENT_SECRET };
    const grant = { ...access, grant_type: 'client_credentials' };
    const tokens = `${AIRBYTE_URL}/api/public/v1/applications/token`;
    const { access_token: token } = await post<{ access_token: string }>(tokens, grant);
    const bearer = { authorization: `Bearer ${token}` };
    const workspaces = await fetch(`${AIRBYTE_URL}/api/public/v1/workspaces`, { headers: bearer });
    expect(await workspaces.json()).toMatchObject({ data: [{ name: found.AIRBYTE_WORKSPACE }] });
    const login = { LOGIN_NAME: found.SNOWFLAKE_USER, PASSWORD: found.SNOWFLAKE_PASSWORD };
    const logins = `${SNOWFLAKE_URL}/session/v1/login-request?databaseName=${found.SNOWFLAKE_DATABASE}`;
    const session = await post<{ data: { token: string } }>(logins, { data: login });
    const authorization = `Snowflake Token="${session.data.token}"`;
    const queries = `${SNOWFLAKE_URL}/queries/v1/query-request`;
    const answer = await post(queries, { sqlText: 'select 1 as one' }, { authorization });
    expect(answer).toMatchObject({ data: { rowset: [['1']] } });
    child.kill('SIGTERM');
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
  });

  it('sandbox says when its port is taken, and ends', async () => {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    const { code, stderr } = await cuttle(['sandbox', '--port', String(port)]);
    server.close();
    expect(code).toBe(1);
    expect(stderr).toContain('EADDRINUSE');
  });

  it('spec prints nothing but the spec, and NO_COLOR needs no saying without a terminal', async () => {
    repository.writeShop({ a: {} });
    const { stdout, stderr, code } = await cuttle(['spec', 'from a']);
    expect({ code, stderr, spec: JSON.parse(stdout) }).toEqual({
      code: 0,
      stderr: '',
      spec: { connectionSpecification: { type: 'object' } },
    });
  });
});
