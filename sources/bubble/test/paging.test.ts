import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { configFor, configured, fetchThings, read } from './run-bubble.js';

const BORN = '2024-05-01T00:00:00.000Z';
const ITEM = { name: 'item', display: 'Item', fields: [{ id: 'title_text', display: 'Title', type: 'text' }] };

describe('paging', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox({ users: 2, orders: 2 });
    sandbox.control.run('bubble.define', { definition: ITEM });
  });
  afterEach(() => sandbox.close());

  const seed = (count: number, stepMs: number, created = BORN) =>
    sandbox.control.run('bubble.seed', { type: 'item', count, created, stepMs });
  const allIds = () => sandbox.control.run('bubble.ids', { type: 'item' }) as string[];

  /** Naive variant: pages by offset until a page is shorter than the limit. */
  async function readByOffset(): Promise<string[]> {
    const ids: string[] = [];
    for (;;) {
      const page = await fetchThings(sandbox, 'item', {
        limit: '100',
        cursor: String(ids.length),
        sort_field: 'Modified Date',
      });
      ids.push(...page.map((row) => String(row['_id'])));
      if (page.length < 100) return ids;
    }
  }

  /** Naive variant: keyset with a strict bound on the last time. */
  async function readByStrictKeyset(): Promise<string[]> {
    const ids: string[] = [];
    let last: string | undefined;
    for (;;) {
      const constraint = { key: 'Modified Date', constraint_type: 'greater than', value: last };
      const page = await fetchThings(sandbox, 'item', {
        limit: '100',
        sort_field: 'Modified Date',
        ...(last === undefined ? {} : { constraints: JSON.stringify([constraint]) }),
      });
      if (page.length === 0) return ids;
      ids.push(...page.map((row) => String(row['_id'])));
      last = String(page.at(-1)!['Modified Date']);
    }
  }

  it.each([
    'incremental',
    'full_refresh',
  ])('BUB-01 a type with more rows than a search reaches is read whole, %s (naive variant: paging by offset stops at the cap)', async (mode) => {
    sandbox.bubble.app.settings.maxSearchItems = 500;
    seed(2501, 1000);
    const { ids, exitCode } = await read(configFor(sandbox), [configured('item', mode)]);
    expect(exitCode).toBe(0);
    expect([...ids].sort()).toEqual([...allIds()].sort());
    expect(await readByOffset()).toHaveLength(500);
  });

  it('BUB-02 a row edited while paging shifts no other row out (naive variant: paging by offset loses one)', async () => {
    seed(350, 1000);
    const [edited] = allIds();
    const edit = () =>
      sandbox.control.run('before', {
        nth: 2,
        match: { path: '/obj/item' },
        action: 'bubble.update',
        params: { type: 'item', id: edited, values: { Title: 'edited' }, modified: '2024-06-01T00:00:00.000Z' },
      });
    edit();
    const { ids, records } = await read(configFor(sandbox), [configured('item')]);
    expect(new Set(ids)).toEqual(new Set(allIds()));
    expect(records.filter((record) => record['_id'] === edited).map((record) => record['Title'])).toEqual([
      'Title 0',
      'edited',
    ]);
    sandbox.control.run('bubble.update', { type: 'item', id: edited, values: {}, modified: BORN });
    edit();
    expect(new Set(await readByOffset()).size).toBe(349);
  });

  it.each([
    100, 30,
  ])('BUB-03 250 rows of one millisecond come once each, pages of %i (naive variant: a strict keyset skips the rest of the millisecond)', async (maxPageItems) => {
    seed(120, 1000, '2024-04-01T00:00:00.000Z');
    seed(250, 0);
    seed(30, 1000, '2024-06-01T00:00:00.000Z');
    sandbox.bubble.app.settings.maxPageItems = maxPageItems;
    for (const mode of ['incremental', 'full_refresh']) {
      const { ids } = await read(configFor(sandbox), [configured('item', mode)]);
      expect([...ids].sort()).toEqual([...allIds()].sort());
    }
    expect((await readByStrictKeyset()).length).toBeLessThan(400);
  });

  it('BUB-03 a row that leaves the millisecond while it is read hides no other row', async () => {
    seed(250, 0);
    const [edited] = allIds();
    sandbox.control.run('before', {
      nth: 4,
      match: { path: '/obj/item' },
      action: 'bubble.update',
      params: { type: 'item', id: edited, values: {}, modified: '2024-06-01T00:00:00.000Z' },
    });
    const { ids, exitCode } = await read(configFor(sandbox), [configured('item')]);
    expect(exitCode).toBe(0);
    expect(new Set(ids)).toEqual(new Set(allIds()));
  });

  it('BUB-14 every page asks for 100 rows and a short page is not the end (naive variant: stops at a page below the limit)', async () => {
    seed(95, 1000);
    sandbox.bubble.app.settings.maxPageItems = 40;
    const { ids } = await read(configFor(sandbox), [configured('item')]);
    expect(new Set(ids)).toEqual(new Set(allIds()));
    const requests = sandbox.control.log.find({ path: '/obj/item' });
    expect(requests.length).toBeGreaterThan(2);
    expect(requests.every(({ query }) => query.includes('limit=100'))).toBe(true);
    expect(await readByOffset()).toHaveLength(40);
  });

  it('reads a big type side by side in a full refresh, within the concurrency', async () => {
    seed(3000, 1000);
    const { ids } = await read(configFor(sandbox, { concurrency: 3 }), [configured('item', 'full_refresh')]);
    expect(ids).toHaveLength(3000);
    expect(new Set(ids).size).toBe(3000);
    const queries = sandbox.control.log.find({ path: '/obj/item' }).map(({ query }) => query);
    expect(queries.filter((query) => query.includes('less than')).length).toBeGreaterThan(10);
  });
});
