import { bubbleId } from './bubble-id.js';
import { makeAds, makeCategories, makeNovels } from './catalog.js';
import {
  type Ad,
  DAY_MS,
  type Novel,
  type Order,
  type Shop,
  type ShopOptions,
  type User,
  type Visit,
} from './model.js';
import { makeCharges } from './payments.js';
import { makeUsers, pickTrafficSource } from './people.js';
import { type Random, randomFor } from './random.js';

/** A whole shop from a seed: same options, same shop, byte for byte. Takes a few milliseconds at default size. */
export function makeShop(options: ShopOptions = {}): Shop {
  const seed = options.seed ?? 1;
  const scenario = options.scenario ?? 'published';
  const firstDay = options.firstDay ?? '2024-03-24';
  const lastDay = options.lastDay ?? '2024-08-31';
  const openedMs = Date.parse(`${firstDay}T00:00:00.000Z`);
  const closedMs = Date.parse(`${lastDay}T00:00:00.000Z`) + DAY_MS;
  const categories = makeCategories(seed, openedMs);
  const novels = makeNovels(seed, openedMs, categories);
  const ads = makeAds(seed);
  const visitors = makeUsers(seed, options.users ?? 200, openedMs, closedMs, categories);
  const period = { seed, openedMs, closedMs };
  const orders = makeOrders(period, options.orders ?? 400, visitors, novels, ads);
  const users = withCustomerIds(seed, visitors, orders);
  const { charges, refunds } = makeCharges(seed, scenario, orders, users, closedMs);
  const idleVisits = makeIdleVisits(period, options.idleVisits ?? 600, users, ads);
  return { seed, scenario, firstDay, lastDay, categories, novels, users, orders, charges, refunds, ads, idleVisits };
}

interface Period {
  readonly seed: number;
  readonly openedMs: number;
  /** End of the last day, exclusive. */
  readonly closedMs: number;
}

function makeOrders(
  period: Period,
  count: number,
  users: readonly User[],
  novels: readonly Novel[],
  ads: readonly Ad[],
): Order[] {
  const random = randomFor(period.seed, 'orders');
  // Orders begin once the "surprise me" novel exists.
  const fromMs = Math.max(period.openedMs, ...novels.map((novel) => novel.createdMs)) + 60_000;
  const span = period.closedMs - 3_600_000 - fromMs;
  const surprise = novels[novels.length - 1]!;
  return Array.from({ length: count }, (_, index) => {
    const createdMs = fromMs + Math.floor((span * index) / count) + random.int(0, 59_999);
    const user = pickUser(random, users, createdMs);
    const novel = random.chance(0.2) ? surprise : random.pick(novels.slice(0, -1));
    const isDone = random.chance(0.85);
    return {
      id: bubbleId(createdMs, random),
      userId: user.id,
      novelId: novel.id,
      status: isDone ? 'done' : 'pending',
      totalMinor: novel.priceMinor,
      createdMs,
      modifiedMs: Math.min(period.closedMs - 1, createdMs + (isDone ? random.int(1_000, 4 * DAY_MS) : 0)),
      visit: makeVisit(random, user, createdMs - random.int(90, 1_500) * 1_000, ads),
    } satisfies Order;
  });
}

/** Users who had signed up by then; the first user when nobody had. */
function pickUser(random: Random, users: readonly User[], byMs: number): User {
  let known = users.length;
  while (known > 1 && users[known - 1]!.createdMs > byMs) known -= 1;
  return users[random.int(0, known - 1)]!;
}

function makeVisit(random: Random, user: User, startedMs: number, ads: readonly Ad[]): Visit {
  return {
    pseudoId: user.pseudoId,
    sessionId: random.digits(10),
    sessionNumber: random.int(1, 9),
    startedMs,
    country: user.country,
    trafficSource: pickTrafficSource(random, ads),
    userFirstTouchMs: Math.min(user.createdMs, startedMs),
  };
}

function makeIdleVisits(period: Period, count: number, users: readonly User[], ads: readonly Ad[]): Visit[] {
  const random = randomFor(period.seed, 'visits');
  const span = period.closedMs - period.openedMs - 3_600_000;
  return Array.from({ length: count }, (_, index) => {
    const startedMs = period.openedMs + Math.floor((span * index) / count) + random.int(0, 999);
    return makeVisit(random, random.pick(users), startedMs, ads);
  });
}

function withCustomerIds(seed: number, users: readonly User[], orders: readonly Order[]): User[] {
  const buyers = new Set(orders.map((order) => order.userId));
  const random = randomFor(seed, 'customers');
  return users.map((user) => {
    const stripeCustomerId = `cus_${random.digits(6)}Nv${random.digits(6)}`;
    return buyers.has(user.id) ? { ...user, stripeCustomerId } : user;
  });
}
