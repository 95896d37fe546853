import {
  complete,
  errorsOf,
  messagesOf,
  type RunResult,
  range,
  record,
  runCommand,
  state,
  statesOf,
  streamOf,
  TestWarehouse,
  writeJson,
} from '@cuttle/testing';
import { snowflakeProfile } from './profile.js';

const profile = snowflakeProfile();
const stream = streamOf('things', { id: 'integer', name: 'string' }, { generation: 1, syncId: 1 });
const LINES = [
  ...range(3).map((id) => record(stream, { id, name: `n${id}` })),
  state(stream, { n: 1 }),
  complete(stream),
].map((line) => `${line}\n`);

/** Answers that the driver has a way of its own with; each run is a process, as its event loop is the subject. */
describe('destination-snowflake-merge before an answer that is not the documented one', () => {
  let warehouse: TestWarehouse;
  beforeEach(() => {
    warehouse = new TestWarehouse(profile);
  });
  afterEach(() => {
    profile.sandbox().control.faults.clear();
    warehouse.remove();
  });

  async function run(command: 'check' | 'write'): Promise<RunResult> {
    const config = writeJson(warehouse.folder, 'answers-config.json', warehouse.config);
    const catalog = writeJson(warehouse.folder, 'answers-catalog.json', { streams: [stream] });
    const args = command === 'check' ? [] : ['--catalog', catalog];
    return runCommand(profile.command, [command, '--config', config, ...args], {
      input: command === 'check' ? [] : LINES,
    });
  }

  it.each([
    ['check', 'alter session', 'ALTER SESSION'],
    ['check', 'create table', 'CREATE TABLE'],
    ['write', 'copy into', 'COPY'],
    ['write', '"sqlText":"commit"', 'COMMIT'],
  ] as const)('C-01 %s: an answer without "returned" to "%s" loses the callback: ERROR, exit 1', async (command, body, kind) => {
    const match = { system: 'queries', body };
    profile.sandbox().control.faults.add({ fault: { kind: 'without_field', field: 'data.returned' }, match, count: 0 });
    const result = await run(command);
    const [error, ...more] = errorsOf(result);
    expect([result.exitCode, result.signal, error?.failureType, more]).toEqual([1, null, 'system_error', []]);
    expect(error?.message).toContain(`the end of ${kind} in Snowflake`);
    expect([messagesOf(result, 'CONNECTION_STATUS'), statesOf(result)]).toEqual([[], []]);
    const logs = messagesOf(result, 'LOG').map(({ log }) => log.message);
    expect(logs.at(-1)).toContain(`the command ${command}, the end of ${kind} in Snowflake`);
  });

  it.each([
    ['the login', { system: 'session' }, 307],
    ['the login', { system: 'session' }, 301],
    ['a statement', { system: 'queries' }, 308],
  ] as const)('X-08 a redirect of %s goes to no other host: %p %i', async (_what, match, status) => {
    const { control } = profile.sandbox();
    const location = `http://localhost:${new URL(profile.sandbox().url).port}/elsewhere?hush`;
    control.faults.add({ fault: { kind: 'status', status, headers: { location } }, match, count: 0 });
    const message = `host redirects to ${new URL(location).host}; use that address.`;
    const checked = await run('check');
    const [answer] = messagesOf(checked, 'CONNECTION_STATUS');
    expect(answer?.connectionStatus).toEqual({ status: 'FAILED', message });
    const written = await run('write');
    expect(errorsOf(written)).toEqual([expect.objectContaining({ failureType: 'config_error', message })]);
    expect([written.exitCode, statesOf(written)]).toEqual([1, []]);
    expect(control.log.find({ path: '/elsewhere' })).toEqual([]);
  });
});
