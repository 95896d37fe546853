// Columns of Stripe's objects, read from the typings of the `stripe` package. Run with `--write` to renew the file.
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
const TYPINGS = path.join(ROOT, 'node_modules', 'stripe', 'cjs', 'resources');
const FILE = path.join(ROOT, 'sources', 'stripe-ext', 'resources', 'columns.json');

/** File and interface of the typings for each stream. */
const STREAMS = {
  accounts: ['Accounts', 'Account'],
  application_fees: ['ApplicationFees', 'ApplicationFee'],
  application_fees_refunds: ['FeeRefunds', 'FeeRefund'],
  balance_transactions: ['BalanceTransactions', 'BalanceTransaction'],
  charges: ['Charges', 'Charge'],
  checkout_sessions: ['Checkout/Sessions', 'Session'],
  coupons: ['Coupons', 'Coupon'],
  credit_note_line_items: ['CreditNoteLineItems', 'CreditNoteLineItem'],
  credit_notes: ['CreditNotes', 'CreditNote'],
  customer_balance_transactions: ['CustomerBalanceTransactions', 'CustomerBalanceTransaction'],
  customers: ['Customers', 'Customer'],
  disputes: ['Disputes', 'Dispute'],
  early_fraud_warnings: ['Radar/EarlyFraudWarnings', 'EarlyFraudWarning'],
  events: ['Events', 'EventBase'],
  file_links: ['FileLinks', 'FileLink'],
  files: ['Files', 'File'],
  invoice_items: ['InvoiceItems', 'InvoiceItem'],
  invoice_line_items: ['InvoiceLineItems', 'InvoiceLineItem'],
  invoices: ['Invoices', 'Invoice'],
  payment_intents: ['PaymentIntents', 'PaymentIntent'],
  payment_links: ['PaymentLinks', 'PaymentLink'],
  payouts: ['Payouts', 'Payout'],
  plans: ['Plans', 'Plan'],
  prices: ['Prices', 'Price'],
  products: ['Products', 'Product'],
  promotion_codes: ['PromotionCodes', 'PromotionCode'],
  quotes: ['Quotes', 'Quote'],
  refunds: ['Refunds', 'Refund'],
  reviews: ['Reviews', 'Review'],
  setup_attempts: ['SetupAttempts', 'SetupAttempt'],
  setup_intents: ['SetupIntents', 'SetupIntent'],
  shipping_rates: ['ShippingRates', 'ShippingRate'],
  subscription_items: ['SubscriptionItems', 'SubscriptionItem'],
  subscription_schedule: ['SubscriptionSchedules', 'SubscriptionSchedule'],
  subscriptions: ['Subscriptions', 'Subscription'],
  tax_rates: ['TaxRates', 'TaxRate'],
  top_ups: ['Topups', 'Topup'],
  transfer_reversals: ['TransferReversals', 'TransferReversal'],
  transfers: ['Transfers', 'Transfer'],
};

/** Numbers that have decimals; the typings do not tell them from whole ones. */
const DECIMALS = new Set([
  'application_fee_percent',
  'effective_percentage',
  'exchange_rate',
  'percent_off',
  'percentage',
]);

/** The text of the file with all columns: `{stream: {column: type}}`. */
function columnsText() {
  const columns = Object.fromEntries(
    Object.entries(STREAMS).map(([stream, [file, name]]) => {
      const text = fs.readFileSync(path.join(TYPINGS, `${file}.d.ts`), 'utf8');
      return [stream, columnsOf(text, name)];
    }),
  );
  return `${JSON.stringify(columns, null, 2)}\n`;
}

function columnsOf(text, name) {
  const body = block(text, `export interface ${name} `);
  const namespace = block(text, `export declare namespace ${name} `);
  const columns = {};
  for (const [, field, type] of body.matchAll(/^ {4}([a-z_0-9]+)\??: (.+)$/gm)) {
    if (field === 'deleted') continue;
    columns[field] = typeOf(field, type.replace(/;$/, ''), name, namespace);
  }
  // Payload and type differ from event to event, so the typings have them elsewhere.
  if (name === 'EventBase') Object.assign(columns, { data: 'object', type: 'string' });
  if (columns.id !== 'string') throw new Error(`The typings of ${name} are not understood`);
  return columns;
}

/** A declaration at the left margin, from its begin to the brace that ends it. */
function block(text, begin) {
  const from = text.indexOf(begin);
  return from < 0 ? '' : text.slice(from, text.indexOf('\n}', from));
}

function typeOf(field, type, name, namespace) {
  const [first] = type.split(' | ');
  if (first.startsWith('Array<')) return 'array';
  if (first === 'string' || first === 'Decimal' || first.startsWith("'")) return 'string';
  if (first === 'number') return DECIMALS.has(field) ? 'number' : 'integer';
  if (first === 'boolean') return 'boolean';
  const own = first.startsWith(`${name}.`) ? first.slice(name.length + 1) : undefined;
  const alias = own && new RegExp(`^ {4}type ${own} = (.+);$`, 'm').exec(namespace);
  return alias ? typeOf(field, alias[1], name, namespace) : 'object';
}

module.exports = { columnsText, FILE };

if (require.main === module) {
  if (process.argv.includes('--write')) fs.writeFileSync(FILE, columnsText());
  else process.stdout.write(columnsText());
}
