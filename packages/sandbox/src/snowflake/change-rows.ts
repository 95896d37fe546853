import { countResult, type Result, STATEMENT_TYPES } from './result.js';
import { engineRefusal, SqlError } from './sql-error.js';
import type { Token, TokenReader } from './tokens.js';
import type { EngineConnection } from './transaction.js';
import { translate } from './translate.js';

/** INSERT, UPDATE, DELETE and MERGE on the engine. */

/** @param into the table for the engine */
export async function insert(connection: EngineConnection, reader: TokenReader, into: string): Promise<Result> {
  const isOverwrite = reader.take('INSERT', 'OVERWRITE', 'INTO');
  if (!isOverwrite) reader.expect('INSERT', 'INTO');
  skipName(reader);
  const count = isOverwrite
    ? await overwrite(connection, reader, into)
    : await run(connection, `insert into ${into} ${translate(reader.rest())}`);
  return countResult(STATEMENT_TYPES.insert, { 'number of rows inserted': count });
}

/** The rows are read before those of the table go: it may be the one that they come from. */
async function overwrite(connection: EngineConnection, reader: TokenReader, into: string): Promise<number> {
  const columns = reader.peek()?.text === '(' ? `(${translate(reader.brackets())})` : '';
  await run(connection, `create or replace temp table sf_overwriting as ${translate(reader.rest())}`);
  await run(connection, `delete from ${into}`);
  return run(connection, `insert into ${into} ${columns} select * from sf_overwriting`);
}

export async function update(connection: EngineConnection, reader: TokenReader, into: string): Promise<Result> {
  reader.expect('UPDATE');
  skipName(reader);
  const count = await run(connection, `update ${into} ${translate(reader.rest())}`);
  return countResult(STATEMENT_TYPES.update, {
    'number of rows updated': count,
    'number of multi-joined rows updated': 0,
  });
}

export async function remove(connection: EngineConnection, reader: TokenReader, into: string): Promise<Result> {
  reader.expect('DELETE', 'FROM');
  skipName(reader);
  const count = await run(connection, `delete from ${into} ${translate(reader.rest())}`);
  return countResult(STATEMENT_TYPES.delete, { 'number of rows deleted': count });
}

/** A row that several rows of the source would change is an error, unlike in the engine. */
export async function merge(connection: EngineConnection, reader: TokenReader, into: string): Promise<Result> {
  reader.expect('MERGE', 'INTO');
  skipName(reader);
  const target = reader.until('USING');
  reader.expect('USING');
  const source = translate(reader.until('ON'));
  reader.expect('ON');
  const condition = translate(reader.until('WHEN'));
  const clauses = reader.rest();
  const alias = translate(target);
  const changes = isChanging(clauses);
  if (changes) {
    const twice = await connection
      .runAndReadAll(
        `select count(*) from (select count(*) as n from ${into} ${alias} join ${source} on ${condition} group by ${aliasName(target)}.rowid having n > 1)`,
      )
      .catch((error: unknown) => {
        throw engineRefusal(error);
      });
    if (Number(twice.getRowsJson()[0]?.[0]) > 0)
      throw new SqlError('100090', 'Duplicate row detected during DML action', '42P18');
  }
  const reader2 = await connection
    .runAndReadAll(
      `merge into ${into} ${alias} using ${source} on ${condition} ${translate(clauses)} returning merge_action`,
    )
    .catch((error: unknown) => {
      throw engineRefusal(error);
    });
  return countResult(
    STATEMENT_TYPES.merge,
    countActions(
      clauses,
      reader2.getRowsJson().map(([action]) => String(action)),
    ),
  );
}

/** Only what the clauses can do is counted, as Snowflake answers. */
function countActions(clauses: readonly Token[], actions: readonly string[]): Readonly<Record<string, number>> {
  const can = (word: string) => clauses.some(({ kind, value }) => kind === 'word' && value === word);
  const count = (word: string) => actions.filter((action) => action === word).length;
  const verbs = { INSERT: 'inserted', UPDATE: 'updated', DELETE: 'deleted' };
  return Object.fromEntries(
    Object.entries(verbs).flatMap(([word, verb]) => (can(word) ? [[`number of rows ${verb}`, count(word)]] : [])),
  );
}

function isChanging(clauses: readonly Token[]): boolean {
  return clauses.some(({ kind, value }) => kind === 'word' && (value === 'UPDATE' || value === 'DELETE'));
}

function aliasName(target: readonly Token[]): string {
  const name = target.at(-1);
  if (name === undefined) throw new SyntaxError('the target of a MERGE needs an alias here');
  return translate([name]);
}

/** Steps over `name`, `schema.name` or `database.schema.name`. */
function skipName(reader: TokenReader): void {
  reader.name();
  while (reader.take('.')) reader.name();
}

async function run(connection: EngineConnection, sql: string): Promise<number> {
  try {
    return (await connection.run(sql)).rowsChanged;
  } catch (error) {
    throw engineRefusal(error);
  }
}
