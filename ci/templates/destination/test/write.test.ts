import type { ConfiguredStream } from '@cuttle/protocol';
import {
  complete,
  errorsOf,
  leaksIn,
  makeFolder,
  messagesOf,
  type RunResult,
  record,
  removeFolder,
  runCommand,
  state,
  statesOf,
  streamOf,
  writeJson,
} from '@cuttle/testing';
import { command, configFor } from './connector-profile.js';
import { type AcmeStandIn, startStandIn } from './stand-in.js';

const things = streamOf('things', { id: 'integer' });
const keyed = streamOf('things', { id: 'integer', name: 'string' }, { mode: 'append_dedup', key: ['id'] });
const replaced = streamOf('things', { id: 'integer' }, { mode: 'overwrite' });

let standIn: AcmeStandIn;
let folder: string;
beforeEach(async () => {
  standIn = await startStandIn();
  folder = makeFolder();
});
afterEach(async () => {
  await standIn.close();
  removeFolder(folder);
});

function write(stream: ConfiguredStream, lines: readonly string[], extra: object = {}): Promise<RunResult> {
  const config = writeJson(folder, 'config.json', { ...configFor(standIn), ...extra });
  const catalog = writeJson(folder, 'catalog.json', { streams: [stream] });
  const input = lines.map((line) => `${line}\n`);
  return runCommand(command, ['write', '--config', config, '--catalog', catalog], { input });
}

const idsIn = (table = 'things') =>
  [...(standIn.api.tables.get(table)?.values() ?? [])].map(({ data }) => data['id']).sort();
const counts = (result: RunResult) => statesOf(result).map(({ destinationStats }) => destinationStats?.recordCount);

describe('destination-acme writes', () => {
  it('D-APP-01 D-PLN-01 append keeps the rows of both syncs; each state counts its records', async () => {
    const lines = [
      record(things, { id: 1 }),
      state(things, { at: 1 }),
      record(things, { id: 2 }),
      state(things, { at: 2 }),
    ];
    for (let run = 0; run < 2; run += 1) {
      const result = await write(things, lines);
      expect([result.exitCode, counts(result)]).toEqual([0, [1, 1]]);
    }
    expect(idsIn()).toEqual([1, 1, 2, 2]);
  });

  it('D-DED-01 the record that arrives last takes the place of others with its key', async () => {
    await write(keyed, [record(keyed, { id: 1, name: 'a' }), record(keyed, { id: 2, name: 'b' }), state(keyed, {})]);
    await write(keyed, [record(keyed, { id: 1, name: 'c' }), state(keyed, {})]);
    expect([...standIn.api.tables.get('things')!.values()].map(({ data }) => data['name'])).toEqual(['c', 'b']);
  });

  it('D-DED-06 a record whose key is null throughout fails the sync with its stream', async () => {
    const result = await write(keyed, [record(keyed, { id: null }), state(keyed, {})]);
    expect([result.exitCode, statesOf(result).length, errorsOf(result)[0]?.message]).toEqual([
      1,
      0,
      expect.stringMatching(/"things".*primary key/),
    ]);
  });

  it('D-PLN-02 D-PLN-03 overwrite replaces a stream that ends in a STATE; one that was cut off keeps its old rows', async () => {
    await write(replaced, [record(replaced, { id: 1 }), state(replaced, {})]);
    const cut = await write(replaced, [record(replaced, { id: 2 })]);
    expect([cut.exitCode, errorsOf(cut)[0]?.failureType, idsIn().includes(1)]).toEqual([1, 'transient_error', true]);
    const whole = await write(replaced, [record(replaced, { id: 3 }), state(replaced, {})]);
    expect([whole.exitCode, counts(whole), idsIn()]).toEqual([0, [1], [3]]);
  });

  it('D-PLN-04 a clear job empties the table; without a STATE it stays', async () => {
    await write(replaced, [record(replaced, { id: 1 }), state(replaced, {})]);
    expect([(await write(replaced, [])).exitCode, idsIn()]).toEqual([0, [1]]);
    expect([(await write(replaced, [state(replaced, null)])).exitCode, idsIn()]).toEqual([0, []]);
  });

  it('D-OVW-01 D-OVW-06 D-ST-04 with generation ids only COMPLETE removes older generations', async () => {
    const stream = (id: number) => streamOf('things', { id: 'integer' }, { generation: id, minimum: id });
    await write(stream(1), [record(things, { id: 1 }), state(things, {}), complete(things)]);
    const open = await write(stream(2), [record(things, { id: 2 }), state(things, {})]);
    expect([open.exitCode, counts(open), idsIn()]).toEqual([1, [1], [1, 2]]);
    const whole = await write(stream(2), [record(things, { id: 3 }), state(things, {}), complete(things)]);
    expect([whole.exitCode, idsIn()]).toEqual([0, [2, 3]]);
  });

  it('D-ST-02 refused rows are counted in the state and told', async () => {
    const result = await write(things, [
      record(things, { id: 1, refuse: true }),
      record(things, { id: 2 }),
      state(things, {}),
    ]);
    expect(statesOf(result)[0]?.destinationStats).toEqual({ recordCount: 2, rejectedRecordCount: 1 });
    expect(messagesOf(result, 'LOG').some(({ log }) => log.message.includes('reserved'))).toBe(true);
    expect(idsIn()).toEqual([2]);
  });

  it('D-CR-05 a fault that passes is retried; one that stays acknowledges nothing behind it', async () => {
    const lines = [record(things, { id: 1 }), state(things, {})];
    const fail = (count: number) =>
      standIn.control.run('faults.add', { fault: { kind: 'status', status: 503 }, match: { path: '/upsert' }, count });
    fail(2);
    expect([(await write(things, lines)).exitCode, idsIn()]).toEqual([0, [1]]);
    fail(0);
    const result = await write(things, lines, { http_max_attempts: 2 });
    expect([result.exitCode, statesOf(result).length]).toEqual([1, 0]);
    expect(leaksIn(result.lines.join('\n') + result.stderr, [standIn.token])).toEqual([]);
  });

  it('CHK-02 a token that may not write fails the check, and a good one leaves no row', async () => {
    const check = async () => {
      const args = ['check', '--config', writeJson(folder, 'check.json', configFor(standIn))];
      return messagesOf(await runCommand(command, args), 'CONNECTION_STATUS')[0]?.connectionStatus.status;
    };
    expect([await check(), [...standIn.api.tables.values()].flatMap((rows) => [...rows])]).toEqual(['SUCCEEDED', []]);
    standIn.api.mayWrite = false;
    expect(await check()).toBe('FAILED');
  });
});
