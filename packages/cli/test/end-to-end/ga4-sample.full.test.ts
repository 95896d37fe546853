import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { dataFolder } from '@cuttle/testing';
import { Stack } from './stack.js';

const data = dataFolder();
const folder = data === undefined ? undefined : path.join(data, 'ga4');
if (folder === undefined) console.warn('Skipped: the GA4 sample is not there (CUTTLE_DATA_DIR).');

/** Event names of the files, counted, read without our code. */
function namesInFiles(): Map<string, number> {
  const names = new Map<string, number>();
  for (const file of fs.readdirSync(folder!).filter((name) => name.endsWith('.gz'))) {
    for (const line of gunzipSync(fs.readFileSync(path.join(folder!, file)))
      .toString('utf8')
      .split('\n')) {
      const name = /"event_name":\s*"([^"]+)"/.exec(line)?.[1];
      if (name !== undefined) names.set(name, (names.get(name) ?? 0) + 1);
    }
  }
  return names;
}

(folder === undefined ? describe.skip : describe)('the public GA4 sample, from the export to typed tables', () => {
  let sandbox: Sandbox;
  let stack: Stack;

  beforeAll(async () => {
    sandbox = await startSandbox({ users: 1, orders: 0, idleVisits: 0, now: '2021-02-01T08:01:00Z' });
    sandbox.control.run('bigquery.load_files', { dataset: 'analytics_sample', folder: folder! });
    stack = new Stack(sandbox);
    const { project, baseUrl, serviceAccount } = sandbox.bigquery;
    stack.environment = { GA4_KEY: JSON.stringify(serviceAccount) };
    stack.setClock('2021-02-01T08:00:00Z');
    const source = (name: string, more: object) => ({
      kind: 'Source',
      name,
      connector: 'ga4-events',
      config: {
        project_id: project,
        dataset: 'analytics_sample',
        base_url: baseUrl,
        allow_private_hosts: true,
        credentials_json: { $env: 'GA4_KEY' },
        start_date: '2021-01-01',
        ...more,
      },
    });
    const connection = (name: string, from: string, sync: object) => ({
      kind: 'Connection',
      name,
      source: from,
      destination: 'warehouse',
      prefix: `${name}_`,
      streams: { events: { cursor: 'event_timestamp', ...sync } },
    });
    stack.write([
      source('ga4', {}),
      connection('dedup', 'ga4', { sync: 'incremental dedup', primaryKey: '_event_id' }),
      connection('append', 'ga4', { sync: 'incremental append' }),
    ]);
  });
  afterAll(async () => {
    stack?.remove();
    await sandbox?.close();
  });

  it('GA-18 GA-03 1,545 rows arrive exactly: count of each name, every INT64, nested values', async () => {
    const run = await stack.succeed(['run', 'dedup', '--json']);
    expect(JSON.parse(run.out).runs[0].streams[0].records).toBe(1545);
    const names = await stack.query('select event_name, count(*)::integer from dedup_events group by all');
    expect(new Map(names as [string, number][])).toEqual(namesInFiles());
    await stack.query(
      `create view files as select * from read_ndjson('${folder}/events_*.jsonl.gz', columns = {event_timestamp: 'BIGINT', user_pseudo_id: 'VARCHAR', event_name: 'VARCHAR', event_bundle_sequence_id: 'BIGINT', event_server_timestamp_offset: 'BIGINT', user_first_touch_timestamp: 'BIGINT', ecommerce: 'STRUCT(transaction_id VARCHAR, purchase_revenue DOUBLE, unique_items BIGINT)', event_params: 'STRUCT(key VARCHAR, value STRUCT(string_value VARCHAR, int_value BIGINT, double_value DOUBLE))[]', items: 'STRUCT(item_id VARCHAR, quantity BIGINT, price DOUBLE)[]'})`,
    );
    const differing = await stack.query(`
with loaded as (
  select event_timestamp::bigint as event_timestamp, user_pseudo_id, event_name, event_bundle_sequence_id::bigint as event_bundle_sequence_id,
    event_server_timestamp_offset::bigint as event_server_timestamp_offset, user_first_touch_timestamp::bigint as user_first_touch_timestamp,
    from_json(ecommerce, '{"transaction_id":"VARCHAR","purchase_revenue":"DOUBLE","unique_items":"BIGINT"}') as ecommerce,
    from_json(event_params, '[{"key":"VARCHAR","value":{"string_value":"VARCHAR","int_value":"BIGINT","double_value":"DOUBLE"}}]') as event_params,
    from_json(items, '[{"item_id":"VARCHAR","quantity":"BIGINT","price":"DOUBLE"}]') as items
  from dedup_events)
select count(*)::integer from loaded l join files f using (event_timestamp, user_pseudo_id, event_name)
where l.event_bundle_sequence_id is distinct from f.event_bundle_sequence_id
  or l.event_server_timestamp_offset is distinct from f.event_server_timestamp_offset
  or l.user_first_touch_timestamp is distinct from f.user_first_touch_timestamp
  or l.ecommerce is distinct from f.ecommerce
  or l.event_params is distinct from f.event_params
  or coalesce(l.items, []) is distinct from coalesce(f.items, [])`);
    expect(differing).toEqual([[0]]);
    const joined = await stack.query(
      'select count(*)::integer from dedup_events l join files f on l.event_timestamp = f.event_timestamp and l.user_pseudo_id = f.user_pseudo_id and l.event_name = f.event_name',
    );
    expect(joined).toEqual([[1545]]);
  }, 60_000);

  it('GA-09 GA-01 an unchanged run reads nothing; a late row makes one shard be read and leaves one row more', async () => {
    const unchanged = await stack.succeed(['run', 'dedup', '--json']);
    expect(JSON.parse(unchanged.out).runs[0].streams[0].records).toBe(0);
    const [row] = sandbox.control.run('bigquery.rows', {
      dataset: 'analytics_sample',
      table: 'events_20210129',
      from: 0,
      to: 1,
    }) as [object];
    sandbox.control.clock.advance(60_000);
    sandbox.control.run('bigquery.append', {
      dataset: 'analytics_sample',
      table: 'events_20210129',
      rows: [{ ...row, event_name: 'late' }],
    });
    const late = await stack.succeed(['run', 'dedup', '--json']);
    expect(JSON.parse(late.out).runs[0].streams[0].records).toBe(237);
    expect(
      await stack.query(
        "select count(*)::integer, count(distinct _event_id)::integer, count(*) filter (event_name = 'late')::integer from dedup_events",
      ),
    ).toEqual([[1546, 1546, 1]]);
  }, 60_000);

  it('GA-01 append is exact: each settled shard once, however often it runs', async () => {
    for (let run = 0; run < 2; run += 1) await stack.succeed(['run', 'append']);
    const [[rows, distinct]] = (await stack.query(
      'select count(*)::integer, count(distinct _event_id)::integer from append_events',
    )) as [[number, number]];
    expect(rows).toBe(distinct);
    expect(rows).toBeGreaterThan(0);
  }, 60_000);
});
