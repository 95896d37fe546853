import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '@cuttle/loader';
import { complete, errorsOf, record, state, streamOf, TestWarehouse } from '@cuttle/testing';
import { DuckdbWarehouse } from '../src/duckdb-warehouse.js';

import { profileInProcess } from './profile.js';

const ROW_BYTES = 300_000;
const ROWS = 60;
const COMMITS = 6;
/** So many that the mean row is light. */
const LIGHT_ROWS = 20_000;
const NUMBERS = Array<number>(150_000).fill(12345);
/** Less than all the rows together, which is what joining their row groups would take. */
const MEMORY_MB = 64;

describe('rows that do not fit into memory together', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heavy-rows-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('a file whose closing runs out of memory is closed without joining row groups, and keeps every row', async () => {
    const engine = await Engine.open({ folder, memoryMb: MEMORY_MB });
    const { signal } = new AbortController();
    const warehouse = new DuckdbWarehouse({ engine, file: join(folder, 'w.duckdb'), waitMs: 1000, signal });
    try {
      await warehouse.session(() => warehouse.commit([{ sql: 'create table notes (id integer, text varchar)' }]));
      for (let commit = 0; commit < COMMITS; commit += 1) {
        const rows = `select i::integer, repeat(chr((65 + i % 26)::integer), ${ROW_BYTES})`;
        const first = commit * ROWS;
        await warehouse.session(() =>
          warehouse.commit([{ sql: `insert into notes ${rows} from range(${first}, ${first + ROWS}) as r(i)` }]),
        );
      }
      await engine.run("set memory_limit = '512MB'");
      const found = await warehouse.session(() =>
        warehouse.query('select count(distinct id), sum(strlen(text))::bigint from notes'),
      );
      expect(found).toEqual([[COMMITS * ROWS, COMMITS * ROWS * ROW_BYTES]]);
    } finally {
      await warehouse.close();
    }
  });

  it('heavy rows side by side among many light ones are loaded in parts that fit', async () => {
    const warehouse = new TestWarehouse(profileInProcess(), { memory_mb: 128, commit_mb: 64 });
    const stream = streamOf('things', { id: 'integer', o: 'object' }, { mode: 'append_dedup', key: ['id'] });
    const lines = function* (): Generator<string> {
      for (let id = 0; id < LIGHT_ROWS; id += 1) yield record(stream, { id, o: {} });
      for (let id = 0; id < ROWS; id += 1) yield record(stream, { id: LIGHT_ROWS + id, o: { numbers: NUMBERS } });
      yield state(stream, { n: 1 });
      yield complete(stream);
    };
    try {
      const result = await warehouse.write([stream], lines());
      expect([result.exitCode, errorsOf(result)]).toEqual([0, []]);
      expect(await warehouse.rows('things')).toHaveLength(LIGHT_ROWS + ROWS);
    } finally {
      warehouse.remove();
    }
  });

  it('rows that the engine has no memory for are told with what to raise', async () => {
    const engine = await Engine.open({ folder, memoryMb: MEMORY_MB });
    try {
      const tooMuch = `create temp table t as select list(repeat('x', 1000)) from range(${MEMORY_MB * 2000})`;
      await expect(engine.run(tooMuch)).rejects.toMatchObject({
        code: 'ENGINE_MEMORY',
        message: expect.stringContaining('Raise memory_mb'),
      });
    } finally {
      engine.close();
    }
  });
});
