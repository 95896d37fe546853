import {
  ConfigError,
  type ConfiguredStream,
  cursorPath,
  type FieldPath,
  isJsonObject,
  type Json,
  type JsonObject,
  keyPaths,
  streamLabel,
} from '@cuttle/protocol';
import { airbyteTypeOf } from './airbyte-type.js';
import { ARRIVAL_COLUMN, type Column, type Dialect, META_COLUMNS, type TableName, type TablePlan } from './dialect.js';
import { mapNames } from './table-names.js';

/** A source that captures changes sets this field, to any value, in the record of a deleted row. */
const DELETED_AT = '_ab_cdc_deleted_at';

/** What becomes of a row whose deletion arrives: it is removed, or it stays with the time of its deletion. */
export type DeleteMode = 'hard' | 'soft';

/**
 * The table of a configured stream.
 *
 * @param existing columns of the table as it stands, so that names stay what they were
 * @throws {ConfigError} `KEY_NESTED`, `KEY_MISSING`, `KEY_UNKNOWN` when the stream cannot be deduplicated as asked
 */
export function planTable(
  configured: ConfiguredStream,
  table: TableName,
  dialect: Dialect,
  deleteMode: DeleteMode,
  existing: ReadonlySet<string>,
): TablePlan {
  const properties = configured.stream.json_schema['properties'];
  const schema = wellFormed(isJsonObject(properties) ? properties : {});
  const names = mapNames(Object.keys(schema), dialect.names, [...META_COLUMNS, ARRIVAL_COLUMN], existing);
  const columns = Object.entries(schema).map(
    ([property, type]): Column => ({ property, name: names.get(property) as string, type: airbyteTypeOf(type) }),
  );
  if (configured.destination_sync_mode !== 'append_dedup') {
    return { table, columns, key: [], cursor: undefined, tombstone: undefined };
  }
  const paths = keyPaths(configured);
  if (paths.length === 0) throw keyError('KEY_MISSING', configured, 'has no primary key');
  const columnOf = (path: FieldPath, role: string) => topLevelColumn(path, role, configured, names);
  const cursor = cursorPath(configured);
  return {
    table,
    columns,
    key: paths.map((path) => columnOf(path, 'primary key')),
    cursor: cursor === undefined ? undefined : columnOf(cursor, 'cursor'),
    tombstone: deleteMode === 'hard' ? names.get(DELETED_AT) : undefined,
  };
}

/** Properties that differ in lone surrogates only are one: records keep none of them. */
function wellFormed(properties: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).map(([name, type]): [string, Json] => [name.toWellFormed(), type]),
  );
}

function topLevelColumn(
  path: FieldPath,
  role: string,
  configured: ConfiguredStream,
  names: ReadonlyMap<string, string>,
): string {
  if (path.length !== 1) throw keyError('KEY_NESTED', configured, `has the nested ${role} "${path.join('.')}"`);
  const column = names.get((path[0] as string).toWellFormed());
  if (column === undefined) {
    throw keyError('KEY_UNKNOWN', configured, `has the ${role} "${path[0]}", which is not in its schema`);
  }
  return column;
}

function keyError(code: string, configured: ConfiguredStream, problem: string): ConfigError {
  return new ConfigError(
    `Stream "${streamLabel(configured.stream)}" ${problem}. Deduplication needs top-level columns: choose others, or use append.`,
    { code, stream: configured.stream },
  );
}
