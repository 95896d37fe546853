import { type Column, type KeyFacts, qualified, type Row, type StagedLoad, type TableName } from '@cuttle/loader';
import { literal, quote } from './quoting.js';
import type { SnowflakeDialect } from './snowflake-dialect.js';
import { finalValue, stagedType } from './staged-types.js';

/** The columns of a batch table in front of those of the records, which are called C0, C1 and so on. */
const BATCH_COLUMNS = {
  RAW_ID: 'VARCHAR',
  EXTRACTED_AT: 'VARCHAR',
  META: 'VARCHAR',
  GENERATION_ID: 'NUMBER(38,0)',
  ARRIVAL: 'NUMBER(38,0)',
} as const;

const STAGE_NAME = '_CUTTLE_STAGE';
/** Types whose order as staged is the same in the engine and in Snowflake. */
const ORDERED_TYPES: ReadonlySet<string> = new Set(['integer', 'string', 'date']);
/** A longer key makes a longer statement without pruning any better. */
const MAX_RANGE_CHARACTERS = 200;
/** Control characters and lone surrogates. */
const UNSAFE = /[\p{Cc}\p{Cs}]/u;

type BatchShape = Pick<StagedLoad, 'plan' | 'batchTable'>;

/** Our stage in a schema. */
export function stageIn(schema: string): string {
  return `${quote(schema)}.${quote(STAGE_NAME)}`;
}

/** Folder of a target's files in the stage, over all attempts. */
export function targetFolder({ schema, name }: TableName): string {
  return `${stageIn(schema)}/${name.slice(0, name.lastIndexOf('_'))}`;
}

/** Folder of the files of one batch: no other attempt at the target has it. */
export function batchFolder(table: TableName, batch: number): string {
  return `${targetFolder(table)}/${table.name.slice(table.name.lastIndexOf('_') + 1)}-${batch}`;
}

/** Made anew for each run, so that nothing of an earlier one is in it. */
export function createBatchTable({ plan, batchTable }: BatchShape, dialect: SnowflakeDialect): string {
  const own = plan.columns.map(({ type }, index) => `C${index} ${stagedType(type, dialect.numberType)}`);
  const columns = ['BATCH NUMBER(38,0)', ...Object.entries(BATCH_COLUMNS).map((entry) => entry.join(' ')), ...own];
  return `create or replace transient table ${qualified(batchTable, dialect)} (${columns.join(', ')})`;
}

/** Removes what killed runs left in a folder. */
export function removeFolder(folder: string): string {
  return `remove ${literal(`@${folder}/`)}`;
}

/** Uploads one file. */
export function putFile(file: string, target: string): string {
  return `put ${literal(`file://${file.replaceAll('\\', '/')}`)} ${literal(`@${target}`)} auto_compress = false overwrite = true`;
}

/** Copies files into the batch table: each of them once, however often the statement runs. */
export function copyFiles(
  { plan, batchTable }: BatchShape,
  dialect: SnowflakeDialect,
  { files, source, batch }: { readonly files: readonly string[]; readonly source: string; readonly batch: number },
): string {
  const names = [...Object.keys(BATCH_COLUMNS), ...plan.columns.map((_, index) => `C${index}`)];
  return `copy into ${qualified(batchTable, dialect)} (BATCH, ${names.join(', ')})
from (select ${batch}, ${names.map((name) => `$1:${name}`).join(', ')} from ${literal(`@${source}`)})
files = (${files.map(literal).join(', ')}) file_format = (type = parquet) on_error = abort_statement purge = true`;
}

/** Rows of a batch, with their final types. */
export function batchRelation({ plan, batchTable }: BatchShape, dialect: SnowflakeDialect, batch: number): string {
  const columns = plan.columns.map(({ name, type }, index) => `${finalValue(`C${index}`, type)} as ${quote(name)}`);
  const meta = [
    'RAW_ID as "_AIRBYTE_RAW_ID"',
    `${finalValue('EXTRACTED_AT', 'timestamp_with_timezone')} as "_AIRBYTE_EXTRACTED_AT"`,
    `${finalValue('META', 'unknown')} as "_AIRBYTE_META"`,
    'GENERATION_ID as "_AIRBYTE_GENERATION_ID"',
    'ARRIVAL as _arrival',
  ];
  return `(select ${[...meta, ...columns].join(', ')}
from ${qualified(batchTable, dialect)} where BATCH = ${batch})`;
}

/** What counts and extremes of a key column say. */
export function keyFacts({ type }: Column, [nulls, low, high]: Row): KeyFacts {
  const hasNulls = Number(nulls) > 0;
  if (!ORDERED_TYPES.has(type) || low == null || high == null) return { hasNulls };
  const both = `${low}${high}`;
  // A literal with NUL is refused, and the sort of what no literal should hold is nobody's promise.
  if (both.length > MAX_RANGE_CHARACTERS || UNSAFE.test(both)) return { hasNulls };
  const asSql = (value: string) =>
    type === 'integer' ? value : type === 'date' ? `to_date(${literal(value)}, 'YYYY-MM-DD')` : literal(value);
  return { hasNulls, range: [asSql(String(low)), asSql(String(high))] };
}
