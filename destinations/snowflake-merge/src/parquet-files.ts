import fs from 'node:fs';
import path from 'node:path';
import { castSelect, type Engine, type KeyFacts, literal, type StagedLoad } from '@cuttle/loader';
import { SystemError } from '@cuttle/protocol';
import type { NumberType } from './column-types.js';
import { keyFacts } from './stage-sql.js';
import { stagedCasts } from './staged-types.js';

/** Size from which on a file ends: between 32 and 100 MB Snowflake loads best. */
const FILE_BYTES = 64_000_000;

/** Files of a batch, and what they say of its key columns. */
export interface ParquetFiles {
  readonly names: readonly string[];
  readonly keys: ReadonlyMap<string, KeyFacts>;
}

/**
 * Writes a batch as zstd Parquet files.
 *
 * @param folder is made; holds nothing but the files
 * @throws {SegmentRefusedError}, {KeyValueError} as every cast; {SystemError} `STAGING_INCOMPLETE`
 */
export async function writeParquet(
  engine: Engine,
  load: StagedLoad,
  folder: string,
  numberType: NumberType,
): Promise<ParquetFiles> {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const part = path.join(folder, 'part');
  await engine.run(
    `copy (${stagedSelect(load, numberType)}) to ${literal(part)} (format parquet, compression zstd, file_size_bytes ${FILE_BYTES})`,
  );
  gather(part, folder);
  const all = literal(path.join(folder, '*.parquet'));
  const [count] = await engine.query(`select sum(num_rows)::bigint from parquet_file_metadata(${all})`);
  if (Number(count?.[0] ?? 0) !== load.records) {
    throw new SystemError('The staging files do not hold every record.', { code: 'STAGING_INCOMPLETE' });
  }
  return { names: fs.readdirSync(folder).sort(), keys: await factsOf(engine, load, all) };
}

function stagedSelect(load: StagedLoad, numberType: NumberType): string {
  const columns = load.plan.columns.map(({ name }, index) => `"${name.replaceAll('"', '""')}" as "C${index}"`);
  const values = [
    '_airbyte_raw_id::varchar as "RAW_ID"',
    // A time without a zone is formatted in a third of the time.
    `strftime(make_timestamp(epoch_us(_airbyte_extracted_at)), '%Y-%m-%d %H:%M:%S.%f') || '000 +00:00' as "EXTRACTED_AT"`,
    '_airbyte_meta::varchar as "META"',
    '_airbyte_generation_id as "GENERATION_ID"',
    'row_number() over () as "ARRIVAL"',
    ...columns,
  ];
  return `select ${values.join(', ')}\nfrom (${castSelect(load, stagedCasts(numberType))})`;
}

/** The engine writes one file, or a folder of several: either way they stand in one folder afterwards. */
function gather(part: string, folder: string): void {
  if (!fs.statSync(part).isDirectory()) {
    fs.renameSync(part, path.join(folder, 'part.parquet'));
    return;
  }
  for (const name of fs.readdirSync(part)) fs.renameSync(path.join(part, name), path.join(folder, name));
  fs.rmdirSync(part);
}

async function factsOf(engine: Engine, { plan }: StagedLoad, files: string): Promise<ReadonlyMap<string, KeyFacts>> {
  const keys = plan.columns.flatMap((column, index) => (plan.key.includes(column.name) ? [{ column, index }] : []));
  if (keys.length === 0) return new Map();
  const facts = keys.map(
    ({ index }) => `count(*) filter ("C${index}" is null), min("C${index}")::varchar, max("C${index}")::varchar`,
  );
  const [row = []] = await engine.query(`select ${facts.join(', ')} from read_parquet(${files})`);
  return new Map(keys.map(({ column }, place) => [column.name, keyFacts(column, row.slice(place * 3, place * 3 + 3))]));
}
