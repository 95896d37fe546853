import fs from 'node:fs';
import path from 'node:path';
import { connectorCommand, expectGoldenText, ROOT } from '@cuttle/testing';
import { Repository } from './fake-terminal.js';

const FIXTURES = path.join(ROOT, 'packages/runner/test/fixtures');
const SNOWFLAKE = { account: 'a', username: 'u', password: { $env: 'PASSWORD' }, warehouse: 'W', database: 'D' };

describe('cuttle sql', () => {
  let repository: Repository;
  beforeEach(() => {
    repository = new Repository();
    for (const folder of ['duckdb', 'snowflake-merge']) connectorCommand(`destinations/${folder}`);
    const file = path.join(repository.root, 'warehouse.duckdb');
    const destinations = [
      ['duckdb', { destination_path: file }],
      ['snowflake-merge', { ...SNOWFLAKE, schema: 'RAW' }],
      ['fake', { folder: path.join(repository.root, 'rows') }],
    ].map(([connector, config]) => {
      return `kind: Destination\nname: to ${connector}\nconnector: ${connector}\nconfig: ${JSON.stringify(config)}
---
kind: Connection\nname: into ${connector}\nsource: shop\ndestination: to ${connector}
streams: { orders: { sync: incremental dedup, cursor: id, primaryKey: [id] }, users: { sync: full refresh overwrite } }`;
    });
    const connectors = `kind: Connectors\nsources: { fake: { path: ${FIXTURES}/source } }
destinations: { fake: { path: ${FIXTURES}/destination }, duckdb: { path: ${ROOT}/destinations/duckdb }, snowflake-merge: { path: ${ROOT}/destinations/snowflake-merge } }`;
    const streams = ['orders', 'users'].map((name) => ({ name, count: 0 }));
    const source = `kind: Source\nname: shop\nconnector: fake\nconfig: ${JSON.stringify({ streams })}`;
    repository.write('connections/shop/all.yaml', [connectors, source, ...destinations].join('\n---\n'));
  });
  afterEach(() => repository.remove());

  it('prints what Snowflake would be sent, each stream as a script, without reaching it', async () => {
    // The password is not set: whoever reads statements needs no key.
    const { code, out, err } = await repository.run(['sql', 'into snowflake-merge']);
    expect([code, err]).toEqual([0, '']);
    // Each writer marks its fence with a number of its own.
    expectGoldenText(path.join(__dirname, 'golden/sql-snowflake.txt'), out.replaceAll(/-\d{4,}/g, '-<mark>'));
  });

  it('prints the streams that are asked for, as JSON, and leaves the database file alone', async () => {
    const { code, out } = await repository.run(['sql', 'into duckdb', '--stream', 'users', '--json']);
    const { streams } = JSON.parse(out);
    expect([code, streams.map(({ name }: { name: string }) => name)]).toEqual([0, ['users']]);
    const statements: string[] = streams[0].statements;
    expect(statements.find((sql) => sql.startsWith('create table "main"."users" ('))).toContain('"id" BIGINT');
    expect(statements).toContain(`attach '${path.join(repository.root, 'warehouse.duckdb')}' as _cuttle_target`);
    expect(statements.join('\n')).toContain("read_ndjson(['<staging folder>/");
    expect(fs.existsSync(path.join(repository.root, 'warehouse.duckdb'))).toBe(false);
  });

  it.each([
    [['into duckd'], 'There is no "into duckd". Did you mean "into duckdb"?'],
    [['into duckdb', '--stream', 'order'], 'Connection "into duckdb" has no stream "order". It has: orders, users.'],
    [['into fake'], 'The destination "to fake" cannot print its statements: its connector has no command "sql".'],
  ])('refuses %j with a sentence', async (argv, sentence) => {
    const { code, out, err } = await repository.run(['sql', ...argv]);
    expect([code, out]).toEqual([4, '']);
    expect(err).toContain(sentence);
  });
});
