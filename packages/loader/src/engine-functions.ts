import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { MetaNotes } from './meta-notes.js';
import { RARE_FORMS, type RareForm, type RarelyFormedType } from './rare-forms.js';

/**
 * Functions in SQL that are ours. What they do would be twenty nested expressions for each column, and planning a thousand
 * columns would take longer than loading them. Only values and rows out of the ordinary come here. Only {@link Engine}
 * knows them.
 */

/** The usual form of a value, null when it has none. */
export function rareForm(type: RarelyFormedType, raw: string): string {
  return `_cuttle_${type}(${raw})`;
}

/**
 * `_airbyte_meta` of a row of which a value was changed, or of which the source said so.
 *
 * @param spec what {@link MetaNotes} takes, as a literal
 * @param args SQL of the record's meta, of the list of missing raw values, of that of missing values, of moments that were cut, and of numbers
 */
export function metaNotes(spec: string, args: readonly [string, string, string, string, string]): string {
  return `_cuttle_meta(${[spec, ...args].join(', ')})::json`;
}

/** Makes the functions known to all connections of an instance. */
export async function registerFunctions(connection: DuckDBConnection): Promise<void> {
  const { BOOLEAN, DuckDBScalarFunction, LIST, VARCHAR } = await import('@duckdb/node-api');
  for (const [type, form] of Object.entries(RARE_FORMS) as [RarelyFormedType, RareForm][]) {
    const usual = (text: unknown) => (typeof text === 'string' ? form(text) : undefined);
    add(rareForm(type, '').slice(0, -2), [VARCHAR], (input, row) => usual(input.getColumnVector(0).getItem(row)));
  }
  const notes = new MetaNotes();
  add('_cuttle_meta', [VARCHAR, VARCHAR, LIST(BOOLEAN), LIST(BOOLEAN), LIST(VARCHAR), LIST(BOOLEAN)], (input, row) => {
    const [spec, meta, raws, values, cuts, numbers] = [0, 1, 2, 3, 4, 5].map((column) =>
      input.getColumnVector(column).getItem(row),
    );
    const items = (list: unknown) => (list as { readonly items: readonly never[] }).items;
    return notes.of(String(spec), meta as string | null, items(raws), items(values), items(cuts), items(numbers));
  });

  function add(
    name: string,
    parameterTypes: (typeof VARCHAR | ReturnType<typeof LIST>)[],
    resultOf: (input: DuckDBDataChunk, row: number) => string | undefined,
  ): void {
    connection.registerScalarFunction(
      DuckDBScalarFunction.create({
        name,
        returnType: VARCHAR,
        parameterTypes,
        mainFunction: (_info, input, output) => {
          for (let row = 0; row < input.rowCount; row += 1) output.setItem(row, resultOf(input, row) ?? null);
          output.flush();
        },
      }),
    );
  }
}
