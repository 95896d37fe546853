import { makeShop, SURPRISE_NOVEL_ID } from '../../src/index.js';

describe('the Novel shop', () => {
  const shop = makeShop();
  const awkward = makeShop({ scenario: 'awkward' });

  it('is the same for the same seed and another one for another seed', () => {
    expect(makeShop()).toEqual(shop);
    expect(makeShop({ seed: 2 }).orders[0]?.id).not.toBe(shop.orders[0]?.id);
  });

  it('has exactly one described charge an order when published', () => {
    expect(shop.charges.map((charge) => charge.description?.split('- ')[1])).toEqual(
      shop.orders.map((order) => order.id),
    );
  });

  it('has failed attempts, partial refunds and missing descriptions when awkward', () => {
    const perOrder = new Map<string | undefined, number>();
    for (const charge of awkward.charges) perOrder.set(charge.orderId, (perOrder.get(charge.orderId) ?? 0) + 1);
    expect(Math.max(...perOrder.values())).toBeGreaterThan(1);
    expect(awkward.charges.some((charge) => charge.description === undefined)).toBe(true);
    const amounts = new Map(awkward.charges.map((charge) => [charge.id, charge.amountMinor]));
    expect(awkward.refunds.some((refund) => refund.amountMinor < (amounts.get(refund.chargeId) ?? 0))).toBe(true);
  });

  it('knows every user, novel, category and customer that is referred to', () => {
    const users = new Map(shop.users.map((user) => [user.id, user]));
    const novels = new Set(shop.novels.map((novel) => novel.id));
    const categories = new Set(shop.categories.map((category) => category.id));
    for (const order of shop.orders) expect([users.has(order.userId), novels.has(order.novelId)]).toEqual([true, true]);
    const referred = [...shop.users.flatMap((user) => user.interestIds), ...shop.novels.flatMap((n) => n.categoryIds)];
    expect(referred.filter((id) => !categories.has(id))).toEqual([]);
    const customers = new Set(shop.users.map((user) => user.stripeCustomerId));
    expect(shop.charges.filter((charge) => !customers.has(charge.customerId))).toEqual([]);
  });

  it('sells the surprise novel under its literal id, from 2024 on, within the period', () => {
    expect(shop.orders.some((order) => order.novelId === SURPRISE_NOVEL_ID)).toBe(true);
    const times = [...shop.users, ...shop.orders, ...shop.charges, ...shop.refunds].map((thing) => thing.createdMs);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(Date.parse('2024-03-24'));
    expect(Math.max(...times)).toBeLessThan(Date.parse('2024-09-01'));
  });

  it('brings some orders from ads, by campaign name', () => {
    const fromAds = shop.orders.filter((order) => order.visit.trafficSource.ad !== undefined);
    expect(fromAds.length).toBeGreaterThan(50);
    for (const { visit } of fromAds) {
      expect(visit.trafficSource).toMatchObject({ source: 'facebook', medium: 'cpc' });
      expect(visit.trafficSource.name).toBe(visit.trafficSource.ad?.campaignName);
    }
  });
});
