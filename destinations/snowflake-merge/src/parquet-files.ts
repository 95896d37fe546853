import fs from 'node:fs';
import path from 'node:path';
import { castSelect, type Engine, type KeyFacts, literal, type Segment, type StagedLoad } from '@cuttle/loader';
import { SystemError } from '@cuttle/protocol';
import type { NumberType } from './column-types.js';
import { keyFacts } from './stage-sql.js';
import { stagedCasts } from './staged-types.js';

/** Size from which on a file ends: between 32 and 100 MB Snowflake loads best. */
const FILE_BYTES = 64_000_000;

/** Bytes of input in a row group, and bounds of its rows. */
const GROUP_BYTES = 32_000_000;
const MIN_GROUP_ROWS = 2048;
const MAX_GROUP_ROWS = 122_880;
/** Bytes of input from which on files are written at the same time. */
const DIVIDED_BYTES = 32_000_000;
/** Mean size of a record from which on that would take too much memory. */
const HEAVY_ROW_BYTES = 32 * 1024;

/** Segments that are written by one statement. */
interface Part {
  readonly name: string;
  readonly segments: readonly Segment[];
  /** Records of the load in front of them. */
  readonly before: number;
}

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
  const parts = partsOf(load, engine.threads);
  const groupRows = rowsOfGroup(load);
  await engine.runTogether(
    parts.map(
      (part) =>
        `copy (${stagedSelect(load, part, numberType)}) to ${literal(path.join(folder, part.name))} (format parquet, compression zstd, file_size_bytes ${FILE_BYTES}, row_group_size ${groupRows})`,
    ),
  );
  for (const { name } of parts) gather(folder, name);
  const all = literal(path.join(folder, '*.parquet'));
  const [count] = await engine.query(`select sum(num_rows)::bigint from parquet_file_metadata(${all})`);
  if (Number(count?.[0] ?? 0) !== load.records) {
    throw new SystemError('The staging files do not hold every record.', { code: 'STAGING_INCOMPLETE' });
  }
  return { names: fs.readdirSync(folder).sort(), keys: await factsOf(engine, load, all) };
}

/** A row group stands in memory until it is written. */
function rowsOfGroup({ segments, records }: StagedLoad): number {
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  return Math.max(MIN_GROUP_ROWS, Math.min(MAX_GROUP_ROWS, Math.floor(GROUP_BYTES / (bytes / records))));
}

/** Successive segments, in parts of about the same size; one part where the engine could not hold several. */
function partsOf({ segments, records }: StagedLoad, count: number): readonly Part[] {
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  const isWhole = bytes < DIVIDED_BYTES || bytes > records * HEAVY_ROW_BYTES;
  const parts: { name: string; segments: Segment[]; before: number }[] = [];
  let [bytesBefore, before] = [0, 0];
  for (const segment of segments) {
    const middle = bytesBefore + segment.bytes / 2;
    const place = isWhole ? 0 : Math.floor((middle / bytes) * count);
    parts[place] ??= { name: `part-${place}`, segments: [], before };
    parts[place].segments.push(segment);
    bytesBefore += segment.bytes;
    before += segment.records;
  }
  return parts.filter((part) => part !== undefined);
}

function stagedSelect(load: StagedLoad, { segments, before }: Part, numberType: NumberType): string {
  const columns = load.plan.columns.map(({ name }, index) => `"${name.replaceAll('"', '""')}" as "C${index}"`);
  const values = [
    '_airbyte_raw_id::varchar as "RAW_ID"',
    // A time without a zone is formatted in a third of the time.
    `strftime(make_timestamp(epoch_us(_airbyte_extracted_at)), '%Y-%m-%d %H:%M:%S.%f') || '000 +00:00' as "EXTRACTED_AT"`,
    '_airbyte_meta::varchar as "META"',
    '_airbyte_generation_id as "GENERATION_ID"',
    `row_number() over () + ${before} as "ARRIVAL"`,
    ...columns,
  ];
  return `select ${values.join(', ')}\nfrom (${castSelect({ ...load, segments }, stagedCasts(numberType))})`;
}

/** The engine writes one file, or a folder of several: either way they stand in one folder afterwards. */
function gather(folder: string, name: string): void {
  const part = path.join(folder, name);
  if (!fs.statSync(part).isDirectory()) {
    fs.renameSync(part, `${part}.parquet`);
    return;
  }
  for (const file of fs.readdirSync(part)) fs.renameSync(path.join(part, file), path.join(folder, `${name}-${file}`));
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
