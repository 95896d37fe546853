import fs from 'node:fs';
import path from 'node:path';
import type { Statement, TablePlan } from './dialect.js';
import { fitSchema, shortHash } from './table-names.js';
import type { Warehouse } from './warehouse.js';

/**
 * Does with a probe table what a load does: make the schema, create, alter, insert, merge and drop. The probe is dropped
 * also when a step fails.
 *
 * @throws {ConfigError} naming what cannot be done
 */
export async function checkWarehouse(warehouse: Warehouse, schema: string, folder: string): Promise<void> {
  const { dialect } = warehouse;
  const own = `_cuttle_check_${shortHash(folder)}`;
  const name = dialect.names.spell(own);
  const table = { schema: fitSchema(schema, dialect.names), name };
  const batchTable = { ...table, name: dialect.names.spell(`${own}_batch`) };
  const plan: TablePlan = {
    table,
    columns: [{ property: 'id', name: dialect.names.spell('id'), type: 'integer' }],
    key: [dialect.names.spell('id')],
    cursor: undefined,
    tombstone: undefined,
  };
  const note = { property: 'note', name: dialect.names.spell('note'), type: 'string' } as const;
  const wider: TablePlan = { ...plan, columns: [...plan.columns, note] };
  const probe = path.join(folder, 'check.ndjson');
  fs.writeFileSync(probe, '{"type":"RECORD","record":{"stream":"check","emitted_at":0,"data":{"id":1,"note":"x"}}}\n');
  await warehouse.session(async () => {
    const createSchema: Statement = { sql: `create schema if not exists ${dialect.quote(table.schema)}`, isDdl: true };
    try {
      await warehouse.commit([createSchema, dialect.drop(table), ...dialect.create(table, plan)]);
      const columns = (await warehouse.describe(table.schema)).get(name)?.columns ?? new Map<string, string>();
      await warehouse.commit(dialect.alter(columns, table, wider));
      const segment = {
        path: probe,
        bytes: 0,
        records: 1,
        checksum: 0,
        carries: false,
        longestLine: 200,
        lines: [0, 1],
      };
      const load = {
        plan: wider,
        segments: [segment],
        records: 1,
        generationId: 0,
        syncId: undefined,
        ordered: true,
        batchTable,
      };
      const staged = await warehouse.stage(load);
      await warehouse.commit(dialect.load('upsert', staged, table, wider));
      await staged.release();
    } catch (error) {
      // What went wrong is told, not that the probe could not be dropped after it.
      await warehouse.commit([dialect.drop(table)]).catch(() => undefined);
      throw error;
    }
    await warehouse.commit([dialect.drop(table)]);
  });
}
