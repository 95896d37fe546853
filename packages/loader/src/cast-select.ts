import { isCarried, uncarried } from './carried-numbers.js';
import { type Cast, type Casts, castOf, DUCKDB_CASTS } from './cast-sql.js';
import type { Column } from './dialect.js';
import { metaNotes } from './engine-functions.js';
import { type NoteSpec, noteOf } from './meta-notes.js';
import { literal, quote } from './sql-text.js';
import type { StagedLoad } from './warehouse.js';

/** Begins the message of an error raised inside a load for a key or cursor value that cannot be used. */
export const KEY_ERROR = 'CUTTLE_KEY:';

/** Default of DuckDB; a longer line needs more. */
const DEFAULT_OBJECT_BYTES = 16 * 1024 * 1024;

/**
 * Rows of the segments of a load: meta columns, then the plan's columns by their names, in the order of arrival.
 *
 * @param casts what becomes of the values of each type
 */
export function castSelect(load: StagedLoad, casts: Casts = DUCKDB_CASTS): string {
  const { plan } = load;
  const notes = noteSpec(load, casts);
  const indexed = plan.columns.map((column, index) => ({ column, index, cast: castOf(column, casts) }));
  const raws = indexed.flatMap(({ column, index, cast }) => rawValues(column, index, cast, load));
  const checkedValues = indexed.map(({ index, cast }) => `${checkedValue(index, cast, load)} as c${index}`);
  const marks = indexed.filter(({ cast }) => isMarked(cast, load)).map(({ index }) => `m${index}`);
  const values = indexed.map(({ column, index }) => `c${index} as ${quote(column.name)}`);
  return `select
  ${[
    'uuid() as _airbyte_raw_id',
    'make_timestamptz(emitted_at * 1000) as _airbyte_extracted_at',
    `${metaValue(notes)} as _airbyte_meta`,
    `${generationValue(load)} as _airbyte_generation_id`,
    ...values,
  ].join(',\n  ')}
from (
  select *, ${gapLists(notes, load, casts).join(',\n    ')}
  from (
    select ${['emitted_at', 'meta', ...indexed.map(({ index }) => `r${index}`), ...marks, ...checkedValues].join(',\n      ')}
    from (
      select ${['record.emitted_at as emitted_at', 'record.meta as meta', ...raws].join(',\n        ')}
      from ${reader(load, casts)}
    )
  )
)`;
}

/** Columns whose values may be missing or cut although the record has them. */
function changeable(load: StagedLoad, casts: Casts): readonly { readonly column: Column; readonly index: number }[] {
  return load.plan.columns
    .map((column, index) => ({ column, index }))
    .filter(({ column }) => castOf(column, casts).isTotal !== true);
}

function noteSpec(load: StagedLoad, casts: Casts): NoteSpec {
  const columns = changeable(load, casts);
  const places = (isOf: (cast: Cast) => boolean) =>
    columns.flatMap(({ column }, place) => (isOf(castOf(column, casts)) ? [place] : []));
  return {
    syncId: load.syncId === undefined ? 'null' : String(load.syncId),
    fields: columns.map(({ column }) => column.property),
    cuts: places(({ cut }) => cut !== undefined),
    numbers: places((cast) => isMarked(cast, load)),
  };
}

/** Which raw values and which values are missing, as two lists that are compared at once, and texts that may be cut. */
function gapLists(notes: NoteSpec, load: StagedLoad, casts: Casts): readonly string[] {
  const columns = changeable(load, casts);
  const list = (items: readonly string[], type: string) => `[${items.join(', ')}]::${type}[]`;
  const cuts = notes.cuts.map((place) => {
    const { column, index } = columns[place] as (typeof columns)[number];
    return castOf(column, casts).cut?.(`r${index}`) ?? 'null';
  });
  return [
    `${list(
      columns.map(({ index }) => `r${index} is null`),
      'boolean',
    )} as raw_gaps`,
    `${list(
      columns.map(({ index }) => `c${index} is null`),
      'boolean',
    )} as value_gaps`,
    `${list(cuts, 'varchar')} as cuts`,
    `${list(cutNumbers(notes, load, casts), 'boolean')} as cut_numbers`,
  ];
}

/** For each number that may be cut, whether it is. */
function cutNumbers({ numbers }: NoteSpec, load: StagedLoad, casts: Casts): readonly string[] {
  const columns = changeable(load, casts);
  return numbers.map((place) => {
    const { column, index } = columns[place] as (typeof columns)[number];
    return `m${index} and ${castOf(column, casts).carried?.isCut(`r${index}`) ?? 'false'}`;
  });
}

function carriesNumbers({ segments }: StagedLoad): boolean {
  return segments.some(({ carries }) => carries);
}

/** Whether a column `m` says which of its numbers were carried as texts. */
function isMarked({ carried }: Cast, load: StagedLoad): boolean {
  return carried !== undefined && carriesNumbers(load);
}

/** Struct fields are found by exact key, but a struct cannot have two names that differ in case only, nor an empty one. */
function needsJsonPaths(load: StagedLoad): boolean {
  const properties = load.plan.columns.map(({ property }) => property);
  return properties.includes('') || new Set(properties.map((name) => name.toLowerCase())).size < properties.length;
}

function rawValues(column: Column, index: number, cast: Cast, load: StagedLoad): readonly string[] {
  const value = rawValue(column, cast, load);
  if (!carriesNumbers(load)) return [`${value} as r${index}`];
  const raw = `${uncarried(value, kindOf(column, cast))} as r${index}`;
  return isMarked(cast, load) ? [raw, `coalesce(${isCarried(value)}, false) as m${index}`] : [raw];
}

function kindOf({ type }: Column, { readAs }: Cast): 'json' | 'text' | 'scalar' {
  if (readAs === 'JSON') return 'json';
  return type === 'string' ? 'text' : 'scalar';
}

function checkedValue(index: number, cast: Cast, load: StagedLoad): string {
  const usual = cast.cast(`r${index}`);
  if (cast.carried === undefined || !carriesNumbers(load)) return usual;
  return `case when m${index} then ${cast.carried.cast(`r${index}`)} else ${usual} end`;
}

function rawValue(column: Column, cast: Cast, load: StagedLoad): string {
  if (!needsJsonPaths(load)) return `record.data[${literal(column.property)}]`;
  const pointer = literal(`/${column.property.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  return cast.readAs === 'VARCHAR'
    ? `(record.data ->> ${pointer})`
    : `nullif((record.data -> ${pointer})::varchar, 'null')::json`;
}

function reader(load: StagedLoad, casts: Casts): string {
  const fields = load.plan.columns.map((column) => `${quote(column.property)} ${castOf(column, casts).readAs}`);
  const data = needsJsonPaths(load) || fields.length === 0 ? 'JSON' : `STRUCT(${fields.join(', ')})`;
  const record = literal(`STRUCT(data ${data}, emitted_at BIGINT, meta JSON)`);
  const longest = Math.max(DEFAULT_OBJECT_BYTES, ...load.segments.map(({ longestLine }) => longestLine + 1));
  const files = load.segments.map(({ path }) => literal(path)).join(', ');
  return `read_ndjson([${files}], columns = {record: ${record}}, records = true, maximum_object_size = ${longest})`;
}

/** `{"sync_id", "changes"}`: constant for a row on which everything fitted and of which the source noted nothing. */
function metaValue(notes: NoteSpec): string {
  const isUsual = [
    'raw_gaps = value_gaps',
    ...(notes.cuts.length === 0 ? [] : ['len(list_filter(cuts, lambda text: text is not null)) = 0']),
    "coalesce(json_array_length(meta, '$.changes'), 0) = 0",
  ].join(' and ');
  const head = `{"sync_id":${notes.syncId},"changes":[`;
  const args = ['meta', 'raw_gaps', 'value_gaps', 'cuts', 'cut_numbers'] as const;
  return `case when ${isUsual}
    then ${notes.numbers.length === 0 ? literal(`${head}]}`) : withCutNumbers(notes, head)}::json
    else ${metaNotes(literal(JSON.stringify(notes)), args)} end`;
}

/** Numbers with more digits than a double keeps may come in every row, so their notes are put together in SQL. */
function withCutNumbers({ fields, numbers }: NoteSpec, head: string): string {
  const items = numbers.map((place, index) => {
    const note = literal(JSON.stringify(noteOf(fields[place] as string, 'TRUNCATED')));
    return `case when cut_numbers[${index + 1}] then ${note} end`;
  });
  return `(${literal(head)} || concat_ws(',', ${items.join(', ')}) || ']}')`;
}

/** The generation; raises an error for a key or cursor value that does not fit and for a key that is null throughout. */
function generationValue(load: StagedLoad): string {
  const { plan } = load;
  const place = (name: string) => plan.columns.findIndex((column) => column.name === name);
  const checks = [...plan.key, ...(plan.cursor === undefined ? [] : [plan.cursor])].map((name) => {
    const index = place(name);
    return `when r${index} is not null and c${index} is null then error(${literal(`${KEY_ERROR}${name}`)})::bigint`;
  });
  if (plan.key.length > 0) {
    const allNull = plan.key.map((name) => `c${place(name)} is null`).join(' and ');
    checks.push(`when ${allNull} then error(${literal(`${KEY_ERROR}`)})::bigint`);
  }
  const generation = `${load.generationId}::bigint`;
  return checks.length === 0 ? generation : `case ${checks.join(' ')} else ${generation} end`;
}
