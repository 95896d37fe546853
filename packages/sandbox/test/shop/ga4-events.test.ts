import { type Ga4Row, makeGa4Events, makeShop } from '../../src/index.js';

function purchases(days: ReadonlyMap<string, readonly Ga4Row[]>): Ga4Row[] {
  return [...days.values()].flat().filter((row) => row['event_name'] === 'purchase');
}

const transactionOf = (row: Ga4Row): string => (row['ecommerce'] as { transaction_id: string }).transaction_id;

describe('GA4 events of the shop', () => {
  const shop = makeShop();
  const days = makeGa4Events(shop);

  it('has exactly one purchase an order when published, with its id as transaction and its price', () => {
    const rows = purchases(days);
    expect(rows.map(transactionOf).sort()).toEqual(shop.orders.map((order) => order.id).sort());
    const totals = new Map(shop.orders.map((order) => [order.id, order.totalMinor]));
    for (const row of rows) {
      const { purchase_revenue } = row['ecommerce'] as { purchase_revenue: number };
      expect(Math.round(purchase_revenue * 100)).toBe(totals.get(transactionOf(row)));
    }
  });

  it('repeats purchases, leaves transactions out and doubles rows when awkward', () => {
    const rows = purchases(makeGa4Events(makeShop({ scenario: 'awkward' })));
    const ids = rows.map(transactionOf);
    expect(ids).toContain('(not set)');
    expect(new Set(ids).size).toBeLessThan(ids.length);
    const texts = rows.map((row) => JSON.stringify(row));
    expect(new Set(texts).size).toBeLessThan(texts.length);
  });

  it('puts rows into the day of the property, which is not always the UTC day', () => {
    let differing = 0;
    for (const [date, rows] of days) {
      for (const row of rows) {
        expect(row['event_date']).toBe(date);
        const utc = new Date(Number(row['event_timestamp']) / 1_000).toISOString().slice(0, 10).replaceAll('-', '');
        if (utc !== date) differing += 1;
      }
    }
    expect(differing).toBeGreaterThan(0);
  });

  it('marks visits from ads and has rows without a user', () => {
    const rows = [...days.values()].flat();
    expect(rows.some((row) => (row['traffic_source'] as { medium: string }).medium === 'cpc')).toBe(true);
    expect(rows.some((row) => row['user_pseudo_id'] === null)).toBe(true);
  });
});
