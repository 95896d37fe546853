import type { DuckDBConnection } from '@duckdb/node-api';
import { RARE_FORMS, type RareForm, type RarelyFormedType } from './rare-forms.js';

/** SQL that gives the usual form of a value, null when it has none. Only {@link Engine} knows these functions. */
export function rareForm(type: RarelyFormedType, raw: string): string {
  return `${functionName(type)}(${raw})`;
}

/**
 * Makes the functions of {@link rareForm} known to all connections of an instance. As SQL they would be twenty nested
 * expressions a column, and planning a thousand columns would take longer than loading them.
 */
export async function registerRareForms(connection: DuckDBConnection): Promise<void> {
  const { DuckDBScalarFunction, VARCHAR } = await import('@duckdb/node-api');
  for (const [type, form] of Object.entries(RARE_FORMS) as [RarelyFormedType, RareForm][]) {
    connection.registerScalarFunction(
      DuckDBScalarFunction.create({
        name: functionName(type),
        returnType: VARCHAR,
        parameterTypes: [VARCHAR],
        mainFunction: (_info, input, output) => {
          const texts = input.getColumnVector(0);
          for (let row = 0; row < input.rowCount; row += 1) {
            const text = texts.getItem(row);
            output.setItem(row, typeof text === 'string' ? (form(text) ?? null) : null);
          }
          output.flush();
        },
      }),
    );
  }
}

function functionName(type: RarelyFormedType): string {
  return `_cuttle_${type}`;
}
