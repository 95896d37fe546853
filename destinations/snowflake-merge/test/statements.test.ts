import path from 'node:path';
import type { ConfiguredStream } from '@cuttle/protocol';
import {
  complete,
  expectGoldenText,
  incomplete,
  type Properties,
  range,
  record,
  type StreamOptions,
  state,
  streamOf,
  TestWarehouse,
} from '@cuttle/testing';
import { snowflakeProfile } from './profile.js';

const profile = snowflakeProfile();
const USERS: Properties = { id: 'integer', name: 'string' };
const CHANGES: Properties = { ...USERS, updated_at: 'integer', _ab_cdc_deleted_at: 'string' };

function users(options: StreamOptions, properties = USERS, name = 'users'): ConfiguredStream {
  return streamOf(name, properties, { generation: 1, syncId: 2, ...options });
}

function rows(stream: ConfiguredStream, count: number, from = 0): readonly string[] {
  return range(count).map((n) => record(stream, { id: from + n, name: `n${from + n}` }));
}

function whole(stream: ConfiguredStream, lines: readonly string[]): readonly string[] {
  return [...lines, state(stream, 1), complete(stream)];
}

describe('all statements of a sync into Snowflake', () => {
  let warehouse: TestWarehouse;
  let text: string[];
  beforeEach(() => {
    warehouse = new TestWarehouse(profile);
    warehouse.config = { ...warehouse.config, staging_path: path.join(warehouse.folder, 'staging') };
    text = [];
  });
  afterEach(() => warehouse.remove());

  /** What differs from run to run: the database of the test, the staging folder, the mark of a writer. */
  const masked = (sql: string) =>
    sql
      .replaceAll(warehouse.folder, '')
      .replaceAll(/\/staging\/[^/]+/g, '<staging folder>')
      .replaceAll(path.basename(warehouse.folder).toUpperCase(), '<DATABASE>')
      .replaceAll(/'fence', (\d+), -\d+/g, `'fence', $1, -1`);

  /** Loads, and notes what was run under a heading. */
  async function sync(
    heading: string,
    stream: ConfiguredStream | readonly ConfiguredStream[],
    lines: readonly string[],
  ): Promise<void> {
    const { statements } = profile.sandbox().snowflake.account;
    const before = statements.length;
    const { exitCode } = await warehouse.write('stream' in stream ? [stream] : stream, lines);
    text.push(`-- ${heading}${exitCode === 0 ? '' : ` (exit code ${exitCode})`}`);
    text.push(...statements.slice(before).map(({ sql }) => `${masked(sql)};`));
  }

  const expectGolden = (name: string) =>
    expectGoldenText(`destinations/snowflake-merge/test/golden/sync-${name}.sql`, `${text.join('\n\n')}\n`);

  it('append and append_dedup: first sync, replay, another key, a retyped column, hard and soft deletes', async () => {
    const append = users({ mode: 'append' });
    const [a, b, c] = [0, 1, 2].map((n) => [...rows(append, 2, 2 * n), state(append, { n })]);
    await sync('two batches, then it fails', append, [...(a ?? []), ...(b ?? []), incomplete(append)]);
    await sync('the first again, and another', append, [...(a ?? []), ...(c ?? []), complete(append)]);
    const keyed = users({ mode: 'append_dedup', key: ['id'], syncId: 3 }, { ...USERS, name: 'integer' });
    await sync('a key, and another type', keyed, whole(keyed, rows(keyed, 1)));
    const options = { mode: 'append_dedup', key: ['id'], cursor: 'updated_at' } as const;
    const hard = users(options, CHANGES, 'hard');
    await sync('hard deletes', hard, whole(hard, rows(hard, 1)));
    warehouse.config = { ...warehouse.config, cdc_deletion_mode: 'soft' };
    const soft = users(options, CHANGES, 'soft');
    await sync('soft deletes', soft, whole(soft, rows(soft, 1)));
    expectGolden('append');
  });

  it('overwrite and refresh: side tables, settling, ends of syncs that are not numbered', async () => {
    const nth = (generation: number, count: number) => {
      const stream = users({ mode: 'overwrite', generation, minimum: generation, syncId: generation + 1 });
      return [stream, whole(stream, rows(stream, count))] as const;
    };
    await sync('overwrite', ...nth(1, 2));
    await sync('nothing', ...nth(2, 0));
    const [third] = nth(3, 0);
    await sync('incomplete', third, [...rows(third, 1), state(third, 1), incomplete(third)]);
    const refresh = users({ mode: 'append', generation: 4, minimum: 4, syncId: 5 });
    await sync('a refresh is cut off', refresh, [...rows(refresh, 1), state(refresh, 1)]);
    await sync('goes on', refresh, [...rows(refresh, 1, 1), state(refresh, 2), complete(refresh)]);
    const dedup = users({ mode: 'append_dedup', key: ['id'], generation: 5, minimum: 5, syncId: 6 });
    await sync('another, by key, is cut off', dedup, [...rows(dedup, 1), state(dedup, 1)]);
    const cancelled = { ...dedup, minimum_generation_id: 0, sync_id: 7 };
    await sync('and is cancelled', cancelled, whole(cancelled, []));
    const unnumbered = streamOf('others', USERS, { mode: 'append' });
    await sync('not numbered', unnumbered, [...rows(unnumbered, 1), state(unnumbered, 1)]);
    expectGolden('overwrite');
  });
});
