import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, JsonSchema } from '@cuttle/protocol';
import { hasConnected, type StripeConfig } from './config.js';
import { LEGACY_COLUMNS } from './legacy-columns.js';

/** First version whose objects have the columns of the typings; those before have the legacy ones too. */
const MODERN_VERSION = '2025-03-31';

/** Columns with their types, by name. */
export type Columns = Readonly<Record<string, ColumnType>>;
/** Type of a column in JSON Schema's words. */
type ColumnType = 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array';

/** Whether a version is of the older form, in which invoices, charges and subscriptions have other columns. */
export function isLegacy(config: StripeConfig): boolean {
  return config.api_version.slice(0, 10) < MODERN_VERSION;
}

/** Columns of every stream, read from the file that is generated from the typings of the `stripe` package. */
export function readColumns(): Readonly<Record<string, Columns>> {
  return JSON.parse(readFileSync(join(__dirname, '..', 'resources', 'columns.json'), 'utf8'));
}

/**
 * Columns of a stream: those of Stripe in the config's version, then ours.
 *
 * @param own columns that we add
 */
export function streamColumns(columns: Columns, stream: string, own: Columns, config: StripeConfig): Columns {
  const legacy = isLegacy(config) ? LEGACY_COLUMNS[stream] : undefined;
  const account: Columns = hasConnected(config) ? { account_id: 'string' } : {};
  return { ...columns, ...legacy, ...own, ...account };
}

/** JSON Schema of records. Every field may be null; objects inside are left open, since they differ from version to version. */
export function recordSchema(columns: Columns): JsonSchema {
  const properties = Object.entries(columns).map(([name, type]): [string, Json] => [
    name,
    type === 'object' ? { type: ['object', 'null'], additionalProperties: true } : { type: [type, 'null'] },
  ]);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    additionalProperties: true,
    properties: Object.fromEntries(properties),
  };
}
