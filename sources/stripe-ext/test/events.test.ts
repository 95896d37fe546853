import type { JsonObject } from '@cuttle/protocol';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { make } from './fill.js';
import { configFor, configured, contentOf, dedup, fetchStripe, read, requests, stateOf } from './run-stripe.js';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2024-09-01T08:00:00Z');

describe('changes by events', () => {
  let sandbox: Sandbox;
  /** Without a lookback, so that events alone bring what they should. */
  const config = (extra: object = {}) => configFor(sandbox, { lookback_days: 0, ...extra });

  beforeEach(async () => {
    sandbox = await startSandbox({ users: 6, orders: 12, idleVisits: 0 });
  });
  afterEach(() => sandbox.close());

  const run = (action: string, params: object) => sandbox.control.run(action, params as JsonObject);
  const minutes = (count: number) => sandbox.control.clock.advance(count * 60_000);
  const update = (object: string, id: string, values: object, extra: object = {}) =>
    run('stripe.update', { object, id, values, ...extra });
  /** What the events carry, as the naive design takes it for the rows. */
  const payloads = async (type: string): Promise<JsonObject[]> => {
    const { data } = await fetchStripe(sandbox, `events?limit=100&type=${type}`);
    return (data as { data: { object: JsonObject } }[]).map((event) => event.data.object);
  };

  it('STR-01 an incremental row has what was expanded in the full read (naive variant: the payload has no refunds)', async () => {
    const first = await read(config(), ['charges', 'invoices', 'plans']);
    const [charge] = first.of('charges');
    const plan = make(sandbox, 'plan');
    make(sandbox, 'discount', { id: 'di_1Welcome' });
    const invoice = make(sandbox, 'invoice');
    minutes(5);
    run('stripe.refund', { charge: charge?.['id'], amount: 100 });
    minutes(5);
    const second = await read(config(), ['charges', 'invoices', 'plans'], first.lastStates);
    expect(second.of('charges')).toEqual([
      expect.objectContaining({
        id: charge?.['id'],
        amount_refunded: 100,
        refunds: expect.objectContaining({ object: 'list' }),
      }),
    ]);
    expect(second.of('invoices')[0]).toMatchObject({
      id: invoice,
      discounts: [{ id: 'di_1Welcome', object: 'discount' }],
    });
    expect(second.of('plans')[0]).toMatchObject({ id: plan, tiers: [expect.anything()] });
    const [naive] = await payloads('charge.refunded');
    expect([naive?.['id'], naive?.['refunds']]).toEqual([charge?.['id'], undefined]);
  });

  it('STR-02 an event of an older version gives a row of ours (naive variant: the payload lacks newer columns)', async () => {
    const first = await read(config(), ['invoices', 'subscriptions']);
    make(sandbox, 'discount', { id: 'di_1Welcome' });
    const invoice = make(sandbox, 'invoice');
    make(sandbox, 'subscription');
    minutes(5);
    const full = await read(config(), [
      configured('invoices', 'full_refresh'),
      configured('subscriptions', 'full_refresh'),
    ]);
    const second = await read(config(), ['invoices', 'subscriptions'], first.lastStates);
    for (const stream of ['invoices', 'subscriptions']) expect(second.of(stream)).toEqual(full.of(stream));
    const [naive] = await payloads('invoice.created');
    expect([naive?.['id'], 'parent' in naive!, 'paid' in naive!]).toEqual([invoice, false, true]);
    expect(Object.keys(second.of('invoices')[0]!)).toEqual(expect.arrayContaining(['parent', 'total_taxes']));
  });

  it('STR-04 a refund made on the charge arrives (naive variant: refund.created tells nothing of it)', async () => {
    const first = await read(config(), ['charges', 'refunds']);
    const charge = String(first.of('charges')[0]?.['id']);
    const refund = run('stripe.refund', { charge });
    minutes(5);
    const second = await read(config(), ['charges', 'refunds'], first.lastStates);
    expect(second.of('refunds').map(({ id }) => id)).toEqual([refund]);
    expect(await payloads('refund.*')).toEqual([]);
  });

  it('STR-05 rows are of the stream’s own kind (naive variant: the type of the event decides)', async () => {
    const first = await read(config(), ['charges', 'accounts']);
    const charge = String(first.of('charges')[0]?.['id']);
    const refund = run('stripe.refund', { charge });
    // Seen in the field: events of one kind that carry an object of another.
    update('refund', String(refund), { reason: 'duplicate' }, { events: ['charge.updated'] });
    make(sandbox, 'bank_account', { account: sandbox.stripe.connectedId });
    minutes(5);
    const second = await read(config(), ['charges', 'accounts'], first.lastStates);
    expect(new Set(second.of('charges').map(({ object }) => object))).toEqual(new Set(['charge']));
    expect(new Set(second.of('accounts').map(({ object }) => object))).toEqual(new Set(['account']));
    const naive = await payloads('charge.*');
    expect(naive.map(({ object }) => object)).toContain('refund');
  });

  it('STR-07 nothing without an id is taken (naive variant: an upcoming invoice becomes a row without a key)', async () => {
    const first = await read(config(), ['invoices']);
    const id = make(sandbox, 'invoice');
    minutes(5);
    const { account } = sandbox.stripe;
    const nameless = { object: 'event', created: NOW / 1000 + 60, type: 'invoice.updated' };
    for (const payload of [
      { object: 'invoice', total: 1 },
      { object: 'invoice', id: '' },
    ]) {
      const event = { ...nameless, id: `evt_${Object.keys(payload).length}`, data: { object: payload } };
      account.events.add({ sequence: 1_000_000, created: nameless.created, visibleFromMs: 0, event });
    }
    const second = await read(config(), ['invoices'], first.lastStates);
    expect([second.exitCode, second.ids]).toEqual([0, [id]]);
    expect((await payloads('invoice.*')).filter((payload) => !payload['id'])).toHaveLength(2);
  });

  it('STR-08 children come as lines and items (naive variant: the payloads are their parents)', async () => {
    const streams = ['invoice_line_items', 'subscription_items'];
    const first = await read(config(), streams);
    const invoice = make(sandbox, 'invoice');
    const line = make(sandbox, 'line_item', { invoice });
    const subscription = make(sandbox, 'subscription');
    const item = make(sandbox, 'subscription_item', { subscription });
    minutes(5);
    const second = await read(config(), streams, first.lastStates);
    expect(second.of('invoice_line_items')).toEqual([
      expect.objectContaining({ id: line, object: 'line_item', invoice_id: invoice }),
    ]);
    expect(second.of('subscription_items')).toEqual([
      expect.objectContaining({ id: item, object: 'subscription_item', subscription, updated: NOW / 1000 }),
    ]);
    const naive = [...(await payloads('invoice.*')), ...(await payloads('customer.subscription.*'))];
    expect(naive.map(({ id }) => id).sort()).toEqual([invoice, subscription].sort());
  });

  it.each([
    29, 30, 31,
  ])('STR-10 a state of %i days leaves no gap (naive variant: events older than 30 days are gone)', async (days) => {
    const first = await read(config(), ['charges']);
    const [early, late] = first.of('charges').map(({ id }) => String(id));
    sandbox.control.clock.advance(5 * 60_000);
    update('charge', early!, { description: 'early' });
    sandbox.control.clock.advance(days * DAY_MS - 60_000);
    update('charge', late!, { description: 'late' });
    minutes(5);
    const second = await read(config(), ['charges'], first.lastStates);
    const rows = dedup([...first.records, ...second.records]);
    expect([early, late].map((id) => rows.get(` ${id}`)?.['description'])).toEqual(['early', 'late']);
    expect(second.logs.some((log) => log.includes('listed again'))).toBe(days >= 29);
    const naive = (await payloads('charge.updated')).map(({ id }) => id);
    expect(naive.includes(early!)).toBe(days < 30);
    // What was listed again ends in a state that goes on by events.
    const third = await read(config(), ['charges'], second.lastStates);
    expect(third.records).toEqual([]);
  });

  it('STR-11 an event that shows 50 s late arrives (naive variant: a state of now passes over it)', async () => {
    const first = await read(config(), ['charges']);
    const id = String(first.of('charges')[0]?.['id']);
    minutes(10);
    update('charge', id, { description: 'late' }, { delayMs: 50_000 });
    const during = await read(config(), ['charges'], first.lastStates);
    expect(during.records).toEqual([]);
    const now = Math.floor(sandbox.control.clock.now() / 1000);
    minutes(3);
    const after = await read(config(), ['charges'], during.lastStates);
    expect(after.records).toEqual([expect.objectContaining({ id, description: 'late' })]);
    const naive = await read(
      config(),
      ['charges'],
      stateOf('charges', { ...contentOf(first.states, 'charges'), until: now + 1 }),
    );
    expect(naive.records).toEqual([]);
  });

  it('STR-12 a page token that ages out is replaced by the time that was reached (naive variant: the read ends with 400)', async () => {
    const first = await read(config(), ['products']);
    const made = run('stripe.seed', { object: 'product', count: 250, created: '2024-09-01T08:00:30Z' }) as string[];
    minutes(30);
    const message = 'The page token has aged out of our retention policy.';
    const body = JSON.stringify({ error: { message, type: 'invalid_request_error' } });
    const fault = {
      fault: { kind: 'status', status: 400, body },
      match: { path: '/v1/events', query: 'starting_after' },
    };
    const id = run('faults.add', fault);
    const second = await read(config(), ['products'], first.lastStates);
    expect([second.exitCode, new Set(second.ids)]).toEqual([0, new Set(made)]);
    expect(run('faults.struck', { id })).toBe(1);
    run('faults.clear', {});
    run('faults.add', fault);
    expect(await fetchStripe(sandbox, 'events?starting_after=evt_old')).toMatchObject({ error: { message } });
  });

  it('STR-13 five events of one object cost one GET and the newest counts (naive variant: five rows)', async () => {
    const id = make(sandbox, 'customer', {}, '2024-08-01T00:00:00Z');
    const first = await read(config(), ['customers']);
    for (const name of ['A', 'B', 'C', 'D', 'E']) {
      minutes(2);
      update('customer', id, { name });
    }
    const last = Math.floor(sandbox.control.clock.now() / 1000);
    minutes(2);
    run('requests.clear', {});
    const second = await read(config(), ['customers'], first.lastStates);
    expect(second.records).toEqual([expect.objectContaining({ id, name: 'E', updated: last, is_deleted: false })]);
    expect(requests(sandbox, '/v1/customers')).toHaveLength(1);
    expect(await payloads('customer.updated')).toHaveLength(5);
  });

  it('STR-15 a change during the first listing arrives (naive variant: the cursor begins at the end of the listing)', async () => {
    run('stripe.seed', { object: 'product', count: 250, created: '2024-08-01T00:00:00Z' });
    const [changed] = (run('stripe.all', { object: 'product' }) as { id: string }[]).slice(-1).map(({ id }) => id);
    const match = { path: '/v1/products' };
    sandbox.control.scripts.before(3, match, () => {
      minutes(20);
      update('product', changed!, { name: 'changed' });
      minutes(20);
    });
    const first = await read(config(), ['products']);
    expect(first.records.find(({ id }) => id === changed)?.['name']).toBe('Novel');
    const second = await read(config(), ['products'], first.lastStates);
    expect(second.records).toEqual([expect.objectContaining({ id: changed, name: 'changed' })]);
    const atEnd = Math.floor(sandbox.control.clock.now() / 1000) - 60;
    const naive = await read(
      config(),
      ['products'],
      stateOf('products', { ...contentOf(first.states, 'products'), until: atEnd }),
    );
    expect(naive.records).toEqual([]);
  });

  it('STR-18 balance transactions of customers come without an event (naive variant: the feed has none)', async () => {
    const customer = make(sandbox, 'customer', {}, '2024-08-01T00:00:00Z');
    const first = await read(config(), ['customer_balance_transactions']);
    const made = make(sandbox, 'customer_balance_transaction', { customer, amount: -700 });
    minutes(5);
    const second = await read(config(), ['customer_balance_transactions'], first.lastStates);
    expect(second.records).toEqual([expect.objectContaining({ id: made, customer, amount: -700 })]);
    const { data } = await fetchStripe(sandbox, 'events?type=customer.*&limit=100');
    expect((data as { created: number }[]).filter(({ created }) => created >= NOW / 1000)).toEqual([]);
  });

  it('deleted objects come from their event, marked, and with our columns only', async () => {
    const coupon = make(sandbox, 'coupon', { id: 'GONE' });
    const invoice = make(sandbox, 'invoice');
    const customer = make(sandbox, 'customer');
    const subscription = make(sandbox, 'subscription');
    minutes(5);
    const streams = ['coupons', 'invoices', 'customers', 'subscriptions'];
    const first = await read(config(), streams);
    minutes(5);
    for (const [object, id] of Object.entries({ coupon, invoice, customer, subscription }))
      run('stripe.remove', { object, id });
    minutes(5);
    const second = await read(config(), streams, first.lastStates);
    expect(second.records.map(({ id, is_deleted }) => [id, is_deleted])).toEqual(
      expect.arrayContaining([coupon, invoice, customer, subscription].map((id) => [id, true])),
    );
    expect(second.of('subscriptions')[0]).toMatchObject({ status: 'canceled', billing_mode: { type: 'classic' } });
    expect(second.of('invoices')[0]).not.toHaveProperty('paid');
    // A later full read says the same of the subscription, which stays.
    const full = await read(config(), [configured('subscriptions', 'full_refresh')]);
    expect(full.of('subscriptions')[0]).toMatchObject({ id: subscription, is_deleted: true });
  });

  it('an object that is gone before its own deletion shows up is marked already', async () => {
    const first = await read(config(), ['coupons', 'customers']);
    const coupon = make(sandbox, 'coupon', { id: 'BRIEF' });
    const customer = make(sandbox, 'customer');
    minutes(5);
    run('stripe.remove', { object: 'coupon', id: coupon });
    run('stripe.remove', { object: 'customer', id: customer });
    const second = await read(config(), ['coupons', 'customers'], first.lastStates);
    const rows = second.records.map(({ id, updated, is_deleted }) => ({ id, updated, is_deleted }));
    const created = NOW / 1000;
    expect(rows).toEqual([
      { id: coupon, updated: created, is_deleted: true },
      { id: customer, updated: created, is_deleted: true },
    ]);
  });

  it('any number of streams costs one scan of the events, by types as long as 20 suffice', async () => {
    const few = ['charges', 'customers', 'refunds'];
    const many = [
      'charges',
      'customers',
      'refunds',
      'invoices',
      'invoice_line_items',
      'products',
      'payouts',
      'disputes',
    ];
    const scans: number[] = [];
    for (const streams of [['charges'], few, many]) {
      const first = await read(config(), streams);
      make(sandbox, 'charge');
      minutes(26 * 60);
      run('requests.clear', {});
      await read(config(), streams, first.lastStates);
      const scan = requests(sandbox, '/v1/events');
      scans.push(scan.length);
      expect(scan.every(({ query }) => query.includes('types[]'))).toBe(streams !== many);
    }
    // Two windows of at most a day each, whatever is selected.
    expect(scans).toEqual([2, 2, 2]);
  });

  it('objects created close together are read by pages of the list, others one by one', async () => {
    const old = run('stripe.seed', {
      object: 'customer',
      count: 5,
      created: '2023-01-01T00:00:00Z',
      stepSeconds: 8 * 86_400,
    }) as string[];
    run('stripe.seed', { object: 'customer', count: 400, created: '2023-01-01T12:00:00Z', stepSeconds: 8640 });
    const first = await read(config({ start_date: '2023-01-01T00:00:00Z' }), ['customers']);
    const fresh = run('stripe.seed', { object: 'customer', count: 150, created: '2024-09-01T08:00:10Z' }) as string[];
    minutes(10);
    for (const id of old) update('customer', id, { name: 'again' });
    minutes(10);
    run('requests.clear', {});
    const second = await read(config({ start_date: '2023-01-01T00:00:00Z' }), ['customers'], first.lastStates);
    expect(new Set(second.ids)).toEqual(new Set([...fresh, ...old]));
    expect(second.ids).toHaveLength(155);
    const asked = requests(sandbox, '/v1/customers').map(({ path }) => path.split('/').length);
    // Two pages for the new ones, one that gains too little, and the rest by id.
    expect(asked.filter((parts) => parts === 4).length).toBeLessThanOrEqual(3);
    expect(asked.filter((parts) => parts === 5).length).toBeLessThanOrEqual(5);
  });
});
