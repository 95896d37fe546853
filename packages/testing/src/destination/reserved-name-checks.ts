import { record, state, streamOf } from './fixture.js';
import type { Suite } from './suite.js';
import { column } from './value-cases.js';

/** D-NAM-02: fields whose names the statements of a merge use for columns of their own. */
export function reservedNameChecks(suite: Suite): void {
  suite.check('D-NAM-02', 'a merge of rows with fields named like those that the statements add', async () => {
    for (const [n, name] of ['rowid', 'ROWID', '_arrival', 'batch'].entries()) {
      const properties = { id: 'integer', [name]: 'integer', text: 'string' } as const;
      const plain = streamOf(`added_${n}`, properties, { mode: 'append_dedup', key: ['id'] });
      const keyed = streamOf(`added_key_${n}`, properties, { mode: 'append_dedup', key: [name], cursor: 'id' });
      const rows = [
        [1, 7, 'a', 1],
        [2, 7, 'b', 2],
        [3, null, 'c', 3],
        [2, 7, 'b2', 2],
        [3, null, 'c2', 3],
      ] as const;
      for (const [at, part] of [rows.slice(0, 3), rows.slice(3)].entries()) {
        const lines = part.flatMap(([id, value, text, key]) => [
          record(plain, { id, [name]: value, text }),
          record(keyed, { id: id + at, [name]: key, text }),
        ]);
        await suite.warehouse.load([plain, keyed], [...lines, ...[plain, keyed].map((own) => state(own, { at }))]);
      }
      const textsOf = async (table: string) =>
        (await suite.warehouse.rows(table)).map((row) => column(row, 'text')).sort();
      expect([name, await textsOf(`added_${n}`)]).toEqual([name, ['a', 'b2', 'c2']]);
      expect([name, await textsOf(`added_key_${n}`)]).toEqual([name, ['a', 'b2', 'c2']]);
    }
  });
}
