import {
  complete,
  countStatements,
  isLong,
  killedAfter,
  range,
  rawRecord,
  state,
  streamOf,
  TestWarehouse,
} from '@cuttle/testing';
import { profileInProcess } from './profile.js';

const WIDE = '9223372036854775808';
const PROPERTIES = { id: 'integer', other: 'integer' };
/** More rows than the small lane takes. */
const MANY = 300;
const MODES = {
  append: { mode: 'append' },
  dedup: { mode: 'append_dedup', key: ['id'] },
  overwrite: { mode: 'overwrite', minimum: 1 },
} as const;

describe('a column that becomes wider', () => {
  let warehouse: TestWarehouse;
  beforeEach(() => {
    warehouse = new TestWarehouse(profileInProcess());
  });
  afterEach(() => warehouse.remove());

  const line = (id: string) => rawRecord('numbers', `{"id":${id},"other":1}`);

  it.each(
    Object.keys(MODES) as (keyof typeof MODES)[],
  )('D-CR-01 %s: killed after every statement and run again, has each value once', async (mode) => {
    const first = streamOf('numbers', PROPERTIES, { generation: 1, syncId: 2, ...MODES[mode] });
    const next = {
      ...first,
      sync_id: 3,
      ...(mode === 'overwrite' ? { generation_id: 2, minimum_generation_id: 2 } : {}),
    };
    const ids = range(MANY).map((n) => String(100 + n));
    const lines = [line(WIDE), ...ids.map(line), state(next, 2), line(`-${WIDE}9`), state(next, 3), complete(next)];
    const prepare = () => warehouse.load([first], [line('1'), state(first, 1), complete(first)]);
    await prepare();
    const total = await countStatements(warehouse, (options) => warehouse.write([next], lines, options));
    const kills: string[] = [];
    for (const after of range(total).filter((n) => isLong || n % 4 === 3)) {
      warehouse.remove();
      warehouse = new TestWarehouse(profileInProcess());
      await prepare();
      const killed = await warehouse.write([next], lines, killedAfter(warehouse, after + 1));
      kills.push(String(killed.signal));
      const columns = await warehouse.profile.columns(warehouse.config, 'main', 'numbers');
      const before = (await warehouse.data('numbers')).map(({ id }) => String(id));
      // The type and the value that needs it come in one transaction.
      if (mode !== 'overwrite') expect([after, columns?.['id'] === 'HUGEINT']).toEqual([after, before.includes(WIDE)]);
      await warehouse.load([next], lines);
      const found = (await warehouse.data('numbers')).map(({ id }) => String(id)).sort();
      const wanted = [...(mode === 'overwrite' ? [] : ['1']), WIDE, `-${WIDE}9`, ...ids].sort();
      expect([after, found]).toEqual([after, wanted]);
      expect(await warehouse.profile.columns(warehouse.config, 'main', 'numbers')).toMatchObject({
        id: 'HUGEINT',
        other: 'BIGINT',
      });
    }
    expect(kills.filter((signal) => signal === 'SIGKILL').length).toBeGreaterThan(3);
  }, 600_000);
});
