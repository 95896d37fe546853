import { NoteApp, recordLine, rows, stateLine, statusLine } from './note-app.js';

const DELETING = { sync: 'overwrite', stream: { delete_behavior: 'delete' }, config: { allow_delete: true } };
const STRICT = {
  ...DELETING,
  sync: 'append',
  configured: { sync_mode: 'incremental', generation_id: 7, minimum_generation_id: 7 },
};
const lines = (count: number, ...end: readonly string[]) => [...rows(count).map((row) => recordLine(row)), ...end];

describe('destination-bubble mirror', () => {
  let app: NoteApp;
  beforeEach(async () => {
    app = await NoteApp.start();
    app.seed(10);
  });
  afterEach(() => app.close());

  it('BW-06 D-PLN-02 deletes what no record names, only with the switch, before its state goes back', async () => {
    const refused = await app.write(rows(9), { ...DELETING, config: {} });
    expect(refused.errors).toEqual(['Stream "notes": mirror with delete_behavior "delete" needs allow_delete.']);
    expect([refused.text.includes('config_error'), app.writes()]).toEqual([true, 0]);
    const done = await app.write(rows(9), DELETING);
    expect([done.exitCode, done.states.length, done.summary]).toEqual([0, 1, expect.stringContaining('1 deleted')]);
    expect(app.things()).toHaveLength(9);
  });

  it('BW-06 clears instead, once', async () => {
    const options = { ...DELETING, stream: { delete_behavior: 'clear' } };
    expect((await app.write(rows(8), options)).summary).toContain('2 deleted');
    expect(app.things().filter(({ values }) => values['title_text'] === undefined)).toHaveLength(2);
    const before = app.writes();
    expect((await app.write(rows(8), options)).summary).toContain('0 deleted');
    expect(app.writes()).toBe(before);
  });

  it('BW-06 things that are cleared already do not count against max_delete_share', async () => {
    const options = { ...DELETING, stream: { delete_behavior: 'clear' } };
    await app.write(rows(8), options);
    const second = await app.write(rows(7), options);
    expect([second.errors, second.summary]).toEqual([[], expect.stringContaining('1 deleted')]);
    expect(app.things().filter(({ values }) => values['title_text'] === undefined)).toHaveLength(3);
    const third = await app.write(rows(4), options);
    expect(third.errors[0]).toContain('would clear 3 of 10 things');
  });

  it('BW-06 with delete_behavior nothing it is an upsert', async () => {
    const done = await app.write(rows(2), { sync: 'overwrite' });
    expect([done.exitCode, done.summary]).toEqual([0, expect.stringContaining('2 updated, 0 deleted')]);
  });

  it.each([
    ['five of ten', 5, 'would delete 5 of 10 things, more than max_delete_share (0.2)'],
    ['an empty stream', 0, 'would delete 10 of 10 things'],
  ])('BW-06 %s are too many: nothing is deleted, the state stays back', async (_name, count, text) => {
    const guarded = await app.write(rows(count), DELETING);
    expect([guarded.exitCode, guarded.states, app.things().length]).toEqual([1, [], 10]);
    expect(guarded.errors[0]).toContain(text);
    expect(app.requests('DELETE')).toBe(0);
  });

  it.each([
    ['a cut input', DELETING, lines(9)],
    ['a record behind the last state (D-PLN-03)', DELETING, [...lines(8, stateLine(8)), recordLine(rows(9)[8])]],
    ['INCOMPLETE', DELETING, lines(9, stateLine(9), statusLine('INCOMPLETE'))],
    ['a last state without COMPLETE where generation ids stand in the catalog', STRICT, lines(9, stateLine(9))],
    ['INCOMPLETE with generation ids', STRICT, lines(9, stateLine(9), statusLine('INCOMPLETE'))],
  ])('BW-06 nothing is deleted after %s; the states stay back, so the next sync begins anew', async (_name, options, given) => {
    const result = await app.write([], { ...options, lines: given });
    expect([result.exitCode, result.states, app.requests('DELETE')]).toEqual([1, [], 0]);
    expect(result.errors[0]).toMatch(/before these streams were complete: "notes".*nothing was deleted/);
  });

  it('BW-06 COMPLETE makes a stream with generation ids whole; states come back after the deletion', async () => {
    const given = [...lines(4, stateLine(4)), ...lines(9, stateLine(9), statusLine('COMPLETE'))];
    const done = await app.write([], { ...STRICT, lines: given, isSlow: true });
    expect([done.exitCode, app.things().length]).toEqual([0, 9]);
    expect(done.states.map(({ stream }) => stream?.stream_state)).toEqual([{ at: 4 }, { at: 9 }]);
  });

  it.each([
    0, 1,
  ])('an append with a minimum generation of a client that does not number its syncs (%s) removes nothing', async (sync_id) => {
    const configured = { sync_mode: 'incremental', generation_id: 1, minimum_generation_id: 1, sync_id };
    const given = [recordLine({ id: 'new', title: 'x', count: '1' }), stateLine(1), statusLine('COMPLETE')];
    for (const count of [11, 12]) {
      const inserted = await app.write([], { ...DELETING, sync: 'append', stream: {}, configured, lines: given });
      expect([inserted.errors, inserted.states.length, app.things().length]).toEqual([[], 1, count]);
    }
    expect(app.requests('DELETE')).toBe(0);
  });

  it('BW-06 D-PLN-04 a stream of which nothing came is left as it is', async () => {
    const done = await app.write([], { ...DELETING, lines: [] });
    expect([done.exitCode, app.things().length]).toEqual([0, 10]);
  });

  it.each([
    ['a value that does not fit', { id: 'k8', title: 'x', count: 'many' }],
    ['no key', { id: null, title: 'x' }],
    ['no object', 5],
  ])('BW-06 a rejected record (%s) keeps everything: nothing is deleted, and a warning says so', async (_name, odd) => {
    const result = await app.write([...rows(8), odd], DELETING);
    expect([result.exitCode, result.states.length, app.requests('DELETE')]).toEqual([0, 1, 0]);
    expect(result.logs).toContainEqual(
      expect.stringMatching(
        /^Stream "notes": with rejected records \(1\).*Nothing is deleted or cleared in this sync\.$/,
      ),
    );
  });

  it('BW-06 two streams that write one type are no mirror of it', async () => {
    const config = app.config(DELETING) as { streams: object[] };
    const other = { ...config.streams[0], stream: 'others', delete_behavior: 'nothing' };
    const { streams } = app.catalog(DELETING) as { streams: { stream: object }[] };
    const second = { ...streams[0], stream: { ...streams[0]!.stream, name: 'others' } };
    const files = {
      config: { ...config, streams: [...config.streams, other] },
      catalog: { streams: [...streams, second] },
    };
    const result = await app.run('write', files, [stateLine(0), stateLine(0, 'others')]);
    expect(result.errors[0]).toContain('mirror would delete what another stream writes into type "note"');
    expect(app.writes()).toBe(0);
  });

  it('BW-06 D-PLN-05 a GLOBAL state waits for the mirror among its streams, and stays back when that is guarded', async () => {
    const plain = { stream: 'others', bubble_type: 'order', mode: 'insert', mapping: [{ from: 'id', to: 'Status' }] };
    const config = app.config(DELETING) as { streams: object[] };
    const { streams } = app.catalog(DELETING) as { streams: { stream: object }[] };
    const others = {
      ...streams[0],
      stream: { ...streams[0]!.stream, name: 'others' },
      destination_sync_mode: 'append',
    };
    const files = {
      config: { ...config, streams: [...config.streams, plain] },
      catalog: { streams: [...streams, others] },
    };
    const global = JSON.stringify({ type: 'STATE', state: { type: 'GLOBAL', global: { stream_states: [] } } });
    const guarded = await app.run('write', files, [...lines(5), global]);
    expect([guarded.exitCode, guarded.states, app.things().length]).toEqual([1, [], 10]);
    let left = -1;
    const whole = await app.run('write', files, [...lines(9), global], false, (text) => {
      if (text.includes('"GLOBAL"')) left = app.things().length;
    });
    expect([whole.exitCode, whole.states.length, left]).toEqual([0, 1, 9]);
  });

  it('BW-06 D-PLN-06 a stream that may send states inside of a full refresh is named in a warning', async () => {
    const stream = { name: 'notes', json_schema: {}, supported_sync_modes: ['full_refresh'], is_resumable: true };
    const result = await app.write(rows(10), { ...DELETING, configured: { stream } });
    expect(result.logs).toContainEqual(expect.stringMatching(/^Stream "notes" may send states inside a full refresh/));
    expect((await app.write(rows(10), DELETING)).logs.join()).not.toContain('may send states');
  });

  it('BW-07 stopped among the deletions and run again: the same end', async () => {
    const { faults } = app.sandbox.control;
    faults.add({
      fault: { kind: 'status', status: 503, when: 'after' },
      match: { method: 'DELETE' },
      after: 1,
      count: 0,
    });
    const options = {
      ...DELETING,
      config: { allow_delete: true, max_delete_share: 0.5, concurrency: 1, http_max_attempts: 1 },
    };
    const stopped = await app.write(rows(6), options);
    expect([stopped.exitCode, stopped.states, app.things().length]).toEqual([1, [], 8]);
    faults.clear();
    const again = await app.write(rows(6), options);
    expect([again.exitCode, app.valuesOf('key_text')]).toEqual([0, ['k0', 'k1', 'k2', 'k3', 'k4', 'k5']]);
  });

  it('BW-06 a dry run counts what it would delete', async () => {
    const config = { allow_delete: true, dry_run: true };
    const result = await app.write(rows(9), { ...DELETING, config });
    expect([result.summary, app.writes()]).toEqual([expect.stringContaining('9 updated, 1 deleted'), 0]);
  });
});
