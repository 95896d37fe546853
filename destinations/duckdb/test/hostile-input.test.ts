import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Engine } from '@cuttle/loader';
import { complete, makeFolder, record, removeFolder, state, statesOf, streamOf, TestWarehouse } from '@cuttle/testing';
import { DuckdbWarehouse } from '../src/duckdb-warehouse.js';
import { profileInProcess } from './profile.js';

const PROPERTIES = { id: 'integer', name: 'string' };
const OPTIONS = { generation: 1, syncId: 2 } as const;

describe('destination-duckdb before hostile input', () => {
  let warehouse: TestWarehouse;
  beforeEach(() => {
    warehouse = new TestWarehouse(profileInProcess());
  });
  afterEach(() => warehouse.remove());

  const failure = async (): Promise<string> => {
    const result = await warehouse.check();
    return result.lines.join('\n');
  };

  it.each([
    'temp',
    'SYSTEM',
    'memory',
    'information_schema',
    'pg_catalog',
    '_cuttle_target',
  ])('D-NAM-01 namespace %s, which the engine keeps for itself, gets a schema with a suffix, the same each time', async (namespace) => {
    const stream = streamOf('users', PROPERTIES, { ...OPTIONS, namespace });
    await warehouse.load([stream], [record(stream, { id: 1 }), state(stream, { n: 1 }), complete(stream)]);
    const more = { ...stream, sync_id: 3 };
    await warehouse.load([more], [record(more, { id: 2 }), state(more, { n: 2 }), complete(more)]);
    const [schema] = (await warehouse.profile.tables(warehouse.config))
      .map((name) => String(name).split('.')[0] as string)
      .filter((name) => name.startsWith(`${namespace}_`));
    expect(schema).toMatch(/_[0-9a-f]{8}$/);
    expect((await warehouse.data('users', schema)).map(({ id }) => Number(id))).toEqual([1, 2]);
    warehouse.config = { ...warehouse.config, schema: namespace };
    expect(await failure()).toContain('SUCCEEDED');
  });

  it('D-NAM-01 streams and columns whose names differ in lone surrogates only load', async () => {
    const [high, low] = ['a\ud800', 'a\udc00'];
    const streams = [high, low].map((name) =>
      streamOf(name, { id: 'integer', [high]: 'string', [low]: 'string' }, OPTIONS),
    );
    const lines = streams.flatMap((stream, index) => [
      record(stream, { id: index, [high]: 'x' }),
      state(stream, { n: 1 }),
      complete(stream),
    ]);
    await warehouse.load(streams, lines);
    const tables = (await warehouse.profile.tables(warehouse.config))
      .map(String)
      .filter((name) => /\.a\ufffd/.test(name));
    expect(tables).toHaveLength(2);
    const rows = await Promise.all(tables.map((name) => warehouse.data(name.slice('main.'.length))));
    expect(rows.flat().map((row) => [Number(row['id']), row['a\ufffd']])).toEqual(
      expect.arrayContaining([
        [0, 'x'],
        [1, 'x'],
      ]),
    );
  });

  it.each([
    ['9000000000000000000'],
    ['-9000000000000000000'],
    ['1e30'],
    ['"x"'],
  ])('a record with emitted_at %s is counted as rejected; the others load (naive variant: an overflow ends the sync)', async (at) => {
    const stream = streamOf('users', PROPERTIES, OPTIONS);
    const odd = record(stream, { id: 2 }).replace(/"emitted_at":\d+/, `"emitted_at":${at}`);
    const lines = [
      record(stream, { id: 1 }),
      odd,
      record(stream, { id: 3 }),
      state(stream, { n: 1 }),
      complete(stream),
    ];
    const result = await warehouse.load([stream], lines);
    expect(statesOf(result)[0]?.destinationStats).toMatchObject({ recordCount: 3, rejectedRecordCount: 1 });
    expect((await warehouse.data('users')).map(({ id }) => Number(id))).toEqual([1, 3]);
  });

  it.each([
    ['append', 'null'],
    ['append', ' null'],
    ['append', '[]'],
    ['append', '"x"'],
    ['append_dedup', 'null'],
  ] as const)('a record whose data is no object is counted as rejected, no row of nulls: %s %s', async (mode, data) => {
    const stream = streamOf('users', PROPERTIES, { ...OPTIONS, mode, key: ['id'] });
    const odd = record(stream, { id: 2 }).replace('{"id":2}', data);
    const result = await warehouse.load(
      [stream],
      [odd, record(stream, { id: 1 }), state(stream, { n: 1 }), complete(stream)],
    );
    expect(statesOf(result)[0]?.destinationStats).toMatchObject({ recordCount: 2, rejectedRecordCount: 1 });
    expect((await warehouse.data('users')).map(({ id }) => Number(id))).toEqual([1]);
  });

  it('a blank line among messages is passed over', async () => {
    const stream = streamOf('users', PROPERTIES, OPTIONS);
    await warehouse.load(
      [stream],
      [record(stream, { id: 1 }), ' \t ', '', state(stream, { n: 1 }), '  ', complete(stream)],
    );
    expect(await warehouse.data('users')).toHaveLength(1);
  });

  it('a pipe, a device and a folder are refused by name, at once: opening a pipe would wait for ever', async () => {
    const pipe = path.join(warehouse.folder, 'pipe.duckdb');
    execFileSync('sh', ['-c', 'mkfifo "$0"', pipe]);
    for (const [file, kind] of [
      [pipe, 'a pipe'],
      ['/dev/null', 'a device'],
      [warehouse.folder, 'a folder'],
    ] as const) {
      warehouse.config = { ...warehouse.config, destination_path: file };
      expect(await failure()).toContain(`destination_path (${file}) is ${kind}, no file.`);
    }
  });

  it('an address is refused with what it means, and no file of its name is made', async () => {
    warehouse.config = { ...warehouse.config, destination_path: 'md:shop' };
    expect(await failure()).toContain('which means a database of MotherDuck');
    expect(fs.existsSync('md:shop')).toBe(false);
  });

  it('~ and file:// are expanded', async () => {
    const file = path.join(warehouse.folder, 'home', 'shop.duckdb');
    const home = jest.spyOn(os, 'homedir').mockReturnValue(path.dirname(file));
    try {
      for (const text of ['~/shop.duckdb', `file://${file}`]) {
        warehouse.config = { ...warehouse.config, destination_path: text };
        expect(await failure()).toContain('SUCCEEDED');
        expect(fs.existsSync(file)).toBe(true);
        fs.rmSync(file);
      }
    } finally {
      home.mockRestore();
    }
  });

  it('a file that was cut off is named as damaged, with a remedy', async () => {
    const file = String(warehouse.config['destination_path']);
    const stream = streamOf('users', PROPERTIES, OPTIONS);
    const rows = Array.from({ length: 5000 }, (_, id) => record(stream, { id, name: `name ${id}`.repeat(20) }));
    await warehouse.load([stream], [...rows, state(stream, { n: 1 }), complete(stream)]);
    const { size } = fs.statSync(file);
    for (const length of [size >> 1, 5000]) {
      fs.truncateSync(file, length);
      const stale = { ...stream, destination_sync_mode: 'append_dedup', primary_key: [['id']], sync_id: 3 } as const;
      const lines = [record(stale, { id: 1, name: 'x' }), state(stale, { n: 2 }), complete(stale)];
      const { exitCode, lines: output } = await warehouse.write([stale], lines);
      expect([exitCode, output.join()]).toEqual([1, expect.stringMatching(/is damaged: .*Restore it from a copy/)]);
    }
    expect(await failure()).toContain(`destination_path (${file}) is damaged`);
  });
});

describe('a database file that goes away while a run writes to it', () => {
  const folder = makeFolder();
  afterAll(() => removeFolder(folder));

  it.each([
    ['is gone', (file: string) => fs.renameSync(file, `${file}.away`)],
    [
      'is another one',
      (file: string) => {
        fs.renameSync(file, `${file}.old`);
        fs.copyFileSync(`${file}.old`, file);
      },
    ],
  ])('%s: the next commit says so; no empty file takes its place', async (what, move) => {
    const staging = fs.mkdtempSync(path.join(folder, 'staging-'));
    const file = path.join(staging, 'w.duckdb');
    const engine = await Engine.open({ folder: staging });
    const { signal } = new AbortController();
    const warehouse = new DuckdbWarehouse({ engine, file, waitMs: 1000, signal });
    await warehouse.session(() => warehouse.commit([{ sql: 'create table a (b int)' }]));
    await warehouse.session(() => warehouse.query('select * from a'));
    move(file);
    const later = warehouse.session(() => warehouse.query('select * from a'));
    await expect(later).rejects.toMatchObject({ code: 'DATABASE_REPLACED', message: expect.stringContaining(what) });
    expect(fs.existsSync(file)).toBe(what === 'is another one');
    await warehouse.close();
  });
});
