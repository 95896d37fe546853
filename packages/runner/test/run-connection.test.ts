import fs from 'node:fs';
import os from 'node:os';
import { Workspace, type WorkspaceOptions } from './harness.js';

const open: Workspace[] = [];
function workspace(options: WorkspaceOptions): Workspace {
  const made = new Workspace(options);
  open.push(made);
  return made;
}
afterEach(() => {
  for (const made of open.splice(0)) made.remove();
});

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

describe('runConnection', () => {
  it('moves every record, keeps the state and leaves no private file behind', async () => {
    const before = fs.readdirSync(os.tmpdir()).filter((name) => name.startsWith(`cuttle-run-${process.pid}-`));
    const made = workspace({
      streams: [
        { name: 'orders', count: 1000, state_every: 300 },
        { name: 'empty', count: 0 },
      ],
    });
    const result = await made.run();
    expect(result.errors).toEqual([]);
    expect(result.outcome).toBe('succeeded');
    expect(made.ids('default.orders')).toEqual(range(1000));
    expect(
      result.streams.map(({ records, states, acknowledgedStates, isComplete }) => [
        records,
        states,
        acknowledgedStates,
        isComplete,
      ]),
    ).toEqual([
      [1000, 4, 4, true],
      [0, 1, 1, true],
    ]);
    expect(made.state().streams.map((stream) => [stream['name'], stream['state'], stream['isOpen']])).toEqual([
      ['orders', { offset: 1000 }, false],
      ['empty', { offset: 0 }, false],
    ]);
    const after = fs.readdirSync(os.tmpdir()).filter((name) => name.startsWith(`cuttle-run-${process.pid}-`));
    expect(after).toEqual(before);
  });

  it('resumes an incremental sync from the saved state', async () => {
    const made = workspace({ streams: [{ name: 'orders', count: 10 }] });
    await made.run();
    made.write({ streams: [{ name: 'orders', count: 15 }], source: { dump: made.file('source.json') } });
    const second = await made.run();
    expect(second.streams[0]!.records).toBe(5);
    expect(made.ids('default.orders')).toEqual(range(15));
    const { state } = JSON.parse(fs.readFileSync(made.file('source.json'), 'utf8'));
    expect(state).toEqual([
      { type: 'STREAM', stream: { stream_descriptor: { name: 'orders' }, stream_state: { offset: 10 } } },
    ]);
  });

  it('maps names and namespaces for the destination and back for the state, whatever the order of keys', async () => {
    for (const source of [{}, { key_order: 'data_first' }, { state_type: 'GLOBAL' }]) {
      const made = workspace({
        streams: [{ name: 'orders', namespace: 'shop', count: 5, state_every: 2 }],
        source,
        connection: `namespace: { format: "RAW_\${SOURCE_NAMESPACE}" }\nprefix: my_\nstreams:\n  shop.orders: { sync: incremental dedup }`,
      });
      const result = await made.run();
      expect(result.outcome).toBe('succeeded');
      expect(made.ids('RAW_shop.my_orders')).toEqual(range(5));
      expect(made.state().streams).toEqual([
        expect.objectContaining({ name: 'orders', namespace: 'shop', state: { offset: 5 } }),
      ]);
      const catalog = JSON.parse(fs.readFileSync(`${made.rowsFolder}/catalog.json`, 'utf8'));
      expect(catalog.streams[0]).toMatchObject({
        stream: { name: 'my_orders', namespace: 'RAW_shop' },
        sync_mode: 'incremental',
        destination_sync_mode: 'append_dedup',
        primary_key: [['id']],
        cursor_field: ['id'],
        minimum_generation_id: 0,
      });
    }
  });

  it('D-NAM-06 takes an empty namespace of the source for none, in records, states and the next run', async () => {
    for (const rule of ['source', 'destination', '{ format: "${SOURCE_NAMESPACE}" }']) {
      const options = (count: number, source: object = {}): WorkspaceOptions => ({
        streams: [{ name: 'orders', namespace: '', count, state_every: 2 }],
        source,
        connection: `namespace: ${rule}\nstreams:\n  orders: { sync: incremental append }`,
      });
      const made = workspace(options(5));
      expect(await made.run()).toMatchObject({ outcome: 'succeeded', errors: [] });
      expect(made.ids('default.orders')).toEqual(range(5));
      expect(made.state().streams).toEqual([expect.objectContaining({ name: 'orders', state: { offset: 5 } })]);
      expect(made.state().streams[0]).not.toHaveProperty('namespace');
      // The source gets its own spelling back.
      made.write(options(7, { dump: made.file('source.json'), key_order: 'data_first' }));
      expect(await made.run()).toMatchObject({ outcome: 'succeeded', errors: [] });
      expect(made.ids('default.orders')).toEqual(range(7));
      const { catalog, state } = JSON.parse(fs.readFileSync(made.file('source.json'), 'utf8'));
      const descriptor = { name: 'orders', namespace: '' };
      expect([catalog.streams[0].stream, state[0].stream.stream_descriptor]).toMatchObject([descriptor, descriptor]);
    }
  });

  it('D-NAM-06 refuses a source that has a stream with an empty namespace and with none', async () => {
    const streams = [
      { name: 'orders', namespace: '', count: 1 },
      { name: 'orders', count: 1 },
    ];
    const result = await workspace({ streams, connection: 'streams:\n  orders: { sync: incremental append }' }).run();
    expect(result).toMatchObject({ outcome: 'invalid', errors: [{ code: 'CATALOG_INVALID' }] });
  });

  it('keeps the shared part of a GLOBAL state and gives it back', async () => {
    const streams = [
      { name: 'a', count: 3 },
      { name: 'b', count: 3 },
    ];
    const made = workspace({ streams, source: { state_type: 'GLOBAL' } });
    await made.run();
    made.write({ streams, source: { state_type: 'GLOBAL', dump: made.file('source.json') } });
    expect((await made.run()).outcome).toBe('succeeded');
    expect(JSON.parse(fs.readFileSync(made.file('source.json'), 'utf8')).state).toEqual([
      {
        type: 'GLOBAL',
        global: {
          shared_state: { lsn: 1 },
          stream_states: [
            { stream_descriptor: { name: 'a' }, stream_state: { offset: 3 } },
            { stream_descriptor: { name: 'b' }, stream_state: { offset: 3 } },
          ],
        },
      },
    ]);
  });

  it('overwrites under a new generation each time; the destination gets append with a minimum', async () => {
    const made = workspace({ streams: [{ name: 'orders', count: 3 }], sync: 'full refresh overwrite' });
    const now = Date.parse('2026-11-20T00:00:00Z');
    await made.run({ wallClock: () => now });
    const catalog = JSON.parse(fs.readFileSync(`${made.rowsFolder}/catalog.json`, 'utf8'));
    expect(catalog.streams[0]).toMatchObject({
      sync_mode: 'full_refresh',
      destination_sync_mode: 'append',
      generation_id: now / 1000,
      minimum_generation_id: now / 1000,
    });
    await made.run({ wallClock: () => now });
    expect(made.generationRows('default.orders').map(({ generation }) => generation)).toEqual(
      Array(3).fill(now / 1000 + 1),
    );
    expect(made.ids('default.orders')).toEqual(range(3));
  });

  it('keeps rows of both runs in full refresh append, under one generation', async () => {
    const made = workspace({ streams: [{ name: 'orders', count: 2 }], sync: 'full refresh append' });
    await made.run();
    await made.run();
    expect(made.generationRows('default.orders').map(({ generation }) => generation)).toEqual([0, 0, 0, 0]);
  });

  it('keeps the generation of an interrupted overwrite that can be resumed, and resumes it', async () => {
    const streams = [{ name: 'orders', count: 10, state_every: 4 }];
    const made = workspace({ streams, sync: 'full refresh overwrite' });
    await made.run();
    made.write({
      streams,
      sync: 'full refresh overwrite',
      source: { fault: { stream: 'orders', after: 6, how: 'exit' } },
    });
    const failed = await made.run();
    expect(failed.outcome).toBe('failed');
    const [open] = made.state().streams;
    expect(open).toMatchObject({ isOpen: true, state: { offset: 4 } });
    expect(made.ids('default.orders')).toEqual([...range(10), ...range(4)]);
    made.write({ streams, sync: 'full refresh overwrite' });
    const resumed = await made.run();
    expect(resumed.streams[0]!.records).toBe(6);
    expect(made.state().streams[0]).toMatchObject({ generationId: open!['generationId'], isOpen: false });
    expect(made.ids('default.orders')).toEqual(range(10));
  });

  it('gives a new generation to an interrupted overwrite that starts again: no row stands there twice', async () => {
    const streams = [{ name: 'orders', count: 10, ends_with_marker: true }];
    const made = workspace({ streams, sync: 'full refresh overwrite', destination: { fails_at_end: true } });
    await made.run();
    const first = made.state().streams[0]!['generationId'];
    made.write({ streams, sync: 'full refresh overwrite' });
    expect((await made.run()).outcome).toBe('succeeded');
    expect(made.state().streams[0]!['generationId']).toBeGreaterThan(Number(first));
    expect(made.ids('default.orders')).toEqual(range(10));
  });

  it('transforms records without touching other digits, and narrows the schema', async () => {
    const options = {
      streams: [
        { name: 'orders', count: 3 },
        { name: 'slim', count: 2 },
      ],
      connection: `streams:
  orders: { sync: incremental append, transform: [{ hash: email }, { filter: id, not: 1 }, { rename: big, to: large }] }
  slim: { sync: incremental append, fields: { exclude: [email, big] } }`,
    };
    const made = workspace(options);
    const result = await made.run();
    expect(result.outcome).toBe('succeeded');
    expect(made.ids('default.orders')).toEqual([0, 2]);
    expect(made.rows('default.orders')[0]).toMatch(
      /^\{"id":0,"email_hashed":"[0-9a-f]{64}","large":9007199254740993\}\}\}$/,
    );
    expect(made.rows('default.slim')[0]).toBe('{"id":0}}}');
    expect(result.streams[0]).toMatchObject({ records: 3, filtered: 1 });
    const catalog = JSON.parse(fs.readFileSync(`${made.rowsFolder}/catalog.json`, 'utf8'));
    expect(
      catalog.streams.map((entry: { stream: { json_schema: { properties: object } } }) =>
        Object.keys(entry.stream.json_schema.properties),
      ),
    ).toEqual([['id', 'email_hashed', 'large'], ['id']]);
    // The source learns what is selected, under its own names.
    made.write({ ...options, source: { dump: made.file('source.json') } });
    expect((await made.run()).outcome).toBe('succeeded');
    const asked = JSON.parse(fs.readFileSync(made.file('source.json'), 'utf8')).catalog;
    expect(
      asked.streams.map((entry: { stream: { json_schema: { properties: object } } }) =>
        Object.keys(entry.stream.json_schema.properties),
      ),
    ).toEqual([['id', 'email', 'big'], ['id']]);
  });

  it('names everything that does not fit the source at once, with places, and starts nothing', async () => {
    const made = workspace({
      streams: [{ name: 'orders', count: 3 }],
      connection:
        'streams:\n  order: { sync: incremental append }\n  orders: { fields: [emial], transform: [{ drop: id }], sync: incremental dedup }',
    });
    const result = await made.run();
    expect(result.outcome).toBe('invalid');
    expect(result.errors[0]!.message).toMatch(
      /all\.yaml:20:3 The source has no stream "order"\. Did you mean "orders"\?/,
    );
    expect(result.errors[0]!.message).toMatch(/unknown field "emial"\. Did you mean "email"\?/);
    expect(result.errors[0]!.message).toMatch(/the transform drops id, which is its key/);
    expect(fs.existsSync(made.stateFile)).toBe(false);
  });

  it('takes streams that are not listed with select: all', async () => {
    const made = workspace({
      streams: [
        { name: 'a', count: 1 },
        { name: 'b', count: 1 },
        { name: 'c', count: 1 },
      ],
      connection: 'select: all\nstreams:\n  "*": { sync: incremental append }\n  b: { enabled: false }',
    });
    const result = await made.run();
    expect(result.streams.map(({ stream }) => stream.name)).toEqual(['a', 'c']);
  });

  it('X-01 X-03 masks secrets in events, result and log, and gives them to connectors in files only', async () => {
    const folder = fs.mkdtempSync(`${os.tmpdir()}/cuttle-secret-`);
    fs.writeFileSync(`${folder}/token`, 'canary-token\n');
    const made = workspace({
      streams: [{ name: 'orders', count: 3 }],
      source: {
        token: { $file: `${folder}/token` },
        stderr: 'canary-token on stderr',
        fault: { stream: 'orders', after: 1, how: 'trace' },
        dump: `${folder}/dump`,
      },
    });
    const result = await made.run();
    expect(result.outcome).toBe('failed');
    expect(result.errors[0]).toMatchObject({
      origin: 'source',
      code: 'CONFIG_TOKEN_REJECTED',
      message: 'Invalid token ****',
    });
    expect(JSON.stringify([result, result.events])).not.toContain('canary-token');
    expect(fs.readFileSync(result.logFile!, 'utf8')).not.toContain('canary-token');
    expect(JSON.stringify(JSON.parse(fs.readFileSync(`${folder}/dump`, 'utf8')).argv)).not.toContain('canary-token');
    fs.rmSync(folder, { recursive: true });
  });

  it('reports a failing discover with the reason of the source', async () => {
    const made = workspace({ streams: [{ name: 'orders', count: 3 }], source: { discover_fails: true } });
    const result = await made.run();
    expect(result).toMatchObject({ outcome: 'invalid', errors: [{ code: 'CONFIG_TOKEN_REJECTED' }] });
  });

  it.each([
    ['LOGIN_REFUSED', 'unauthorized'],
    ['CREDENTIAL_REJECTED', 'unauthorized'],
    ['PRIVILEGE_MISSING', 'failed'],
  ])('a destination that ends with %s makes the run %s', async (code, outcome) => {
    const fails_with = { failure_type: 'config_error', internal_message: `${code}: 390100` };
    const made = workspace({
      streams: [{ name: 'orders', count: 3 }],
      destination: { fails_after: 1, fails_with },
    });
    expect(await made.run()).toMatchObject({ outcome, errors: [{ origin: 'destination', code }] });
  });
});
