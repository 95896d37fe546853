import fs from 'node:fs';
import path from 'node:path';
import type { ConfiguredStream } from '@cuttle/protocol';
import { complete, rawRecord, record, state, streamOf, type WriteOptions } from '../destination/fixture.js';
import type { DestinationProfile } from '../destination/profile.js';
import { openSuite } from '../destination/suite.js';
import { listFiles } from '../harness/folder.js';
import { messagesOf, type RunResult } from '../harness/run-command.js';
import { statement } from '../harness/statement.js';
import { HOSTILE_NAMES } from './hostile-names.js';
import { regexSuite } from './regex-suite.js';

/** What the suite has to know besides the profile. */
export interface WarehouseSecurity {
  /** Folder of the connector, from the root of the repository. */
  readonly connector: string;
  /** Why hostile HTTP answers do not concern it. */
  readonly httpBypass: string;
  /** Names of files that a load makes in the folder of its config: none where the warehouse is elsewhere. */
  readonly ownFiles?: readonly string[];
  /** The statements that a load ran, each from its first word on. @param folder for a file of the test's own */
  statementsOf(write: (options?: WriteOptions) => Promise<RunResult>, folder: string): Promise<readonly string[]>;
}

/** Files of the test itself. */
const TEST_FILES = /^(?:(?:config|catalog)-\d+|check)\.json$/;
const kept = streamOf('kept', { id: 'integer' }, { generation: 1 });
const KEPT = [record(kept, { id: 1 }), state(kept, { n: 1 }), complete(kept)];

/** and CHK-02 of a SQL warehouse: what names, values and checks may do to it and to this machine. */
export function warehouseSecuritySuite(profile: DestinationProfile, security: WarehouseSecurity): void {
  const suite = openSuite(profile);
  const { check } = suite;

  /** Two rows of one key for each name, which is stream, key column, value and state; and the statements of that. */
  async function loadNamed(names: readonly string[], column: (name: string) => string): Promise<readonly string[]> {
    await suite.warehouse.load([kept], KEPT);
    const streams = names.map((name) =>
      streamOf(
        name,
        { [column(name)]: 'string', id: 'integer' },
        { mode: 'append_dedup', key: [column(name)], cursor: 'id' },
      ),
    );
    const lines = streams.flatMap((stream) => {
      const { name } = stream.stream;
      const rows = [1, 2].map((id) => record(stream, { [column(name)]: name, id }));
      return [...rows, state(stream, { [column(name)]: name })];
    });
    const write = async (options: WriteOptions = {}) => {
      const result = await suite.warehouse.write(streams, lines, options);
      expect([result.exitCode, result.stderr]).toEqual([0, '']);
      return result;
    };
    return security.statementsOf(write, suite.warehouse.folder);
  }

  check('X-04', 'hostile names and values run no statement of their own and touch no other table', async () => {
    const wordsOf = (statements: readonly string[]) => statements.map((sql) => sql.split(/\s/)[0]).sort();
    const hostile = await loadNamed(HOSTILE_NAMES, (name) => name);
    for (const name of HOSTILE_NAMES) {
      const rows = await suite.warehouse.data(name);
      expect(rows.map((row) => Object.values(row).sort())).toEqual([['2', name].sort()]);
    }
    expect(await suite.warehouse.data('kept')).toEqual([{ id: '1' }]);
    const dropped = hostile.filter((sql) => /^drop/i.test(sql));
    expect(dropped.filter((sql) => !/_cuttle_/i.test(sql))).toEqual([]);
    suite.renew();
    const tame = await loadNamed(
      HOSTILE_NAMES.map((_name, n) => `tame_${n}`),
      () => 'name',
    );
    expect(tame.length).toBeGreaterThan(HOSTILE_NAMES.length);
    expect(wordsOf(hostile)).toEqual(wordsOf(tame));
  });

  check('X-06', 'prototype keys in records, catalog and state are data', async () => {
    const text = JSON.stringify(kept).replace('"id"', '"id":{"type":"integer"},"__proto__"');
    const stream = JSON.parse(text) as ConfiguredStream;
    const line = rawRecord('kept', '{"id":1,"__proto__":7,"constructor":{"prototype":{"polluted":1}}}');
    const odd =
      '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"kept"},"stream_state":{"__proto__":{"polluted":1}}},"__proto__":{"polluted":2}}}';
    const result = await suite.warehouse.load([stream], [line, odd, complete(kept)]);
    expect(result.lines.some((sent) => sent.includes('"stream_state":{"__proto__":{"polluted":1}}'))).toBe(true);
    const [row] = await suite.warehouse.rows('kept');
    expect(Object.entries(row as object)).toContainEqual(['__proto__', '7']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  check('X-07', 'names with paths make no file outside of the staging folder and the warehouse', async () => {
    const { folder } = suite.warehouse;
    suite.warehouse.config = { ...suite.warehouse.config, staging_path: path.join(folder, 'staging') };
    const streams = [...HOSTILE_NAMES, 'x'.repeat(5000)].map((name) =>
      streamOf(name, { id: 'integer' }, { namespace: name }),
    );
    const before = new Set(listFiles(folder));
    await suite.warehouse.load(
      streams,
      streams.flatMap((stream) => [record(stream, { id: 1 }), state(stream, { n: 1 })]),
    );
    const { ownFiles = [] } = security;
    const made = listFiles(folder).filter((file) => !before.has(file) && !TEST_FILES.test(file));
    expect(made.filter((file) => !ownFiles.includes(file))).toEqual([]);
    expect(fs.existsSync(path.join(folder, '..', 'escaped'))).toBe(false);
  });

  const noHttp = { 'X-08': security.httpBypass, 'X-09': security.httpBypass };
  for (const id of Object.keys(noHttp)) statement(id, 'hostile HTTP answers', noHttp, async () => undefined);

  check('CHK-02', 'check succeeds, and leaves nothing in an empty or a loaded warehouse', async () => {
    const { warehouse } = suite;
    const status = async () => messagesOf(await warehouse.check(), 'CONNECTION_STATUS')[0]?.connectionStatus;
    expect(await status()).toEqual({ status: 'SUCCEEDED' });
    expect(await profile.tables(warehouse.config)).toEqual([]);
    await warehouse.load([kept], KEPT);
    expect(await status()).toEqual({ status: 'SUCCEEDED' });
    const own = ['_cuttle_control', 'kept'].map((name) => `${profile.schema}.${profile.nameOf(name)}`);
    expect([...(await profile.tables(warehouse.config))].sort()).toEqual(own.sort());
  });

  regexSuite(profile, [security.connector, 'packages/loader', 'packages/cdk', 'packages/protocol']);
}
