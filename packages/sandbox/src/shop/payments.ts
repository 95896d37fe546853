import { type Charge, DAY_MS, type Order, type Refund, type Scenario, type User } from './model.js';
import { type Random, randomFor } from './random.js';

/**
 * The charges and refunds of the orders.
 *
 * `published`: exactly one charge an order, all described. `awkward`: also failed attempts before the paid one, orders
 * that were never paid, partial refunds, charges without a description and charges from outside the shop.
 *
 * @param closedMs end of business, exclusive: nothing is refunded later
 */
export function makeCharges(
  seed: number,
  scenario: Scenario,
  orders: readonly Order[],
  users: readonly User[],
  closedMs: number,
): { charges: Charge[]; refunds: Refund[] } {
  const random = randomFor(seed, 'charges');
  const customers = new Map(users.map((user) => [user.id, user.stripeCustomerId ?? '']));
  const charges: Charge[] = [];
  const refunds: Refund[] = [];
  for (const order of orders) {
    const customerId = customers.get(order.userId) ?? '';
    const attempts = scenario === 'awkward' ? awkwardAttempts(random) : { failed: 0, isPaid: random.chance(0.97) };
    for (let attempt = 0; attempt < attempts.failed; attempt += 1) {
      charges.push(makeCharge(random, order, customerId, { isPaid: false, delayMs: (attempt + 1) * 47_000 }));
    }
    const last = { isPaid: attempts.isPaid, delayMs: (attempts.failed + 1) * 47_000 };
    const refund = last.isPaid ? drawRefund(random, scenario, order, closedMs) : undefined;
    const charge = makeCharge(random, order, customerId, last, refund);
    charges.push(scenario === 'awkward' && random.chance(0.04) ? { ...charge, description: undefined } : charge);
    if (refund !== undefined) refunds.push({ ...refund, chargeId: charge.id });
    if (scenario === 'awkward' && random.chance(0.02)) charges.push(foreignCharge(random, order, customerId));
  }
  return { charges, refunds };
}

function awkwardAttempts(random: Random): { failed: number; isPaid: boolean } {
  return { failed: random.chance(0.15) ? random.int(1, 2) : 0, isPaid: random.chance(0.95) };
}

function makeCharge(
  random: Random,
  order: Order,
  customerId: string,
  attempt: { readonly isPaid: boolean; readonly delayMs: number },
  refund?: Refund,
): Charge {
  const createdMs = order.createdMs + attempt.delayMs;
  return {
    id: `ch_3${random.digits(7)}Nv${random.digits(14)}`,
    orderId: order.id,
    customerId,
    amountMinor: order.totalMinor,
    currency: 'eur',
    status: attempt.isPaid ? 'succeeded' : 'failed',
    description: `Novel order - ${order.id}`,
    refundedMinor: refund?.amountMinor ?? 0,
    createdMs,
    updatedMs: refund?.createdMs ?? createdMs,
  };
}

function drawRefund(random: Random, scenario: Scenario, order: Order, closedMs: number): Refund | undefined {
  if (!random.chance(0.05)) return undefined;
  const isPartial = scenario === 'awkward' && random.chance(0.5);
  return {
    id: `re_3${random.digits(7)}Nv${random.digits(14)}`,
    chargeId: '',
    amountMinor: isPartial ? Math.floor(order.totalMinor / 2) : order.totalMinor,
    createdMs: Math.min(closedMs - 1, order.createdMs + random.int(1, 6) * DAY_MS),
  };
}

function foreignCharge(random: Random, order: Order, customerId: string): Charge {
  const createdMs = order.createdMs + 3_600_000;
  return {
    ...makeCharge(random, order, customerId, { isPaid: true, delayMs: 0 }),
    orderId: undefined,
    description: random.chance(0.5) ? undefined : 'Gift card',
    amountMinor: 2_500,
    createdMs,
    updatedMs: createdMs,
  };
}
