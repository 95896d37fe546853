import path from 'node:path';
import { duckdbProfile, errorsOf, record, state, statement, streamOf, TestWarehouse } from '@cuttle/testing';

const STUCK = path.join(__dirname, 'preload', 'stuck-insert.cjs');

describe('destination-duckdb', () => {
  const title = 'a commit that never settles while more input waits ends the command with 1 and a trace';
  statement('C-01', title, undefined, async () => {
    const warehouse = new TestWarehouse(duckdbProfile(), { commit_mb: 1 });
    try {
      const things = streamOf('things', { id: 'integer' }, { generation: 1 });
      const lines = function* () {
        for (let id = 0; id < 60; id += 1) {
          yield record(things, { id, pad: 'x'.repeat(100_000) });
          yield state(things, { id });
        }
      };
      const result = await warehouse.write([things], lines(), { preload: [STUCK] });
      expect([result.exitCode, result.signal]).toEqual([1, null]);
      expect(errorsOf(result).map(({ message }) => message)).toEqual([expect.stringContaining('can no longer come')]);
    } finally {
      warehouse.remove();
    }
  });
});
