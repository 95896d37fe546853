import { errorsOf } from '../harness/run-command.js';
import { ODD_NAMES } from '../security/hostile-names.js';
import { EMITTED_AT, type Properties, record, state, streamOf } from './fixture.js';
import { sideTables } from './mode-suite.js';
import { namespaceChecks } from './namespace-checks.js';
import type { DestinationProfile, DumpedRow } from './profile.js';
import { reservedNameChecks } from './reserved-name-checks.js';
import { openSuite } from './suite.js';
import { column } from './value-cases.js';

/** D-EVO, D-NAM and D-TAB: changes of a schema, names, and the shape of tables. */
export function tableSuite(profile: DestinationProfile): void {
  const suite = openSuite(profile);
  const { check } = suite;
  let states = 0;
  const load = async (name: string, properties: Properties, rows: readonly Record<string, unknown>[], options = {}) => {
    states += 1;
    const stream = streamOf(name, properties, options);
    await suite.warehouse.load([stream], [...rows.map((row) => record(stream, row)), state(stream, { n: states })]);
  };
  const columnsOf = async (table: string) =>
    (await profile.columns(suite.warehouse.config, profile.schema, profile.nameOf(table))) ?? {};

  check(
    'D-EVO-01',
    'a control table of another version is refused with what to do, and nothing is changed',
    async () => {
      const { config } = suite.warehouse;
      await load('users', { id: 'integer' }, [{ id: 1 }]);
      const table = `${profile.schema}.${profile.nameOf('_cuttle_control')}`;
      await profile.execute(config, `alter table ${table} drop column ordinal`);
      const stream = streamOf('users', { id: 'integer', more: 'string' });
      const refused = await suite.warehouse.write([stream], [record(stream, { id: 2 }), state(stream, { n: 2 })]);
      expect(refused.exitCode).toBe(1);
      const [error] = errorsOf(refused);
      expect(error).toMatchObject({ failureType: 'config_error' });
      expect(error?.message).toMatch(/_cuttle_control.* has no column ordinal.*[Dd]rop this table/i);
      const where = config['destination_path'] ?? config['database'];
      expect(error?.message).toContain(String(where));
      expect(Object.keys(await columnsOf('users'))).not.toContain(profile.nameOf('more'));
      await profile.execute(config, `drop table ${table}`);
      await load('users', { id: 'integer' }, [{ id: 3 }]);
      expect(await suite.warehouse.rows('users')).toHaveLength(2);
    },
  );

  check('D-EVO-01', 'columns added, dropped and retyped', async () => {
    const tz = { type: 'string', format: 'date-time' };
    const ntz = { ...tz, airbyte_type: 'timestamp_without_timezone' };
    await load(
      'evolving',
      { id: 'integer', gone: 'string', a: 'integer', b: 'string', c: {}, d: 'string', e: ntz, f: tz },
      [
        {
          id: 1,
          gone: 'kept',
          a: 42,
          b: '42',
          c: 'x',
          d: '{"k":1}',
          e: '2024-01-01T10:00:00',
          f: '2024-01-01T10:00:00Z',
        },
        { id: 2, b: 'bad', c: { k: 1 } },
        { id: 3, b: '1.5' },
      ],
    );
    await load(
      'evolving',
      { id: 'integer', added: 'string', a: 'string', b: 'integer', c: 'string', d: {}, e: tz, f: ntz },
      [{ id: 4, added: 'new', a: 'text', b: 7, c: 'y', d: [1], e: '2024-01-01T10:00:00Z', f: '2024-01-01T10:00:00' }],
    );
    const rows = await suite.warehouse.data('evolving');
    expect(rows.map((row) => ['id', 'gone', 'added', 'a', 'b', 'c'].map((name) => column(row, name)))).toEqual([
      ['1', 'kept', null, '42', '42', 'x'],
      ['2', null, null, null, null, '{"k":1}'],
      ['3', null, null, null, null, null],
      ['4', null, 'new', 'text', '7', 'y'],
    ]);
    expect(column(rows[0] as DumpedRow, 'e')).toBe('2024-01-01T10:00:00.000000Z');
    expect(column(rows[0] as DumpedRow, 'f')).toBe('2024-01-01T10:00:00.000000');
    expect(column(rows[3] as DumpedRow, 'd')).toEqual([1]);
  });

  check('D-EVO-02', 'a column that a user made not null is not tightened, and a key stays nullable', async () => {
    await load('keyed', { id: 'integer', name: 'string' }, [{ id: 1 }], { mode: 'append_dedup', key: ['id'] });
    await load('keyed', { id: 'integer', name: 'string' }, [{ id: null, name: 'n' }]);
    expect(await suite.warehouse.rows('keyed')).toHaveLength(2);
  });

  check(
    'D-EVO-03',
    'a type changed during an overwrite takes the new values whole; the next sync changes nothing',
    async () => {
      await load('changing', { id: 'integer', v: 'integer' }, [{ id: 1, v: 1 }], { mode: 'overwrite' });
      await load('changing', { id: 'integer', v: 'string' }, [{ id: 1, v: 'text' }], { mode: 'overwrite' });
      expect(await suite.warehouse.data('changing')).toEqual([{ id: '1', v: 'text' }]);
      const before = await columnsOf('changing');
      await load('changing', { id: 'integer', v: 'string' }, [{ id: 2, v: 'more' }], { mode: 'overwrite' });
      expect(await columnsOf('changing')).toEqual(before);
      expect(await suite.warehouse.data('changing')).toEqual([{ id: '2', v: 'more' }]);
    },
  );

  check('D-EVO-04', 'a column that changes only in case; a column added by hand is left alone', async () => {
    await load('cased', { id: 'integer', Name: 'string' }, [{ id: 1, Name: 'a' }]);
    await profile.execute(
      suite.warehouse.config,
      `alter table ${profile.schema}.${profile.nameOf('cased')} add column by_hand integer default 5`,
    );
    await load('cased', { id: 'integer', name: 'string' }, [{ id: 2, name: 'b' }]);
    const rows = await suite.warehouse.data('cased');
    expect(rows.map((row) => [column(row, 'name'), column(row, 'by_hand')])).toEqual([
      ['a', '5'],
      ['b', '5'],
    ]);
  });

  check('D-NAM-01', 'hostile names of streams, columns and namespaces', async () => {
    const properties = Object.fromEntries(ODD_NAMES.map((name) => [name, 'string']));
    const row = Object.fromEntries(ODD_NAMES.map((name) => [name, `value of ${name}`]));
    const streams = ODD_NAMES.map((name) => streamOf(name, properties));
    await suite.warehouse.load(
      streams,
      streams.flatMap((stream) => [record(stream, row), state(stream, { n: 1 })]),
    );
    for (const name of ODD_NAMES) {
      const [found] = await suite.warehouse.data(name);
      expect([name, Object.values(found as DumpedRow).sort()]).toEqual([name, Object.values(row).sort()]);
    }
    const spaced = ODD_NAMES.map((namespace) => streamOf('t', { a: 'string' }, { namespace }));
    await suite.warehouse.load(
      spaced,
      spaced.flatMap((stream) => [record(stream, { a: String(stream.stream.namespace) }), state(stream, { n: 1 })]),
    );
    for (const namespace of ODD_NAMES)
      expect(await suite.warehouse.data('t', profile.nameOf(namespace))).toEqual([{ a: namespace }]);
  });

  check('D-NAM-02', 'each hostile name as primary key and cursor of a merge', async () => {
    const streams = ODD_NAMES.map((name, n) =>
      streamOf(
        `merge_${n}`,
        { [name]: 'integer', cursor: 'integer', [`${name}2`]: 'integer' },
        { mode: 'append_dedup', key: [name], cursor: `${name}2` },
      ),
    );
    const lines = streams.flatMap((stream, n) => {
      const name = ODD_NAMES[n] as string;
      return [3, 5, 4].map((value) => record(stream, { [name]: 1, [`${name}2`]: value }));
    });
    await suite.warehouse.load(streams, [...lines, ...streams.map((stream) => state(stream, { n: 1 }))]);
    for (const n of ODD_NAMES.keys()) {
      const rows = await suite.warehouse.data(`merge_${n}`);
      expect([ODD_NAMES[n], rows.length, Object.values(rows[0] as DumpedRow).includes('5')]).toEqual([
        ODD_NAMES[n],
        1,
        true,
      ]);
    }
  });

  reservedNameChecks(suite);

  check('D-NAM-03', 'names that fold to one are both kept under a stable suffix', async () => {
    const properties = { id: 'integer', Id: 'integer', ID: 'integer', 'a b': 'string', a_b: 'string' } as const;
    const row = { id: 1, Id: 2, ID: 3, 'a b': 'x', a_b: 'y' };
    await load('folded', properties, [row]);
    const first = await columnsOf('folded');
    await load('folded', properties, [row]);
    expect(await columnsOf('folded')).toEqual(first);
    for (const found of await suite.warehouse.data('folded'))
      expect(Object.values(found).sort()).toEqual(['1', '2', '3', 'x', 'y']);
    const streams = ['Same', 'same', 'SAME'].map((name) => streamOf(name, { a: 'string' }));
    for (const n of [1, 2]) {
      await suite.warehouse.load(
        streams,
        streams.flatMap((stream) => [record(stream, { a: stream.stream.name }), state(stream, { n })]),
      );
    }
    const tables = (await profile.tables(suite.warehouse.config)).filter((name) => /\.same/i.test(name));
    expect(tables).toHaveLength(3);
  });

  check('D-NAM-04', 'long names are cut with a hash, stable and unique', async () => {
    const long = 'x'.repeat(400);
    const properties = { [`${long}1`]: 'integer', [`${long}2`]: 'integer', [`${'😀'.repeat(300)}`]: 'integer' };
    const row = { [`${long}1`]: 1, [`${long}2`]: 2, [`${'😀'.repeat(300)}`]: 3 };
    const streams = [1, 2].map((n) => streamOf(`${long}${n}`, properties));
    for (const n of [1, 2]) {
      await suite.warehouse.load(
        streams,
        streams.flatMap((stream) => [record(stream, row), state(stream, { n })]),
      );
    }
    const tables = (await profile.tables(suite.warehouse.config)).filter((name) =>
      name.toLowerCase().includes('xxxxx'),
    );
    expect(tables).toHaveLength(2);
    for (const table of tables) {
      const name = table.slice(table.indexOf('.') + 1);
      const rows = await profile.rows(suite.warehouse.config, profile.schema, name);
      expect(rows).toHaveLength(2);
      expect(Object.keys(rows?.[0] ?? {})).toHaveLength(7);
    }
  });

  check('D-NAM-05', 'a user column named like a meta column gets a suffix; meta columns are untouched', async () => {
    const properties = { id: 'integer', _airbyte_meta: 'string', _AIRBYTE_RAW_ID: 'string' } as const;
    await load('meta', properties, [{ id: 1, _airbyte_meta: 'mine', _AIRBYTE_RAW_ID: 'also mine' }]);
    const [row] = await suite.warehouse.rows('meta');
    expect(Object.values(row as DumpedRow)).toEqual(expect.arrayContaining(['mine', 'also mine']));
    expect(column(row as DumpedRow, '_airbyte_meta')).toMatchObject({ changes: [] });
  });

  check('D-NAM-06', 'no namespace goes to the default schema; one name in two namespaces is two tables', async () => {
    const streams = [undefined, 'one', 'two'].map((namespace) =>
      streamOf('t', { a: 'string' }, namespace === undefined ? {} : { namespace }),
    );
    await suite.warehouse.load(
      streams,
      streams.flatMap((stream) => [record(stream, { a: String(stream.stream.namespace) }), state(stream, { n: 1 })]),
    );
    expect(await suite.warehouse.data('t')).toEqual([{ a: 'undefined' }]);
    expect(await suite.warehouse.data('t', profile.nameOf('one'))).toEqual([{ a: 'one' }]);
    expect(await suite.warehouse.data('t', profile.nameOf('two'))).toEqual([{ a: 'two' }]);
  });

  namespaceChecks(suite, profile);

  check('D-NAM-07', 'a nested key or cursor is refused at start, naming stream and path', async () => {
    const stream = streamOf('nested', { id: 'object', c: 'object' }, { mode: 'append_dedup', key: ['id'] });
    const nestedKey = { ...stream, primary_key: [['id', 'inner']] };
    const nestedCursor = { ...stream, cursor_field: ['c', 'at'] };
    for (const [configured, path] of [
      [nestedKey, 'id.inner'],
      [nestedCursor, 'c.at'],
    ] as const) {
      const result = await suite.warehouse.write([configured], [record(stream, { id: { inner: 1 } })]);
      expect(result.exitCode).not.toBe(0);
      expect(errorsOf(result)[0]).toMatchObject({ failureType: 'config_error' });
      expect(errorsOf(result)[0]?.message).toContain('"nested"');
      expect(errorsOf(result)[0]?.message).toContain(path);
    }
  });

  check(
    'D-TAB-01',
    'meta columns: a unique v4 id, the time of emission, sync id and changes, the generation',
    async () => {
      const stream = streamOf('users', { id: 'integer' }, { generation: 3, syncId: 11 });
      await suite.warehouse.write(
        [stream],
        [record(stream, { id: 1 }), record(stream, { id: 2 }, { at: EMITTED_AT + 1 }), state(stream, { n: 1 })],
      );
      const rows = await suite.warehouse.rows('users');
      const ids = rows.map((row) => String(column(row, '_airbyte_raw_id')));
      expect(new Set(ids).size).toBe(2);
      for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(rows.map((row) => column(row, '_airbyte_extracted_at')).sort()).toEqual([
        '2024-06-01T00:00:00.000000Z',
        '2024-06-01T00:00:00.001000Z',
      ]);
      expect(rows.map((row) => column(row, '_airbyte_meta'))).toEqual([
        { sync_id: 11, changes: [] },
        { sync_id: 11, changes: [] },
      ]);
      expect(rows.map((row) => column(row, '_airbyte_generation_id'))).toEqual(['3', '3']);
      expect(Object.keys(rows[0] as DumpedRow).map((name) => name.toLowerCase())).toEqual([
        '_airbyte_raw_id',
        '_airbyte_extracted_at',
        '_airbyte_meta',
        '_airbyte_generation_id',
        'id',
      ]);
    },
  );

  check('D-TAB-03', 'column types are those of the type map', async () => {
    const types: Properties = {
      string: 'string',
      number: 'number',
      integer: 'integer',
      boolean: 'boolean',
      object: 'object',
      array: 'array',
      date: { type: 'string', format: 'date' },
      time_with_timezone: { type: 'string', format: 'time', airbyte_type: 'time_with_timezone' },
      time_without_timezone: { type: 'string', format: 'time', airbyte_type: 'time_without_timezone' },
      timestamp_with_timezone: { type: 'string', format: 'date-time' },
      timestamp_without_timezone: { type: 'string', format: 'date-time', airbyte_type: 'timestamp_without_timezone' },
      union: { type: ['string', 'integer'] },
      unknown: {},
    };
    await load('typed', types, []);
    const columns = await columnsOf('typed');
    for (const [name, type] of Object.entries(profile.typeMap))
      expect([name, columns[profile.nameOf(name)]]).toEqual([name, type]);
  });

  check(
    'D-TAB-04',
    'no side table and no staging file is left after success; orphans go with a later run',
    async () => {
      const stream = streamOf('users', { id: 'integer' }, { mode: 'overwrite' });
      const broken = await suite.warehouse.write([stream], [record(stream, { id: 1 })]);
      expect(broken.exitCode).not.toBe(0);
      await suite.warehouse.load([stream], [record(stream, { id: 1 }), state(stream, { n: 1 })]);
      expect(sideTables(await profile.tables(suite.warehouse.config))).toEqual([]);
    },
  );
}
