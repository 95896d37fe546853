import { connectorCommand, runCommand, statesOf, writeJson } from '@cuttle/testing';
import { MAPPING, NoteApp, recordLine, rows, stateLine } from './note-app.js';

const KEYS = (count: number) =>
  rows(count)
    .map(({ id }) => id)
    .sort();

describe('destination-bubble write', () => {
  let app: NoteApp;
  beforeEach(async () => {
    app = await NoteApp.start();
  });
  afterEach(() => app.close());
  const faults = () => app.sandbox.control.faults;

  it('BW-01 a bulk answer with refused lines: the others are written, these are rejected with their reasons', async () => {
    const records = rows(20).map((row, at) => (at % 7 === 3 ? { ...row, title: { no: 'text' } } : row));
    const options = { stream: { mapping: [{ from: 'title', to: 'title' }] }, config: { ledger_path: app.ledgerPath } };
    const result = await app.write(records, options);
    expect([result.exitCode, app.things().length]).toEqual([0, 17]);
    expect(result.summary).toContain('17 created, 0 updated, 0 deleted, 3 rejected');
    expect(result.logs).toContainEqual(expect.stringMatching(/^3 rejected: Invalid data for field title/));
    expect(result.states.map(({ destinationStats }) => destinationStats)).toEqual([
      { recordCount: 20, rejectedRecordCount: 3 },
    ]);
    expect(app.ledger().map(({ key, attempt }) => [key, attempt])).toEqual([
      ['k3', 1],
      ['k10', 1],
      ['k17', 1],
    ]);
    expect(JSON.stringify(app.ledger())).not.toContain('"no"');
    const mended = rows(20).filter((_row, at) => at !== 10);
    await app.write(mended, options);
    expect(app.things()).toHaveLength(19);
    expect(app.ledger().map(({ key }) => key)).toEqual(['k10']);
  });

  it('BW-02 a connection cut after the server did the work makes no thing twice', async () => {
    for (const kind of ['reset', 'status'] as const) {
      const fault = kind === 'reset' ? { kind, when: 'after' as const } : { kind, status: 502, when: 'after' as const };
      faults().add({ fault, match: { method: 'POST' } });
      const records = rows(30).map((row) => ({ ...row, id: `${kind}-${row['id']}` }));
      const result = await app.write(records);
      expect([result.exitCode, result.summary]).toEqual([0, expect.stringContaining('30 created')]);
    }
    expect(app.valuesOf('key_text')).toEqual([
      ...KEYS(30).map((key) => `reset-${key}`),
      ...KEYS(30).map((key) => `status-${key}`),
    ]);
  });

  it.each([
    ['a generic body in the place of lines', '{"statusCode":500,"body":{"message":"busy"}}', 'application/json'],
    ['a page of a proxy', '<html>busy</html>', 'text/html'],
    ['half of an answer', '{"status":"success","id":"1x1"}\n{"status":"suc', 'text/plain'],
  ])('BW-02 %s with status 200, behind which everything was done: each thing once', async (_name, body, contentType) => {
    faults().add({
      fault: { kind: 'status', status: 200, when: 'after', body, contentType },
      match: { method: 'POST' },
    });
    const result = await app.write(rows(2));
    expect([result.exitCode, app.valuesOf('key_text')]).toEqual([0, ['k0', 'k1']]);
  });

  it('BW-02 what a lost request still does while it is looked for is waited for', async () => {
    // The request is answered with an error at once; its things appear before the first look and before the second.
    faults().add({ fault: { kind: 'status', status: 504, when: 'before' }, match: { method: 'POST' } });
    for (const [at, row] of rows(6).entries()) {
      const values = { key: row['id'], title: row['title'] };
      const params = { type: 'note', created: '2024-08-31T00:00:00Z', values };
      app.sandbox.control.run('before', {
        nth: at < 3 ? 2 : 3,
        match: { method: 'GET' },
        action: 'bubble.insert',
        params,
      });
    }
    const result = await app.write(rows(6));
    expect([result.exitCode, app.valuesOf('key_text')]).toEqual([0, KEYS(6)]);
    expect(app.requests('POST')).toBe(1);
  });

  it.each([
    [500, '{"error":"busy"}', /\(500\)/],
    [400, '{"statusCode":400,"body":{"status":"INVALID_DATA","message":"Not this one"}}', /Not this one$/],
    [413, 'too large', /Bubble finds it too large$/],
  ])('a bulk request that fails as a whole (%i) is split until what it fails for stands alone, and only that is rejected', async (status, body, reason) => {
    const fault = { kind: 'status', status, body, when: 'before' } as const;
    faults().add({ fault, match: { method: 'POST', body: 'title 4' }, count: 0 });
    const result = await app.write(rows(9));
    expect([result.exitCode, app.things().length]).toEqual([0, 8]);
    const told = result.logs.find((line) => line.startsWith('Record "k4" of stream "notes" was rejected: '));
    expect(told).toMatch(reason);
  });

  it('an outage ends the sync as one that may be tried again, and rejects nothing', async () => {
    faults().add({ fault: { kind: 'status', status: 503, when: 'before' }, count: 0 });
    const result = await app.write(rows(9), { config: { http_max_attempts: 2 } });
    expect([result.exitCode, result.states, result.summary]).toEqual([1, [], expect.stringContaining('0 rejected')]);
    expect(result.text).toContain('"failure_type":"transient_error"');
  });

  it('BW-03 the second run writes nothing, a changed row alone is changed', async () => {
    await app.write(rows(25));
    app.sandbox.control.clock.set('2024-09-05T00:00:00Z');
    const before = app.writes();
    const second = await app.write(rows(25));
    expect(second.summary).toContain('25 scanned, 25 unchanged, 0 created, 0 updated');
    expect(app.writes()).toBe(before);
    await app.write(rows(25).map((row, at) => (at === 7 ? { ...row, title: 'changed' } : row)));
    expect(app.writes()).toBe(before + 1);
    const changed = app.things().filter(({ modifiedMs }) => modifiedMs === Date.parse('2024-09-05T00:00:00Z'));
    expect(changed).toHaveLength(1);
  });

  it('the calls of a run are those that are needed, and are told', async () => {
    const before = app.requests();
    const first = await app.write(rows(250));
    // 3 batches, each looked up by one request and created by another.
    expect([app.requests() - before, first.summary]).toEqual([6, expect.stringMatching(/, 6 calls\.$/)]);
    const second = await app.write(rows(250).map((row, at) => (at % 100 === 0 ? { ...row, title: 'new' } : row)));
    expect([app.requests() - before, second.summary]).toEqual([12, expect.stringMatching(/, 6 calls\.$/)]);
  });

  it('requests_per_minute is kept, by changes that run side by side too', async () => {
    app.seed(30);
    const started = performance.now();
    const result = await app.write(rows(30), { config: { requests_per_minute: 1200, concurrency: 8 } });
    // 20 at once, then one each 50 ms: 31 requests cannot take less.
    expect(performance.now() - started).toBeGreaterThan(500);
    expect(result.summary).toContain('30 updated, 0 deleted, 0 rejected, 31 calls');
  });

  it('BW-04 fields that are not mapped keep their value, null clears only where it is asked to', async () => {
    app.insert({ key: 'k0', title: 'old', count: 9, other: 'mine' });
    const mapping = [MAPPING[0], { ...MAPPING[1], on_null: 'clear' }];
    await app.write([{ id: 'k0', title: null, count: null }], { stream: { mapping } });
    expect(app.things()[0]?.values).toEqual({ key_text: 'k0', title_text: 'old', other_text: 'mine' });
    expect(app.requests('PUT')).toBe(0);
  });

  it.each([
    'absent',
    'seconds',
    'date',
  ] as const)('BW-05 429 in the middle of a batch (Retry-After: %s) is waited for; everything is written', async (retryAfter) => {
    app.seed(12);
    const fault = { kind: 'rate_limit', retryAfter, seconds: 0 } as const;
    faults().add({ fault, match: { method: 'PATCH' }, after: 3, count: 5 });
    faults().add({ fault, match: { method: 'POST' }, count: 2 });
    const result = await app.write(rows(20), { config: { http_max_attempts: 12 } });
    expect([result.exitCode, app.valuesOf('title_text')]).toEqual([
      0,
      rows(20)
        .map(({ title }) => title)
        .sort(),
    ]);
    expect(result.summary).toContain('8 created, 12 updated, 0 deleted, 0 rejected');
  });

  it('BW-07 killed in the middle and run again: each thing once', async () => {
    faults().add({ fault: { kind: 'hang', when: 'after' }, match: { method: 'POST' }, after: 2 });
    const options = { config: { batch_size: 5 } };
    const args = [
      'write',
      '--config',
      writeJson(app.folder, 'config.json', app.config(options)),
      '--catalog',
      writeJson(app.folder, 'catalog.json', app.catalog()),
    ];
    let timer: NodeJS.Timeout | undefined;
    const killed = await runCommand(connectorCommand('destinations/bubble'), args, {
      input: [...rows(40).map((row) => recordLine(row)), stateLine(40)].map((line) => `${line}\n`),
      onStart: (child) => {
        timer = setInterval(() => {
          if (app.things().length >= 15) child.kill('SIGKILL');
        }, 10);
      },
    });
    clearInterval(timer);
    expect([killed.signal, statesOf(killed)]).toEqual(['SIGKILL', []]);
    expect(app.things().length).toBeLessThan(40);
    faults().clear();
    expect((await app.write(rows(40), options)).exitCode).toBe(0);
    expect(app.valuesOf('key_text')).toEqual(KEYS(40));
  });

  it('BW-07 a run whose reader is gone creates nothing more: somebody may have begun anew', async () => {
    const args = [
      'write',
      '--config',
      writeJson(app.folder, 'config.json', app.config({ config: { batch_size: 1 } })),
      '--catalog',
      writeJson(app.folder, 'catalog.json', app.catalog()),
    ];
    faults().add({ fault: { kind: 'slow_answer', delayMs: 100 }, match: { method: 'GET' }, after: 1, count: 1 });
    const result = await runCommand(connectorCommand('destinations/bubble'), args, {
      input: [...rows(20).map((row) => recordLine(row)), stateLine(20)].map((line) => `${line}\n`),
      closeAfterBytes: 1,
    });
    expect(result.exitCode).toBe(1);
    expect(app.things()).toHaveLength(1);
  });

  it('BW-08 a record reaches its thing by _id, and is read back with a newer Modified Date', async () => {
    const id = app.insert({ key: 'k0', title: 'old' });
    const records = [
      { id, title: 'new', count: 1 },
      { id: 'nobody', title: 'x', count: 1 },
    ];
    const result = await app.write(records, { stream: { mode: 'update', match: { record_field: 'id' } } });
    expect(result.summary).toContain('1 updated, 0 deleted, 1 rejected');
    expect(result.logs).toContain('1 rejected: there is no such thing');
    const answer = await fetch(`${app.sandbox.bubble.baseUrl}/obj/note/${id}`, {
      headers: { authorization: `Bearer ${app.sandbox.bubble.token}` },
    });
    const { response } = (await answer.json()) as { response: Record<string, unknown> };
    expect(response).toMatchObject({ title: 'new', count: 1 });
    expect(Date.parse(String(response['Modified Date']))).toBe(app.sandbox.control.clock.now());
  });

  it('of several records with one key the last one wins, in a batch and over batches', async () => {
    const records = [...rows(3), { id: 'k1', title: 'later', count: 1 }, ...rows(1, 'last')];
    for (const config of [{}, { batch_size: 1 }]) {
      await app.write(records, { config });
      expect(app.valuesOf('title_text')).toEqual(['last 0', 'later', 'title 2']);
    }
  });

  it('keys of several things are rejected, and none of the things is changed', async () => {
    app.insert({ key: 'k0', title: 'one' });
    app.insert({ key: 'k0', title: 'two' });
    const result = await app.write(rows(2));
    expect(result.logs).toContain('1 rejected: several things have this key');
    expect(app.valuesOf('title_text')).toEqual(['one', 'title 1', 'two']);
  });

  it('long keys are looked up in several requests, whose addresses stay short', async () => {
    const records = rows(40).map((row) => ({ ...row, id: `${String(row['id'])}-${'é'.repeat(200)}` }));
    expect((await app.write(records)).exitCode).toBe(0);
    expect((await app.write(records)).summary).toContain('40 unchanged');
  });

  it('integers beyond 2^53 are kept exactly as keys and texts, and rejected as numbers', async () => {
    const lines = [
      '{"type":"RECORD","record":{"stream":"notes","emitted_at":1,"data":{"id":9007199254740993,"title":9007199254740995,"count":1}}}',
      '{"type":"RECORD","record":{"stream":"notes","emitted_at":1,"data":{"id":9007199254740992,"title":"\\"9007199254740997","count":-9007199254740993}}}',
      stateLine(2),
    ];
    const result = await app.write([], { lines });
    expect(app.things().map(({ values }) => [values['key_text'], values['title_text']])).toEqual([
      ['9007199254740993', '9007199254740995'],
    ]);
    expect(result.logs).toContainEqual(expect.stringMatching(/^1 rejected: count is a whole number beyond 2\^53/));
  });

  it('a dry run looks everything up, counts what it would do, writes nothing, and returns no state', async () => {
    app.insert({ key: 'k0', title: 'old' });
    const config = { dry_run: true, ledger_path: app.ledgerPath };
    const result = await app.write([...rows(3), { title: 'no key' }], { config });
    expect([result.exitCode, result.states]).toEqual([0, []]);
    expect(result.summary).toContain('2 created, 1 updated, 0 deleted, 1 rejected');
    expect(result.logs).toContainEqual(expect.stringMatching(/^Dry run: nothing was written/));
    expect(app.writes()).toBe(0);
    expect(() => app.ledger()).toThrow('ENOENT');
  });
});
