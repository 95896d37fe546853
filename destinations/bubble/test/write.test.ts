import fs from 'node:fs';
import path from 'node:path';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import {
  connectorCommand,
  errorsOf,
  makeFolder,
  messagesOf,
  type RunOptions,
  removeFolder,
  runCommand,
  statesOf,
  writeJson,
} from '@cuttle/testing';

const TYPE = {
  name: 'note',
  display: 'Note',
  fields: [
    { id: 'key_text', display: 'key', type: 'text' },
    { id: 'title_text', display: 'title', type: 'text' },
    { id: 'count_number', display: 'count', type: 'number' },
    { id: 'other_text', display: 'other', type: 'text' },
  ],
};
const MAPPING = [
  { from: 'title', to: 'title', cast: 'text' },
  { from: 'count', to: 'count', cast: 'number' },
];

describe('destination-bubble', () => {
  const command = connectorCommand('destinations/bubble');
  let sandbox: Sandbox;
  let folder: string;
  beforeEach(async () => {
    sandbox = await startSandbox({ users: 5, orders: 5, idleVisits: 0 });
    sandbox.control.run('bubble.define', { definition: TYPE });
    folder = makeFolder();
  });
  afterEach(async () => {
    await sandbox.close();
    removeFolder(folder);
  });

  type Row = Record<string, unknown>;
  const rows = (count: number, title = 'title'): Row[] =>
    Array.from({ length: count }, (_, at) => ({ id: `k${at}`, title: `${title} ${at}`, count: String(at) }));
  const things = (): { id: string; values: Row; modifiedMs: number }[] =>
    (sandbox.control.run('bubble.ids', { type: 'note' }) as string[]).map(
      (id) =>
        sandbox.control.run('bubble.get', { type: 'note', id }) as { id: string; values: Row; modifiedMs: number },
    );
  const insert = (values: Row): string =>
    sandbox.control.run('bubble.insert', { type: 'note', created: '2024-08-01T00:00:00Z', values }) as string;
  const writes = (): number => sandbox.control.log.find().filter(({ method }) => method !== 'GET').length;

  interface Options {
    readonly sync?: string;
    readonly config?: Row;
    readonly stream?: Row;
    readonly run?: RunOptions;
    readonly isCut?: boolean;
  }
  const config = ({ config: more = {}, stream = {} }: Options): Row => ({
    base_url: sandbox.bubble.baseUrl,
    api_token: sandbox.bubble.token,
    allow_private_hosts: true,
    requests_per_minute: 100_000,
    http_backoff_ms: 1,
    streams: [
      {
        stream: 'notes',
        bubble_type: 'note',
        match: { record_field: 'id', bubble_field: 'key' },
        mapping: MAPPING,
        ...stream,
      },
    ],
    ...more,
  });
  async function write(records: readonly Row[], options: Options = {}) {
    const stream = { name: 'notes', json_schema: {}, supported_sync_modes: ['full_refresh'] };
    const configured = {
      stream,
      sync_mode: 'full_refresh',
      destination_sync_mode: options.sync ?? 'append_dedup',
      primary_key: [['id']],
    };
    const state = {
      type: 'STATE',
      state: { type: 'STREAM', stream: { stream_descriptor: { name: 'notes' }, stream_state: { at: records.length } } },
    };
    const lines = [
      ...records.map((data) => ({ type: 'RECORD', record: { stream: 'notes', emitted_at: 1, data } })),
      ...(options.isCut === true ? [] : [state]),
    ].map((message) => `${JSON.stringify(message)}\n`);
    const args = [
      'write',
      '--config',
      writeJson(folder, 'config.json', config(options)),
      '--catalog',
      writeJson(folder, 'catalog.json', { streams: [configured] }),
    ];
    const result = await runCommand(command, args, { input: lines, cwd: folder, ...options.run });
    const logs = messagesOf(result, 'LOG').map(({ log }) => log.message);
    return { ...result, logs, summary: logs.find((text) => text.startsWith('Stream "notes"')) ?? '' };
  }

  it('BW-01 a bulk answer with refused lines: the others are written, these are listed with their reasons', async () => {
    const records = rows(20).map((row, at) => (at % 7 === 3 ? { ...row, title: { no: 'text' } } : row));
    const stream = { mapping: [{ from: 'title', to: 'title' }] };
    const result = await write(records, { stream, config: { ledger_path: 'rejected.jsonl' } });
    expect(result.exitCode).toBe(0);
    expect(things()).toHaveLength(17);
    expect(result.summary).toContain('17 created, 0 updated, 0 deleted, 3 rejected');
    expect(result.logs).toContainEqual(expect.stringMatching(/^3 rejected: Invalid data for field title/));
    expect(statesOf(result)).toHaveLength(1);
    const ledger = fs
      .readFileSync(path.join(folder, 'rejected.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(ledger.map(({ key, attempt }) => [key, attempt])).toEqual([
      ['k3', 1],
      ['k10', 1],
      ['k17', 1],
    ]);
    expect(JSON.stringify(ledger)).not.toContain('"no"');
    await write(
      rows(20).filter((_row, at) => at !== 10),
      { stream, config: { ledger_path: 'rejected.jsonl' } },
    );
    expect(things()).toHaveLength(19);
    expect(fs.readFileSync(path.join(folder, 'rejected.jsonl'), 'utf8')).toMatch(/^\{[^\n]*"key":"k10"[^\n]*\n$/);
  });

  it('BW-02 a connection cut after the server did the work makes no thing twice', async () => {
    for (const kind of ['reset', 'status'] as const) {
      const fault = kind === 'reset' ? { kind, when: 'after' as const } : { kind, status: 502, when: 'after' as const };
      sandbox.control.faults.add({ fault, match: { method: 'POST' } });
    }
    const result = await write([...rows(30)]);
    expect(result.exitCode).toBe(0);
    expect(
      things()
        .map(({ values }) => values['key_text'])
        .sort(),
    ).toEqual(
      rows(30)
        .map(({ id }) => id)
        .sort(),
    );
    expect(result.summary).toContain('30 created');
  });

  it('BW-02 a bulk request that fails as a whole is split until the thing that it fails for stands alone', async () => {
    const records = rows(9).map((row, at) => (at === 4 ? { ...row, title: 'x' } : row));
    sandbox.control.faults.add({
      fault: { kind: 'status', status: 500, when: 'before' },
      match: { method: 'POST' },
      count: 2,
    });
    const result = await write(records);
    expect(result.exitCode).toBe(0);
    expect(things()).toHaveLength(9);
  });

  it('BW-03 the second run writes nothing, a changed row alone is changed', async () => {
    await write(rows(25));
    sandbox.control.clock.set('2024-09-05T00:00:00Z');
    const before = writes();
    const second = await write(rows(25));
    expect(second.summary).toContain('25 scanned, 25 unchanged, 0 created, 0 updated');
    expect(writes()).toBe(before);
    await write(rows(25).map((row, at) => (at === 7 ? { ...row, title: 'changed' } : row)));
    expect(writes()).toBe(before + 1);
    expect(things().filter(({ modifiedMs }) => modifiedMs === Date.parse('2024-09-05T00:00:00Z'))).toHaveLength(1);
  });

  it('BW-04 fields that are not mapped keep their value, null clears only where it is asked to', async () => {
    insert({ key: 'k0', title: 'old', count: 9, other: 'mine' });
    await write([{ id: 'k0', title: null, count: null }], {
      stream: { mapping: [MAPPING[0], { ...MAPPING[1], on_null: 'clear' }] },
    });
    expect(things()[0]?.values).toEqual({ key_text: 'k0', title_text: 'old', other_text: 'mine' });
    expect(sandbox.control.log.find().some(({ method }) => method === 'PUT')).toBe(false);
  });

  it('BW-05 429 in the middle of a batch is waited for', async () => {
    for (const row of rows(12)) insert({ key: row['id'], title: 'old' });
    const fault = { kind: 'rate_limit', retryAfter: 'absent' } as const;
    sandbox.control.faults.add({ fault, match: { method: 'PATCH' }, after: 3, count: 5 });
    const result = await write(rows(12), { config: { http_max_attempts: 12 } });
    expect(result.exitCode).toBe(0);
    expect(things().map(({ values }) => values['title_text'])).toEqual(rows(12).map(({ title }) => title));
    expect(result.summary).toContain('12 updated');
  });

  it('BW-06 mirror deletes what no record names, only with the switch, never too much, never after a cut input', async () => {
    for (const row of rows(10)) insert({ key: row['id'], title: 'old' });
    const mirror = { sync: 'overwrite', stream: { delete_behavior: 'delete' } };
    const refused = await write(rows(9), mirror);
    expect(errorsOf(refused)[0]).toMatchObject({
      failureType: 'config_error',
      message: expect.stringContaining('allow_delete'),
    });
    const guarded = await write(rows(5), { ...mirror, config: { allow_delete: true } });
    expect(errorsOf(guarded)[0]?.message).toContain('would delete 5 of 10 things');
    await write(rows(9), { ...mirror, config: { allow_delete: true }, isCut: true });
    expect(things()).toHaveLength(10);
    const done = await write(rows(9), { ...mirror, config: { allow_delete: true } });
    expect(done.summary).toContain('1 deleted');
    expect(things()).toHaveLength(9);
    const cleared = await write(rows(8), {
      sync: 'overwrite',
      stream: { delete_behavior: 'clear' },
      config: { allow_delete: true },
    });
    expect(cleared.summary).toContain('1 deleted');
    expect(things().filter(({ values }) => values['title_text'] === undefined)).toHaveLength(1);
  });

  it('BW-07 killed in the middle and run again: each thing once', async () => {
    sandbox.control.faults.add({ fault: { kind: 'hang', when: 'after' }, match: { method: 'POST' }, after: 2 });
    const timer = setInterval(() => {
      if (things().length >= 15) child?.kill('SIGKILL');
    }, 10);
    let child: { kill(signal: NodeJS.Signals): boolean } | undefined;
    const killed = await write(rows(40), {
      config: { batch_size: 5 },
      run: {
        onStart: (started) => {
          child = started;
        },
      },
    });
    clearInterval(timer);
    expect(killed.signal).toBe('SIGKILL');
    expect(statesOf(killed)).toEqual([]);
    sandbox.control.faults.clear();
    expect((await write(rows(40), { config: { batch_size: 5 } })).exitCode).toBe(0);
    expect(
      things()
        .map(({ values }) => values['key_text'])
        .sort(),
    ).toEqual(
      rows(40)
        .map(({ id }) => id)
        .sort(),
    );
  });

  it('BW-08 a record reaches its thing by _id, and is read back with a newer Modified Date', async () => {
    const id = insert({ key: 'k0', title: 'old' });
    const stream = { mode: 'update', match: { record_field: 'id' } };
    const result = await write(
      [
        { id, title: 'new', count: 1 },
        { id: 'nobody', title: 'x', count: 1 },
      ],
      { stream },
    );
    expect(result.summary).toContain('1 updated, 0 deleted, 1 rejected');
    expect(result.logs).toContain('1 rejected: there is no such thing');
    const answer = await fetch(`${sandbox.bubble.baseUrl}/obj/note/${id}`, {
      headers: { authorization: `Bearer ${sandbox.bubble.token}` },
    });
    const { response } = (await answer.json()) as { response: Row };
    expect(response).toMatchObject({ title: 'new', count: 1 });
    expect(Date.parse(String(response['Modified Date']))).toBe(sandbox.control.clock.now());
  });

  it('a dry run looks everything up, says what it would do, and writes nothing', async () => {
    insert({ key: 'k0', title: 'old' });
    const result = await write(rows(3), { config: { dry_run: true } });
    expect(result.summary).toContain('2 created, 1 updated');
    expect(writes()).toBe(0);
  });

  it('more rejected records than allowed fail the sync, and no state comes back', async () => {
    const result = await write(
      rows(3).map((row) => ({ ...row, count: 'many' })),
      { config: { max_rejected: 2 } },
    );
    expect(result.exitCode).toBe(1);
    expect(errorsOf(result)[0]?.message).toBe(
      '3 records were rejected, more than max_rejected (2). First: count is no number',
    );
    expect(statesOf(result)).toEqual([]);
  });

  it('check names the field that a type lacks, and modes that do not go with the sync mode are refused', async () => {
    const check = async (stream: Row) => {
      const file = writeJson(folder, 'config.json', config({ stream }));
      return messagesOf(await runCommand(command, ['check', '--config', file]), 'CONNECTION_STATUS')[0]
        ?.connectionStatus;
    };
    expect(await check({})).toMatchObject({ status: 'SUCCEEDED' });
    expect(await check({ mapping: [{ from: 'a', to: 'nope' }] })).toMatchObject({
      status: 'FAILED',
      message: expect.stringContaining('Field not found nope'),
    });
    const wrong = await write([], { sync: 'append', stream: { mode: 'mirror' } });
    expect(errorsOf(wrong)[0]?.message).toContain(
      'mode "mirror" does not go with the sync mode "append", which allows insert',
    );
  });
});
