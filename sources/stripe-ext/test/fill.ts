import type { Sandbox } from '@cuttle/sandbox';

/** Object types that stand in others, with the field that names the parent and the parent's type. */
const INNER: Readonly<Record<string, readonly [string, string]>> = {
  bank_account: ['account', 'account'],
  credit_note_line_item: ['credit_note', 'credit_note'],
  customer_balance_transaction: ['customer', 'customer'],
  fee_refund: ['fee', 'application_fee'],
  file_link: ['file', 'file'],
  line_item: ['invoice', 'invoice'],
  setup_attempt: ['setup_intent', 'setup_intent'],
  subscription_item: ['subscription', 'subscription'],
  transfer_reversal: ['transfer', 'transfer'],
};

/** Object type of each stream; events have none. */
export const OBJECT_OF: Readonly<Record<string, string>> = {
  accounts: 'account',
  application_fees: 'application_fee',
  application_fees_refunds: 'fee_refund',
  balance_transactions: 'balance_transaction',
  charges: 'charge',
  checkout_sessions: 'checkout.session',
  coupons: 'coupon',
  credit_note_line_items: 'credit_note_line_item',
  credit_notes: 'credit_note',
  customer_balance_transactions: 'customer_balance_transaction',
  customers: 'customer',
  disputes: 'dispute',
  early_fraud_warnings: 'radar.early_fraud_warning',
  file_links: 'file_link',
  files: 'file',
  invoice_items: 'invoiceitem',
  invoice_line_items: 'line_item',
  invoices: 'invoice',
  payment_intents: 'payment_intent',
  payment_links: 'payment_link',
  payouts: 'payout',
  plans: 'plan',
  prices: 'price',
  products: 'product',
  promotion_codes: 'promotion_code',
  quotes: 'quote',
  refunds: 'refund',
  reviews: 'review',
  setup_attempts: 'setup_attempt',
  setup_intents: 'setup_intent',
  shipping_rates: 'shipping_rate',
  subscription_items: 'subscription_item',
  subscription_schedule: 'subscription_schedule',
  subscriptions: 'subscription',
  tax_rates: 'tax_rate',
  top_ups: 'topup',
  transfer_reversals: 'transfer_reversal',
  transfers: 'transfer',
};

/** Makes an object; `at` is an ISO time. Gives its id. */
export function make(sandbox: Sandbox, object: string, values: object = {}, at?: string): string {
  return sandbox.control.run('stripe.create', { object, values, ...(at === undefined ? {} : { at }) }) as string;
}

/** Ids of all objects of a type that exist now. */
export function idsOf(sandbox: Sandbox, object: string): string[] {
  return (sandbox.control.run('stripe.all', { object }) as { id: string }[]).map(({ id }) => id);
}

/** Makes two objects of every type, created at the given time, and what belongs to the first of them. */
export function fillEverything(sandbox: Sandbox, at: string): void {
  const objects = sandbox.control.run('stripe.objects') as readonly string[];
  const outer = objects.filter((object) => !(object in INNER) && !['account', 'refund'].includes(object));
  for (const object of outer) for (const id of idFor(object)) make(sandbox, object, id, at);
  const [charge] = idsOf(sandbox, 'charge');
  sandbox.control.run('stripe.refund', { charge, amount: 10, at });
  for (const [object, [field, parent]] of Object.entries(INNER)) {
    const [first] = idsOf(sandbox, parent);
    for (let count = 0; count < 2; count += 1) make(sandbox, object, { [field]: first }, at);
  }
}

/** Coupons have ids that people choose; a discount is named by the usual invoice. */
function idFor(object: string): readonly object[] {
  if (object === 'coupon') return [{ id: 'READ10' }, { id: 'READ20' }];
  return object === 'discount' ? [{ id: 'di_1Welcome' }] : [{}, {}];
}
