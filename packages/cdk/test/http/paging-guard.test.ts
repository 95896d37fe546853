import { PagingGuard } from '../../src/index.js';

describe('PagingGuard', () => {
  const stuck = (call: () => unknown): string => {
    try {
      call();
    } catch (error) {
      return `${(error as { code: string }).code}: ${(error as Error).message}`;
    }
    return 'went on';
  };

  it('gives back each cursor once and names the list when one comes again, however long the circle is', () => {
    const guard = new PagingGuard("Acme's /orders");
    const cursors = Array.from({ length: 1000 }, (_, index) => `cursor-${index}`);
    expect(cursors.map((cursor) => guard.follow(cursor))).toEqual(cursors);
    expect(stuck(() => guard.follow('cursor-0'))).toBe(
      "PAGING_STUCK: The pages of Acme's /orders would never end: a page leads back to one that was read before.",
    );
  });

  it('refuses the page that came just before, not an empty one and not one with an equal row', () => {
    const guard = new PagingGuard('x');
    for (const ids of [['a', 'b'], ['b', 'c'], [], [], ['b', 'c', 'd'], ['c', 'b']]) guard.page(ids);
    expect(stuck(() => guard.page(['c', 'b']))).toContain('PAGING_STUCK');
    // Ids are not put together in a way that mixes them up.
    expect(stuck(() => guard.page(['c","b']))).toBe('went on');
  });
});
