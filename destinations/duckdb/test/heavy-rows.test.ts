import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '@cuttle/loader';
import { DuckdbWarehouse } from '../src/duckdb-warehouse.js';

const ROW_BYTES = 300_000;
const ROWS = 60;
const COMMITS = 6;
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
});
