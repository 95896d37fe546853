import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { engineTable } from './database.js';
import { type DefineContext, tableOf } from './define.js';
import { engineText, quoteStored } from './names.js';
import { readObjectName } from './object-name.js';
import { countColumn, type Result, STATEMENT_TYPES, statusResult, textColumn } from './result.js';
import { absent, engineRefusal, SqlError } from './sql-error.js';
import { splitCommas, type Token, TokenReader, tokenize } from './tokens.js';
import { translate } from './translate.js';

/** PUT, COPY and REMOVE: files in stages, each of which is a folder here. */

/** The driver copies the file itself; it is told where to. */
export function put(context: DefineContext, reader: TokenReader): Result {
  reader.expect('PUT');
  const source = reader.next().value;
  const folder = stageFolder(context, reader.next().value);
  fs.mkdirSync(folder, { recursive: true });
  const options = optionsOf(reader);
  return {
    statementTypeId: STATEMENT_TYPES.other,
    columns: [],
    rows: [],
    upload: {
      command: 'UPLOAD',
      src_locations: [source.replace(/^file:\/\//, '')],
      autoCompress: options.get('AUTO_COMPRESS') !== 'FALSE',
      sourceCompression: (options.get('SOURCE_COMPRESSION') ?? 'AUTO_DETECT').toLowerCase(),
      overwrite: options.get('OVERWRITE') === 'TRUE',
      parallel: 4,
      threshold: 209_715_200,
      stageInfo: { locationType: 'LOCAL_FS', location: folder, creds: {} },
      encryptionMaterial: null,
    },
  };
}

export function removeFiles(context: DefineContext, reader: TokenReader): Result {
  reader.expect('REMOVE');
  const folder = stageFolder(context, reader.next().value);
  const names = fs.existsSync(folder) ? fs.readdirSync(folder, { recursive: true }).map(String) : [];
  fs.rmSync(folder, { recursive: true, force: true });
  return {
    statementTypeId: STATEMENT_TYPES.other,
    columns: [textColumn('name'), textColumn('result')],
    rows: names.map((name) => [name, 'removed']),
  };
}

const COPY_COLUMNS = ['file', 'status', 'rows_parsed', 'rows_loaded', 'error_limit', 'errors_seen', 'first_error'];

/** Loads Parquet files by a select over `$1:FIELD`; a file that was loaded before is left out, unless it has changed. */
export async function copyInto(context: DefineContext, reader: TokenReader): Promise<Result> {
  reader.expect('COPY', 'INTO');
  const name = readObjectName(reader, context);
  const info = tableOf(context.target, name);
  const columns = splitCommas(reader.brackets()).map(([column]) => (column as Token).value);
  reader.expect('FROM');
  const inside = new TokenReader(reader.brackets());
  inside.expect('SELECT');
  const values = splitCommas(inside.until('FROM'));
  inside.expect('FROM');
  const folder = stageFolder(context, inside.next().value);
  const { files, isPurging } = copyOptions(reader);
  const loaded: (string | null)[][] = [];
  for (const file of files) {
    const from = path.join(folder, file);
    if (!fs.existsSync(from)) throw new SqlError('091016', `Remote file '${file}' was not found.`);
    const mark = `${from} ${createHash('md5').update(fs.readFileSync(from)).digest('hex')}`;
    if (info.loadedFiles.has(mark)) continue;
    const rows = await loadFile(context, engineTable(name.schema, name.name), columns, values, from);
    info.loadedFiles.add(mark);
    context.transaction.attach(
      () => isPurging && fs.rmSync(from),
      () => info.loadedFiles.delete(mark),
    );
    loaded.push([file, 'LOADED', String(rows), String(rows), '1', '0', null]);
  }
  if (loaded.length === 0)
    return { ...statusResult('Copy executed with 0 files processed.'), statementTypeId: STATEMENT_TYPES.copy };
  const types = COPY_COLUMNS.map((column) => (/^rows|^error/.test(column) ? countColumn(column) : textColumn(column)));
  return { statementTypeId: STATEMENT_TYPES.copy, columns: types, rows: loaded };
}

async function loadFile(
  { connection }: DefineContext,
  table: string,
  columns: readonly string[],
  values: readonly (readonly Token[])[],
  file: string,
): Promise<number> {
  try {
    const source = `read_parquet(${engineText(file)})`;
    const reader = await connection.runAndReadAll(`select * from ${source} limit 0`);
    const fields = new Set(reader.columnNames());
    const list = values.map((tokens) => fieldOf(tokens, fields));
    const sql = `insert into ${table} (${columns.map(quoteStored).join(', ')}) select ${list.join(', ')} from ${source}`;
    return (await connection.run(sql)).rowsChanged;
  } catch (error) {
    throw engineRefusal(error);
  }
}

/** `$1:FIELD` is the field of the file with exactly this name, null when there is none; anything else stands as it is. */
function fieldOf(tokens: readonly Token[], fields: ReadonlySet<string>): string {
  const [dollar, colon, field] = tokens;
  if (dollar?.text !== '$1' || colon?.text !== ':' || field === undefined) return translate(tokens);
  const name = field.kind === 'quoted' ? field.value : field.text;
  return fields.has(name) ? `"${name.replaceAll('"', '""')}"` : 'null';
}

function copyOptions(reader: TokenReader): { readonly files: readonly string[]; readonly isPurging: boolean } {
  let files: readonly string[] = [];
  let isPurging = false;
  while (!reader.isAtEnd) {
    const option = reader.name();
    reader.expect('=');
    if (option === 'FILES') files = splitCommas(reader.brackets()).map(([file]) => (file as Token).value);
    else if (option === 'FILE_FORMAT') requireParquet(reader.brackets());
    else if (option === 'PURGE') isPurging = reader.next().value === 'TRUE';
    else reader.next();
  }
  return { files, isPurging };
}

function requireParquet(tokens: readonly Token[]): void {
  if (tokens.some(({ value }) => value === 'PARQUET')) return;
  throw new SqlError('000002', "Unsupported feature: the sandbox's COPY reads Parquet files only.");
}

function optionsOf(reader: TokenReader): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  while (!reader.isAtEnd) {
    const name = reader.name();
    reader.expect('=');
    options.set(name, reader.next().value.toUpperCase());
  }
  return options;
}

/** `@schema.stage/path` as a folder. */
function stageFolder({ target, ...place }: DefineContext, url: string): string {
  const parts = /^@((?:"(?:[^"]|"")*"|[^/"])+)(.*)$/s.exec(url);
  if (parts === null) throw new SqlError('001003', `invalid stage ${url}`);
  const name = readObjectName(new TokenReader(tokenize(parts[1] as string)), place);
  const root = target.catalog.stage(name.schema, name.name);
  if (root === undefined) throw absent('Stage', name.name);
  return path.join(root, path.posix.normalize(`/${parts[2]}`));
}
