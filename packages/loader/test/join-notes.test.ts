import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { Control } from '../src/control.js';
import type { Dialect, Statement } from '../src/dialect.js';
import { joinNotes } from '../src/join-notes.js';

const dialect = {
  names: { maxLength: 255, spell: (name: string) => name, fold: (name: string) => name.toLowerCase() },
  quote: (name: string) => `"${name}"`,
  literal: (text: string) => `'${text.replaceAll("'", "''")}'`,
} as unknown as Dialect;

/** One change of the notes of a target. */
const change = fc.record({
  target: fc.constantFrom('a', "b'c", 'd'),
  kind: fc.constantFrom('fence', 'batches', 'staging', 'placed', 'key', 'forget key', 'forget batches'),
  number: fc.nat(3),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function statementsOf(control: Control, { target, kind, number }: Change): readonly Statement[] {
  switch (kind) {
    case 'fence':
      return [control.checkFence(target, 1)];
    case 'batches':
      return [control.addBatches(target, 1, number, ['x', 'y'])];
    case 'staging':
    case 'placed':
      return control.setGeneration(target, kind, number);
    case 'key':
      return control.setKey(target, `["${number}"]`);
    case 'forget key':
      return [control.forget(target, 'key')];
    default:
      return [control.forgetBatches(target, number)];
  }
}

describe('joinNotes', () => {
  it('leaves the notes of a transaction as its statements one by one would', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const run = async (statements: readonly Statement[]): Promise<unknown> => {
      const control = new Control('s', dialect);
      await connection.run('drop schema if exists s cascade');
      for (const { sql } of control.create()) await connection.run(sql);
      const fences = ['a', "b'c", 'd'].map((target) => ({ target, attempt: 1, generation: 1, syncId: 1 }));
      await connection.run(control.takeFences(fences).sql);
      for (const { sql, expect: wanted } of statements) {
        const { rowsChanged } = await connection.run(sql);
        if (wanted !== undefined) expect(rowsChanged).toBe(wanted.rows);
      }
      const rows = await connection.runAndReadAll(
        "select target, kind, attempt, case when kind <> 'fence' then ordinal end, generation, sync_id, hash from s._cuttle_control order by all",
      );
      return rows.getRowsJson();
    };
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(change, { selector: ({ target, kind }) => `${target} ${kind}`, maxLength: 12 }),
        async (changes) => {
          const control = new Control('s', dialect);
          const statements = changes.flatMap((one) => statementsOf(control, one));
          expect(await run(joinNotes(statements))).toEqual(await run(statements));
        },
      ),
      { numRuns: 40 },
    );
    connection.closeSync();
  });

  it('takes one statement of each kind for many targets, fences first', () => {
    const control = new Control('s', dialect);
    const statements = ['a', 'd'].flatMap((target) => [
      control.checkFence(target, 1),
      { sql: `insert into ${target}` },
      ...control.setGeneration(target, 'placed', 2),
    ]);
    expect(joinNotes(statements).map(({ sql }) => sql.split(' ').slice(0, 3).join(' '))).toEqual([
      'update "s"."_cuttle_control" set',
      'insert into a',
      'insert into d',
      'delete from "s"."_cuttle_control"',
      'insert into "s"."_cuttle_control"',
    ]);
    expect(joinNotes(statements)[0]?.expect?.rows).toBe(2);
  });
});
