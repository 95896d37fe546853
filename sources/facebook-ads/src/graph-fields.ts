import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Level } from './config.js';

/** Names that the Marketing API knows, made from Meta's SDK by `tools/graph-fields.js`. */
export interface GraphFields {
  readonly sdk: string;
  /** Fields of each stream's objects. */
  readonly objects: Readonly<Record<string, readonly string[]>>;
  readonly statuses: Readonly<Record<Exclude<Level, 'account'>, readonly string[]>>;
  readonly insights: { readonly fields: readonly string[]; readonly breakdowns: readonly string[] };
}

/** The generated names. */
export function graphFields(): GraphFields {
  return JSON.parse(readFileSync(join(__dirname, '..', 'resources', 'graph-fields.json'), 'utf8')) as GraphFields;
}
