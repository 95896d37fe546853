import { NoteApp, recordLine, rows, stateLine, statusLine } from './note-app.js';

const INSERT = { sync: 'append' };
const NO_MATCH = { sync: 'append', stream: { match: undefined } };
const titles = (count: number) =>
  rows(count)
    .map(({ title }) => title)
    .sort();

describe('destination-bubble insert', () => {
  let app: NoteApp;
  beforeEach(async () => {
    app = await NoteApp.start();
  });
  afterEach(() => app.close());
  const afterwards = (fault: { kind: 'reset' } | { kind: 'status'; status: number }) =>
    app.sandbox.control.faults.add({ fault: { ...fault, when: 'after' }, match: { method: 'POST' } });

  it('D-APP-01 D-PLN-01 every record becomes a thing: equal keys do not collapse, in a batch or over syncs', async () => {
    const twins = [...rows(3), ...rows(3)];
    expect((await app.write(twins, INSERT)).summary).toContain('6 created');
    expect((await app.write(twins, INSERT)).summary).toContain('6 created');
    expect(app.valuesOf('title_text')).toEqual([...titles(3), ...titles(3), ...titles(3), ...titles(3)].sort());
  });

  it('records without a key are inserted too, and match may be left out', async () => {
    const result = await app.write([{ id: null, title: 'a' }, { title: 'b' }], INSERT);
    expect(result.summary).toContain('2 created, 0 updated, 0 deleted, 0 rejected');
    await app.write(rows(2), NO_MATCH);
    expect(app.things().map(({ values }) => values['key_text'])).toEqual([undefined, undefined, undefined, undefined]);
    expect(app.valuesOf('title_text')).toEqual(['a', 'b', 'title 0', 'title 1']);
  });

  it.each([
    ['with a key', INSERT],
    ['without a key', NO_MATCH],
    ['matched by _id, which cannot be set', { sync: 'append', stream: { match: { record_field: 'id' } } }],
  ])('BW-02 a lost answer, %s: what an earlier sync inserted is not taken for it, each record is there once', async (_name, options) => {
    await app.write(rows(8), options);
    afterwards({ kind: 'reset' });
    const lost = await app.write(rows(8), options);
    expect([lost.exitCode, lost.summary]).toEqual([0, expect.stringContaining('8 created')]);
    // Nothing was done this time, while things of the same keys and values stand there.
    app.sandbox.control.faults.add({
      fault: { kind: 'status', status: 502, when: 'before' },
      match: { method: 'POST' },
    });
    const undone = await app.write(rows(8), options);
    expect([undone.exitCode, undone.summary]).toEqual([0, expect.stringContaining('8 created')]);
    expect(app.valuesOf('title_text')).toEqual([...titles(8), ...titles(8), ...titles(8)].sort());
  });

  it('BW-02 a lost answer in the middle of a run, among equal keys: as many things as records', async () => {
    app.sandbox.control.faults.add({
      fault: { kind: 'reset', when: 'after' },
      match: { method: 'POST' },
      after: 2,
      count: 2,
    });
    const records = [...rows(4), ...rows(4), ...rows(4), ...rows(4)];
    const result = await app.write(records, { ...INSERT, config: { batch_size: 4 } });
    expect([result.exitCode, app.things().length]).toEqual([0, 16]);
    expect(app.valuesOf('title_text')).toEqual([...titles(4), ...titles(4), ...titles(4), ...titles(4)].sort());
  });

  it('of a large type only the newest things are looked at', async () => {
    app.sandbox.control.run('bubble.seed', { type: 'note', count: 500, created: '2024-01-01T00:00:00Z' });
    const before = app.requests();
    const result = await app.write(rows(5), INSERT);
    // The newest thing, those of its time, the bulk request.
    expect([result.exitCode, app.requests() - before]).toEqual([0, 3]);
  });

  it('records behind the last state of a stream that was cut off are not inserted: the source sends them again', async () => {
    const [first, second, third] = rows(3);
    const lines = [recordLine(first), stateLine(1), recordLine(second)];
    const cut = await app.write([], { ...INSERT, lines });
    expect([cut.exitCode, cut.states.length, app.valuesOf('key_text')]).toEqual([1, 1, ['k0']]);
    expect(cut.errors[0]).toMatch(/^The input ended before these streams were complete: "notes"/);
    const strict = { ...INSERT, configured: { generation_id: 1, minimum_generation_id: 0 } };
    const rest = [recordLine(second), stateLine(2), recordLine(third), statusLine('COMPLETE')];
    expect((await app.write([], { ...strict, lines: rest })).exitCode).toBe(0);
    expect(app.valuesOf('key_text')).toEqual(['k0', 'k1', 'k2']);
  });

  it('a mode that needs a key says so', async () => {
    const result = await app.write(rows(1), { stream: { match: undefined } });
    expect(result.errors).toEqual([
      'Stream "notes": mode "upsert" needs match, which says how a record finds its thing.',
    ]);
  });
});
