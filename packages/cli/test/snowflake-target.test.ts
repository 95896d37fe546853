import fs from 'node:fs';
import path from 'node:path';
import { Repository } from './fake-terminal.js';

/** Stands in for dbt: notes what its profile would read. */
const DBT = '#!/bin/sh\necho "$CUTTLE_DBT_TARGET|$CUTTLE_DUCKDB_PATH" >> "$SEEN"\n';
const DASHBOARD = `kind: Dashboard
name: shop
title: Shop
cards:
  - { id: one, title: One, type: bignumber, width: 3, model: marts.one, sql: select 1 as n }
`;
const DOCUMENTS = `kind: Project
name: shop
targets:
  local: { type: local }
  prod: { type: local, destinationOverrides: { file: snow } }
  both: { type: local, destinationOverrides: { other: snow } }
---
kind: Connectors
sources: { fake: { path: source } }
destinations: { duckdb: { path: duckdb }, snowflake-merge: { path: snowflake } }
---
kind: Source
name: from
connector: fake
config: {}
---
kind: Destination
name: file
connector: duckdb
config: { destination_path: w.duckdb }
---
kind: Destination
name: other
connector: duckdb
config: { destination_path: w.duckdb }
---
kind: Destination
name: snow
connector: snowflake-merge
config: { account: { $env: ACCOUNT } }
---
kind: Connection
name: a
source: from
destination: file
streams: { orders: { sync: full refresh append } }
---
kind: Pipeline
name: all
steps:
  - transform: dbt/shop
  - report: dashboards/shop.yaml
  - write_back: { from: marts.one, destination: other, stream: one, key: id }
`;

describe('a target that loads Snowflake', () => {
  let repository: Repository;
  let environment: Record<string, string>;
  beforeEach(() => {
    repository = new Repository();
    repository.write('connections/shop/all.yaml', DOCUMENTS);
    repository.write('dbt/shop/dbt_project.yml', 'name: shop\n');
    repository.write('dashboards/shop.yaml', DASHBOARD);
    repository.write('dbt.sh', DBT);
    fs.chmodSync(path.join(repository.root, 'dbt.sh'), 0o755);
    environment = { CUTTLE_DBT: 'dbt.sh', SEEN: path.join(repository.root, 'seen') };
  });
  afterEach(() => repository.remove());
  const seen = () => fs.readFileSync(path.join(repository.root, 'seen'), 'utf8').trim();

  it('gives dbt the Snowflake output of its profile; elsewhere the file', async () => {
    const prod = await repository.run(['transform', 'all', '--target', 'prod'], { environment });
    expect([prod.err, prod.code, seen()]).toEqual([expect.any(String), 0, 'snowflake|']);
    await repository.run(['transform', 'all'], { environment });
    expect(seen().split('\n')[1]).toBe(`|${path.join(repository.root, 'w.duckdb')}`);
  });

  it('leaves dashboards and the write-back out of a run aloud, and refuses a dashboard that is asked for', async () => {
    const reason = 'dashboards are built from a DuckDB file, and target "prod" loads Snowflake';
    const run = await repository.run(['run', 'all', '--target', 'prod'], { environment });
    expect([run.code, run.out]).toEqual([0, expect.stringContaining(`left out: ${reason}`)]);
    expect(run.out).toContain('left out: rows are read from a DuckDB file');
    const report = await repository.run(['report', 'all', '--target', 'prod'], { environment });
    expect([report.code, report.err]).toEqual([4, expect.stringContaining(`No report: ${reason}.`)]);
  });

  it('refuses a target whose connections load a file and Snowflake', async () => {
    repository.write(
      'connections/shop/more.yaml',
      'kind: Connection\nname: b\nsource: from\ndestination: other\nstreams: { orders: { sync: full refresh append } }\n',
    );
    const both = await repository.run(['transform', 'all', '--target', 'both'], { environment });
    expect([both.code, both.err]).toEqual([4, expect.stringContaining('load several warehouses on target "both"')]);
  });
});
