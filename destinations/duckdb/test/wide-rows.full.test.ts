import { complete, errorsOf, record, state, streamOf, TestWarehouse } from '@cuttle/testing';
import { profileInProcess } from './profile.js';

const COLUMNS = 250;
const ROWS = 60_000;

describe('rows of many columns', () => {
  it('a table of 250 columns is deduplicated with the default memory', async () => {
    const warehouse = new TestWarehouse(profileInProcess());
    const texts = Object.fromEntries(Array.from({ length: COLUMNS }, (_, n) => [`c${n}`, 'string']));
    const stream = streamOf('wide', { id: 'integer', ...texts }, { mode: 'append_dedup', key: ['id'] });
    const lines = function* (): Generator<string> {
      for (let id = 0; id < ROWS; id += 1) yield record(stream, { id, [`c${id % COLUMNS}`]: `text ${id}` });
      yield state(stream, { n: ROWS });
      yield complete(stream);
    };
    try {
      const result = await warehouse.write([stream], lines());
      expect([result.exitCode, errorsOf(result)]).toEqual([0, []]);
    } finally {
      warehouse.remove();
    }
  });
});
