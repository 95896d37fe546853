import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfiguredStream } from '@cuttle/protocol';
import {
  complete,
  DuckdbFile,
  expectGoldenText,
  incomplete,
  type Properties,
  range,
  rawRecord,
  record,
  type StreamOptions,
  state,
  streamOf,
} from '@cuttle/testing';
import { type DirectLoad, loadDirectly } from './direct-load.js';

/** A property of each type, some under names that break what is not quoted. */
const TYPED: Properties = {
  'quote"inside': 'string',
  "apostrophe's": 'number',
  id: 'integer',
  '${x}': 'boolean',
  'two words': { type: 'string', format: 'date' },
  ünï: { type: 'string', format: 'time', airbyte_type: 'time_with_timezone' },
  select: { type: 'string', format: 'time', airbyte_type: 'time_without_timezone' },
  $1: { type: 'string', format: 'date-time' },
  'back\\slash': { type: 'string', format: 'date-time', airbyte_type: 'timestamp_without_timezone' },
  object: 'object',
  array: 'array',
  union: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
};
const USERS: Properties = { id: 'integer', name: 'string' };
const CHANGES: Properties = { ...USERS, updated_at: 'integer', _ab_cdc_deleted_at: 'string' };
/** More rows than a small batch may have. */
const MANY = 300;
/** No commit before the end of input. */
const ONE_COMMIT = 1_000_000;

/** A stream with its end, as a numbered sync sends them. */
function users(options: StreamOptions, properties = USERS, name = 'users'): ConfiguredStream {
  return streamOf(name, properties, { generation: 1, syncId: 2, ...options });
}

function rows(stream: ConfiguredStream, count: number, from = 0): readonly string[] {
  return range(count).map((n) => record(stream, { id: from + n, name: `n${from + n}` }));
}

/** One record that takes the way of a large batch: the source noted something of it. */
function noted(stream: ConfiguredStream, data: Record<string, unknown> = { id: 1 }): string {
  return record(stream, data, { meta: { changes: [] } });
}

function whole(stream: ConfiguredStream, lines: readonly string[]): readonly string[] {
  return [...lines, state(stream, 1), complete(stream)];
}

describe('all statements of a sync into a DuckDB file', () => {
  let folder: string;
  let text: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'statements-'));
    text = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Loads, and notes what was run under a heading. */
  async function sync(
    heading: string,
    stream: ConfiguredStream | readonly ConfiguredStream[],
    lines: readonly string[],
    options: Partial<DirectLoad> = {},
  ): Promise<void> {
    const streams = 'stream' in stream ? [stream] : stream;
    const { statements, failure } = await loadDirectly({ folder, streams, lines, commitBytes: ONE_COMMIT, ...options });
    text.push(`-- ${heading}${failure === undefined ? '' : ` (ends with ${(failure as { code?: string }).code})`}`);
    text.push(...statements.map((sql) => `${sql};`));
  }

  const query = (sql: string) => new DuckdbFile(join(folder, 'w.duckdb')).query(sql);

  const expectGolden = (name: string) =>
    expectGoldenText(`destinations/duckdb/test/golden/${name}.sql`, `${text.join('\n\n')}\n`);

  it('opening: tables are made, get columns, other types and wider integers', async () => {
    const append = users({ mode: 'append', namespace: 'RA"W' }, TYPED, 'HOSTILE\'S "TABLE"');
    const dedup = users({ mode: 'append_dedup', key: ['select', 'id'], cursor: '$1' }, TYPED, 'dedup');
    const overwrite = users({ mode: 'overwrite', minimum: 1 }, TYPED, 'overwrite');
    const streams = [append, dedup, overwrite];
    await sync('create', streams, streams.map(complete));
    expectGolden('create');
    text = [];
    const next = users({ mode: 'append', syncId: 3 }, { id: 'integer' });
    await sync('a table of one column', next, [complete(next)]);
    text = [];
    const more = users({ mode: 'append', syncId: 4 }, TYPED);
    await sync('further columns', more, [complete(more)]);
    const types = Object.values(TYPED);
    const shifted = Object.fromEntries(
      Object.keys(TYPED).map((name, place) => [name, types[(place + 5) % types.length] as Properties[string]]),
    );
    const other = users({ mode: 'append', syncId: 5 }, shifted);
    await sync('other types', other, [complete(other)]);
    expectGolden('alter');
  });

  it('widening: an integer of more than 64 bits comes, or stood in a column of texts', async () => {
    const beyond = '{"id":9223372036854775808}';
    const first = users({ mode: 'append' });
    await sync('in a batch', first, whole(first, [rawRecord('users', beyond)]));
    const texts = users({ mode: 'append_dedup', key: ['name'] }, { name: 'string', amount: 'string' }, 'amounts');
    await sync('a text', texts, whole(texts, [rawRecord('amounts', '{"name":"a","amount":"9223372036854775808"}')]));
    const numbers = users(
      { ...{ mode: 'append_dedup', key: ['name'] }, syncId: 3 },
      { name: 'string', amount: 'integer' },
      'amounts',
    );
    await sync('that becomes an integer', numbers, [complete(numbers)]);
    expectGolden('widen');
  });

  it('append: rows of all types, a replay, and what an attempt brings in its place', async () => {
    const typed = users({ mode: 'append' }, TYPED, 'typed');
    await sync('all types', typed, whole(typed, [noted(typed)]));
    const carried = users({ mode: 'append', syncId: 3 }, TYPED, 'typed');
    const long = `{"apostrophe's":0.12345678901234567890,"id":1,"object":{"a":0.12345678901234567890}}`;
    await sync('numbers of many digits', carried, whole(carried, [rawRecord('typed', long)]));
    const twins = users(
      { mode: 'append', syncId: undefined, generation: undefined },
      { ID: 'integer', id: 'integer' },
      'twins',
    );
    await sync('names that differ in case', twins, [noted(twins), state(twins, 1)]);
    const stream = users({ mode: 'append' });
    const [a, b, c] = [0, 1, 2].map((n) => [...rows(stream, MANY, n * MANY), state(stream, { n })]);
    await sync('two batches of a large sync, which fails', stream, [...(a ?? []), ...(b ?? []), incomplete(stream)]);
    await sync('the first again, and another', stream, [...(a ?? []), ...(c ?? []), complete(stream)]);
    expectGolden('append');
  });

  it('append_dedup: with and without cursor, hard and soft deletes', async () => {
    const plain = users({ mode: 'append_dedup', key: ['id', 'name'] });
    await sync('without a cursor', plain, whole(plain, [noted(plain, { id: 1, name: 'a' })]));
    const options = { mode: 'append_dedup', key: ['id'], cursor: 'updated_at' } as const;
    const hard = users(options, CHANGES, 'hard');
    await sync('hard deletes', hard, whole(hard, [noted(hard)]));
    const soft = users(options, CHANGES, 'soft');
    await sync('soft deletes', soft, whole(soft, [noted(soft)]), { deleteMode: 'soft' });
    const rowid = users({ mode: 'append_dedup', key: ['rowid'] }, { rowid: 'integer' }, 'rowids');
    await sync('a column that is named rowid', rowid, whole(rowid, [record(rowid, { rowid: 1 })]));
    expectGolden('append_dedup');
  });

  it('overwrite: a table swap, an insert where an index stays, and a small batch in place', async () => {
    const nth = (generation: number, count: number) => {
      const stream = users({ mode: 'overwrite', generation, minimum: generation, syncId: generation + 1 });
      return [stream, whole(stream, rows(stream, count))] as const;
    };
    await sync('swap', ...nth(1, MANY));
    await query('create index by_name on main.users (name)');
    await sync('insert', ...nth(2, MANY));
    await sync('small', ...nth(3, 2));
    await sync('nothing', ...nth(4, 0));
    const plain = streamOf('plain', USERS, { mode: 'overwrite' });
    await sync('without generations', plain, [...rows(plain, MANY), state(plain, 1)]);
    expectGolden('overwrite');
  });

  it('side tables: rows that wait for a state, a refresh that is cut off, goes on or is cancelled', async () => {
    const stream = users({ mode: 'append' });
    const commitBytes = rows(stream, MANY).join('').length - 1;
    const waiting = [...rows(stream, MANY), ...rows(stream, 2, MANY)];
    await sync('rows wait for a state', stream, whole(stream, waiting), { commitBytes });
    await sync('no state comes', { ...stream, sync_id: 3 }, [...waiting, incomplete(stream)], { commitBytes });
    const refresh = users({ mode: 'append', generation: 2, minimum: 2, syncId: 4 });
    await sync('a refresh is cut off', refresh, [...rows(refresh, MANY), state(refresh, 1)]);
    await sync('goes on', refresh, [...rows(refresh, 2, MANY), state(refresh, 2), complete(refresh)]);
    const dedup = users({ mode: 'append_dedup', key: ['id'], generation: 3, minimum: 3, syncId: 5 });
    await sync('another, by key, is cut off', dedup, [...rows(dedup, MANY), state(dedup, 1)]);
    const cancelled = { ...dedup, minimum_generation_id: 0, sync_id: 6 };
    await sync('and is cancelled', cancelled, whole(cancelled, []));
    expectGolden('side-tables');
  });

  it('small batches: of several streams in one transaction', async () => {
    const typed = users({ mode: 'append' }, TYPED, 'typed');
    const dedup = users({ mode: 'append_dedup', key: ['id'] }, USERS, 'dedup');
    const overwrite = users({ mode: 'overwrite', minimum: 1 }, USERS, 'overwrite');
    const streams = [typed, dedup, overwrite];
    const lines = streams.flatMap((stream) => whole(stream, [record(stream, { id: 1 })]));
    await sync('one row each', streams, lines);
    expectGolden('small-batches');
  });

  it('control table: fences, keys, and ends of syncs that are not numbered', async () => {
    const unnumbered = streamOf('users', USERS, { mode: 'append' });
    await sync('not numbered', unnumbered, [...rows(unnumbered, 1), state(unnumbered, 1)]);
    const dedup = streamOf('users', USERS, { mode: 'append_dedup', key: ['id'] });
    await sync('a key', dedup, [...rows(dedup, 1), state(dedup, 1)]);
    await sync('no key any more', unnumbered, [...rows(unnumbered, 1), state(unnumbered, 1)]);
    const everOne = streamOf('others', USERS, { mode: 'append', generation: 1, minimum: 1, syncId: 1 });
    await sync('a minimum generation of a client that numbers nothing', everOne, whole(everOne, rows(everOne, 1)));
    expectGolden('control');
  });

  it('settling: overwrites that end whole, incomplete, empty, and again', async () => {
    const stream = users({ mode: 'overwrite', generation: 1, minimum: 1 });
    const other = users({ mode: 'append' }, USERS, 'others');
    await sync('incomplete', stream, [...rows(stream, MANY), state(stream, 1), incomplete(stream)]);
    await sync(
      'whole, beside a stream that is not',
      [stream, other],
      [...whole(stream, rows(stream, MANY)), ...rows(other, 1)],
    );
    await sync('the same sync again, with nothing', stream, [complete(stream)]);
    const few = { ...stream, sync_id: 3 };
    await sync('few rows, incomplete', few, [...rows(few, 1), state(few, 1), incomplete(few)]);
    expectGolden('settling');
  });
});
