import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { check, configFor, configured, contentOf, discover, read, requests, stateOf } from './run-stripe.js';

describe('access', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox({ users: 4, orders: 8, idleVisits: 0 });
  });
  afterEach(() => sandbox.close());

  const run = (action: string, params: object) => sandbox.control.run(action, params as Record<string, unknown>);
  const restricted = (...forbidden: string[]) => run('stripe.key', { forbidden }) as string;
  const fault = (status: number, headers: object, path: string, count = 1) =>
    run('faults.add', { fault: { kind: 'status', status, headers, body: '{"error":{}}' }, match: { path }, count });

  it('STR-03 a missing right is loud and costs its stream only (naive variant: 403 passes for an empty table)', async () => {
    const config = configFor(sandbox, { api_key: restricted('refunds') });
    const { of, errors, exitCode, messages } = await read(config, ['charges', 'refunds']);
    expect([exitCode, of('charges').length, of('refunds').length]).toEqual([1, 8, 0]);
    expect(errors).toEqual([expect.stringMatching(/may not read refunds \(403\).*read permission/)]);
    const ends = messages.flatMap((message) =>
      message.type === 'TRACE' && message.trace.stream_status !== undefined ? [message.trace.stream_status] : [],
    );
    const endOf = (name: string) => ends.findLast(({ stream_descriptor: stream }) => stream.name === name)?.status;
    expect([endOf('charges'), endOf('refunds')]).toEqual(['COMPLETE', 'INCOMPLETE']);
    expect(await check(config)).toMatchObject({
      status: 'FAILED',
      message: expect.stringContaining('may not read refunds:'),
    });
    expect(await check({ ...config, streams: ['charges'] })).toEqual({ status: 'SUCCEEDED' });
    const { streams } = await discover({ ...config, streams: ['charges'] });
    expect(streams.map(({ name }) => name)).toEqual(['charges']);
  });

  it('STR-03 a key that may not read events fails the incremental streams and says so', async () => {
    const first = await read(configFor(sandbox), ['charges']);
    sandbox.control.clock.advance(300_000);
    const config = configFor(sandbox, { api_key: restricted('events') });
    const second = await read(config, ['charges'], first.lastStates);
    expect([second.exitCode, second.errors]).toEqual([1, [expect.stringContaining('may not read events')]]);
    expect((await read(config, [configured('charges', 'full_refresh')])).exitCode).toBe(0);
  });

  it('STR-14 429 without should-retry is retried, 500 with should-retry false is not (naive variant: the package does it the other way round)', async () => {
    const limited = fault(429, { 'stripe-rate-limited-reason': 'endpoint-rate' }, '/v1/charges', 2);
    const { exitCode, ids } = await read(configFor(sandbox), ['charges']);
    expect([exitCode, ids.length, run('faults.struck', { id: limited })]).toEqual([0, 8, 2]);
    run('faults.clear', {});
    const final = fault(500, { 'stripe-should-retry': 'false' }, '/v1/charges', 0);
    const refused = await read(configFor(sandbox), ['charges']);
    expect([refused.exitCode, run('faults.struck', { id: final })]).toEqual([1, 1]);
    expect(refused.errors).toEqual([expect.stringContaining('asking again is of no use')]);
    run('faults.clear', {});
    const again = fault(409, { 'stripe-should-retry': 'true' }, '/v1/charges', 2);
    expect((await read(configFor(sandbox), ['charges'])).exitCode).toBe(0);
    expect(run('faults.struck', { id: again })).toBe(2);
    run('faults.clear', {});
    const { default: Stripe } = await import('stripe');
    fault(429, {}, '/v1/charges');
    const [, host = '', port = ''] = /\/\/([^:]+):(\d+)/.exec(sandbox.url) ?? [];
    const naive = new Stripe(sandbox.stripe.key, {
      host,
      port,
      protocol: 'http',
      maxNetworkRetries: 3,
      telemetry: false,
    });
    await expect(naive.rawRequest('GET', '/stripe/v1/charges')).rejects.toMatchObject({ statusCode: 429 });
  });

  it('STR-14 Retry-After and a limit that lasts too long', async () => {
    const body = '{"error":{"code":"rate_limit"}}';
    const status = { kind: 'status', status: 429, body };
    run('faults.add', { fault: { ...status, headers: { 'retry-after': '0' } }, match: { path: '/v1/charges' } });
    expect((await read(configFor(sandbox), ['charges'])).exitCode).toBe(0);
    run('faults.add', {
      fault: { ...status, headers: { 'retry-after': '9999' } },
      match: { path: '/v1/charges' },
      count: 0,
    });
    const { exitCode, text, errors } = await read(configFor(sandbox), ['charges']);
    expect([exitCode, errors.length, text.includes('transient_error')]).toEqual([1, 1, true]);
  });

  it('STR-17 the key of another account is refused (naive variant: it reads that account into the same table)', async () => {
    const first = await read(configFor(sandbox), ['charges']);
    const foreign = configFor(sandbox, { api_key: sandbox.stripe.foreignKey });
    const second = await read(foreign, ['charges'], first.lastStates);
    expect([second.exitCode, second.records, second.errors]).toEqual([
      1,
      [],
      [expect.stringContaining('acct_1SomebodyElse')],
    ]);
    const { accountId } = sandbox.stripe;
    expect(await check(foreign)).toMatchObject({
      status: 'FAILED',
      message: expect.stringContaining(`The config names the account ${accountId}`),
    });
    const moved = { ...foreign, account_id: 'acct_1SomebodyElse' };
    const third = await read(moved, ['charges'], first.lastStates);
    expect([third.exitCode, third.records, third.errors]).toEqual([1, [], [expect.stringContaining('The state of')]]);
    const naive = await read(moved, ['charges']);
    expect([naive.exitCode, contentOf(naive.states, 'charges')['account']]).toEqual([0, 'acct_1SomebodyElse']);
  });

  it('keeps to the budget of an account and to that of each endpoint (naive variant: without one, 429 is answered)', async () => {
    const { settings } = sandbox.stripe;
    settings.limits = { perSecond: 60, perEndpoint: 20 };
    const streams = ['products', 'charges', 'refunds', 'customers'];
    const config = configFor(sandbox, { slice_days: 1, start_date: '2024-08-01T00:00:00Z', concurrency: 20 });
    const limited = () => requests(sandbox, '/v1/').filter(({ status }) => status === 429).length;
    const kept = await read({ ...config, requests_per_second: 55, endpoint_requests_per_second: 18 }, streams);
    expect([kept.exitCode, limited()]).toEqual([0, 0]);
    const stopped = performance.now();
    settings.monotonic = () => stopped;
    const naive = await read({ ...config, http_max_attempts: 2 }, streams);
    expect([naive.exitCode, limited() > 0]).toEqual([1, true]);
  });

  it('connected accounts: a column, a key of two parts, and a state for each', async () => {
    const { connectedId, accountId, connected, account } = sandbox.stripe;
    connected.create('coupon', { id: 'SAME' });
    account.create('coupon', { id: 'SAME' });
    sandbox.control.clock.advance(300_000);
    for (const named of [['all'], [connectedId]]) {
      const config = configFor(sandbox, { connected_accounts: named });
      const { streams } = await discover(config);
      expect(streams.find(({ name }) => name === 'coupons')).toMatchObject({
        source_defined_primary_key: [['account_id'], ['id']],
      });
      const first = await read(config, ['coupons']);
      expect(first.records.map(({ account_id }) => account_id).sort()).toEqual([connectedId, accountId]);
      const { accounts } = contentOf(first.states, 'coupons') as { accounts: Record<string, { until: number }> };
      expect(Object.keys(accounts).sort()).toEqual([connectedId, accountId]);
      sandbox.control.clock.advance(300_000);
      connected.update('coupon', 'SAME', { name: 'there only' });
      sandbox.control.clock.advance(300_000);
      const second = await read({ ...config, lookback_days: 0 }, ['coupons'], first.lastStates);
      expect(second.records.map(({ account_id, name }) => [account_id, name])).toEqual([[connectedId, 'there only']]);
    }
    const unknown = await read(configFor(sandbox, { connected_accounts: ['acct_1Unknown'] }), ['coupons']);
    expect(unknown.errors).toEqual([expect.stringContaining('connected_accounts')]);
  });

  it('takes config and states of the official connector (R-13)', async () => {
    const { api_key: key, ...rest } = configFor(sandbox) as Record<string, unknown>;
    const config = { ...rest, client_secret: key, lookback_window_days: 0, slice_range: 30 };
    expect(await check(config)).toEqual({ status: 'SUCCEEDED' });
    const updated = Date.parse('2024-08-25T00:00:00Z') / 1000;
    const after = await read(config, ['charges'], stateOf('charges', { updated }));
    const wanted = sandbox.shop.charges.filter(({ updatedMs }) => updatedMs / 1000 >= updated).map(({ id }) => id);
    expect(new Set(after.ids)).toEqual(new Set(wanted));
    const far = await read(config, ['charges'], stateOf('charges', { updated: 10_000_000_000 }));
    expect([far.exitCode, far.records]).toEqual([0, []]);
    expect(await check(rest)).toMatchObject({
      status: 'FAILED',
      message: expect.stringContaining('api_key is required'),
    });
  });

  it('a wrong own clock moves no state: the time is Stripe’s (naive variant: an hour ahead loses an hour)', async () => {
    const first = await read(configFor(sandbox), ['charges']);
    // This machine's clock is years away from the sandbox's.
    expect(contentOf(first.states, 'charges')['until']).toBe(sandbox.control.clock.now() / 1000 - 60);
  });

  it('parts of the key that Stripe repeats appear nowhere', async () => {
    const key = 'sk_test_kanary1234567890kanary';
    for (const command of ['check', 'read']) {
      const config = configFor(sandbox, { api_key: key, log_level: 'debug' });
      const text = command === 'check' ? JSON.stringify(await check(config)) : (await read(config, ['charges'])).text;
      expect(text).toContain('does not accept the api_key');
      expect(text).not.toMatch(/kanary|nary/);
    }
  });
});
