import type { JsonObject } from '@cuttle/protocol';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { make } from './fill.js';
import { configFor, configured, contentOf, fetchStripe, read, requests, stateOf } from './run-stripe.js';

describe('lists', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox({ users: 3, orders: 3, idleVisits: 0 });
  });
  afterEach(() => sandbox.close());

  const run = (action: string, params: object) => sandbox.control.run(action, params as JsonObject);
  const seed = (object: string, count: number, created: string, extra: object = {}) =>
    run('stripe.seed', { object, count, created, ...extra }) as string[];
  const full = (stream: string) => configured(stream, 'full_refresh');

  it('STR-09 objects created and deleted while paging: each once (naive variant: a cursor that was deleted ends the read)', async () => {
    const made = seed('product', 350, '2024-08-20T00:00:00Z');
    const cursor = made.at(-200)!;
    sandbox.control.scripts.before(
      2,
      { path: '/v1/products' },
      () => void make(sandbox, 'product', { id: 'prod_new' }),
    );
    sandbox.control.scripts.before(3, { path: '/v1/products' }, () =>
      run('stripe.remove', { object: 'product', id: cursor }),
    );
    const { ids, exitCode } = await read(configFor(sandbox), [full('products')]);
    const kept = ids.filter((id) => id !== 'prod_new');
    expect([exitCode, kept.length, new Set(kept)]).toEqual([0, 350, new Set(made)]);
    const naive = await fetchStripe(sandbox, `products?starting_after=${cursor}`);
    expect(naive).toMatchObject({ error: { code: 'resource_missing', param: 'starting_after' } });
  });

  it('STR-09 a lost cursor among many objects of one second, and in a list without times', async () => {
    const same = seed('product', 250, '2024-08-20T00:00:00Z', { stepSeconds: 0 });
    const links = seed('payment_link', 250, '2024-08-20T00:00:00Z');
    const removed = { product: same.at(-100), payment_link: links.at(-100) };
    for (const [object, id] of Object.entries(removed)) {
      const path = `/v1/${object}s`;
      sandbox.control.scripts.before(2, { path }, () => run('stripe.remove', { object, id }));
    }
    const { of, exitCode } = await read(configFor(sandbox), [full('products'), full('payment_links')]);
    expect(exitCode).toBe(0);
    for (const [stream, wanted] of [
      ['products', same],
      ['payment_links', links],
    ] as const) {
      const ids = of(stream).map(({ id }) => String(id));
      expect([stream, ids.length, new Set(ids)]).toEqual([stream, 250, new Set(wanted)]);
    }
  });

  it('STR-16 restarted from every state, each stream covers everything (naive variant: a state of the newest row loses the rest)', async () => {
    seed('product', 40, '2024-01-10T00:00:00Z', { stepSeconds: 5.95 * 86_400 });
    seed('setup_intent', 12, '2024-01-10T00:00:00Z', { stepSeconds: 15 * 86_400 });
    for (const { id } of run('stripe.all', { object: 'setup_intent' }) as { id: string }[]) {
      for (let attempt = 0; attempt < 3; attempt += 1) make(sandbox, 'setup_attempt', { setup_intent: id });
    }
    const config = configFor(sandbox, { slice_days: 30, lookback_days: 0 });
    for (const stream of ['products', 'setup_intents', 'setup_attempts', 'charges']) {
      const whole = await read(config, [stream]);
      const all = new Set(whole.ids);
      const order = whole.messages.filter(({ type }) => type === 'RECORD' || type === 'STATE');
      let stops = 0;
      for (const [index, message] of order.entries()) {
        if (message.type !== 'STATE') continue;
        stops += 1;
        const before = order
          .slice(0, index)
          .flatMap((part) => (part.type === 'RECORD' ? [String(part.record.data['id'])] : []));
        const rest = await read(config, [stream], [message.state]);
        expect([stream, new Set([...before, ...rest.ids])]).toEqual([stream, all]);
      }
      expect([stream, stops > 5]).toEqual([stream, true]);
    }
    // Rows come newest first: their highest time says nothing of those that are still to come.
    const newest = Math.max(...(await read(config, ['products'])).records.map(({ created }) => Number(created)));
    const naive = await read(config, ['products'], stateOf('products', { until: newest }));
    expect(naive.ids.length).toBeLessThan(40);
  });

  it('STR-20 lists inside objects are read to their end (naive variant: ten entries)', async () => {
    const invoice = make(sandbox, 'invoice', {}, '2024-08-20T00:00:00Z');
    const lines = seed('line_item', 230, '2024-08-20T00:00:00Z', { values: { invoice } });
    const subscription = make(sandbox, 'subscription', {}, '2024-08-20T00:00:00Z');
    const items = seed('subscription_item', 13, '2024-08-20T00:00:00Z', { values: { subscription } });
    const charge = String((run('stripe.all', { object: 'charge' }) as { id: string }[])[0]?.id);
    const refunds = Array.from({ length: 12 }, () => run('stripe.refund', { charge, amount: 1 }) as string);
    const streams = ['invoices', 'invoice_line_items', 'subscriptions', 'subscription_items', 'charges'];
    const { of, errors } = await read(configFor(sandbox), streams);
    expect(errors).toEqual([]);
    const entries = (row: JsonObject | undefined, field: string) => {
      const list = row?.[field] as { data: { id: string }[]; has_more: boolean };
      return [list.has_more, new Set(list.data.map(({ id }) => id))];
    };
    const ids = (stream: string) => new Set(of(stream).map(({ id }) => id));
    expect(entries(of('invoices')[0], 'lines')).toEqual([false, new Set(lines)]);
    expect([ids('invoice_line_items'), of('invoice_line_items').length]).toEqual([new Set(lines), 230]);
    expect(entries(of('subscriptions')[0], 'items')).toEqual([false, new Set(items)]);
    expect(ids('subscription_items')).toEqual(new Set(items));
    expect(
      entries(
        of('charges').find(({ id }) => id === charge),
        'refunds',
      ),
    ).toEqual([false, new Set(refunds)]);
    const naive = (await fetchStripe(sandbox, `invoices/${invoice}`)) as unknown as {
      lines: { data: unknown[]; has_more: boolean };
    };
    expect([naive.lines.data.length, naive.lines.has_more]).toEqual([10, true]);
  });

  it('STR-21 checkout sessions: no day is missing, although none is announced (naive variant: the feed has no new session)', async () => {
    const config = configFor(sandbox, { lookback_days: 0 });
    const first = await read(config, ['checkout_sessions']);
    let states = first.lastStates;
    const made: string[] = [];
    const read_ = new Set<string>();
    for (let day = 0; day < 5; day += 1) {
      made.push(make(sandbox, 'checkout.session'));
      sandbox.control.clock.advance(86_400_000);
      const next = await read(config, ['checkout_sessions'], states);
      for (const id of next.ids) read_.add(id);
      states = next.lastStates;
    }
    expect(read_).toEqual(new Set(made));
    expect((await fetchStripe(sandbox, 'events?type=checkout.session.*'))['data']).toEqual([]);
  });

  it('STR-22 an object on the border second of two slices comes once (naive variant: closed slices give it twice)', async () => {
    const border = '2024-08-11T00:00:00Z';
    const ids = [seed('product', 3, border, { stepSeconds: 0 }), seed('product', 3, '2024-08-10T23:59:57Z')].flat();
    const config = configFor(sandbox, { start_date: '2024-08-01T00:00:00Z', slice_days: 10 });
    const read_ = await read(config, [full('products')]);
    expect([...read_.ids].sort()).toEqual([...ids].sort());
    const at = Date.parse(border) / 1000;
    const asked = requests(sandbox, '/v1/products').map(({ query }) => query);
    expect(asked.some((query) => query.includes(`created[lt]=${at}`))).toBe(true);
    expect(asked.some((query) => query.includes(`created[gte]=${at}`))).toBe(true);
    const count = async (filter: string) =>
      ((await fetchStripe(sandbox, `products?limit=100&${filter}`))['data'] as unknown[]).length;
    expect((await count(`created[lte]=${at}`)) + (await count(`created[gte]=${at}`))).toBe(9);
  });

  it('the lookback lists what no event told of; without it, only a reconcile does', async () => {
    const first = await read(configFor(sandbox), ['products']);
    const silent = make(sandbox, 'product', {}, '2024-08-31T12:00:00Z');
    run('stripe.remove', { object: 'product', id: silent, events: [] });
    const { account } = sandbox.stripe;
    const quiet = account.create('product', {}, { events: [], atMs: Date.parse('2024-08-31T13:00:00Z') });
    const old = account.create('product', { name: 'A' }, { events: [], atMs: Date.parse('2024-05-01T00:00:00Z') });
    sandbox.control.clock.advance(3_600_000);
    const strict = await read(configFor(sandbox, { lookback_days: 0 }), ['products'], first.lastStates);
    expect(strict.ids).not.toContain(quiet);
    const second = await read(configFor(sandbox), ['products'], first.lastStates);
    expect([second.ids.includes(quiet), second.ids.includes(old)]).toEqual([true, false]);
    sandbox.control.clock.advance(86_400_000);
    const third = await read(configFor(sandbox, { reconcile_days: 1 }), ['products'], second.lastStates);
    expect(third.ids).toEqual(expect.arrayContaining([quiet, old]));
    // A row of the reconcile wins over one that an event had made newer.
    const { listed } = contentOf(third.states, 'products') as { listed: number };
    expect(third.records.every(({ updated }) => Number(updated) >= listed)).toBe(true);
  });

  it('a balance transaction that becomes available arrives, although nothing tells of it', async () => {
    const id = make(sandbox, 'balance_transaction', {}, '2024-08-28T00:00:00Z');
    const first = await read(configFor(sandbox, { lookback_days: 0 }), ['balance_transactions']);
    sandbox.control.clock.advance(3 * 86_400_000);
    run('stripe.update', { object: 'balance_transaction', id, values: { status: 'available' } });
    const second = await read(configFor(sandbox, { lookback_days: 0 }), ['balance_transactions'], first.lastStates);
    expect(second.records).toEqual([expect.objectContaining({ id, status: 'available' })]);
  });

  it('a state of another API version lists everything again', async () => {
    const first = await read(configFor(sandbox), ['charges']);
    const other = configFor(sandbox, { api_version: '2024-06-20' });
    const second = await read(other, ['charges'], first.lastStates);
    expect([second.ids.length, 'invoice' in second.records[0]!]).toEqual([3, true]);
    expect(contentOf(second.states, 'charges')['api_version']).toBe('2024-06-20');
    expect((await read({ ...other, lookback_days: 0 }, ['charges'], second.lastStates)).ids).toEqual([]);
  });

  it('streams without reliable events are listed again, in every sync or after relist_hours', async () => {
    const item = make(sandbox, 'invoiceitem', {}, '2024-05-01T00:00:00Z');
    const first = await read(configFor(sandbox), ['invoice_items']);
    run('stripe.update', { object: 'invoiceitem', id: item, values: { description: 'silent' } });
    sandbox.control.clock.advance(3_600_000);
    const waiting = await read(configFor(sandbox, { relist_hours: 24 }), ['invoice_items'], first.lastStates);
    expect(waiting.records).toEqual([]);
    const second = await read(configFor(sandbox), ['invoice_items'], first.lastStates);
    expect(second.records).toEqual([expect.objectContaining({ id: item, description: 'silent' })]);
    expect(Number(second.records[0]?.['updated'])).toBeGreaterThan(Number(first.records[0]?.['updated']));
  });
});
