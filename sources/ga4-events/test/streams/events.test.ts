import type { JsonObject } from '@cuttle/protocol';
import { type Row, type Sandbox, startSandbox } from '@cuttle/sandbox';
import { dedup, errors, exported, lastState, type ReadOptions, read, records, stateFile, states } from '../harness.js';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox({ users: 20, orders: 40, idleVisits: 20, firstDay: '2024-08-20' });
});

afterEach(() => sandbox.close());

const run = (action: string, params: Record<string, unknown> = {}): unknown => sandbox.control.run(action, params);

/** Every row of the daily tables, by table. */
function tables(): Map<string, Row[]> {
  const list = run('bigquery.tables') as { id: string }[];
  const daily = list.filter(({ id }) => /^events_\d{8}$/.test(id));
  return new Map(daily.map(({ id }) => [id, run('bigquery.rows', { table: id }) as Row[]]));
}

const total = (): number => [...tables().values()].reduce((sum, rows) => sum + rows.length, 0);

function lateRow(date: string, more: Row = {}): Row {
  return {
    event_date: date,
    event_timestamp: `${Date.parse('2024-08-29T10:00:00Z') * 1_000 + 17}`,
    event_name: 'late_event',
    event_params: [],
    stream_id: '1',
    items: [],
    ...more,
  };
}

const named = (rows: readonly JsonObject[], name: string): JsonObject[] =>
  rows.filter((row) => row['event_name'] === name);

describe('stream events: what is read again', () => {
  it('GA-01 sends rows that were added to the shard of three days ago (a max() cursor loses them)', async () => {
    const first = await read(sandbox);
    run('clock.advance', { ms: 3_600_000 });
    run('bigquery.append', { table: 'events_20240829', rows: [lateRow('20240829')] });
    const second = await read(sandbox, { state: lastState(first) });
    expect(named(records(second), 'late_event')).toHaveLength(1);
    expect(dedup(first, second).size).toBe(total());
    // Naive: what a cursor on the highest event_timestamp would have sent.
    const highest = Math.max(...records(first).map((row) => Number(row['event_timestamp'])));
    const naive = records(second).filter((row) => Number(row['event_timestamp']) > highest);
    expect(named(naive, 'late_event')).toHaveLength(0);
  });

  it('GA-02 gives the same ids at every read, and keeps two identical rows apart (a plain hash merges them)', async () => {
    const twin = lateRow('20240830', { event_params: [{ key: 'k', value: { int_value: '1' } }] });
    run('bigquery.append', { table: 'events_20240830', rows: [twin, twin, twin] });
    const first = await read(sandbox);
    run('clock.advance', { ms: 1_000 });
    run('bigquery.append', { table: 'events_20240830', rows: [lateRow('20240830', { event_name: 'other' })] });
    const second = await read(sandbox, { state: lastState(first) });
    const ids = (result: typeof first): unknown[] => named(records(result), 'late_event').map((r) => r['_event_id']);
    expect(ids(second)).toEqual(ids(first));
    const [hash] = ids(first) as string[];
    expect(ids(first)).toEqual([hash, `${hash}-1`, `${hash}-2`]);
    expect(dedup(first, second).size).toBe(total());
    // Naive: the hash alone.
    const naive = new Set(records(first).map((row) => String(row['_event_id']).slice(0, 32)));
    expect(naive.size).toBe(total() - 1 - 2);
  });

  it('GA-02 gives the same id when attribution is filled in, parameters change places, or columns are added', async () => {
    const params = [
      { key: 'a', value: { string_value: '1' } },
      { key: 'b', value: { double_value: 2 } },
    ];
    const items = [{ item_id: 'i', price: 3 }];
    const before = lateRow('20240831', { event_params: params, items, traffic_source: null });
    run('bigquery.create', { table: 'events_20240831', era: '2021', rows: [before] });
    const first = await read(sandbox);
    const after = { ...before, event_params: [...params].reverse(), traffic_source: { source: 'x' } };
    run('clock.advance', { ms: 1_000 });
    run('bigquery.create', { table: 'events_20240831', era: '2024', rows: [after] });
    const second = await read(sandbox, { state: lastState(first) });
    expect(records(second)).toHaveLength(1);
    expect(records(second)[0]?.['_event_id']).toBe(named(records(first), 'late_event')[0]?.['_event_id']);
  });

  it('GA-09 reads nothing of unchanged shards: no rows, no bytes of rows', async () => {
    const first = await read(sandbox);
    run('requests.clear');
    const second = await read(sandbox, { state: lastState(first) });
    expect(second.exitCode).toBe(0);
    expect(records(second)).toEqual([]);
    expect(run('requests.count', { system: 'bigquery', path: '/tables/events' })).toBe(4);
    expect(
      (run('requests.list', { system: 'bigquery' }) as { path: string }[]).filter((r) => r.path.endsWith('/data')),
    ).toEqual([]);
    expect(states(second).at(-1)).toEqual(states(first).at(-1));
  });

  it('GA-08 is one stream and looks only at shards that can have changed', async () => {
    const first = await read(sandbox);
    run('requests.clear');
    run('clock.advance', { ms: 1_000 });
    run('bigquery.append', { table: 'events_20240830', rows: [lateRow('20240830')] });
    await read(sandbox, { state: lastState(first) });
    // One list, the metadata of the four open shards, the rows of the one that changed.
    expect(run('requests.count', { system: 'bigquery' })).toBe(1 + 4 + 1);
    // Naive: one stream (and at least one request) for each table of the dataset.
    expect(1 + 4 + 1).toBeLessThan(tables().size);
  });

  it('never finishes a shard that changed while nobody looked', async () => {
    const first = await read(sandbox);
    run('bigquery.append', { table: 'events_20240830', rows: [lateRow('20240830')], modified: '2024-09-01T20:00:00Z' });
    run('clock.set', { time: '2024-09-20T00:00:00Z' });
    const second = await read(sandbox, { state: lastState(first) });
    expect(named(records(second), 'late_event')).toHaveLength(1);
    expect(states(second).at(-1)).toMatchObject({ shards: {}, final_before: '20240916' });
  });

  it('reads a daily table that lands long after its day', async () => {
    const first = await read(sandbox);
    run('bigquery.create', { table: 'events_20240903', rows: [lateRow('20240903')] });
    run('clock.set', { time: '2024-09-10T00:00:00Z' });
    const second = await read(sandbox, { state: lastState(first) });
    expect(states(second).at(-1)).toMatchObject({ final_before: '20240906' });
    run('bigquery.create', { table: 'events_20240902', rows: [lateRow('20240902')] });
    const third = await read(sandbox, { state: lastState(second) });
    expect(records(third).map((row) => row['_table_date'])).toEqual(['20240902']);
    const fourth = await read(sandbox, { state: lastState(third) });
    expect(records(fourth)).toEqual([]);
  });
});

describe('stream events: tables that come and go', () => {
  const intraday = { include_intraday: true };

  it('GA-04 counts nothing twice when the daily table takes the place of the intraday one', async () => {
    const rows = [1, 2, 3].map((n) =>
      lateRow('20240901', { event_bundle_sequence_id: String(n), traffic_source: null }),
    );
    run('bigquery.create', { table: 'events_intraday_20240901', rows });
    const first = await read(sandbox, { config: intraday });
    expect(named(records(first), 'late_event').map((row) => row['_is_intraday'])).toEqual([true, true, true]);
    run('bigquery.finish_day', { date: '20240901', modified: '2024-09-02T18:00:00Z' });
    const second = await read(sandbox, { config: intraday, state: lastState(first) });
    const rowsNow = [...dedup(first, second).values()].filter((row) => row['_table_date'] === '20240901');
    expect(rowsNow).toHaveLength(3);
    expect(rowsNow.map((row) => [row['_is_intraday'], row['traffic_source']])).toEqual(
      Array(3).fill([false, { name: '(direct)', medium: '(none)', source: '(direct)' }]),
    );
    expect(Object.keys((states(second).at(-1) as { shards: object }).shards)).not.toContain('intraday_20240901');
    // Naive: append what was read.
    expect(named([...records(first), ...records(second)], 'late_event')).toHaveLength(6);
  });

  it('leaves intraday tables out by default', async () => {
    const result = await read(sandbox);
    expect(records(result).filter((row) => row['_is_intraday'] === true)).toEqual([]);
    expect(records(result)).toHaveLength(total());
  });

  it('GA-10 goes on when a shard vanishes between list and read, and reads the daily one instead', async () => {
    run('bigquery.create', { table: 'events_intraday_20240901', rows: [lateRow('20240901')] });
    const match = { path: 'events_intraday_20240901', method: 'GET' };
    run('before', { nth: 1, match, action: 'bigquery.finish_day', params: { date: '20240901' } });
    const result = await read(sandbox, { config: intraday });
    expect([result.exitCode, errors(result)]).toEqual([0, []]);
    expect(named(records(result), 'late_event').map((row) => row['_is_intraday'])).toEqual([false]);
    expect(dedup(result).size).toBe(total());
  });

  it('GA-10 does not pass over a daily table that vanished: it is read when it is back', async () => {
    const rows = run('bigquery.rows', { table: 'events_20240825' }) as Row[];
    const match = { path: 'events_20240825/data' };
    run('before', { nth: 1, match, action: 'bigquery.drop', params: { table: 'events_20240825' } });
    const first = await read(sandbox);
    expect(first.exitCode).toBe(0);
    expect(states(first).at(-1)).toMatchObject({ final_before: '20240825' });
    const second = await read(sandbox, { state: lastState(first) });
    expect(states(second).at(-1)).toMatchObject({ final_before: '20240828', missing: ['20240825'] });
    run('bigquery.create', { table: 'events_20240825', rows });
    const third = await read(sandbox, { state: lastState(second) });
    expect(records(third)).toHaveLength(rows.length);
    expect(dedup(first, second, third).size).toBe(total());
  });

  it('GA-07 sends a column that is new in the newest shard and leaves older shards as they are', async () => {
    const row = lateRow('20240831', { new_column: 'here' });
    run('bigquery.append', { table: 'events_20240831', rows: [row] });
    run('bigquery.add_fields', {
      table: 'events_20240831',
      fields: [{ name: 'new_column', type: 'STRING', mode: 'NULLABLE' }],
    });
    const result = await read(sandbox);
    const days = records(result);
    expect(named(days, 'late_event')[0]).toMatchObject({ new_column: 'here' });
    expect(days.filter((r) => r['_table_date'] === '20240830').every((r) => !('new_column' in r))).toBe(true);
  });

  it('GA-07 takes a column that is added between the look at the table and its first page', async () => {
    run('bigquery.create', {
      table: 'events_20240831',
      rows: [lateRow('20240831', { new_column: '9007199254740993' })],
    });
    const fields = [{ name: 'new_column', type: 'INTEGER', mode: 'NULLABLE' }];
    const match = { path: 'events_20240831/data' };
    run('before', { nth: 1, match, action: 'bigquery.add_fields', params: { table: 'events_20240831', fields } });
    const result = await read(sandbox);
    expect([result.exitCode, errors(result)]).toEqual([0, []]);
    expect(result.lines.filter((line) => line.includes('"new_column":9007199254740993'))).toHaveLength(1);
  });

  it('reads nothing but says a state when there is no table', async () => {
    for (const id of tables().keys()) run('bigquery.drop', { table: id });
    const result = await read(sandbox);
    expect([result.exitCode, records(result), states(result)]).toEqual([0, [], [{ shards: {} }]]);
  });
});

describe('stream events: modes and states', () => {
  const append: ReadOptions = { destinationMode: 'append' };

  it('appends a shard once, when it is settled', async () => {
    const first = await read(sandbox, append);
    const days = new Set(records(first).map((row) => row['_table_date']));
    expect([...days].sort().at(-1)).toBe('20240827');
    expect(states(first).at(-1)).toEqual({ shards: {}, final_before: '20240828' });
    run('clock.set', { time: '2024-09-03T08:00:00Z' });
    run('bigquery.append', { table: 'events_20240829', rows: [lateRow('20240829')] });
    const second = await read(sandbox, { ...append, state: lastState(first) });
    expect([...new Set(records(second).map((row) => row['_table_date']))].sort()).toEqual(['20240828', '20240829']);
    expect(named(records(second), 'late_event')).toHaveLength(1);
    run('clock.set', { time: '2024-09-30T08:00:00Z' });
    const third = await read(sandbox, { ...append, state: lastState(second) });
    const all = [...records(first), ...records(second), ...records(third)];
    expect(new Set(all.map((row) => row['_event_id'])).size).toBe(all.length);
    expect(all).toHaveLength(total());
  });

  it('appends unsettled shards on demand, and says that rows will repeat', async () => {
    const options = { ...append, config: { append_unsettled: true } };
    const first = await read(sandbox, options);
    expect(records(first)).toHaveLength(total());
    expect(first.lines.filter((line) => line.includes('will repeat'))).toHaveLength(1);
    run('clock.advance', { ms: 1_000 });
    run('bigquery.append', { table: 'events_20240830', rows: [lateRow('20240830')] });
    const second = await read(sandbox, { ...options, state: lastState(first) });
    expect(records(second)).toHaveLength(tables().get('events_20240830')?.length ?? -1);
  });

  it('GA-16 R-11 restarts from every state without loss; in append without a repeated row', async () => {
    for (const mode of ['append', 'append_dedup'] as const) {
      const whole = await read(sandbox, { destinationMode: mode });
      const expected = new Set(records(whole).map((row) => row['_event_id']));
      for (let cut = 0; cut < states(whole).length; cut += 3) {
        const line = whole.messages.filter((message) => message.type === 'STATE')[cut];
        const before = whole.messages.slice(0, whole.messages.indexOf(line!));
        const kept = before.flatMap((message) => (message.type === 'RECORD' ? [message.record.data] : []));
        const rest = await read(sandbox, { destinationMode: mode, state: stateFile(states(whole)[cut]) });
        const all = [...kept, ...records(rest)].map((row) => row['_event_id']);
        expect(new Set(all)).toEqual(expected);
        if (mode === 'append') expect(all).toHaveLength(expected.size);
      }
    }
  });

  it('GA-16 begins a shard that was cut off again from its start', async () => {
    run('bigquery.create', { table: 'events_20240831', count: 1_000 });
    run('bigquery.settings', { maxPageRows: 100 });
    const fault = { kind: 'status', status: 400, body: '{}' };
    run('faults.add', { fault, match: { path: 'events_20240831/data' }, after: 4, count: 1 });
    const first = await read(sandbox);
    expect(first.exitCode).toBe(1);
    expect(states(first).at(-1)).not.toHaveProperty('shards.20240831');
    const partial = records(first).filter((row) => row['_table_date'] === '20240831').length;
    expect(partial).toBeGreaterThan(0);
    const second = await read(sandbox, { state: lastState(first) });
    expect(records(second).filter((row) => row['_table_date'] === '20240831')).toHaveLength(1_000);
    expect(dedup(first, second).size).toBe(total());
  });

  it('reads everything in a full refresh and sends states only under the strict rule', async () => {
    const plain = await read(sandbox, { syncMode: 'full_refresh', destinationMode: 'overwrite' });
    expect(records(plain)).toHaveLength(total());
    expect(states(plain)).toEqual([{ __ab_full_refresh_sync_complete: true }]);
    const options: ReadOptions = { syncMode: 'full_refresh', destinationMode: 'append', generationId: 3 };
    const strict = await read(sandbox, options);
    expect(states(strict).length).toBeGreaterThan(5);
    const resumed = await read(sandbox, { ...options, state: stateFile(states(strict)[4]) });
    expect(records(resumed).length).toBeLessThan(total());
  });

  it('R-12 R-13 takes far-future, empty and foreign states', async () => {
    const future = { shards: {}, final_before: '99991231' };
    const ahead = await read(sandbox, { state: stateFile(future) });
    expect([records(ahead), states(ahead).at(-1)]).toEqual([[], future]);
    for (const state of [{}, [], stateFile({}), stateFile({ event_timestamp: 1 })]) {
      const result = await read(sandbox, { state });
      expect([result.exitCode, records(result).length]).toEqual([0, total()]);
    }
    const broken = await read(sandbox, { state: stateFile({ shards: { x: 1 } }) });
    expect([broken.exitCode, errors(broken)[0]?.failure_type]).toEqual([1, 'config_error']);
  });

  it('starts at the start date', async () => {
    const result = await read(sandbox, { config: { start_date: '2024-08-25' } });
    const days = records(result).map((row) => String(row['_table_date']));
    expect(days.sort()[0]).toBe('20240825');
  });

  it.each(['rest', 'query'])('reads only the wanted events by %s', async (read_method) => {
    const config = { read_method, event_names: ['purchase', "o'clock"] };
    const result = await read(sandbox, { config });
    const all = [...tables().values()].flat();
    expect(records(result).map((row) => row['event_name'])).toEqual(
      all.filter((row) => row['event_name'] === 'purchase').map(() => 'purchase'),
    );
  });

  it('gives the same records by rest and by query', async () => {
    const byRest = await read(sandbox, { config: { read_method: 'rest' } });
    const byQuery = await read(sandbox, { config: { read_method: 'query' } });
    expect(dedup(byQuery)).toEqual(dedup(byRest));
  });

  it('GA-13 keeps event_date as it is, also where it is not the UTC day', async () => {
    const rows = records(await read(sandbox));
    const differing = rows.filter((row) => {
      const utc = new Date(Number(row['event_timestamp']) / 1_000).toISOString().slice(0, 10).replaceAll('-', '');
      return utc !== row['event_date'];
    });
    expect(differing.length).toBeGreaterThan(0);
    expect(rows.every((row) => row['event_date'] === row['_table_date'])).toBe(true);
  });

  it('GA-05 keeps events without a user', async () => {
    const rows = records(await read(sandbox)).map(exported);
    const without = [...tables().values()].flat().filter((row) => row['user_pseudo_id'] === null);
    expect(without.length).toBeGreaterThan(0);
    expect(rows.filter((row) => row['user_pseudo_id'] === null)).toHaveLength(without.length);
    // Naive: the natural key of others, joined with nulls, is no key.
    const naive = new Set(rows.map((row) => `${row['event_timestamp']}|${row['user_pseudo_id'] ?? 'unknown'}`));
    run('bigquery.append', {
      table: 'events_20240831',
      rows: [lateRow('20240831', { event_name: 'a' }), lateRow('20240831', { event_name: 'b' })],
    });
    const more = records(await read(sandbox)).map(
      (row) => `${row['event_timestamp']}|${row['user_pseudo_id'] ?? 'unknown'}`,
    );
    expect(new Set(more).size - naive.size).toBe(1);
  });
});
