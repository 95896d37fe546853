import { errorsOf, messagesOf, statesOf } from '../harness/run-command.js';
import { complete, record, type StreamOptions, state, streamOf } from './fixture.js';
import type { DestinationProfile } from './profile.js';
import { openSuite } from './suite.js';

const properties = { id: 'integer', name: 'string' };
const MARKER = { __ab_full_refresh_sync_complete: true };

/** D-APP, D-OVW and D-PLN: append, overwrite, generations, and the rule without generation ids. */
export function modeSuite(profile: DestinationProfile): void {
  const suite = openSuite(profile);
  const { check } = suite;
  const users = (options: StreamOptions) => streamOf('users', properties, options);
  const names = async () => (await suite.warehouse.data('users')).map(({ name }) => name).sort();
  const rowsOf = (stream: ReturnType<typeof users>, ...values: string[]) =>
    values.map((name, id) => record(stream, { id, name }));

  check('D-APP-01', 'append keeps both rows of a key', async () => {
    const stream = users({ generation: 1 });
    await suite.warehouse.load(
      [stream],
      [record(stream, { id: 1, name: 'a' }), state(stream, { n: 1 }), complete(stream)],
    );
    await suite.warehouse.load(
      [stream],
      [record(stream, { id: 1, name: 'b' }), state(stream, { n: 2 }), complete(stream)],
    );
    expect(await names()).toEqual(['a', 'b']);
  });

  check('D-OVW-01', 'a truncate refresh leaves only its generation; other tables are untouched', async () => {
    const other = streamOf('other', properties, { generation: 1 });
    const first = users({ generation: 1 });
    await suite.warehouse.load(
      [first, other],
      [
        ...rowsOf(first, 'old'),
        record(other, { id: 1 }),
        state(first, MARKER),
        state(other, MARKER),
        complete(first),
        complete(other),
      ],
    );
    const next = users({ generation: 2, minimum: 2 });
    await suite.warehouse.load([next], [...rowsOf(next, 'new', 'newer'), state(next, MARKER), complete(next)]);
    expect(await names()).toEqual(['new', 'newer']);
    expect((await suite.warehouse.rows('users')).map((row) => generationOf(row))).toEqual(['2', '2']);
    expect(await suite.warehouse.rows('other')).toHaveLength(1);
  });

  for (const id of ['D-OVW-02', 'D-OVW-03'] as const) {
    check(id, 'an interrupted truncate keeps the old rows; resumed, it keeps what was acknowledged', async () => {
      const first = users({ generation: 1 });
      await suite.warehouse.load([first], [...rowsOf(first, 'old'), state(first, MARKER), complete(first)]);
      const next = users({ generation: 2, minimum: 2, syncId: 7 });
      const broken = await suite.warehouse.write(
        [next],
        [...rowsOf(next, 'a', 'b'), state(next, { page: 1 }), record(next, { id: 9, name: 'lost' })],
      );
      expect(broken.exitCode).not.toBe(0);
      expect(statesOf(broken)).toHaveLength(1);
      expect(await names()).toEqual(['old']);
      if (id === 'D-OVW-02') return;
      await suite.warehouse.load([next], [record(next, { id: 2, name: 'c' }), state(next, MARKER), complete(next)]);
      expect(await names()).toEqual(['a', 'b', 'c']);
    });
  }

  check('D-OVW-04', 'an interrupted truncate without a table before', async () => {
    const next = users({ generation: 2, minimum: 2, syncId: 7 });
    const broken = await suite.warehouse.write([next], [...rowsOf(next, 'a'), state(next, { page: 1 })]);
    expect(broken.exitCode).not.toBe(0);
    await suite.warehouse.load([next], [record(next, { id: 2, name: 'b' }), state(next, MARKER), complete(next)]);
    expect(await names()).toEqual(['a', 'b']);
  });

  check('D-OVW-05', 'a refresh cancelled and followed by a normal sync leaves the rows of all three', async () => {
    const first = users({ generation: 1 });
    await suite.warehouse.load([first], [...rowsOf(first, 'one'), state(first, { n: 1 }), complete(first)]);
    const refresh = users({ generation: 2, minimum: 2 });
    await suite.warehouse.write([refresh], [...rowsOf(refresh, 'two'), state(refresh, { n: 2 })]);
    const normal = users({ generation: 2, minimum: 0 });
    await suite.warehouse.load([normal], [...rowsOf(normal, 'three'), state(normal, { n: 3 }), complete(normal)]);
    expect(await names()).toEqual(['one', 'three', 'two']);
  });

  check('D-OVW-06', 'a truncate with no records empties the table on COMPLETE, and not without it', async () => {
    const first = users({ generation: 1 });
    await suite.warehouse.load([first], [...rowsOf(first, 'old'), state(first, MARKER), complete(first)]);
    const next = users({ generation: 2, minimum: 2 });
    expect((await suite.warehouse.write([next], [])).exitCode).not.toBe(0);
    expect(await names()).toEqual(['old']);
    await suite.warehouse.load([next], [state(next, MARKER), complete(next)]);
    expect(await names()).toEqual([]);
  });

  check('D-OVW-07', 'a raised generation with minimum 0 removes nothing; each row has its generation', async () => {
    const first = users({ generation: 1 });
    await suite.warehouse.load([first], [...rowsOf(first, 'a'), state(first, { n: 1 }), complete(first)]);
    const next = users({ generation: 2, minimum: 0 });
    await suite.warehouse.load([next], [...rowsOf(next, 'b'), state(next, { n: 2 }), complete(next)]);
    expect((await suite.warehouse.rows('users')).map((row) => generationOf(row)).sort()).toEqual(['1', '2']);
  });

  check('D-OVW-08', 'without generation ids the plain rule holds for every mode', async () => {
    for (const mode of ['append', 'append_dedup', 'overwrite'] as const) {
      const stream = streamOf(`plain_${mode}`, properties, { mode, key: ['id'] });
      await suite.warehouse.load([stream], [record(stream, { id: 1, name: mode }), state(stream, { n: 1 })]);
      expect(await suite.warehouse.rows(`plain_${mode}`)).toHaveLength(1);
    }
  });

  check('D-OVW-09', 'comments on the table survive an overwrite', async () => {
    const first = users({ mode: 'overwrite' });
    await suite.warehouse.load([first], [...rowsOf(first, 'old'), state(first, MARKER)]);
    const { config } = suite.warehouse;
    await profile.setComment(config, profile.schema, profile.nameOf('users'), 'kept');
    await suite.warehouse.load([first], [...rowsOf(first, 'new'), state(first, MARKER)]);
    expect(await names()).toEqual(['new']);
    expect(await profile.comment(config, profile.schema, profile.nameOf('users'))).toBe('kept');
  });

  check('D-PLN-01', 'incremental append and append_dedup: input that ends after a STATE is a success', async () => {
    for (const mode of ['append', 'append_dedup'] as const) {
      const stream = streamOf(mode, properties, { mode, key: ['id'] });
      const result = await suite.warehouse.load([stream], [record(stream, { id: 1 }), state(stream, { n: 1 })]);
      expect(statesOf(result)).toHaveLength(1);
    }
  });

  check(
    'D-PLN-02',
    'overwrite whose last message is a STATE puts the new data in place, then returns the state',
    async () => {
      const stream = users({ mode: 'overwrite' });
      await suite.warehouse.load([stream], [...rowsOf(stream, 'old'), state(stream, MARKER)]);
      const result = await suite.warehouse.load([stream], [...rowsOf(stream, 'new'), state(stream, MARKER)]);
      expect(statesOf(result)).toHaveLength(1);
      expect(await names()).toEqual(['new']);
    },
  );

  check(
    'D-PLN-03',
    'overwrite whose source died in mid-stream keeps the old table; the next run drops the rest',
    async () => {
      const stream = users({ mode: 'overwrite' });
      await suite.warehouse.load([stream], [...rowsOf(stream, 'old'), state(stream, MARKER)]);
      const broken = await suite.warehouse.write([stream], [state(stream, { page: 1 }), ...rowsOf(stream, 'half')]);
      expect(broken.exitCode).not.toBe(0);
      expect(statesOf(broken)).toHaveLength(0);
      expect(errorsOf(broken)[0]?.message).toContain('"users"');
      expect(await names()).toEqual(['old']);
      await suite.warehouse.load([stream], [...rowsOf(stream, 'new'), state(stream, MARKER)]);
      expect(await names()).toEqual(['new']);
      expect(sideTables(await profile.tables(suite.warehouse.config))).toEqual([]);
    },
  );

  check('D-PLN-04', 'a clear job empties the table; without any STATE the table stays', async () => {
    const stream = users({ mode: 'overwrite' });
    await suite.warehouse.load([stream], [...rowsOf(stream, 'old'), state(stream, MARKER)]);
    await suite.warehouse.load([stream], []);
    expect(await names()).toEqual(['old']);
    const result = await suite.warehouse.load([stream], [state(stream, null)]);
    expect(statesOf(result)).toHaveLength(1);
    expect(await names()).toEqual([]);
  });

  check('D-PLN-05', 'a GLOBAL state stands behind all streams', async () => {
    const streams = ['a', 'b'].map((name) => streamOf(name, properties, { mode: 'overwrite' }));
    const global = JSON.stringify({
      type: 'STATE',
      state: { type: 'GLOBAL', global: { shared_state: { lsn: 1 }, stream_states: [] } },
    });
    const lines = streams.map((stream) => record(stream, { id: 1 }));
    const result = await suite.warehouse.load(streams, [...lines, global]);
    expect(statesOf(result)[0]?.destinationStats).toEqual({ recordCount: 2 });
    for (const name of ['a', 'b']) expect(await suite.warehouse.rows(name)).toHaveLength(1);
    const broken = await suite.warehouse.write(streams, [global, ...lines]);
    expect(broken.exitCode).not.toBe(0);
    expect(statesOf(broken)).toHaveLength(0);
  });

  check(
    'D-PLN-06',
    'a stream with is_resumable from a foreign source: the rule holds and a WARN names the stream',
    async () => {
      const base = users({ mode: 'overwrite' });
      const stream = { ...base, stream: { ...base.stream, is_resumable: true } };
      const result = await suite.warehouse.load([stream], [...rowsOf(stream, 'new'), state(stream, { page: 1 })]);
      const warnings = messagesOf(result, 'LOG').filter(
        ({ log }) => log.level === 'WARN' && log.message.includes('"users"'),
      );
      expect(warnings).toHaveLength(1);
      expect(await names()).toEqual(['new']);
    },
  );
}

function generationOf(row: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(row).find(([name]) => name.toLowerCase() === '_airbyte_generation_id')?.[1];
}

/** Staging and side tables of ours among a warehouse's tables; the control table is meant to stay. */
export function sideTables(tables: readonly string[]): readonly string[] {
  return tables.filter((name) => /_cuttle_(?!control)/i.test(name));
}
