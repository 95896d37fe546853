import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance, DuckDBTimestampTZValue } from '@duckdb/node-api';
import { DuckdbWarehouse } from '../src/index.js';

describe('DuckdbWarehouse', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-warehouse-'));
  const file = path.join(folder, 'w.duckdb');
  beforeAll(async () => {
    const instance = await DuckDBInstance.create(file);
    instance.closeSync();
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  const query = (sql: string) => DuckdbWarehouse.read(file, (warehouse) => warehouse.query(sql));

  it('gives values that JSON keeps, numbers as numbers as long as they stay exact', async () => {
    const sql = `select 1.50::decimal(18, 2) as a, 9007199254740993::hugeint as b, 0.1::double as c, date '2024-01-02' as d,
timestamp '2024-01-02 03:04:05.5' as e, timestamptz '2024-01-02 03:04:05+01' as f, true as g, ['x'] as h, null::integer as i,
400::bigint as j, 'text' as k`;
    const { columns, rows } = await query(sql);
    expect(rows).toEqual([
      [
        1.5,
        '9007199254740993',
        0.1,
        '2024-01-02',
        '2024-01-02T03:04:05.5Z',
        '2024-01-02T02:04:05Z',
        true,
        '["x"]',
        null,
        400,
        'text',
      ],
    ]);
    expect(columns.map(({ kind }) => kind).join(' ')).toBe(
      'number number number date time time boolean text number number text',
    );
  });

  it('gives an amount of a wide decimal type as a number: zeros behind it are no digits', async () => {
    const sql =
      'select 1234567.89::decimal(38, 9), 100::decimal(38, 9), 0::decimal(38, 9), 123456789.123456789::decimal(38, 9)';
    expect((await query(sql)).rows).toEqual([[1234567.89, 100, 0, '123456789.123456789']]);
  });

  it('gives instants in UTC on a machine of another time zone', async () => {
    // What the driver takes from the machine when it is loaded.
    DuckDBTimestampTZValue.timezoneOffsetInMinutes = -300;
    expect((await query("select timestamptz '2024-01-02 03:04:05+01'")).rows).toEqual([['2024-01-02T02:04:05Z']]);
  });

  it('hands out rows of any number without holding all of them', async () => {
    const ids: unknown[] = [];
    const reading = DuckdbWarehouse.read(file, (warehouse) =>
      warehouse.eachRow('select range as id from range(1000000000000)', ([id], [column]) => {
        ids.push([column?.name, id]);
        if (ids.length === 3000) throw new Error('enough');
      }),
    );
    await expect(reading).rejects.toThrow('enough');
    expect([ids[0], ids[2999]]).toEqual([
      ['id', 0],
      ['id', 2999],
    ]);
  });

  it('lets nothing be written, neither in the file nor beside it', async () => {
    await expect(query('create table t (a int)')).rejects.toThrow(/read-only/);
    await expect(query(`copy (select 1) to '${path.join(folder, 'x.csv')}'`)).rejects.toThrow(/disabled/);
    await expect(query("select * from read_csv('/etc/passwd')")).rejects.toThrow(/disabled/);
    await expect(query('set enable_external_access = true')).rejects.toThrow();
  });

  it('says when there is no warehouse yet', async () => {
    const missing = path.join(folder, 'none.duckdb');
    await expect(DuckdbWarehouse.read(missing, () => Promise.resolve())).rejects.toThrow(/no warehouse .* yet/);
    expect(fs.existsSync(missing)).toBe(false);
  });
});
