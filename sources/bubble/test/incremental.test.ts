import type { StateMessage } from '@cuttle/protocol';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { configFor, configured, read } from './run-bubble.js';

const ITEM = { name: 'item', display: 'Item', fields: [{ id: 'title_text', display: 'Title', type: 'text' }] };

describe('incremental and state', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox({ users: 2, orders: 2 });
    sandbox.control.run('bubble.define', { definition: ITEM });
    sandbox.control.run('bubble.seed', {
      type: 'item',
      count: 330,
      created: '2024-05-01T00:00:00.000Z',
      stepMs: 60_000,
    });
  });
  afterEach(() => sandbox.close());

  const allIds = () => new Set(sandbox.control.run('bubble.ids', { type: 'item' }) as string[]);
  const contentOf = (state: StateMessage | undefined) => state?.stream?.stream_state as Record<string, unknown>;
  const last = (states: readonly StateMessage[]) => states.slice(-1);

  it('R-10 a second sync gives what changed and the lookback, nothing else', async () => {
    const first = await read(configFor(sandbox), [configured('item')]);
    const [edited] = [...allIds()];
    sandbox.control.run('bubble.update', {
      type: 'item',
      id: edited,
      values: { Title: 'new' },
      modified: '2024-07-01T00:00:00.000Z',
    });
    const second = await read(configFor(sandbox), [configured('item')], last(first.states));
    // Rows lie a minute apart and the lookback is a minute: the last row and the one before come again.
    expect(second.ids).toHaveLength(3);
    expect(second.ids).toContain(edited);
    const strict = await read(configFor(sandbox, { lookback_seconds: 0 }), [configured('item')], last(second.states));
    expect(strict.ids).toEqual([]);
    expect(contentOf(strict.states[0])).toEqual({ modified: '2024-07-01T00:00:00.000Z', ids: [edited] });
  });

  it('a row that became visible late, within the lookback, arrives (naive variant: no lookback loses it)', async () => {
    const first = await read(configFor(sandbox), [configured('item')]);
    const end = Date.parse(contentOf(first.states.at(-1))['modified'] as string);
    const late = sandbox.control.run('bubble.insert', { type: 'item', values: {}, created: end - 20_000 }) as string;
    expect((await read(configFor(sandbox), [configured('item')], last(first.states))).ids).toContain(late);
    const naive = await read(configFor(sandbox, { lookback_seconds: 0 }), [configured('item')], last(first.states));
    expect(naive.ids).not.toContain(late);
  });

  it('R-11 R-14 restarting from any state covers every row', async () => {
    const full = await read(configFor(sandbox), [configured('item')]);
    const order = full.messages.filter(({ type }) => type === 'RECORD' || type === 'STATE');
    for (const [index, message] of order.entries()) {
      if (message.type !== 'STATE') continue;
      const before = order.slice(0, index).flatMap((part) => (part.type === 'RECORD' ? [part.record.data['_id']] : []));
      const rest = await read(configFor(sandbox), [configured('item')], [message.state]);
      expect(new Set([...before, ...rest.ids])).toEqual(allIds());
    }
  });

  it('R-11 a full refresh with a generation goes on where it was cut off', async () => {
    const strict = configured('item', 'full_refresh', { generation_id: 4, minimum_generation_id: 4 });
    const { states } = await read(configFor(sandbox), [strict]);
    expect(states.length).toBeGreaterThan(3);
    expect(contentOf(states[0])).toMatchObject({ ranges: [{ end: null }], generation_id: 4 });
    const rest = await read(configFor(sandbox), [strict], [states[1]!]);
    expect(rest.ids.length).toBeLessThan(200);
    expect(contentOf(rest.states.at(-1))).toEqual({ __ab_full_refresh_sync_complete: true });
  });

  it('R-12 R-13 far-future, empty and foreign states', async () => {
    const stateOf = (stream_state: object): StateMessage[] => [
      { type: 'STREAM', stream: { stream_descriptor: { name: 'item' }, stream_state: stream_state as never } },
    ];
    const future = { modified: '2999-01-01T00:00:00.000Z', ids: [] };
    const ahead = await read(configFor(sandbox), [configured('item')], stateOf(future));
    expect([ahead.ids, contentOf(ahead.states[0])]).toEqual([[], future]);
    for (const state of [{}, { modified: 'x' }, { cursor: 5 }, { __ab_full_refresh_sync_complete: true }]) {
      expect((await read(configFor(sandbox), [configured('item')], stateOf(state))).ids).toHaveLength(330);
    }
  });

  it('start_date leaves out rows that were changed before it, in both modes', async () => {
    const config = configFor(sandbox, { start_date: '2024-05-01T05:00:00Z' });
    for (const mode of ['incremental', 'full_refresh']) {
      expect((await read(config, [configured('item', mode)])).ids).toHaveLength(30);
    }
  });

  it('BUB-12 a deletion found by the sweep wins in append_dedup (naive variant: without a Modified Date it loses)', async () => {
    const config = configFor(sandbox, { detect_deletes: true });
    const first = await read(config, [configured('item')]);
    expect(first.ids).toHaveLength(330);
    const [gone] = [...allIds()].slice(-1);
    const newborn = '1715000000000x123456789012345678';
    sandbox.control.run('bubble.remove', { type: 'item', id: gone });
    sandbox.control.run('before', {
      nth: 3,
      match: { path: '/obj/item' },
      action: 'bubble.remove',
      params: { type: 'item', id: newborn },
    });
    sandbox.control.run('bubble.insert', {
      type: 'item',
      id: newborn,
      created: '2024-06-01T00:00:00.000Z',
      values: {},
    });
    const second = await read(config, [configured('item')], last(first.states));
    const deletions = second.records.filter((record) => record['_ab_cdc_deleted_at'] !== undefined);
    expect(deletions.map((record) => record['_id'])).toEqual([gone, newborn].sort());
    /** Last row of each key by the cursor, nulls oldest. */
    const dedup = (rows: readonly Record<string, unknown>[]) => {
      const kept = new Map<unknown, Record<string, unknown>>();
      const cursor = (row?: Record<string, unknown>) => String(row?.['Modified Date'] ?? '');
      for (const row of rows) if (cursor(row) >= cursor(kept.get(row['_id']))) kept.set(row['_id'], row);
      return [...kept.values()]
        .filter((row) => row['_ab_cdc_deleted_at'] === undefined)
        .map((row) => String(row['_id']));
    };
    expect(new Set(dedup([...first.records, ...second.records]))).toEqual(allIds());
    const naive = second.records.map(({ 'Modified Date': modified, ...row }) =>
      row['_ab_cdc_deleted_at'] === undefined ? { ...row, 'Modified Date': modified! } : row,
    );
    expect(dedup([...first.records, ...naive])).toContain(gone);
    const third = await read(config, [configured('item')], last(second.states));
    expect(third.records.some((record) => record['_ab_cdc_deleted_at'] !== undefined)).toBe(false);
  });

  it('a row that was read by a run that was cut off, and deleted before the next, is found by its sweep', async () => {
    const config = configFor(sandbox, { detect_deletes: true });
    const whole = await read(config, [configured('item')]);
    const [early] = whole.ids;
    sandbox.control.run('bubble.remove', { type: 'item', id: early });
    const next = await read(config, [configured('item')], whole.states.slice(0, 1));
    const deletions = next.records.filter((record) => record['_ab_cdc_deleted_at'] !== undefined);
    expect(deletions.map((record) => record['_id'])).toEqual([early]);
  });

  it('the time of a sweep never enters the state, and a stream of ids exists beside each type', async () => {
    const config = configFor(sandbox, { detect_deletes: true });
    const first = await read(config, [configured('item')]);
    const state = contentOf(first.states.at(-1));
    expect(state['modified']).toBe('2024-05-01T05:29:00.000Z');
    expect(JSON.stringify(state['known']).length).toBeLessThan(330 * 20);
    const ids = await read(config, [configured('item_ids', 'full_refresh')]);
    expect(new Set(ids.ids)).toEqual(allIds());
    expect(Object.keys(ids.records[0]!)).toEqual(['_id']);
  });
});
