import fs from 'node:fs';
import path from 'node:path';
import { NoteApp, recordLine, rows, stateLine } from './note-app.js';

const bad = (count: number) => rows(count).map((row) => ({ ...row, count: 'many' }));

describe('destination-bubble rejected records', () => {
  let app: NoteApp;
  beforeEach(async () => {
    app = await NoteApp.start();
  });
  afterEach(() => app.close());

  it('more than max_rejected fail the sync, and no state comes back; the ledger keeps them', async () => {
    const config = { max_rejected: '2', ledger_path: app.ledgerPath };
    const result = await app.write([...bad(3), { id: 'k9', title: 'good' }], { config });
    expect([result.exitCode, result.states, app.ledger().length]).toEqual([1, [], 3]);
    expect(result.errors).toEqual([
      `3 of 4 records were rejected, more than max_rejected (2). The first, of stream "notes": count is no number. They are listed in ${app.ledgerPath}. Correct the records or the mapping, or raise max_rejected, and run the sync again.`,
    ]);
  });

  it('without a ledger the log names each record, without its values', async () => {
    const result = await app.write(bad(1), { config: { max_rejected: '0' } });
    expect(result.logs).toContain('Record "k0" of stream "notes" was rejected: count is no number');
    expect(result.errors[0]).toContain('The log names each of them.');
  });

  it.each([
    [19, 1, 0],
    [18, 2, 1],
  ])('max_rejected as a percentage: %i good and %i bad records end with %i', async (good, wrong, exitCode) => {
    const records = [...bad(wrong), ...rows(20).slice(20 - good)];
    const result = await app.write(records, { config: { max_rejected: '5%', batch_size: 1 } });
    expect(result.exitCode).toBe(exitCode);
    // Judged at the end: the state covers what is written or in the ledger.
    expect(result.states.map(({ destinationStats }) => destinationStats?.rejectedRecordCount)).toEqual([wrong]);
  });

  it('D-ST-01 the ledger is safe before a state that covers its records goes back', async () => {
    let seen: unknown;
    const order: string[] = [];
    const { fsyncSync } = fs;
    const sync = jest.spyOn(fs, 'fsyncSync').mockImplementation((handle) => {
      fsyncSync(handle);
      order.push('fsync');
    });
    const files = { config: app.config({ config: { ledger_path: app.ledgerPath } }), catalog: app.catalog() };
    const lines = [recordLine(bad(1)[0]), stateLine(1), recordLine(rows(1)[0]), stateLine(2)];
    try {
      await app.run('write', files, lines, true, (text) => {
        if (!text.includes('"STATE"')) return;
        order.push('state');
        seen ??= app.ledger();
      });
    } finally {
      sync.mockRestore();
    }
    expect(seen).toEqual([expect.objectContaining({ stream: 'notes', key: 'k0', reason: 'count is no number' })]);
    // The file and its folder; then, when the record was written after all, both again.
    expect(order).toEqual(['fsync', 'fsync', 'state', 'fsync', 'fsync', 'state']);
    expect(app.ledger()).toEqual([]);
  });

  it('attempts are counted by sync; what was rejected before comes first', async () => {
    const config = { ledger_path: app.ledgerPath };
    const records = [...rows(5), { id: 'late', title: 'x', count: 'many' }];
    await app.write(records, { config });
    await app.write(records, { config });
    expect(app.ledger().map(({ key, attempt }) => [key, attempt])).toEqual([['late', 2]]);
    const mended = [...rows(5, 'again'), { id: 'late', title: 'first', count: 1 }];
    await app.write(mended, { config: { ...config, batch_size: 1 }, isSlow: false });
    expect(app.ledger()).toEqual([]);
  });

  it('records without a key are listed for one sync: they cannot be recognised', async () => {
    const config = { ledger_path: app.ledgerPath };
    await app.write([{ title: 'a' }, { title: 'b' }], { config });
    expect(app.ledger().map(({ key }) => key)).toEqual(['', '']);
    await app.write(rows(1), { config });
    expect(app.ledger()).toEqual([]);
  });

  it('a reason that repeats a value or the token is kept without it; the file is for its owner only', async () => {
    app.seed(1);
    const token = app.sandbox.bubble.token;
    const message = `Cannot take very-private-title with ${token}`;
    const body = JSON.stringify({ statusCode: 400, body: { status: 'INVALID_DATA', message } });
    app.sandbox.control.faults.add({ fault: { kind: 'status', status: 400, body }, match: { method: 'PATCH' } });
    const config = { ledger_path: app.ledgerPath };
    const result = await app.write([{ id: 'k0', title: 'very-private-title' }], { config });
    expect(app.ledger()[0]).toMatchObject({ reason: expect.stringMatching(/^Cannot take … with \*+$/), status: 400 });
    expect(result.text + JSON.stringify(app.ledger())).not.toMatch(new RegExp(`very-private-title|${token}`));
    expect(fs.statSync(app.ledgerPath).mode & 0o777).toBe(0o600);
  });

  it('a ledger that cannot be used stops the sync before anything is written', async () => {
    fs.writeFileSync(app.ledgerPath, 'something else\n');
    const foreign = await app.write(rows(1), { config: { ledger_path: app.ledgerPath } });
    expect(foreign.errors).toEqual([expect.stringMatching(/^ledger_path: .* is no ledger of rejected records/)]);
    expect(fs.readFileSync(app.ledgerPath, 'utf8')).toBe('something else\n');
    const below = path.join(app.ledgerPath, 'file.jsonl');
    const blocked = await app.write(rows(1), { config: { ledger_path: below } });
    expect(blocked.errors).toEqual([expect.stringMatching(/^ledger_path: .* cannot be written/)]);
    expect((await app.check({ config: { ledger_path: below } })).message).toContain('ledger_path');
    expect(app.requests()).toBe(0);
  });
});
