/** What the source knows of a kind of object that Stripe lists. */
export interface Resource {
  /** Name of its stream, which is the official connector's. */
  readonly stream: string;
  /** Path of its list, from `/v1/` on. */
  readonly path: string;
  /** `object` of its rows; others in a list or in events are left out. */
  readonly object: string;
  /** Types of the events that announce a change; empty for none. */
  readonly events: readonly string[];
  /** Field with the time of creation in seconds; some rows may lack it. */
  readonly createdField: 'created' | 'date';
  /** Whether the list can be filtered by `created`. */
  readonly hasCreatedFilter: boolean;
  /** What to expand, below an object. */
  readonly expand: readonly string[];
  /** What to expand besides in versions before 2025-03-31. */
  readonly legacyExpand: readonly string[];
  /** Fields with a list inside that is read to its end. */
  readonly lists: readonly string[];
  /** Field with the list whose entries are the rows; undefined when the objects themselves are. */
  readonly entries: string | undefined;
  /** Further parameters of the list. */
  readonly params: Readonly<Record<string, string>>;
  /** Whether changes go unannounced, so that everything has to be listed again. */
  readonly isRelisted: boolean;
  /** What rows are ordered by: time of change, or of creation for kinds without events. */
  readonly cursor: 'updated' | 'created';
  /** Shortest lookback in days, for kinds that do not announce their creation or their early changes. */
  readonly minLookbackDays: number;
}

/** A kind with the usual values for what is left out. */
function resource(stream: string, path: string, object: string, rest: Partial<Resource> = {}): Resource {
  const { events = [] } = rest;
  return {
    stream,
    path: `/v1/${path}`,
    object,
    events,
    createdField: 'created',
    hasCreatedFilter: true,
    expand: [],
    legacyExpand: [],
    lists: [],
    entries: undefined,
    params: {},
    isRelisted: false,
    cursor: events.length > 0 ? 'updated' : 'created',
    minLookbackDays: 0,
    ...rest,
  };
}

/** `types('payout', 'paid failed')` gives `payout.paid` and `payout.failed`. */
function types(prefix: string, names: string): string[] {
  return names.split(' ').map((name) => `${prefix}.${name}`);
}

/**
 * Every kind that has a stream of its own. Event types are those of the `stripe` package's typings (API version
 * 2026-10-28.endive) for the object, without `invoice.upcoming`, whose object has no id.
 */
export const RESOURCES: readonly Resource[] = [
  // Its events, and rows without a time of creation, make everything but a list of all unreliable.
  resource('accounts', 'accounts', 'account', {
    events: [],
    cursor: 'updated',
    hasCreatedFilter: false,
    isRelisted: true,
    lists: ['external_accounts'],
  }),
  resource('application_fees', 'application_fees', 'application_fee', {
    events: types('application_fee', 'created refunded'),
    lists: ['refunds'],
  }),
  // No event tells when one becomes available, which takes a week and more.
  resource('balance_transactions', 'balance_transactions', 'balance_transaction', { minLookbackDays: 10 }),
  resource('charges', 'charges', 'charge', {
    events: types('charge', 'captured expired failed pending refunded succeeded updated'),
    expand: ['refunds'],
    lists: ['refunds'],
  }),
  resource('checkout_sessions', 'checkout/sessions', 'checkout.session', {
    events: types('checkout.session', 'async_payment_failed async_payment_succeeded completed expired'),
    // No event tells of a new session; it completes or expires within a day.
    minLookbackDays: 2,
  }),
  resource('coupons', 'coupons', 'coupon', { events: types('coupon', 'created deleted updated') }),
  resource('credit_notes', 'credit_notes', 'credit_note', {
    events: types('credit_note', 'created updated voided'),
    lists: ['lines'],
  }),
  resource('customers', 'customers', 'customer', { events: types('customer', 'created deleted updated') }),
  resource('disputes', 'disputes', 'dispute', {
    events: types('charge.dispute', 'closed created funds_reinstated funds_withdrawn updated'),
  }),
  resource('early_fraud_warnings', 'radar/early_fraud_warnings', 'radar.early_fraud_warning', {
    events: types('radar.early_fraud_warning', 'created updated'),
  }),
  resource('events', 'events', 'event'),
  resource('file_links', 'file_links', 'file_link', { isRelisted: true }),
  resource('files', 'files', 'file', { events: ['file.created'], lists: ['links'] }),
  resource('invoice_items', 'invoiceitems', 'invoiceitem', {
    events: types('invoiceitem', 'created deleted'),
    createdField: 'date',
    isRelisted: true,
  }),
  resource('invoices', 'invoices', 'invoice', {
    events: types(
      'invoice',
      'created deleted finalization_failed finalized marked_uncollectible overdue overpaid paid ' +
        'payment_action_required payment_attempt_required payment_failed payment_succeeded sent updated voided will_be_due',
    ),
    expand: ['discounts'],
    legacyExpand: ['total_tax_amounts.tax_rate'],
    lists: ['lines'],
  }),
  resource('payment_intents', 'payment_intents', 'payment_intent', {
    events: types(
      'payment_intent',
      'amount_capturable_updated canceled created partially_funded payment_failed processing requires_action succeeded',
    ),
  }),
  resource('payment_links', 'payment_links', 'payment_link', {
    events: types('payment_link', 'created updated'),
    hasCreatedFilter: false,
    isRelisted: true,
  }),
  resource('payouts', 'payouts', 'payout', {
    events: types('payout', 'canceled created failed paid reconciliation_completed updated'),
  }),
  resource('plans', 'plans', 'plan', { events: types('plan', 'created deleted updated'), expand: ['tiers'] }),
  resource('prices', 'prices', 'price', { events: types('price', 'created deleted updated'), expand: ['tiers'] }),
  resource('products', 'products', 'product', { events: types('product', 'created deleted updated') }),
  resource('promotion_codes', 'promotion_codes', 'promotion_code', {
    events: types('promotion_code', 'created updated'),
  }),
  resource('quotes', 'quotes', 'quote', {
    events: types('quote', 'accepted canceled created finalized'),
    hasCreatedFilter: false,
    // An edit of a draft is not announced.
    isRelisted: true,
  }),
  resource('refunds', 'refunds', 'refund', {
    events: ['charge.refund.updated', ...types('refund', 'created failed updated')],
  }),
  resource('reviews', 'reviews', 'review', { events: types('review', 'closed opened') }),
  resource('setup_intents', 'setup_intents', 'setup_intent', {
    events: types('setup_intent', 'canceled created requires_action setup_failed succeeded'),
  }),
  resource('shipping_rates', 'shipping_rates', 'shipping_rate', { isRelisted: true }),
  resource('subscription_schedule', 'subscription_schedules', 'subscription_schedule', {
    events: types('subscription_schedule', 'aborted canceled completed created expiring released updated'),
  }),
  resource('subscriptions', 'subscriptions', 'subscription', {
    events: types(
      'customer.subscription',
      'created deleted paused pending_update_applied pending_update_expired resumed trial_will_end updated',
    ),
    // Without it, canceled ones are not listed.
    params: { status: 'all' },
    lists: ['items'],
  }),
  resource('tax_rates', 'tax_rates', 'tax_rate', { events: types('tax_rate', 'created updated') }),
  resource('top_ups', 'topups', 'topup', { events: types('topup', 'canceled created failed reversed succeeded') }),
  resource('transfers', 'transfers', 'transfer', {
    events: types('transfer', 'created reversed updated'),
    lists: ['reversals'],
  }),
];

/** A kind whose objects are reached through those of another one. */
export interface ChildResource {
  readonly stream: string;
  /** Stream of the parents; their changes are the children's. */
  readonly parent: string;
  /** `object` of its rows. */
  readonly object: string;
  /** Field of the parent with the first of them; undefined when they have to be asked for. */
  readonly inline: string | undefined;
  /** Path of the list of one parent's children, from `/v1/` on; used without {@link inline}. */
  readonly path: (parentId: string) => string;
  /** Column with the parent's id. */
  readonly parentColumn: string;
  readonly cursor: 'updated' | 'created';
  /** Whether the parent's events tell nothing of a change, so that every parent is asked in each sync. */
  readonly isUnannounced: boolean;
}

/** Every kind that is read through another one. */
export const CHILDREN: readonly ChildResource[] = [
  child('invoice_line_items', 'invoices', 'line_item', 'lines', 'invoice_id'),
  child('subscription_items', 'subscriptions', 'subscription_item', 'items', 'subscription'),
  child('credit_note_line_items', 'credit_notes', 'credit_note_line_item', 'lines', 'credit_note_id'),
  child('transfer_reversals', 'transfers', 'transfer_reversal', 'reversals', 'transfer'),
  child('application_fees_refunds', 'application_fees', 'fee_refund', 'refunds', 'fee'),
  {
    ...child('setup_attempts', 'setup_intents', 'setup_attempt', undefined, 'setup_intent'),
    path: (id) => `/v1/setup_attempts?setup_intent=${encodeURIComponent(id)}`,
    cursor: 'created',
  },
  {
    ...child('customer_balance_transactions', 'customers', 'customer_balance_transaction', undefined, 'customer'),
    path: (id) => `/v1/customers/${encodeURIComponent(id)}/balance_transactions`,
    cursor: 'created',
    isUnannounced: true,
  },
];

function child(
  stream: string,
  parent: string,
  object: string,
  inline: string | undefined,
  parentColumn: string,
): ChildResource {
  return {
    stream,
    parent,
    object,
    inline,
    path: () => '',
    parentColumn,
    cursor: 'updated',
    isUnannounced: false,
  };
}
