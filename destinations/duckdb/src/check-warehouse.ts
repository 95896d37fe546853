import fs from 'node:fs';
import path from 'node:path';
import { type Statement, shortHash, type TablePlan, type Warehouse } from '@cuttle/loader';

/**
 * Does with a probe table what a load does: make the schema, create, alter, insert, merge and drop. The probe is dropped
 * also when a step fails.
 *
 * @throws {ConfigError} naming what cannot be done
 */
export async function checkWarehouse(warehouse: Warehouse, schema: string, folder: string): Promise<void> {
  const { dialect } = warehouse;
  const name = `_cuttle_check_${shortHash(folder)}`;
  const table = { schema, name };
  const plan: TablePlan = {
    table,
    columns: [{ property: 'id', name: 'id', type: 'integer' }],
    key: ['id'],
    cursor: undefined,
    tombstone: undefined,
  };
  const wider: TablePlan = { ...plan, columns: [...plan.columns, { property: 'note', name: 'note', type: 'string' }] };
  const probe = path.join(folder, 'check.ndjson');
  fs.writeFileSync(probe, '{"type":"RECORD","record":{"stream":"check","emitted_at":0,"data":{"id":1,"note":"x"}}}\n');
  await warehouse.session(async () => {
    const createSchema: Statement = { sql: `create schema if not exists ${dialect.quote(schema)}` };
    try {
      await warehouse.commit([createSchema, dialect.drop(table), ...dialect.create(table, plan)]);
      const columns = (await warehouse.describe(schema)).get(name) ?? new Map<string, string>();
      await warehouse.commit(dialect.alter(columns, table, wider));
      const segment = {
        path: probe,
        bytes: 0,
        records: 1,
        checksum: 0,
        longestLine: 200,
        mayLoseDigits: false,
        lines: [0, 1],
      };
      const load = { plan: wider, segments: [segment], records: 1, generationId: 0, syncId: undefined, ordered: true };
      const staged = await warehouse.stage(load);
      await warehouse.commit(dialect.load('upsert', staged, table, wider));
      await staged.release();
    } finally {
      await warehouse.commit([dialect.drop(table)]);
    }
  });
}
