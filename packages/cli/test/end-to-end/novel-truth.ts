import { type Charge, makeGa4Events, type Sandbox, type Shop, SURPRISE_NOVEL_ID } from '@cuttle/sandbox';

/** What is true of an order. Money in cents. */
export interface OrderTruth {
  readonly isPaid: boolean;
  readonly amount: number;
  readonly refunded: number;
  readonly day: string;
  readonly country: string;
}

/** A GA4 purchase as reports should count it. */
export interface PurchaseTruth {
  readonly orderId: string;
  readonly day: string;
  readonly source: string;
  readonly medium: string;
  readonly campaign: string;
  readonly revenue: number;
}

/** The right answers, computed from the facts of the shop without any of the connectors or the SQL. */
export class NovelTruth {
  readonly orders: ReadonlyMap<string, OrderTruth>;
  readonly purchases: readonly PurchaseTruth[];
  private readonly shop: Shop;

  constructor(shop: Shop) {
    this.shop = shop;
    this.orders = new Map(shop.orders.map((order) => [order.id, this.orderTruth(order)]));
    this.purchases = purchasesOf(shop);
  }

  /** Net revenue in cents by day and country, of orders that brought any. */
  netByDayAndCountry(): ReadonlyMap<string, number> {
    const orders = [...this.orders.values()];
    return sums(orders, (order) => [`${order.day} ${order.country}`, order.amount - order.refunded]);
  }

  /** Number of conversions by day, source and medium. */
  conversions(): ReadonlyMap<string, number> {
    return sums(this.purchases, ({ day, source, medium }) => [`${day} ${source} ${medium}`, 1]);
  }

  /** Spend in cents by day, as the ad platform knows it now. */
  spend(sandbox: Sandbox): ReadonlyMap<string, number> {
    const account = sandbox.facebook.platform.account(sandbox.facebook.accountId);
    if (account === undefined) throw new Error('The shop has no ad account.');
    const today = new Date(sandbox.control.clock.now()).toISOString().slice(0, 10);
    const days = account.delivery.days().flatMap((day) =>
      account.delivery.ads(day).map((ad): [string, number] => {
        return [day, account.delivery.counts(day, ad, today)?.spendMinor ?? 0];
      }),
    );
    return sums(days, (entry) => entry);
  }

  /** Revenue in cents of paid charges by month, source, medium and campaign. */
  utmRevenue(): ReadonlyMap<string, number> {
    const purchases = new Map(this.purchases.map((purchase) => [purchase.orderId, purchase]));
    const paid = this.shop.charges.filter(({ status }) => status === 'succeeded');
    return sums(paid, (charge) => {
      const seen = purchases.get(orderOf(charge) ?? '');
      const from =
        seen === undefined ? ['(unknown)', '(unknown)', '(unknown)'] : [seen.source, seen.medium, seen.campaign];
      return [[`${dayOf(charge.createdMs).slice(0, 7)}-01`, ...from].join(' '), charge.amountMinor];
    });
  }

  /** Name of the interest to recommend for each surprise order whose buyer has interests. */
  recommendations(): ReadonlyMap<string, string> {
    const categories = new Map(this.shop.categories.map(({ id, name }) => [id, name]));
    const novels = new Map(this.shop.novels.map((novel) => [novel.id, novel]));
    const users = new Map(this.shop.users.map((user) => [user.id, user]));
    const chosen = this.shop.orders.filter(({ novelId }) => novelId !== SURPRISE_NOVEL_ID);
    const counts = sums(
      chosen.flatMap(({ novelId }) => novels.get(novelId)?.categoryIds ?? []),
      (category) => [category, 1],
    );
    const found = this.shop.orders.flatMap((order): [string, string][] => {
      if (order.novelId !== SURPRISE_NOVEL_ID) return [];
      const interests = (users.get(order.userId)?.interestIds ?? []).map((id) => ({
        name: categories.get(id) ?? '',
        count: counts.get(id) ?? 0,
      }));
      const [best] = interests.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
      return best === undefined ? [] : [[order.id, best.name]];
    });
    return new Map(found);
  }

  private orderTruth({ id, userId, createdMs }: Shop['orders'][number]): OrderTruth {
    const own = this.shop.charges.filter((charge) => orderOf(charge) === id);
    const paid = own.filter(({ status }) => status === 'succeeded').at(-1);
    const refunds = this.shop.refunds.filter(({ chargeId }) => chargeId === paid?.id);
    const user = this.shop.users.find((candidate) => candidate.id === userId);
    return {
      isPaid: paid !== undefined,
      amount: paid?.amountMinor ?? 0,
      refunded: refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
      day: dayOf(createdMs),
      country: user?.country ?? '',
    };
  }
}

/** Sums by key, keys of zero left out. */
export function sums<T>(things: readonly T[], entry: (thing: T) => readonly [string, number]): Map<string, number> {
  const found = new Map<string, number>();
  for (const thing of things) {
    const [key, value] = entry(thing);
    found.set(key, (found.get(key) ?? 0) + value);
  }
  return new Map([...found].filter(([, value]) => value !== 0));
}

/** The order that a charge names in its description. */
function orderOf({ description }: Charge): string | undefined {
  return description?.split('- ')[1];
}

function purchasesOf(shop: Shop): readonly PurchaseTruth[] {
  const latest = new Map<string, { readonly micros: number; readonly purchase: PurchaseTruth }>();
  for (const row of [...makeGa4Events(shop).values()].flat()) {
    const ecommerce = row['ecommerce'] as {
      readonly transaction_id?: string;
      readonly purchase_revenue: number;
    } | null;
    const orderId = ecommerce?.transaction_id;
    if (row['event_name'] !== 'purchase' || orderId === undefined || orderId === '(not set)') continue;
    const micros = Number(row['event_timestamp']);
    if ((latest.get(orderId)?.micros ?? 0) > micros) continue;
    const { name: campaign, source, medium } = row['traffic_source'] as Record<'name' | 'source' | 'medium', string>;
    const revenue = Math.round((ecommerce?.purchase_revenue ?? 0) * 100);
    latest.set(orderId, {
      micros,
      purchase: { orderId, day: dayOf(micros / 1000), source, medium, campaign, revenue },
    });
  }
  return [...latest.values()].map(({ purchase }) => purchase);
}

function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
