import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Engine, literal, type Segment, type StagedLoad } from '@cuttle/loader';
import { writeParquet } from '../src/parquet-files.js';

const RECORDS = 1000;
/** Two segments of it are written at the same time. */
const LARGE = 16_000_000;
/** A segment of it has heavy records. */
const HEAVY = 64 * 1024 * RECORDS;

describe('writeParquet', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-parquet-'));
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.open({ folder, threads: 2 });
  });
  afterAll(() => {
    engine.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** A segment of small records that says of itself how large it is. */
  function segment(place: number, bytes: number, idAt = (index: number): unknown => index): Segment {
    const file = path.join(folder, `segment-${place}.ndjson`);
    const lines = Array.from({ length: RECORDS }, (_, index) => {
      const record = { stream: 's', emitted_at: 1, data: { id: idAt(place * RECORDS + index) } };
      return `${JSON.stringify({ type: 'RECORD', record })}\n`;
    });
    fs.writeFileSync(file, lines.join(''));
    return { path: file, bytes, records: RECORDS, checksum: 0, longestLine: 200, carries: false, lines: [] };
  }

  function loadOf(segments: readonly Segment[]): StagedLoad {
    const column = { property: 'id', name: 'ID', type: 'integer' } as const;
    const table = { schema: 'RAW', name: 'S' };
    const plan = { table, columns: [column], key: ['ID'], cursor: undefined, tombstone: undefined };
    const records = segments.length * RECORDS;
    return { plan, segments, records, generationId: 1, syncId: 1, ordered: true, batchTable: table };
  }

  it('numbers the rows as they arrived, also when files are written at the same time', async () => {
    const target = path.join(folder, 'large');
    const load = loadOf([0, 1, 2].map((place) => segment(place, LARGE)));
    const { names, keys } = await writeParquet(engine, load, target, 'float');
    expect(names).toEqual(['part-0-data_0.parquet', 'part-1-data_0.parquet']);
    expect(keys.get('ID')).toEqual({ hasNulls: false, range: ['0', '2999'] });
    const all = literal(path.join(target, '*.parquet'));
    const [row] = await engine.query(
      `select count(*), min("ARRIVAL"), count(*) filter ("ARRIVAL" <> "C0" + 1) from read_parquet(${all})`,
    );
    expect(row).toEqual([3000, 1, 0]);
  });

  it('writes heavy records and small batches one after another', async () => {
    const heavy = await writeParquet(
      engine,
      loadOf([segment(0, HEAVY), segment(1, HEAVY)]),
      `${folder}/heavy`,
      'float',
    );
    const small = await writeParquet(engine, loadOf([segment(0, 1000), segment(1, 1000)]), `${folder}/small`, 'float');
    expect([heavy.names, small.names]).toEqual([['part-0-data_0.parquet'], ['part-0-data_0.parquet']]);
  });

  it('ends a row group of large records early: it stands in memory until it is written', async () => {
    const target = path.join(folder, 'groups');
    const load = loadOf([0, 1, 2, 3, 4, 5].map((place) => segment(place, HEAVY)));
    await writeParquet(engine, load, target, 'float');
    const groups = await engine.query(
      `select row_group_num_rows from parquet_metadata(${literal(path.join(target, '*.parquet'))}) where column_id = 0 order by 1`,
    );
    // The first 2,048 rows and what came with the last of them.
    expect(groups).toEqual([[3000], [3000]]);
  });

  it('tells of a bad key in the second file, and the engine goes on', async () => {
    const bad = segment(1, LARGE, (index) => (index === RECORDS + 7 ? 'x' : index));
    await expect(writeParquet(engine, loadOf([segment(0, LARGE), bad]), `${folder}/bad`, 'float')).rejects.toThrow(
      'a key or cursor value cannot be used',
    );
    expect(await engine.query("select current_setting('threads')")).toEqual([[2]]);
  });
});
