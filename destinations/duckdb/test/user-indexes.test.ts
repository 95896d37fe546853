import { complete, errorsOf, isFull, rawRecord, state, streamOf, TestWarehouse } from '@cuttle/testing';
import { profileInProcess } from './profile.js';

const PROPERTIES = { id: 'integer', name: 'string', amount: 'integer' };
const DEDUP = { mode: 'append_dedup', key: ['id'], generation: 1 } as const;
/** Rows of the small lane, and of the other. */
const SIZES = isFull ? [2, 400] : [400];

/** What a sync brings to a table that has an index, and the value by which it shows. */
const SYNCS = {
  update: {
    stream: streamOf('users', PROPERTIES, { ...DEDUP, syncId: 3 }),
    lines: [rawRecord('users', '{"id":1,"name":"new","amount":1}')],
    shows: { id: '1', name: 'new', amount: '1' },
  },
  overwrite: {
    stream: streamOf('users', PROPERTIES, { mode: 'overwrite', generation: 2, minimum: 2, syncId: 3 }),
    lines: [rawRecord('users', '{"id":1,"name":"new","amount":1}')],
    shows: { id: '1', name: 'new', amount: '1' },
  },
  'another column': {
    stream: streamOf('users', { ...PROPERTIES, more: 'string' }, { ...DEDUP, syncId: 3 }),
    lines: [rawRecord('users', '{"id":5000,"more":"x"}')],
    shows: { id: '5000', name: null, amount: null, more: 'x' },
  },
  'another type': {
    stream: streamOf('users', { ...PROPERTIES, name: 'object' }, { ...DEDUP, syncId: 3 }),
    lines: [rawRecord('users', '{"id":5000,"name":{"a":1}}')],
    shows: { id: '5000', name: { a: 1 }, amount: null },
  },
  'a larger integer': {
    stream: streamOf('users', PROPERTIES, { ...DEDUP, syncId: 3 }),
    lines: [rawRecord('users', '{"id":5000,"amount":9223372036854775808}')],
    shows: { id: '5000', name: null, amount: '9223372036854775808' },
  },
} as const;
type Sync = keyof typeof SYNCS;

describe('an index of the user on a loaded table', () => {
  let warehouse: TestWarehouse;
  beforeEach(() => {
    warehouse = new TestWarehouse(profileInProcess());
  });
  afterEach(() => warehouse.remove());

  async function prepare(count: number, sql: string): Promise<void> {
    const stream = streamOf('users', PROPERTIES, { ...DEDUP, syncId: 2 });
    const records = Array.from({ length: count }, (_, n) =>
      rawRecord('users', `{"id":${n},"name":"n${n}","amount":1}`),
    );
    await warehouse.load([stream], [...records, state(stream, 1), complete(stream)]);
    await warehouse.profile.execute(warehouse.config, sql);
  }

  async function sync(name: Sync) {
    const { stream, lines } = SYNCS[name];
    const result = await warehouse.write([stream], [...lines, state(stream, 2), complete(stream)]);
    const [error] = errorsOf(result);
    return {
      exitCode: result.exitCode,
      type: error?.failureType,
      message: error?.message ?? '',
      text: result.lines.join(),
    };
  }

  it.each([
    ['create index ix on users (id)', ['update', 'overwrite', 'another column']],
    ['create index ix on users (name)', ['update', 'overwrite', 'another column']],
    ['create unique index ix on users (_airbyte_raw_id)', ['update', 'overwrite', 'another column']],
    ['create unique index ix on users (id)', ['another column']],
    [
      'alter table users add primary key (id)',
      ['update', 'overwrite', 'another column', 'another type', 'a larger integer'],
    ],
  ] as const)('%s leaves %j as they are', async (sql, names) => {
    for (const name of names) {
      for (const count of SIZES) {
        warehouse.remove();
        warehouse = new TestWarehouse(profileInProcess());
        await prepare(count, sql);
        expect(await sync(name)).toMatchObject({ exitCode: 0 });
        expect(await warehouse.data('users')).toContainEqual(SYNCS[name].shows);
      }
    }
  });

  it.each([
    ['create index ix on users (id)', 'another type', 'drop index "main"."ix"'],
    ['create index ix on users (name)', 'another type', 'drop index "main"."ix"'],
    ['create index ix on users (id)', 'a larger integer', 'drop index "main"."ix"'],
    ['create unique index ix on users (id)', 'update', 'drop index "main"."ix"'],
    ['create unique index ix on users (id)', 'overwrite', 'drop index "main"."ix"'],
    ['create unique index "i x" on users (id)', 'a larger integer', 'drop index "main"."i x"'],
    [
      'alter table users alter amount set not null',
      'another column',
      'alter table "main"."users" alter column "amount" drop not null',
    ],
  ] as const)('%s: %s is a config error whose remedy helps', async (sql, name, remedy) => {
    for (const count of SIZES) {
      warehouse.remove();
      warehouse = new TestWarehouse(profileInProcess());
      await prepare(count, sql);
      const refused = await sync(name);
      expect(refused).toMatchObject({ exitCode: 1, type: 'config_error' });
      expect(refused.message).toContain('"main"."users"');
      expect(refused.message).toContain(remedy);
      // What the engine said quotes values.
      expect(refused.text).not.toContain('Duplicate key');
      expect(await warehouse.data('users')).toHaveLength(count);
      await warehouse.profile.execute(warehouse.config, remedy);
      expect(await sync(name)).toMatchObject({ exitCode: 0 });
      expect(await warehouse.data('users')).toContainEqual(SYNCS[name].shows);
    }
  });

  it('a primary key constraint on a column that has to grow is a config error whose remedy helps', async () => {
    await prepare(2, 'alter table users add primary key (amount, id)');
    const refused = await sync('a larger integer');
    expect(refused).toMatchObject({ exitCode: 1, type: 'config_error' });
    const remedy = /without it: (.*without_it;)/.exec(refused.message)?.[1];
    await warehouse.profile.execute(warehouse.config, String(remedy));
    expect(await sync('a larger integer')).toMatchObject({ exitCode: 0 });
    expect(await warehouse.data('users')).toContainEqual(SYNCS['a larger integer'].shows);
  });

  it('the same rows appended under a unique index are a config error', async () => {
    await prepare(2, 'create unique index ix on users (id)');
    const stream = streamOf('users', PROPERTIES, { mode: 'append', generation: 1, syncId: 3 });
    const lines = [rawRecord('users', '{"id":1}'), state(stream, 2), complete(stream)];
    const result = await warehouse.write([stream], lines);
    expect(errorsOf(result)).toMatchObject([{ failureType: 'config_error' }]);
    expect(await warehouse.data('users')).toHaveLength(2);
  });
});
