import { pageRows } from '../../src/readers/page-size.js';
import { RowBudget } from '../../src/readers/row-budget.js';

describe('rows of a page', () => {
  it.each([
    ['a usual table', { rows: '100000', bytes: '80000000' }, 976],
    ['a huge one', { rows: '5000000', bytes: '4000000000' }, 156],
    ['large rows', { rows: '10', bytes: '1000000' }, 100],
    ['an empty one', { rows: '0', bytes: '0' }, 50_000],
  ])('fit %s', (_name, table, expected) => {
    expect(pageRows(table)).toBe(expected);
  });
});

describe('row budget', () => {
  it('lets tables in while there is room, in order, and a larger one alone', async () => {
    const budget = new RowBudget(10);
    const events: string[] = [];
    const enter = async (name: string, rows: number): Promise<() => void> => {
      const release = await budget.acquire(rows);
      events.push(name);
      return release;
    };
    const a = await enter('a', 6);
    const large = enter('large', 20);
    const b = enter('b', 1);
    await Promise.resolve();
    expect(events).toEqual(['a']);
    a();
    (await large)();
    (await b)();
    expect(events).toEqual(['a', 'large', 'b']);
  });
});
