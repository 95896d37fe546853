import { type Sandbox, startSandbox } from '../../src/index.js';

interface Body {
  readonly data?: readonly Record<string, unknown>[];
  readonly has_more?: boolean;
  readonly error?: { readonly message: string; readonly code?: string; readonly type?: string };
  readonly [field: string]: unknown;
}

describe('the Stripe stand-in', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox({ users: 4, orders: 3, idleVisits: 0 });
  });
  afterEach(() => sandbox.close());

  const call = async (path: string, init: RequestInit = {}, key = sandbox.stripe.key) => {
    const headers = { authorization: `Bearer ${key}`, 'stripe-version': '2026-10-28.endive', ...init.headers };
    const answer = await fetch(`${sandbox.stripe.baseUrl}/v1/${path}`, { ...init, headers });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Body };
  };
  const ids = async (path: string) => (await call(path)).body.data?.map(({ id }) => id);
  const run = (action: string, params: object) => sandbox.control.run(action, params as Record<string, unknown>);
  const seed = (object: string, count: number, extra: object = {}) =>
    run('stripe.seed', { object, count, created: '2024-08-31T12:00:00Z', ...extra }) as string[];
  const ERROR = (status: number, message: string) => ({
    status,
    body: { error: expect.objectContaining({ message: expect.stringContaining(message) }) },
  });

  it('lists newest first, ten by default, and pages by starting_after', async () => {
    const made = seed('product', 25).reverse();
    expect(await ids('products')).toEqual(made.slice(0, 10));
    const page = await call(`products?limit=20&starting_after=${made[9]}`);
    expect(page.body).toMatchObject({ object: 'list', has_more: false, url: '/v1/products' });
    expect(page.body.data?.map(({ id }) => id)).toEqual(made.slice(10));
    expect(await ids(`products?limit=2&ending_before=${made[10]}`)).toEqual(made.slice(8, 10));
    expect(await call('products?limit=101')).toMatchObject(ERROR(400, 'between 1 and 100'));
    expect(await call('products?starting_after=prod_0')).toMatchObject(ERROR(400, "No such product: 'prod_0'"));
    expect(await call('products?page=2')).toMatchObject(ERROR(400, 'unknown parameter: page'));
  });

  it('filters by created with gt, gte, lt and lte', async () => {
    const made = seed('product', 4);
    const start = Date.parse('2024-08-31T12:00:00Z') / 1000;
    expect(await ids(`products?created[gte]=${start + 1}&created[lt]=${start + 3}`)).toEqual([made[2], made[1]]);
    expect(await ids(`products?created[gt]=${start + 1}&created[lte]=${start + 3}`)).toEqual([made[3], made[2]]);
    expect(await ids(`products?created=${start}`)).toEqual([made[0]]);
    expect(await call('quotes?created[gte]=1')).toMatchObject(ERROR(400, 'unknown parameter: created'));
  });

  it('expands with data. in lists, without it in objects, and says so', async () => {
    const [charge] = await ids('charges').then((found) => found as string[]);
    run('stripe.refund', { charge, amount: 100 });
    expect((await call(`charges/${charge}`)).body['refunds']).toBeUndefined();
    const expanded = await call(`charges/${charge}?expand[]=refunds&expand[1]=customer`);
    expect(expanded.body).toMatchObject({
      refunds: { object: 'list', has_more: false },
      customer: { object: 'customer' },
    });
    expect(await call('charges?expand[]=refunds')).toMatchObject(ERROR(400, "try expanding 'data.refunds' instead"));
    expect(await call('charges?expand[]=data.nonsense')).toMatchObject(ERROR(400, 'cannot be expanded (nonsense)'));
    expect(await call('charges?expand[]=data.a.b.c.d')).toMatchObject(ERROR(400, 'more than 4 levels'));
  });

  it('cuts lists inside objects and serves the rest', async () => {
    const invoice = run('stripe.create', { object: 'invoice' }) as string;
    const lines = seed('line_item', 13, { values: { invoice } });
    const inline = (await call(`invoices/${invoice}`)).body['lines'] as Body & { url: string };
    expect([inline.data?.length, inline.has_more, inline.url]).toEqual([10, true, `/v1/invoices/${invoice}/lines`]);
    expect(await ids(`invoices/${invoice}/lines?limit=100&starting_after=${lines[3]}`)).toEqual(
      lines.slice(0, 3).reverse(),
    );
    expect(await call('subscription_items')).toMatchObject(ERROR(400, 'Missing required param: subscription'));
  });

  it('keeps events in the version of their making, lists them late and for 30 days', async () => {
    const { settings } = sandbox.stripe;
    settings.eventDelayMs = 50_000;
    const invoice = run('stripe.create', { object: 'invoice' }) as string;
    const types = 'events?types[]=invoice.created';
    expect(await ids(types)).toEqual([]);
    sandbox.control.clock.advance(50_000);
    const [event] = (await call(types)).body.data ?? [];
    const payload = (event?.['data'] as { object: Record<string, unknown> }).object;
    expect(event).toMatchObject({ type: 'invoice.created', api_version: '2022-11-15' });
    expect([payload['id'], 'paid' in payload, 'parent' in payload]).toEqual([invoice, true, false]);
    const now = (await call(`invoices/${invoice}`)).body;
    expect(['paid' in now, 'parent' in now]).toEqual([false, true]);
    sandbox.control.clock.advance(31 * 86_400_000);
    expect(await ids(types)).toEqual([]);
    expect(await call(`events?starting_after=${String(event?.['id'])}`)).toMatchObject(ERROR(400, 'aged out'));
  });

  it('takes at most 20 event types, a star at the end, and never type with types', async () => {
    const many = Array.from({ length: 21 }, (_, index) => `types[]=a.${index}`).join('&');
    expect(await call(`events?${many}`)).toMatchObject(ERROR(400, 'up to 20'));
    expect(await call('events?type=charge.*&types[]=charge.failed')).toMatchObject(ERROR(400, 'only specify one'));
    run('stripe.create', { object: 'coupon', values: { id: 'READ10' } });
    expect((await call('events?type=coupon.*')).body.data).toHaveLength(1);
  });

  it('announces a refund made on the charge by charge.refund.updated only', async () => {
    const [charge] = (await ids('charges')) as string[];
    run('stripe.refund', { charge });
    expect((await call('events?type=refund.*')).body.data).toEqual([]);
    expect((await call('events?types[]=charge.refund.updated')).body.data?.[0]).toMatchObject({
      data: { object: { object: 'refund', charge } },
    });
  });

  it('gives deleted customers as a stub, other deleted objects not at all, canceled subscriptions on request', async () => {
    const customer = run('stripe.create', { object: 'customer' }) as string;
    const coupon = run('stripe.create', { object: 'coupon', values: { id: 'GONE' } }) as string;
    const subscription = run('stripe.create', { object: 'subscription' }) as string;
    for (const [object, id] of Object.entries({ customer, coupon, subscription })) run('stripe.remove', { object, id });
    expect((await call(`customers/${customer}`)).body).toEqual({ id: customer, object: 'customer', deleted: true });
    expect(await call(`coupons/${coupon}`)).toMatchObject(ERROR(404, "No such coupon: 'GONE'"));
    expect([await ids('subscriptions'), await ids('subscriptions?status=all')]).toEqual([[], [subscription]]);
  });

  it('refuses unknown keys, missing permissions and accounts that are not connected', async () => {
    expect(await call('charges', {}, 'sk_test_unknown_key_1234')).toMatchObject(ERROR(401, 'Invalid API Key provided'));
    const restricted = run('stripe.key', { forbidden: ['charges'] }) as string;
    expect(await call('charges', {}, restricted)).toMatchObject(ERROR(403, "'rak_charges_read'"));
    expect((await call('refunds', {}, restricted)).status).toBe(200);
    const { connectedId, accountId, foreignKey } = sandbox.stripe;
    const as = (account: string) => ({ headers: { 'stripe-account': account } });
    expect((await call('account', as(connectedId))).body['id']).toBe(connectedId);
    expect((await call('charges', as(connectedId))).body.data).toEqual([]);
    expect(await call('charges', as(accountId), foreignKey)).toMatchObject(
      ERROR(403, 'does not have access to account'),
    );
  });

  it('answers a repeated write from what it kept, also an error, and refuses other parameters', async () => {
    const post = (body: string, key: string, path = 'customers') =>
      call(path, { method: 'POST', body, headers: { 'idempotency-key': key } });
    const first = await post('name=Anna&metadata[shelf]=3', 'k1');
    expect(first.body).toMatchObject({ object: 'customer', name: 'Anna', metadata: { shelf: '3' } });
    const again = await post('name=Anna&metadata[shelf]=3', 'k1');
    expect([again.body['id'], again.headers.get('idempotent-replayed')]).toEqual([first.body['id'], 'true']);
    expect(await post('name=Jan', 'k1')).toMatchObject({ status: 400, body: { error: { type: 'idempotency_error' } } });
    const id = String(first.body['id']);
    const missing = await post('name=Jan', 'k2', 'customers/cus_none');
    expect([
      missing.status,
      (await post('name=Jan', 'k2', 'customers/cus_none')).headers.get('idempotent-replayed'),
    ]).toEqual([404, 'true']);
    expect((await call(`customers/${id}`, { method: 'DELETE' })).body).toMatchObject({ deleted: true });
  });

  it('limits an endpoint and the whole account, and says which', async () => {
    sandbox.stripe.settings.monotonic = () => 0;
    sandbox.stripe.settings.limits = { perSecond: 6, perEndpoint: 4 };
    const reasons: (string | null)[] = [];
    for (const path of ['charges', 'charges', 'charges', 'charges', 'charges', 'refunds', 'refunds', 'refunds']) {
      const answer = await call(`${path}?limit=1`);
      reasons.push(answer.status === 429 ? answer.headers.get('stripe-rate-limited-reason') : null);
    }
    expect(reasons).toEqual([null, null, null, null, 'endpoint-rate', null, null, 'global-rate']);
  });

  it('keeps every version of an object', () => {
    const id = run('stripe.create', { object: 'product', values: { name: 'A' } }) as string;
    run('stripe.update', { object: 'product', id, values: { name: 'B' } });
    run('stripe.remove', { object: 'product', id });
    const names = (run('stripe.history', { id }) as { object?: { name: string } }[]).map(({ object }) => object?.name);
    expect(names).toEqual(['A', 'B', undefined]);
  });

  it('holds the shop: a charge for each order, described by its id, with its refunds', async () => {
    const { data = [] } = (await call('charges?limit=100&expand[]=data.refunds')).body;
    expect(data).toHaveLength(sandbox.shop.charges.length);
    const orders = data.map(({ description }) => String(description).split('- ')[1]);
    expect(new Set(orders)).toEqual(new Set(sandbox.shop.orders.map(({ id }) => id)));
    expect((await call('refunds')).body.data).toHaveLength(sandbox.shop.refunds.length);
  });
});
