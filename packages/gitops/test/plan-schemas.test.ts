import { Bench } from './bench.js';

describe('schemas that a plan reads', () => {
  let bench: Bench;
  afterEach(() => {
    expect(bench.problems).toEqual([]);
    bench.remove();
  });

  const novel = async (options: ConstructorParameters<typeof Bench>[0] = {}): Promise<void> => {
    bench = new Bench(options);
    bench.setVariables(await bench.importAll());
  };

  /** Names of the sources whose streams are read while something is done. */
  const asked = async (act: () => Promise<unknown>): Promise<readonly string[]> => {
    bench.airbyte.control.log.clear();
    await act();
    const requests = bench.airbyte.control.log.find().filter(({ path }) => path.endsWith('/streams'));
    return requests
      .map(({ query }) => {
        const id = new URLSearchParams(query).get('sourceId') ?? '';
        return bench.airbyte.store.actors.get(id)!.name;
      })
      .sort();
  };

  it('G-18 with a lock a plan without changes reads no schema, neither after an import nor after an apply', async () => {
    await novel({ lock: true });
    const empty = async (): Promise<void> => expect((await bench.plan()).plan.items).toEqual([]);
    expect(await asked(empty)).toEqual([]);
    await bench.apply();
    expect(await asked(empty)).toEqual([]);
    expect(await asked(() => bench.apply())).toEqual([]);
    bench.edit('connections.yaml', 'prefix: stripe_', 'prefix: pay_');
    expect(await asked(() => bench.apply())).toEqual(['stripe-ext']);
    expect(await asked(empty)).toEqual([]);
  });

  it('G-18 without a lock only sources are asked whose cursors the documents leave to them', async () => {
    await novel();
    const found = await asked(() => bench.plan());
    expect(found).not.toContain('bubble');
    expect(new Set(found).size).toBe(found.length);
  });

  it('G-18 a plan reads the schema of a source whose streams change in the documents', async () => {
    await novel({ lock: true });
    bench.edit('connections.yaml', '  charges: {}', '  charges: { sync: incremental append }');
    expect(await asked(() => bench.plan())).toEqual(['stripe-ext']);
  });

  it('G-18 every source is asked once with --refresh-schema', async () => {
    await novel({ lock: true });
    expect(await asked(() => bench.plan({ refreshSchema: true }))).toHaveLength(4);
  });

  it.each([
    true,
    false,
  ])('G-05 a cursor chosen in Airbyte is seen where the documents name none (lock: %s)', async (lock) => {
    await novel({ lock });
    bench.edit('connections.yaml', '  charges: {}', '  charges: { sync: incremental append }');
    await bench.apply();
    const { streams } = bench.connection('stripe-ext to snowflake');
    const stream = streams.find(({ name }) => name === 'charges')!;
    Object.assign(stream, { cursorField: ['amount'] });
    const { items } = (await bench.plan()).plan;
    expect(items.map(({ key }) => key)).toEqual(['connection/stripe-ext to snowflake']);
    expect(items[0]!.streams).toMatchObject([{ stream: 'charges', fields: [{ field: 'cursor', before: 'amount' }] }]);
  });

  it('G-05 a column that somebody deselects in Airbyte is seen with a lock and without', async () => {
    await novel({ lock: true });
    await bench.apply();
    const stream = bench.connection('stripe-ext to snowflake').streams.find(({ name }) => name === 'charges')!;
    Object.assign(stream, { selectedFields: ['id', 'created'] });
    expect((await bench.plan()).plan.items).toMatchObject([{ streams: [{ stream: 'charges' }] }]);
    bench.writeProject();
    expect((await bench.plan()).plan.items).toMatchObject([{ streams: [{ stream: 'charges' }] }]);
  });

  it('G-18 a cursor that leaves the documents is compared with the schema', async () => {
    await novel({ lock: true });
    bench.edit('connections.yaml', '  charges: {}', '  charges: { sync: incremental append, cursor: amount }');
    await expect(asked(() => bench.plan())).resolves.toEqual(['stripe-ext']);
  });
});
