import { absent } from './sql-error.js';
import type { TokenReader } from './tokens.js';

/** A table, stage or view by its full name. */
export interface ObjectName {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
}

/** Where names without schema or database belong. */
export interface Place {
  readonly database: string | undefined;
  readonly schema: string | undefined;
}

/** Reads `name`, `schema.name` or `database.schema.name`. */
export function readObjectName(reader: TokenReader, place: Place): ObjectName {
  const parts = [reader.name()];
  while (reader.take('.')) parts.push(reader.name());
  const [name, schema = place.schema, database = place.database] = parts.reverse();
  if (database === undefined) throw absent('Database', 'current');
  if (schema === undefined) throw absent('Schema', 'current');
  return { database, schema, name: name as string };
}
