import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '@cuttle/loader';
import { complete, errorsOf, record, state, statesOf, streamOf, TestWarehouse } from '@cuttle/testing';
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

  it('heavy rows of a full refresh, more than fit together, take the place of the table', async () => {
    const warehouse = new TestWarehouse(profileInProcess(), { memory_mb: 128, commit_mb: 64 });
    const stream = streamOf('notes', { id: 'integer', text: 'string' }, { mode: 'overwrite' });
    const lines = function* (): Generator<string> {
      for (let id = 0; id < ROWS * COMMITS; id += 1) yield record(stream, { id, text: 'x'.repeat(ROW_BYTES) });
      yield state(stream, { n: 1 });
      yield complete(stream);
    };
    try {
      for (const _ of ['a new table', 'one that is there']) {
        const result = await warehouse.write([stream], lines());
        expect([result.exitCode, errorsOf(result)]).toEqual([0, []]);
      }
      expect(await warehouse.rows('notes')).toHaveLength(ROWS * COMMITS);
    } finally {
      warehouse.remove();
    }
  });

  it('more heavy rows in front of a state than fit together are refused before they are loaded, with what to set', async () => {
    const warehouse = new TestWarehouse(profileInProcess(), { memory_mb: 128, commit_mb: 64 });
    const stream = streamOf('notes', { id: 'integer', text: 'string' });
    const lines = function* (): Generator<string> {
      yield record(stream, { id: 0, text: 'x' });
      yield state(stream, { n: 1 });
      for (let id = 1; id < ROWS * COMMITS; id += 1) yield record(stream, { id, text: 'x'.repeat(ROW_BYTES) });
      yield state(stream, { n: 2 });
      yield complete(stream);
    };
    try {
      const result = await warehouse.write([stream], lines());
      expect([result.exitCode, statesOf(result).map(({ stream: own }) => own?.stream_state)]).toEqual([1, [{ n: 1 }]]);
      expect(errorsOf(result)).toMatchObject([
        {
          failureType: 'config_error',
          message: expect.stringMatching(
            /^Stream "notes": 143 records in a row hold 43 MB.* Set memory_mb to three times/,
          ),
        },
      ]);
      expect(await warehouse.rows('notes')).toHaveLength(1);
    } finally {
      warehouse.remove();
    }
  });

  it('rows that the engine has no memory for are reported with what to raise', async () => {
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
