import path from 'node:path';
import {
  complete,
  DuckdbFile,
  errorsOf,
  makeFolder,
  range,
  record,
  removeFolder,
  runChecked,
  state,
  statesOf,
  streamOf,
  writeJson,
} from '@cuttle/testing';
import { readMetadata } from '../connectors.js';
import { containerCommand, open } from './container.js';

const things = streamOf('things', { id: 'integer', name: 'string' }, { generation: 1 });

describe('destination-duckdb (image)', () => {
  const image = `destination-duckdb:${readMetadata('destinations/duckdb')['dockerImageTag']}`;
  let secrets: string;
  let local: string;

  beforeEach(() => {
    secrets = makeFolder();
    local = makeFolder();
    open(local, 'write');
    writeJson(secrets, 'config.json', { destination_path: '/local/warehouse.duckdb', schema: 'raw' });
    writeJson(secrets, 'catalog.json', { streams: [things] });
    open(secrets, 'read');
  });
  afterEach(() => {
    removeFolder(secrets);
    removeFolder(local);
  });

  const command = () => containerCommand(image, { mounts: { [secrets]: '/secrets:ro', [local]: '/local' } });
  const write = ['write', '--config', '/secrets/config.json', '--catalog', '/secrets/catalog.json'];

  async function storedRows(): Promise<number> {
    return (await new DuckdbFile(path.join(local, 'warehouse.duckdb')).rows('raw', 'things'))?.length ?? 0;
  }

  it('I-04 check and write: rows lie in the mounted folder, the state comes back', async () => {
    const checked = await runChecked(command(), ['check', '--config', '/secrets/config.json']);
    expect([checked.exitCode, checked.lines.at(-1)]).toEqual([0, expect.stringContaining('SUCCEEDED')]);
    const lines = [...range(500).map((id) => record(things, { id, name: `thing ${id}` })), state(things, { at: 500 })];
    const result = await runChecked(command(), write, {
      input: [...lines, complete(things)].map((line) => `${line}\n`),
    });
    expect([result.exitCode, errorsOf(result), statesOf(result).length]).toEqual([0, [], 1]);
    expect(await storedRows()).toBe(500);
  });

  it('I-04 SIGTERM in mid-run: what a state covers is there, nothing else, and it says 143', async () => {
    let ended = () => {};
    const end = new Promise<void>((resolve) => {
      ended = resolve;
    });
    async function* endless() {
      yield [...range(100).map((id) => record(things, { id, name: 'first' })), state(things, { at: 100 }), ''].join(
        '\n',
      );
      yield `${record(things, { id: 1000, name: 'not covered' })}\n`;
      await end;
    }
    writeJson(secrets, 'config.json', {
      destination_path: '/local/warehouse.duckdb',
      schema: 'raw',
      commit_interval_ms: 100,
    });
    open(secrets, 'read');
    const result = await runChecked(command(), write, {
      input: endless(),
      onMessage: (message, child) => {
        if (message.type === 'STATE') child.kill('SIGTERM');
      },
      onStart: (child) => child.once('exit', () => ended()),
    });
    expect([result.exitCode, statesOf(result).length, errorsOf(result).length]).toEqual([143, 1, 1]);
    expect(await storedRows()).toBe(100);
  });
});
