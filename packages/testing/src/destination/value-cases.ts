import type { JsonObject } from '@cuttle/protocol';
import { changesOf, rawRecord, state, streamOf } from './fixture.js';
import type { DumpedRow } from './profile.js';
import type { Suite } from './suite.js';

/** What one input value becomes; `change` is what `_airbyte_meta` says of it. */
export interface Case {
  /** JSON text of the value. */
  readonly input: string;
  readonly output: unknown;
  readonly change?: 'NULLED' | 'TRUNCATED';
}

/** Loads one record for each value into column `v` and gives the rows in the order of the values. */
export async function loadValues(
  { warehouse }: Suite,
  type: JsonObject | string,
  inputs: readonly string[],
): Promise<readonly DumpedRow[]> {
  const stream = streamOf('cases', { n: 'integer', v: type });
  const lines = inputs.map((input, n) => rawRecord('cases', `{"n":${n},"v":${input}}`));
  await warehouse.load([stream], [...lines, state(stream, { n: 1 })]);
  const rows = await warehouse.rows('cases');
  return [...rows].sort((a, b) => Number(column(a, 'n')) - Number(column(b, 'n')));
}

/** Loads the values and compares each row and what is noted of its change. */
export async function expectCases(suite: Suite, type: JsonObject | string, cases: readonly Case[]): Promise<void> {
  const rows = await loadValues(
    suite,
    type,
    cases.map(({ input }) => input),
  );
  expect(rows).toHaveLength(cases.length);
  for (const [index, { input, output, change }] of cases.entries()) {
    const row = rows[index] as DumpedRow;
    expect([input, column(row, 'v')]).toEqual([input, output]);
    const changes = changesOf(row).map((entry) => [input, entry.field, entry.change]);
    expect(changes).toEqual(change === undefined ? [] : [[input, 'v', change]]);
  }
}

/** Value of a column by its name in any case; an own property only. */
export function column(row: DumpedRow, name: string): unknown {
  return Object.entries(row).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}
