import { randomInt } from 'node:crypto';
import { ConfigError, TransientError } from '@cuttle/protocol';
import type { Dialect, Note, Statement, TableColumns, TableName, TablePlan } from './dialect.js';
import type { Row } from './warehouse.js';

/**
 * The control table: one in each schema that is loaded. It makes commits exact: every commit checks the writer's fence,
 * and an append commit stores the hashes of its batches in the same transaction as their rows.
 *
 * Columns: `target` (table that rows go to), `kind` (`fence`: the newest attempt; `batch`: one state's rows of an
 * append; `staging`: the generation that a staging table holds; `placed`: the generation that was put in place last;
 * `key`: the columns by which the table holds one row each; `ended`: the attempt with which the sync of a client that does
 * not number its syncs was over), `attempt`, `ordinal`, `generation`, `sync_id`, `hash`. Versions tell each other new facts
 * by new kinds, never by new columns: they read past kinds that they do not know.
 */
export const CONTROL_TABLE = '_cuttle_control';

/** What the control table says of one target. */
export interface ControlState {
  /** Newest attempt, 0 when the target was never written. */
  readonly attempt: number;
  readonly generation: number | undefined;
  /** `sync_id` of the newest attempt. */
  readonly syncId: number | undefined;
  /** Hashes of the batches that attempts of this sync committed, in order. */
  readonly batches: readonly string[];
  /** Generation of the staging table; undefined when there is none or it was made under the plain rule. */
  readonly stagingGeneration: number | undefined;
  /** Generation that was put in place of the table's rows last. */
  readonly placedGeneration: number | undefined;
  /** `sync_id` that put it in place; undefined when it had none, and of version 0.1.0. */
  readonly placedSyncId: number | undefined;
  /** Key by which the table holds one row each; undefined when it was not deduplicated so far. */
  readonly key: string | undefined;
  /** Whether the sync of the newest attempt is known to be over; never known of clients that number their syncs. */
  readonly hasEnded: boolean;
}

/** A target whose sync is over, and the attempt that ended it. */
export interface Ending {
  readonly target: string;
  readonly attempt: number;
}

/** What a writer says of itself when it begins to write a target. */
export interface Fence {
  readonly target: string;
  readonly attempt: number;
  readonly generation: number | undefined;
  readonly syncId: number | undefined;
}

type Value = string | number | undefined;

const COLUMNS = 'target, kind, attempt, ordinal, generation, sync_id, hash';

/** Statements on the control table of one schema. */
export class Control {
  readonly #schema: string;
  readonly #table: string;
  readonly #dialect: Dialect;
  #commits = 0;

  constructor(schema: string, dialect: Dialect) {
    this.#dialect = dialect;
    this.#schema = dialect.quote(schema);
    this.#table = `${this.#schema}.${dialect.quote(dialect.names.spell(CONTROL_TABLE))}`;
  }

  create(): Statement[] {
    const table = `create table if not exists ${this.#table} (target varchar, kind varchar, attempt bigint, ordinal bigint, generation bigint, sync_id bigint, hash varchar)`;
    return [
      { sql: `create schema if not exists ${this.#schema}`, isDdl: true },
      { sql: table, isDdl: true },
    ];
  }

  /**
   * Makes sure that the control table is one that this version can read. It is not brought up to date: what an older
   * version did not note, and with it whether rows that come again are in the table already, cannot be known.
   *
   * @param place where the schema is, for the user
   * @throws {ConfigError} `CONTROL_TABLE_UNKNOWN`
   */
  checkColumns(existing: TableColumns, place: string): void {
    const found = new Set([...existing.keys()].map((name) => name.toLowerCase()));
    const missing = COLUMNS.split(', ').filter((name) => !found.has(name));
    if (missing.length === 0) return;
    throw new ConfigError(
      `The control table ${this.#table} in ${place} has no column ${missing.join(', ')}: another version of this destination made it. Let that version end the syncs that were cut off, drop this table, and run again. Or load into another place.`,
      { code: 'CONTROL_TABLE_UNKNOWN' },
    );
  }

  /** Reads all rows of the schema; give them to {@link read}. */
  select(): string {
    return `select ${COLUMNS} from ${this.#table} order by target, kind, ordinal`;
  }

  /** Takes the fences of all targets in one statement, so that an older writer's next commit fails. */
  takeFences(fences: readonly Fence[]): Statement {
    // Tells this writer from another that begins at the same time; commits are numbered from 1.
    const mark = -randomInt(1, 2 ** 40);
    const rows = fences.map(({ target, attempt, generation, syncId }) =>
      this.#row([target, 'fence', attempt, mark, generation, syncId, undefined]),
    );
    const [first] = fences;
    return {
      proof: `select 1 from ${this.#table} where ${this.#is(first?.target ?? '', 'fence')} and ordinal = ${mark}`,
      expect: { rows: fences.length, otherwise: fencedError(fences.map(({ target }) => target)) },
      sql: `merge into ${this.#table} as t using (select * from (values ${rows.join(', ')}) as v (${COLUMNS})) as s
on t.target = s.target and t.kind = s.kind
when matched and t.attempt < s.attempt then update set attempt = s.attempt, ordinal = s.ordinal, generation = s.generation, sync_id = s.sync_id
when not matched then insert (${COLUMNS}) values (s.target, s.kind, s.attempt, s.ordinal, s.generation, s.sync_id, s.hash)`,
    };
  }

  /**
   * Fails the commit unless this attempt still is the newest. Each call leaves a number of its own in the fence, by which
   * a commit whose answer was lost is found again; done twice, the second changes no row.
   */
  checkFence(target: string, attempt: number): Statement {
    this.#commits += 1;
    const own = `${this.#is(target, 'fence')} and attempt = ${attempt}`;
    return {
      sql: `update ${this.#table} set ordinal = ${this.#commits} where ${own} and ordinal <> ${this.#commits}`,
      proof: `select 1 from ${this.#table} where ${own} and ordinal = ${this.#commits}`,
      expect: {
        rows: 1,
        otherwise: fencedError([target]),
      },
      note: this.#note('fence', target, own, this.#commits),
    };
  }

  /** Notes batches, the first of which has a place in their order. */
  addBatches(target: string, attempt: number, first: number, hashes: readonly string[]): Statement {
    return this.#insert(
      target,
      'batch',
      hashes.map((hash, index) => [target, 'batch', attempt, first + index, undefined, undefined, hash]),
    );
  }

  /** Forgets batches from a place in their order on; all of them by default. */
  forgetBatches(target: string, fromOrdinal = 0): Statement {
    return this.#delete(target, 'batch', `${this.#is(target, 'batch')} and ordinal >= ${fromOrdinal}`);
  }

  /** Notes the generation of the staging table, or of the rows that were put in place. */
  setGeneration(
    target: string,
    kind: 'staging' | 'placed',
    generation: number | undefined,
    syncId?: number,
  ): Statement[] {
    return [
      this.forget(target, kind),
      this.#insert(target, kind, [[target, kind, 0, 0, generation, syncId, undefined]]),
    ];
  }

  /** Notes that the table holds one row for each key. */
  setKey(target: string, key: string): Statement[] {
    return [
      this.forget(target, 'key'),
      this.#insert(target, 'key', [[target, 'key', 0, 0, undefined, undefined, key]]),
    ];
  }

  /**
   * Notes that the sync of these targets is over, and forgets its batches. Fails unless each attempt still is the newest.
   * The note ends with the next fence: it holds for the attempt that it names.
   */
  end(endings: readonly Ending[]): readonly Statement[] {
    const targets = endings.map(({ target }) => target);
    const list = targets.map((target) => this.#dialect.literal(target)).join(', ');
    const [first] = endings;
    const pairs = endings.map(({ target, attempt }) => `(${this.#dialect.literal(target)}, ${attempt})`).join(', ');
    return [
      { sql: `delete from ${this.#table} where kind in ('ended', 'batch') and target in (${list})` },
      {
        sql: `insert into ${this.#table} (${COLUMNS})
select t.target, 'ended', t.attempt, 0, t.generation, t.sync_id, null
from ${this.#table} as t join (select * from (values ${pairs}) as v (target, attempt)) as s
on t.target = s.target and t.attempt = s.attempt
where t.kind = 'fence'`,
        proof: `select 1 from ${this.#table} where ${this.#is(first?.target ?? '', 'ended')} and attempt = ${first?.attempt ?? 0}`,
        expect: { rows: endings.length, otherwise: fencedError(targets) },
      },
    ];
  }

  forget(target: string, kind: 'staging' | 'placed' | 'key'): Statement {
    return this.#delete(target, kind, this.#is(target, kind));
  }

  #delete(target: string, kind: string, condition: string): Statement {
    return {
      sql: `delete from ${this.#table} where ${condition}`,
      note: this.#note('forget', `${target} ${kind}`, condition),
    };
  }

  #note(kind: Note['kind'], subject: string, text: string, ordinal?: number): Note {
    return { kind, table: this.#table, columns: COLUMNS, subject, text, ...(ordinal === undefined ? {} : { ordinal }) };
  }

  #is(target: string, kind: string): string {
    return `target = ${this.#dialect.literal(target)} and kind = '${kind}'`;
  }

  #insert(target: string, kind: string, rows: readonly (readonly Value[])[]): Statement {
    const values = rows.map((row) => this.#row(row)).join(', ');
    return {
      sql: `insert into ${this.#table} (${COLUMNS}) values ${values}`,
      note: this.#note('add', `${target} ${kind}`, values),
    };
  }

  #row(values: readonly Value[]): string {
    const list = values.map((value) =>
      value === undefined ? 'null' : typeof value === 'number' ? value : this.#dialect.literal(value),
    );
    return `(${list.join(', ')})`;
  }
}

/** Names for a message: the first few of many. */
export function namesOf(targets: readonly string[]): string {
  const shown = targets.slice(0, 10).map((target) => `"${target}"`);
  return `${shown.join(', ')}${targets.length > shown.length ? ` and ${targets.length - shown.length} more` : ''}`;
}

/** Thrown when a later attempt has taken the fence of one of these targets. */
export function fencedError(targets: readonly string[]): TransientError {
  const names = namesOf(targets);
  return new TransientError(
    `Another run has begun to write table ${names}. This one stops; nothing of its last batch was loaded.`,
    { code: 'WRITER_FENCED' },
  );
}

/** The key columns of a table as the control table notes them; undefined when it is not deduplicated. */
export function controlKey({ key }: TablePlan): string | undefined {
  return key.length === 0 ? undefined : JSON.stringify(key);
}

/** How a target is named in the control table. */
export function controlTarget(table: TableName): string {
  return table.name;
}

/** What the rows of {@link Control.select} say of a target. */
export function controlState(rows: readonly Row[], target: string): ControlState {
  const own = rows.filter((row) => row[0] === target);
  const fence = own.find((row) => row[1] === 'fence');
  const attempt = Number(fence?.[2] ?? 0);
  const generationOf = (kind: string) => optionalNumber(own.find((row) => row[1] === kind)?.[4]);
  return {
    attempt,
    generation: optionalNumber(fence?.[4]),
    syncId: optionalNumber(fence?.[5]),
    batches: own.filter((row) => row[1] === 'batch').map((row) => String(row[6])),
    stagingGeneration: generationOf('staging'),
    placedGeneration: generationOf('placed'),
    placedSyncId: optionalNumber(own.find((row) => row[1] === 'placed')?.[5]),
    key: own.find((row) => row[1] === 'key')?.[6]?.toString(),
    hasEnded: own.some((row) => row[1] === 'ended' && Number(row[2]) === attempt),
  };
}

function optionalNumber(value: Row[number] | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
