import { complete, record, state, streamOf, TestWarehouse } from '@cuttle/testing';
import { profileInProcess } from './profile.js';

const KEYS = 100_000;
/** Three staging files and a bit: what two threads read side by side. */
const ROWS = 370_000;
/** Rows of the third file take longer to read than the few of the fourth, which came later. */
const [SLOW_FROM, SLOW_TO] = [245_760, 368_640];
const NOTE = 'x'.repeat(300);

describe('order of arrival', () => {
  it('D-DED-02 of rows with equal cursors and times the last one wins, over several staging files (naive variant: two threads in no order)', async () => {
    const warehouse = new TestWarehouse(profileInProcess());
    const stream = streamOf(
      'things',
      { id: 'integer', cursor: 'integer', n: 'integer' },
      { mode: 'append_dedup', key: ['id'], cursor: 'cursor' },
    );
    const lines = function* (): Generator<string> {
      for (let n = 0; n < ROWS; n += 1) {
        const note = n >= SLOW_FROM && n < SLOW_TO ? { note: NOTE } : {};
        yield record(stream, { id: n % KEYS, cursor: 1, n, ...note });
      }
      yield state(stream, { n: ROWS });
      yield complete(stream);
    };
    try {
      await warehouse.load([stream], lines());
      const rows = await warehouse.rows('things');
      const stale = rows.filter(({ id, n }) => Number(n) < ROWS - KEYS || Number(n) % KEYS !== Number(id));
      expect([rows.length, stale]).toEqual([KEYS, []]);
    } finally {
      warehouse.remove();
    }
  });
});
