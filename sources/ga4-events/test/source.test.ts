import type { JsonObject } from '@cuttle/protocol';
import { type Fault, type Sandbox, startSandbox } from '@cuttle/sandbox';
import { configFor, dedup, errors, read, records, run as runCommand, states } from './harness.js';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox({ users: 10, orders: 15, idleVisits: 10, firstDay: '2024-08-27' });
});

afterEach(() => sandbox.close());

const run = (action: string, params: Record<string, unknown> = {}): unknown => sandbox.control.run(action, params);

async function check(
  more: JsonObject = {},
): Promise<{ status?: string; message?: string; exitCode: number; text: string }> {
  const result = await runCommand('check', { config: configFor(sandbox, more) }, sandbox.control.clock.now());
  const status = result.messages.find((message) => message.type === 'CONNECTION_STATUS');
  return { ...status?.connectionStatus, exitCode: result.exitCode, text: result.lines.join('\n') };
}

describe('check', () => {
  it('CHK-01 succeeds with a good config, by rest and by query, and reads no shard', async () => {
    expect(await check()).toMatchObject({ status: 'SUCCEEDED', exitCode: 0 });
    expect(await check({ read_method: 'query' })).toMatchObject({ status: 'SUCCEEDED' });
  });

  it.each([
    ['an unknown dataset', { dataset: 'analytics_1' }, /"dataset"/],
    ['an unknown project', { project_id: 'nobodys-project' }, /denies access/],
    ['a key that is not JSON', { credentials_json: 'nonsense' }, /credentials_json.*not JSON/],
    ['another kind of key', { credentials_json: '{"type":"authorized_user"}' }, /service_account/],
    ['a start date behind all tables', { start_date: '2030-01-01' }, /no tables/],
    ['a private host that is not allowed', { allow_private_hosts: false }, /refused/],
  ])('CHK-01 fails with %s and says why', async (_name, more, message) => {
    const result = await check(more);
    expect(result).toMatchObject({ status: 'FAILED', exitCode: 0 });
    expect(result.message).toMatch(message);
  });

  it.each([
    ['bigquery.tables.list', {}],
    ['bigquery.tables.get', {}],
    ['bigquery.tables.getData', {}],
    ['bigquery.jobs.create', { read_method: 'query' }],
  ])('CHK-02 fails without the right %s, naming the role', async (permission, more) => {
    run('bigquery.settings', { deniedPermissions: [permission] });
    const result = await check(more);
    expect(result).toMatchObject({ status: 'FAILED' });
    expect(result.message).toMatch(/BigQuery Data Viewer.*BigQuery Job User/);
  });

  it('X-01 fails with a key that is not accepted, without showing it', async () => {
    const { serviceAccount } = sandbox.bigquery;
    const other = { ...serviceAccount, client_email: 'someone@else.example' };
    const result = await check({ credentials_json: JSON.stringify(other) });
    expect(result).toMatchObject({ status: 'FAILED' });
    expect(result.message).toMatch(/not accepted/);
    const [, line] = serviceAccount.private_key.split('\n') as [string, string];
    expect(result.text).not.toContain(line);
  });
});

describe('discover', () => {
  it('DISC-01 gives one stream with key and cursor, its columns those of all times', async () => {
    run('bigquery.create', { table: 'events_20210101', rows: [] });
    const result = await runCommand('discover', { config: configFor(sandbox) }, 0);
    const catalog = result.messages.find((message) => message.type === 'CATALOG')?.catalog;
    expect(catalog?.streams).toHaveLength(1);
    expect(catalog?.streams[0]).toMatchObject({
      name: 'events',
      source_defined_primary_key: [['_event_id']],
      default_cursor_field: ['event_timestamp'],
      supported_sync_modes: ['full_refresh', 'incremental'],
    });
    const { properties } = catalog!.streams[0]!.json_schema as { properties: JsonObject };
    expect(properties).toHaveProperty('event_dimensions');
    expect(properties).toHaveProperty('batch_page_id');
    const again = await runCommand('discover', { config: configFor(sandbox) }, 0);
    expect(again.lines).toEqual(result.lines);
  });
});

describe('read under faults', () => {
  const data = { path: '/data' };
  const total = (): number =>
    (run('bigquery.tables') as { id: string; rows: number }[])
      .filter(({ id }) => !id.includes('intraday'))
      .reduce((sum, { rows }) => sum + rows, 0);

  it.each<[string, Fault['fault']]>([
    ['500', { kind: 'status', status: 500 }],
    ['502', { kind: 'status', status: 502, body: 'Bad gateway' }],
    ['429', { kind: 'rate_limit', retryAfter: 'absent' }],
    ['a reset', { kind: 'reset' }],
    ['truncated JSON', { kind: 'truncated_json' }],
    ['a body that breaks off', { kind: 'cut_body' }],
    ['HTML', { kind: 'html' }],
  ])('R-15 reads everything in spite of %s', async (_name, fault) => {
    for (const match of [data, { path: '/tables', query: 'maxResults=1000' }]) {
      run('faults.add', { fault, match: { system: 'bigquery', ...match }, count: 2 });
    }
    const result = await read(sandbox);
    expect([result.exitCode, errors(result)]).toEqual([0, []]);
    expect(records(result)).toHaveLength(total());
    expect(dedup(result).size).toBe(total());
  });

  it.each(['rateLimitExceeded', 'backendError', 'internalError'])('retries %s', async (reason) => {
    run('bigquery.fail', { reason, match: { path: '20240830' } });
    const result = await read(sandbox);
    expect([result.exitCode, records(result).length]).toEqual([0, total()]);
  });

  it('gives up with transient_error when a fault stays, and keeps what was read', async () => {
    run('bigquery.fail', { reason: 'backendError', match: { path: 'events_20240830/data' }, count: 0 });
    const result = await read(sandbox, { config: { http_max_attempts: 2 } });
    expect([result.exitCode, errors(result)[0]?.failure_type]).toEqual([1, 'transient_error']);
    expect(states(result).at(-1)).not.toHaveProperty('shards.20240830');
  });

  it('ends with transient_error when a quota is used up for longer than allowed', async () => {
    run('bigquery.fail', { reason: 'quotaExceeded', match: { path: '/data' }, count: 0 });
    const result = await read(sandbox, { config: { http_max_wait_seconds: 1 } });
    expect(errors(result)[0]).toMatchObject({ failure_type: 'transient_error' });
  });

  it.each([
    ['accessDenied', 'config_error'],
    ['billingNotEnabled', 'config_error'],
    ['invalid', 'system_error'],
  ])('ends with %s as %s, without a retry', async (reason, failureType) => {
    run('bigquery.fail', { reason, match: { path: '/tables' }, count: 0 });
    const result = await read(sandbox);
    expect(errors(result)[0]?.failure_type).toBe(failureType);
    expect(run('requests.count', { system: 'bigquery' })).toBe(1);
  });

  it('R-16 refreshes a token that expired in the middle, once, and goes on', async () => {
    const fault = { kind: 'expire_tokens' };
    const match = { system: 'bigquery', path: 'events_20240830/data' };
    run('faults.add', { fault, match });
    const result = await read(sandbox);
    expect([result.exitCode, records(result).length]).toEqual([0, total()]);
    expect(run('requests.count', { system: 'oauth' })).toBe(2);
  });

  it('ends with config_error when tokens are refused for good', async () => {
    run('faults.add', { fault: { kind: 'expire_tokens' }, match: { system: 'bigquery', path: '/data' }, count: 0 });
    const result = await read(sandbox);
    expect(errors(result)[0]?.failure_type).toBe('config_error');
  });
});

describe('read by query', () => {
  const query = { read_method: 'query' };

  it('GA-12 refuses a query above maximum_bytes_billed with both numbers, before it is run', async () => {
    const result = await read(sandbox, { config: { ...query, maximum_bytes_billed: 1_000_000 } });
    expect(result.exitCode).toBe(1);
    expect(errors(result)[0]).toMatchObject({ failure_type: 'config_error' });
    expect(errors(result)[0]?.message).toMatch(/10485760.*1000000/);
    const queries = run('requests.list', { system: 'bigquery', method: 'POST' }) as { body: string }[];
    expect(queries.length).toBeGreaterThan(0);
    expect(queries.every(({ body }) => body.includes('"dryRun":true'))).toBe(true);
    // Naive: run it and see; without the bound the same queries are run and billed.
    const unbounded = await read(sandbox, { config: query });
    expect(unbounded.exitCode).toBe(0);
  });

  it('GA-12 sends the bound along, so that the server refuses too', async () => {
    await read(sandbox, { config: { ...query, maximum_bytes_billed: 20_000_000 } });
    const queries = run('requests.list', { system: 'bigquery', method: 'POST' }) as { body: string }[];
    const runs = queries.filter(({ body }) => !body.includes('dryRun'));
    expect(runs.length).toBeGreaterThan(0);
    expect(runs.every(({ body }) => body.includes('"maximumBytesBilled":"20000000"'))).toBe(true);
  });

  it('waits for jobs that are not complete, and pages through results', async () => {
    run('bigquery.settings', { pendingPolls: 3, maxPageRows: 7 });
    const byQuery = await read(sandbox, { config: query });
    run('bigquery.settings', { pendingPolls: 0, maxPageRows: undefined });
    expect(dedup(byQuery)).toEqual(dedup(await read(sandbox)));
  });

  it.each(['responseTooLarge', 'resourcesExceeded'])('reads a table by REST after %s', async (reason) => {
    run('bigquery.fail', { reason, match: { path: '/queries' }, count: 1 });
    const result = await read(sandbox, { config: query });
    expect([result.exitCode, errors(result)]).toEqual([0, []]);
    expect(dedup(result)).toEqual(dedup(await read(sandbox)));
  });

  it('a result that is refused behind its first page ends the read: no row comes twice under another id', async () => {
    run('bigquery.settings', { maxPageRows: 7 });
    // The first look at a job may only say that it is not complete; the second one has given rows.
    run('bigquery.fail', { reason: 'responseTooLarge', match: { path: '/queries/' }, after: 2, count: 1 });
    const result = await read(sandbox, { config: { ...query, start_date: '2024-08-31' } });
    run('bigquery.settings', { maxPageRows: undefined });
    expect([result.exitCode, errors(result)[0]?.failure_type]).toEqual([1, 'transient_error']);
    const known = dedup(await read(sandbox));
    const found = [...dedup(result).keys()];
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((id) => !known.has(id))).toEqual([]);
  });

  it('GA-10 goes on when the table of a query is gone', async () => {
    const match = { path: '/queries' };
    run('before', { nth: 1, match, action: 'bigquery.drop', params: { table: 'events_20240827' } });
    const result = await read(sandbox, { config: query });
    expect([result.exitCode, errors(result)]).toEqual([0, []]);
  });
});
