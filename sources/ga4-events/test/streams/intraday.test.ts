import type { JsonObject } from '@cuttle/protocol';
import { type Row, type Sandbox, startSandbox } from '@cuttle/sandbox';
import { DELETED_AT, unionSchema } from '../../src/schema/json-schema.js';
import { SentIds } from '../../src/shards/sent-ids.js';
import {
  configFor,
  dedup,
  lastState,
  type ReadOptions,
  type RunResult,
  read,
  records,
  run,
  states,
} from '../harness.js';

const DAY_MS = 86_400_000;
const INTRADAY = { include_intraday: true };

let sandbox: Sandbox;

beforeEach(async () => {
  // It is the morning of 2024-09-01; daily tables reach to 2024-08-31.
  sandbox = await startSandbox({ users: 5, orders: 6, idleVisits: 4, firstDay: '2024-08-25' });
});
afterEach(() => sandbox.close());

const control = (action: string, params: Record<string, unknown> = {}): unknown => sandbox.control.run(action, params);
const days = (count: number) => control('clock.advance', { ms: count * DAY_MS });
const warnings = ({ messages }: RunResult): string[] =>
  messages.flatMap((message) => (message.type === 'LOG' && message.log.level === 'WARN' ? [message.log.message] : []));
const of = (result: RunResult, date: string): JsonObject[] =>
  records(result).filter((row) => row['_table_date'] === date);

function event(date: string, sequence: number, more: Row = {}): Row {
  return {
    event_date: date,
    event_timestamp: `17251000000000${String(sequence).padStart(2, '0')}`,
    event_name: 'streamed',
    event_params: [],
    event_bundle_sequence_id: String(sequence),
    stream_id: '1',
    items: [],
    ...more,
  };
}

function stream(date: string, ...sequences: readonly number[]): void {
  const rows = sequences.map((sequence) => event(date, sequence));
  control('bigquery.create', { table: `events_intraday_${date}`, rows });
}

function finish(date: string, ...sequences: readonly number[]): void {
  const rows = sequences.map((sequence) => event(date, sequence));
  control('bigquery.create', { table: `events_${date}`, rows });
  control('bigquery.drop', { table: `events_intraday_${date}` });
}

describe('a day that exists only as an intraday table', () => {
  it.each([
    'append_dedup',
    'append',
    'overwrite',
  ] as const)('is warned about with its name and the field that reads it (%s)', async (destinationMode) => {
    control('bigquery.drop', { table: 'events_20240828' });
    stream('20240828', 1, 2);
    stream('20240901', 3);
    const result = await read(sandbox, { destinationMode });
    expect([...of(result, '20240828'), ...of(result, '20240901')]).toEqual([]);
    expect(warnings(result)).toEqual([expect.stringMatching(/20240828, 20240901.*events_intraday_.*include_intraday/)]);
  });

  it('is warned about in a full refresh, and where the streaming export is the only one', async () => {
    const list = control('bigquery.tables') as { id: string }[];
    for (const { id } of list.filter(({ id }) => id.startsWith('events_'))) control('bigquery.drop', { table: id });
    for (let day = 1; day < 15; day += 1) stream(`202408${String(day).padStart(2, '0')}`, 1);
    for (const syncMode of ['full_refresh', 'incremental'] as const) {
      const result = await read(sandbox, { syncMode });
      expect([result.exitCode, records(result)]).toEqual([0, []]);
      expect(warnings(result)).toEqual([expect.stringMatching(/20240801, .* and 4 more exist.*include_intraday/)]);
      const all = await read(sandbox, { syncMode, config: INTRADAY });
      expect([records(all).length, warnings(all)]).toEqual([14, []]);
    }
  });

  it('comes once, however old it gets (naive variant: a mark that is dropped after five weeks)', async () => {
    stream('20240901', 1, 2);
    let result = await read(sandbox, { config: INTRADAY });
    expect(of(result, '20240901')).toHaveLength(2);
    for (const wait of [5, 40, 60]) {
      days(wait);
      const date = new Date(sandbox.control.clock.now() - DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
      control('bigquery.create', { table: `events_${date}`, rows: [event(date, 50)] });
      control('requests.clear');
      result = await read(sandbox, { config: INTRADAY, state: lastState(result) });
      expect([wait, of(result, '20240901')]).toEqual([wait, []]);
      expect(states(result).at(-1)).toHaveProperty('shards.intraday_20240901.final', true);
    }
    // What cannot change any more is not even looked at.
    expect(control('requests.count', { path: 'events_intraday_20240901' })).toBe(0);
    control('bigquery.drop', { table: 'events_intraday_20240901' });
    const last = await read(sandbox, { config: INTRADAY, state: lastState(result) });
    expect(states(last).at(-1)).not.toHaveProperty('shards.intraday_20240901');
  });
});

describe('append and intraday tables', () => {
  it.each([
    'append',
    'overwrite',
  ] as const)('%s: young days wait for 72 hours, older ones are read once', async (mode) => {
    const options: ReadOptions = { config: INTRADAY, destinationMode: mode };
    control('bigquery.drop', { table: 'events_20240828' });
    stream('20240828', 1, 2);
    stream('20240901', 3);
    const first = await read(sandbox, options);
    // The 28th ended 80 hours ago.
    expect([of(first, '20240828').length, of(first, '20240901').length]).toEqual([2, 0]);
    expect(first.text).toMatch(/20240901 exists only as .* wait until 72 hours/);
    days(3);
    const second = await read(sandbox, { ...options, state: lastState(first) });
    expect([of(second, '20240828').length, of(second, '20240901').length]).toEqual([0, 0]);
    days(1);
    const third = await read(sandbox, { ...options, state: lastState(second) });
    expect([of(third, '20240828').length, of(third, '20240901').length]).toEqual([0, 1]);
    days(60);
    const fourth = await read(sandbox, { ...options, state: lastState(third) });
    expect(records(fourth)).toEqual([]);
  });

  it.each([
    1, 20, 50,
  ])('a daily table that comes %i days later is not read: a warning has both counts', async (wait) => {
    const options: ReadOptions = { config: INTRADAY, destinationMode: 'append' };
    control('bigquery.drop', { table: 'events_20240828' });
    stream('20240828', 1, 2);
    const first = await read(sandbox, options);
    days(wait);
    finish('20240828', 1, 2, 4);
    const second = await read(sandbox, { ...options, state: lastState(first) });
    expect(of(second, '20240828')).toEqual([]);
    const both = /20240828: 2 rows of events_intraday_20240828 .* events_20240828 came with 3 rows/;
    expect(warnings(second)).toEqual([expect.stringMatching(both)]);
    days(10);
    const third = await read(sandbox, { ...options, state: lastState(second) });
    days(10);
    const fourth = await read(sandbox, { ...options, state: lastState(third) });
    expect([...of(third, '20240828'), ...of(fourth, '20240828')]).toEqual([]);
    expect(warnings(fourth)).toEqual([]);
  });

  it('a daily table that is left out stays so while an older day is open', async () => {
    const options: ReadOptions = { config: INTRADAY, destinationMode: 'append' };
    const rows = [event('20240827', 9)];
    const loseOlderDay = () =>
      control('before', {
        nth: 1,
        match: { path: 'events_20240827/data' },
        action: 'bigquery.drop',
        params: { table: 'events_20240827' },
      });
    control('bigquery.drop', { table: 'events_20240828' });
    stream('20240828', 1, 2);
    loseOlderDay();
    const first = await read(sandbox, options);
    finish('20240828', 1, 2, 4);
    control('bigquery.create', { table: 'events_20240827', rows });
    days(5);
    loseOlderDay();
    const second = await read(sandbox, { ...options, state: lastState(first) });
    expect(states(second).at(-1)).toMatchObject({ final_before: '20240827' });
    control('bigquery.create', { table: 'events_20240827', rows });
    const third = await read(sandbox, { ...options, state: lastState(second) });
    expect([of(third, '20240827').length, of(third, '20240828').length]).toEqual([1, 0]);
  });

  it('a young day whose daily table comes while it is looked for waits for that one', async () => {
    control('bigquery.drop', { table: 'events_20240828' });
    stream('20240828', 1);
    const match = { path: 'events_intraday_20240828', method: 'GET' };
    control('before', { nth: 1, match, action: 'bigquery.finish_day', params: { date: '20240828' } });
    const options: ReadOptions = { config: INTRADAY, destinationMode: 'append' };
    const first = await read(sandbox, options);
    expect(of(first, '20240828')).toEqual([]);
    days(5);
    const second = await read(sandbox, { ...options, state: lastState(first) });
    expect(of(second, '20240828')).toHaveLength(1);
  });
});

describe('append + dedup: the daily table replaces the intraday one', () => {
  const schema = unionSchema([], true);

  it('keys that vanished are warned about, and sent as deleted with their own time', async () => {
    stream('20240901', 1, 2, 3);
    const first = await read(sandbox, { config: INTRADAY, schema });
    const sent = new Map(of(first, '20240901').map((row) => [String(row['event_bundle_sequence_id']), row]));
    days(1);
    finish('20240901', 1, 3, 4);
    const second = await read(sandbox, { config: INTRADAY, schema, state: lastState(first) });
    const gone = String(sent.get('2')?.['_event_id']);
    expect(warnings(second)).toEqual([
      expect.stringMatching(new RegExp(`20240901: 3 rows .* 3 of events_20240901 now; 1 keys vanished \\(${gone}\\)`)),
    ]);
    const now = dedup(first, second);
    expect(now.get(gone)).toEqual({
      _event_id: gone,
      _table_date: '20240901',
      _is_intraday: true,
      [DELETED_AT]: '2024-09-02T08:00:00.000Z',
      event_timestamp: sent.get('2')?.['event_timestamp'],
    });
    const left = [...now.values()].filter((row) => row['_table_date'] === '20240901' && !(DELETED_AT in row));
    expect(left.map((row) => [row['event_bundle_sequence_id'], row['_is_intraday']])).toEqual([
      [1, false],
      [3, false],
      [4, false],
    ]);
    expect(states(second).at(-1)).not.toHaveProperty('shards.intraday_20240901');
    const third = await read(sandbox, { config: INTRADAY, schema, state: lastState(second) });
    expect([records(third), warnings(third)]).toEqual([[], []]);
  });

  it('of identical events one can vanish; a cut-off read tells it again', async () => {
    const rows = [event('20240901', 1), event('20240901', 1), event('20240901', 1)];
    control('bigquery.create', { table: 'events_intraday_20240901', rows });
    const first = await read(sandbox, { config: INTRADAY, schema });
    days(1);
    finish('20240901', 1);
    control('bigquery.fail', { reason: 'invalid', match: { path: 'events_20240901/data' }, count: 1 });
    const cut = await read(sandbox, { config: INTRADAY, schema, state: lastState(first) });
    expect(cut.exitCode).toBe(1);
    const second = await read(sandbox, { config: INTRADAY, schema, state: lastState(cut) });
    const hash = String(of(first, '20240901')[0]?.['_event_id']).slice(0, 32);
    const deleted = records(second).filter((row) => DELETED_AT in row);
    expect(deleted.map((row) => row['_event_id'])).toEqual([`${hash}-1`, `${hash}-2`]);
  });

  it('without the column in the schema nothing is sent as deleted, and the warning says so', async () => {
    stream('20240901', 1, 2);
    const old = unionSchema([]);
    const first = await read(sandbox, { config: INTRADAY, schema: old });
    days(1);
    finish('20240901', 1);
    const second = await read(sandbox, { config: INTRADAY, schema: old, state: lastState(first) });
    expect(of(second, '20240901').map((row) => DELETED_AT in row)).toEqual([false]);
    expect(warnings(second)).toEqual([expect.stringContaining('refresh the schema')]);
  });

  it('discover shows the column of deletions with include_intraday only', async () => {
    for (const include_intraday of [true, false]) {
      const config = configFor(sandbox, { include_intraday });
      const { messages } = await run('discover', { config }, sandbox.control.clock.now());
      const [found] = messages.flatMap((message) => (message.type === 'CATALOG' ? message.catalog.streams : []));
      const { properties } = found?.json_schema as { properties: object };
      expect(DELETED_AT in properties).toBe(include_intraday);
    }
  });

  it('remembers the ids of some ten thousands of events, and no more', () => {
    const ids = new SentIds();
    for (let index = 0; index <= 25_000; index += 1) {
      ids.add(index.toString(16).padStart(32, '0'), String(index));
      if (index === 24_999) expect(SentIds.unpack(ids.pack() ?? '').pack()).toBe(ids.pack());
    }
    expect(ids.pack()).toBeUndefined();
  });
});
