import fs from 'node:fs';
import path from 'node:path';
import type { ColumnInfo, TableInfo } from './catalog.js';
import { type Database, engineTable } from './database.js';
import { quoteStored } from './names.js';
import { type ObjectName, type Place, readObjectName } from './object-name.js';
import { type Result, statusResult } from './result.js';
import { absent, engineRefusal, SqlError } from './sql-error.js';
import { splitCommas, TokenReader } from './tokens.js';
import type { EngineConnection, Transaction } from './transaction.js';
import { translate } from './translate.js';
import { readType, storedType } from './types.js';

/** What definitions work on. */
export interface DefineContext extends Place {
  readonly target: Database;
  readonly connection: EngineConnection;
  /** For what a statement does outside of the engine: see {@link Transaction.attach}. */
  readonly transaction: Pick<Transaction, 'attach'>;
  /** Folder in which stages are folders. */
  readonly stageRoot: string;
}

/** CREATE, ALTER and DROP of schemas, tables and stages. */
export async function define(context: DefineContext, reader: TokenReader): Promise<Result> {
  if (reader.take('CREATE')) return create(context, reader);
  if (reader.take('ALTER', 'TABLE')) return alterTable(context, reader);
  if (reader.take('COMMENT', 'ON', 'TABLE')) return comment(context, reader);
  if (reader.take('TRUNCATE', 'TABLE') || reader.take('TRUNCATE')) return truncate(context, reader);
  reader.expect('DROP');
  return drop(context, reader);
}

function create(context: DefineContext, reader: TokenReader): Promise<Result> {
  const isReplacing = reader.take('OR', 'REPLACE');
  const isTransient = reader.take('TRANSIENT') || reader.take('TEMPORARY');
  if (reader.take('TABLE')) return createTable(context, reader, isReplacing, isTransient);
  if (reader.take('SCHEMA')) return createSchema(context, reader);
  if (reader.take('STAGE')) return createStage(context, reader);
  throw new SqlError('000002', `Unsupported feature 'CREATE ${reader.peek()?.text}'.`);
}

async function createSchema({ target, connection }: DefineContext, reader: TokenReader): Promise<Result> {
  const isLenient = reader.take('IF', 'NOT', 'EXISTS');
  const parts = [reader.name()];
  while (reader.take('.')) parts.push(reader.name());
  const name = parts.at(-1) as string;
  if (target.catalog.schemas.has(name)) {
    if (isLenient) return statusResult(`${name} already exists, statement succeeded.`);
    throw exists(name);
  }
  await run(connection, `create schema ${quoteStored(name)}`);
  target.catalog.schemas.set(name, new Map());
  return statusResult(`Schema ${name} successfully created.`);
}

async function createTable(
  { target, connection, ...place }: DefineContext,
  reader: TokenReader,
  isReplacing: boolean,
  isTransient: boolean,
): Promise<Result> {
  const isLenient = reader.take('IF', 'NOT', 'EXISTS');
  const name = readObjectName(reader, place);
  const tables = tablesOf(target, name);
  if (tables.has(name.name) && !isReplacing) {
    if (isLenient) return statusResult(`${name.name} already exists, statement succeeded.`);
    throw exists(name.name);
  }
  const columns = splitCommas(reader.brackets()).map((tokens) => readColumn(new TokenReader(tokens)));
  const twice = columns.find(({ name: own }, index) => columns.findIndex((other) => other.name === own) !== index);
  if (twice !== undefined) throw new SqlError('002025', `duplicate column name '${twice.name}'`);
  const list = columns.map(
    (column) => `${quoteStored(column.name)} ${storedType(column.type)}${column.isRequired ? ' not null' : ''}`,
  );
  const table = engineTable(name.schema, name.name);
  if (tables.has(name.name)) await run(connection, `drop table ${table}`);
  await run(connection, `create table ${table} (${list.join(', ')})`);
  tables.set(name.name, { columns, isTransient, comment: undefined, loadedFiles: new Set() });
  return statusResult(`Table ${name.name} successfully created.`);
}

function readColumn(reader: TokenReader): ColumnInfo {
  const name = reader.name();
  const type = readType(reader);
  const isRequired = reader.take('NOT', 'NULL');
  return { name, type, isRequired };
}

async function createStage({ target, stageRoot, ...place }: DefineContext, reader: TokenReader): Promise<Result> {
  const isLenient = reader.take('IF', 'NOT', 'EXISTS');
  const name = readObjectName(reader, place);
  tablesOf(target, name);
  const key = JSON.stringify([name.schema, name.name]);
  if (target.catalog.stages.has(key)) {
    if (isLenient) return statusResult(`${name.name} already exists, statement succeeded.`);
    throw exists(name.name);
  }
  const folder = path.join(
    stageRoot,
    `stage-${target.name.replaceAll(/[^A-Za-z0-9]/g, '_')}-${target.catalog.stages.size}`,
  );
  fs.mkdirSync(folder, { recursive: true });
  target.catalog.stages.set(key, folder);
  return statusResult(`Stage area ${name.name} successfully created.`);
}

async function alterTable({ target, connection, ...place }: DefineContext, reader: TokenReader): Promise<Result> {
  const name = readObjectName(reader, place);
  const info = tableOf(target, name);
  const table = engineTable(name.schema, name.name);
  if (reader.take('ADD', 'COLUMN')) await addColumn(connection, table, info, new TokenReader(reader.rest()));
  else if (reader.take('DROP', 'COLUMN')) await dropColumn(connection, table, info, reader.name());
  else if (reader.take('RENAME', 'COLUMN')) await renameColumn(connection, table, info, reader);
  else if (reader.take('ALTER', 'COLUMN')) await relaxColumn(connection, table, info, reader);
  else throw new SqlError('000002', `Unsupported feature 'ALTER TABLE ${reader.peek()?.text}'.`);
  return statusResult();
}

async function addColumn(
  connection: EngineConnection,
  table: string,
  info: TableInfo,
  reader: TokenReader,
): Promise<void> {
  const column = readColumn(reader);
  const preset = reader.take('DEFAULT') ? ` default ${translate(reader.rest())}` : '';
  if (info.columns.some(({ name }) => name === column.name))
    throw new SqlError('001430', `column '${column.name}' already exists`);
  await run(
    connection,
    `alter table ${table} add column ${quoteStored(column.name)} ${storedType(column.type)}${preset}`,
  );
  info.columns.push(column);
}

async function dropColumn(connection: EngineConnection, table: string, info: TableInfo, name: string): Promise<void> {
  columnOf(info, name);
  await run(connection, `alter table ${table} drop column ${quoteStored(name)}`);
  info.columns = info.columns.filter((column) => column.name !== name);
}

async function renameColumn(
  connection: EngineConnection,
  table: string,
  info: TableInfo,
  reader: TokenReader,
): Promise<void> {
  const from = reader.name();
  reader.expect('TO');
  const to = reader.name();
  const column = columnOf(info, from);
  if (info.columns.some(({ name }) => name === to)) throw new SqlError('001430', `column '${to}' already exists`);
  await run(connection, `alter table ${table} rename column ${quoteStored(from)} to ${quoteStored(to)}`);
  info.columns = info.columns.map((other) => (other === column ? { ...column, name: to } : other));
}

async function relaxColumn(
  connection: EngineConnection,
  table: string,
  info: TableInfo,
  reader: TokenReader,
): Promise<void> {
  const column = columnOf(info, reader.name());
  reader.expect('DROP', 'NOT', 'NULL');
  await run(connection, `alter table ${table} alter column ${quoteStored(column.name)} drop not null`);
  column.isRequired = false;
}

async function comment({ target, ...place }: DefineContext, reader: TokenReader): Promise<Result> {
  const info = tableOf(target, readObjectName(reader, place));
  reader.expect('IS');
  info.comment = reader.next().value;
  return statusResult();
}

async function truncate({ target, connection, ...place }: DefineContext, reader: TokenReader): Promise<Result> {
  const name = readObjectName(reader, place);
  const info = tableOf(target, name);
  await run(connection, `delete from ${engineTable(name.schema, name.name)}`);
  info.loadedFiles.clear();
  return statusResult();
}

async function drop({ target, connection, ...place }: DefineContext, reader: TokenReader): Promise<Result> {
  if (!reader.take('TABLE')) throw new SqlError('000002', `Unsupported feature 'DROP ${reader.peek()?.text}'.`);
  const isLenient = reader.take('IF', 'EXISTS');
  const name = readObjectName(reader, place);
  const tables = target.catalog.schemas.get(name.schema);
  if (tables?.has(name.name) !== true) {
    if (isLenient) return statusResult('Drop statement executed successfully.');
    throw absent('Table', name.name);
  }
  await run(connection, `drop table ${engineTable(name.schema, name.name)}`);
  tables.delete(name.name);
  return statusResult(`${name.name} successfully dropped.`);
}

function tablesOf(target: Database, { schema }: ObjectName): Map<string, TableInfo> {
  const tables = target.catalog.schemas.get(schema);
  if (tables === undefined) throw absent('Schema', schema);
  return tables;
}

/** A table that has to be there. */
export function tableOf(target: Database, name: ObjectName): TableInfo {
  const info = target.catalog.table(name.schema, name.name);
  if (info === undefined) throw absent('Table', name.name);
  return info;
}

function columnOf(info: TableInfo, name: string): ColumnInfo {
  const column = info.columns.find((other) => other.name === name);
  if (column === undefined) throw new SqlError('000904', `invalid identifier '${name}'`);
  return column;
}

function exists(name: string): SqlError {
  return new SqlError('002002', `SQL compilation error:\nObject '${name}' already exists.`);
}

async function run(connection: EngineConnection, sql: string): Promise<void> {
  try {
    await connection.run(sql);
  } catch (error) {
    throw engineRefusal(error);
  }
}
