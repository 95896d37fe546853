import type { Shop } from '../shop/model.js';
import type { StripeAccount } from './stripe-account.js';

/** A change of the shop at its time. */
interface Step {
  readonly atMs: number;
  readonly run: () => void;
}

/**
 * Fills an account with the shop's customers, charges and refunds, each at its time, so that their events are there as
 * far as Stripe keeps them.
 */
export function fillWithPayments(account: StripeAccount, shop: Shop): void {
  const steps = [...customerSteps(account, shop), ...chargeSteps(account, shop), ...refundSteps(account, shop)];
  steps.sort((a, b) => a.atMs - b.atMs);
  for (const { run } of steps) run();
}

function customerSteps(account: StripeAccount, shop: Shop): Step[] {
  const firstOrder = new Map<string, number>();
  for (const { userId, createdMs } of shop.orders) {
    firstOrder.set(userId, Math.min(createdMs, firstOrder.get(userId) ?? createdMs));
  }
  return shop.users.flatMap((user) => {
    const { stripeCustomerId: id } = user;
    if (id === undefined) return [];
    const atMs = firstOrder.get(user.id) ?? user.createdMs;
    const name = [user.firstName, user.lastName].filter(Boolean).join(' ');
    const address = { city: null, country: user.country, line1: null, line2: null, postal_code: null, state: null };
    const values = { id, email: user.email, name, address, currency: 'eur' };
    return [{ atMs, run: () => void account.create('customer', values, { atMs }) }];
  });
}

function chargeSteps(account: StripeAccount, shop: Shop): Step[] {
  return shop.charges.map((charge) => {
    const isPaid = charge.status === 'succeeded';
    const values = {
      id: charge.id,
      amount: charge.amountMinor,
      amount_captured: isPaid ? charge.amountMinor : 0,
      captured: isPaid,
      currency: charge.currency,
      customer: charge.customerId === '' ? null : charge.customerId,
      description: charge.description ?? null,
      failure_code: isPaid ? null : 'card_declined',
      failure_message: isPaid ? null : 'Your card was declined.',
      paid: isPaid,
      status: charge.status,
    };
    const options = { atMs: charge.createdMs, events: [isPaid ? 'charge.succeeded' : 'charge.failed'] };
    return { atMs: charge.createdMs, run: () => void account.create('charge', values, options) };
  });
}

function refundSteps(account: StripeAccount, shop: Shop): Step[] {
  return shop.refunds.map(({ id, chargeId, amountMinor, createdMs }) => ({
    atMs: createdMs,
    run: () => void account.refund(chargeId, amountMinor, { id }, { atMs: createdMs }),
  }));
}
