import { makeGa4Events, type Sandbox, startSandbox } from '../../src/index.js';

type Json = Record<string, unknown>;

describe('Graph API stand-in', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ users: 30, orders: 60, idleVisits: 200 });
  });
  afterEach(() => sandbox.close());

  const call = async (path: string, params: Record<string, string> = {}, method = 'GET') => {
    const { baseUrl, token } = sandbox.facebook;
    const answer = await fetch(`${baseUrl}/v24.0${path}?${new URLSearchParams(params)}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Json };
  };
  const act = () => `/act_${sandbox.facebook.accountId}`;
  const settings = (values: object) => sandbox.control.run('facebook.settings', { ...values });
  const oneDay = (day: string) => ({ time_range: JSON.stringify({ since: day, until: day }) });
  const deliveredDay = () =>
    sandbox.facebook.platform.account(sandbox.facebook.accountId)!.delivery.days().at(-1) as string;

  it('tells wrong tokens, unknown accounts and missing rights apart', async () => {
    expect((await call('/act_1')).body).toMatchObject({ error: { code: 100, error_subcode: 33 } });
    const wrong = await fetch(`${sandbox.facebook.baseUrl}/v24.0${act()}?access_token=x`);
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { error: { code: 190 } }]);
    settings({ deniedPermissions: ['ads_read'] });
    expect(await call(act())).toMatchObject({ status: 403, body: { error: { code: 200 } } });
  });

  it('pages by cursors whose next link holds the token, under any version', async () => {
    const first = await call(`${act()}/ads`, { fields: 'name', limit: '5' });
    const { paging, data } = first.body as { paging: { next: string }; data: Json[] };
    expect(paging.next).toContain(`access_token=${sandbox.facebook.token}`);
    const rest = (await (await fetch(paging.next.replace('v24.0', 'v19.0'))).json()) as { data: Json[]; paging: Json };
    expect([data.length, rest.data.length, 'next' in rest.paging]).toEqual([5, 3, false]);
    settings({ maxPageRows: 3 });
    expect(await call(`${act()}/ads`, { limit: '5' })).toMatchObject({ status: 500, body: { error: { code: 1 } } });
  });

  it('leaves archived and deleted objects out unless their status is asked for', async () => {
    const [campaign] = sandbox.control.run('facebook.objects', { edge: 'campaigns' }) as Json[];
    sandbox.control.run('facebook.update', { edge: 'campaigns', id: campaign!['id'], values: { status: 'ARCHIVED' } });
    const count = async (params: Record<string, string>) =>
      ((await call(`${act()}/ads`, params)).body['data'] as Json[]).length;
    expect(await count({})).toBe(4);
    expect(await count({ effective_status: '["ARCHIVED"]' })).toBe(4);
    const filtering = JSON.stringify([{ field: 'ad.effective_status', operator: 'IN', value: ['ACTIVE', 'ARCHIVED'] }]);
    expect(await count({ filtering })).toBe(8);
  });

  it('makes reports by jobs: at 100 % one may still run, and then cannot be read', async () => {
    settings({ pendingPolls: 2 });
    const day = deliveredDay();
    const params = { level: 'ad', fields: 'ad_id,spend,impressions', time_increment: '1', ...oneDay(day) };
    const id = String((await call(`${act()}/insights`, params, 'POST')).body['report_run_id']);
    const polls: Json[] = [];
    for (let poll = 0; poll < 3; poll += 1) polls.push((await call(`/${id}`)).body);
    expect(polls.map((run) => [run['async_status'], run['async_percent_completion']])).toEqual([
      ['Job Started', 50],
      ['Job Running', 100],
      ['Job Completed', 100],
    ]);
    const running = String((await call(`${act()}/insights`, params, 'POST')).body['report_run_id']);
    expect((await call(`/${running}/insights`)).body).toMatchObject({ error: { code: 2601, is_transient: true } });
    const rows = (await call(`/${id}/insights`)).body['data'] as Json[];
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(row).toEqual({
        ad_id: expect.any(String),
        spend: expect.stringMatching(/^\d+\.\d\d$/),
        impressions: expect.stringMatching(/^\d+$/),
        date_start: day,
        date_stop: day,
      });
    }
  });

  it('answers batches request by request', async () => {
    const batch = JSON.stringify([
      { method: 'GET', relative_url: `v24.0${act()}?fields=name` },
      { relative_url: 'v24.0/act_1' },
    ]);
    const { body } = await call('/', { batch }, 'POST');
    expect(body).toMatchObject([{ code: 200 }, { code: 400 }]);
    expect(JSON.parse((body as unknown as { body: string }[])[0]!.body)).toMatchObject({ name: 'Novel' });
  });

  it('restates numbers for 28 days: late purchases come, invalid clicks go', async () => {
    const [ad] = sandbox.control.run('facebook.objects', { edge: 'ads' }) as Json[];
    const facts = {
      impressions: 10,
      reach: 9,
      clicks: 5,
      linkClicks: 5,
      spendMinor: 100,
      invalidClicks: 1,
      purchases: [{ valueMinor: 900, lagDays: 28 }],
    };
    sandbox.control.run('facebook.deliver', { ad: ad!['id'], day: '2024-09-01', facts });
    const row = () => {
      const filtering = [{ field: 'ad.id', operator: 'IN', value: [ad!['id']] }];
      const time_range = { since: '2024-09-01', until: '2024-09-01' };
      return (
        sandbox.control.run('facebook.rows', {
          level: 'ad',
          fields: ['clicks', 'spend', 'action_values'],
          time_range,
          filtering,
        }) as Json[]
      )[0];
    };
    expect(row()).toMatchObject({ clicks: '5', spend: '1.00' });
    sandbox.control.run('clock.advance', { ms: 2 * 86_400_000 });
    expect(row()).toMatchObject({ clicks: '4', spend: '0.80' });
    sandbox.control.run('clock.advance', { ms: 26 * 86_400_000 });
    expect(JSON.stringify(row())).toContain('"value":"9"');
  });

  it('counts calls: headers rise, then 80004 with the time until it is over', async () => {
    settings({ callsPerHour: 4 });
    const used = async () => JSON.parse((await call(act())).headers.get('x-ad-account-usage') ?? '{}').acc_id_util_pct;
    expect([await used(), await used(), await used(), await used()]).toEqual([25, 50, 75, 100]);
    const refused = await call(act());
    expect(refused.body).toMatchObject({ error: { code: 80_004, error_subcode: 2_446_079 } });
    const [usage] = JSON.parse(refused.headers.get('x-business-use-case-usage') ?? '{}')[sandbox.facebook.accountId];
    expect(usage.estimated_time_to_regain_access).toBe(60);
    sandbox.control.run('clock.advance', { ms: 3_600_000 });
    expect((await call(act())).status).toBe(200);
  });

  it.each([
    [
      true,
      '(#100) wish_bid, ctr are not valid for fields param. please check https://developers.facebook.com/docs',
      '(wish_bid) on node type (Campaign)',
    ],
    [false, '(#100) Some fields are not valid for fields param', '(#100) Tried accessing nonexisting field'],
  ])('refuses fields of reports and objects, named: %p', async (namesRefusedFields, ofReport, ofObject) => {
    settings({ refusedFields: ['wish_bid', 'ctr'], namesRefusedFields });
    const params = { level: 'ad', fields: 'ad_id,wish_bid,ctr', ...oneDay('2024-09-01') };
    for (const method of ['POST', 'GET']) {
      const { status, body } = await call(`${act()}/insights`, params, method);
      expect([status, body]).toMatchObject([400, { error: { code: 100, message: expect.stringContaining(ofReport) } }]);
    }
    const listed = await call(`${act()}/campaigns`, { fields: 'id,wish_bid' });
    expect(listed.body).toMatchObject({ error: { code: 100, message: expect.stringContaining(ofObject) } });
    expect((await call(`${act()}/insights`, { ...params, fields: 'ad_id' }, 'POST')).status).toBe(200);
  });

  it('makes one row a calendar month, or one of all days; reach is no sum of days', async () => {
    sandbox.control.run('facebook.account', { id: '5', time_zone: 'UTC', values: { name: 'Five' } });
    sandbox.control.run('facebook.seed', { account: '5', ads: 1, days: 60, first: '2024-06-20', prefix: '2377' });
    const rows = async (time_increment: string, fields = 'reach,impressions') => {
      const time_range = JSON.stringify({ since: '2024-06-21', until: '2024-08-10' });
      const params = { level: 'ad', fields, time_increment, time_range, limit: '100' };
      return (await call('/act_5/insights', params)).body['data'] as Record<string, string>[];
    };
    const months = await rows('monthly');
    expect(months.map(({ date_start, date_stop }) => [date_start, date_stop])).toEqual([
      ['2024-06-21', '2024-06-30'],
      ['2024-07-01', '2024-07-31'],
      ['2024-08-01', '2024-08-10'],
    ]);
    const days = (await rows('1')).filter(({ date_start }) => String(date_start).startsWith('2024-07'));
    const sum = (field: string) => days.reduce((total, row) => total + Number(row[field]), 0);
    expect(days).toHaveLength(31);
    expect(Number(months[1]?.['impressions'])).toBe(sum('impressions'));
    expect(Number(months[1]?.['reach'])).toBeLessThan(sum('reach'));
    expect(Number(months[1]?.['reach'])).toBeGreaterThanOrEqual(Math.max(...days.map(({ reach }) => Number(reach))));
    const all = await rows('all_days');
    expect(all.map(({ date_start, date_stop }) => [date_start, date_stop])).toEqual([['2024-06-21', '2024-08-10']]);
    expect((await call('/act_5/insights', { time_increment: 'weekly' })).body).toMatchObject({ error: { code: 100 } });
  });

  it('takes the slash with which the SDK ends paths', async () => {
    const plain = await call(`${act()}/campaigns`, { fields: 'name' });
    const slashed = await call(`${act()}/campaigns/`, { fields: 'name' });
    expect([slashed.status, slashed.body]).toEqual([200, plain.body]);
    const started = await call(`${act()}/insights/`, { level: 'ad', ...oneDay('2024-09-01') }, 'POST');
    expect(started.body).toHaveProperty('report_run_id');
    const batch = JSON.stringify([{ method: 'GET', relative_url: `v24.0${act()}/?fields=name` }]);
    expect((await call('/', { batch }, 'POST')).body).toMatchObject([{ code: 200 }]);
  });

  it('answers edges of me as edges, and refuses those that there are not', async () => {
    const { accountId } = sandbox.facebook;
    expect((await call('/me')).body).toEqual({ id: '10158000000000001', name: 'Novel reporting' });
    expect((await call('/me', { fields: 'name' })).body).toEqual({ id: '10158000000000001', name: 'Novel reporting' });
    const bare = await call('/me/adaccounts');
    expect(bare.body['data']).toEqual([{ account_id: accountId, id: `act_${accountId}` }]);
    sandbox.control.run('facebook.account', { id: '5', time_zone: 'UTC', values: { name: 'Five' } });
    const first = await call('/me/adaccounts/', { fields: 'name,currency', limit: '1' });
    expect(first.body['data']).toEqual([{ id: `act_${accountId}`, name: 'Novel', currency: 'EUR' }]);
    const next = await fetch((first.body as { paging: { next: string } }).paging.next);
    expect(((await next.json()) as Json)['data']).toEqual([{ id: 'act_5', name: 'Five', currency: 'EUR' }]);
    expect((await call('/me/businesses')).body['data']).toEqual([{ id: '1506473679510999', name: 'Novel BV' }]);
    expect((await call('/me/permissions')).body['data']).toContainEqual({ permission: 'ads_read', status: 'granted' });
    expect((await call('/me/accounts')).body).toEqual({ data: [] });
    expect((await call('/me/business_users/')).body).toEqual({ data: [] });
    expect((await call('/me/nothing')).body).toMatchObject({
      error: { code: 100, message: '(#100) Tried accessing nonexisting field (nothing) on node type (User)' },
    });
    settings({ deniedPermissions: ['ads_read'] });
    expect((await call('/me/adaccounts')).body).toMatchObject({ error: { code: 200 } });
  });

  it('refuses days beyond 37 months', async () => {
    expect((await call(`${act()}/insights`, oneDay('2021-08-04'), 'POST')).body).toMatchObject({
      error: { code: 3018 },
    });
    expect((await call(`${act()}/insights`, oneDay('2021-08-05'), 'POST')).body).toHaveProperty('report_run_id');
  });

  it('agrees with GA4: names of campaigns, and a click for each visit from an ad', () => {
    const { shop } = sandbox;
    const campaigns = new Set(
      (sandbox.control.run('facebook.objects', { edge: 'campaigns' }) as Json[]).map(({ name }) => name),
    );
    const sources = [...makeGa4Events(shop).values()]
      .flat()
      .map((row) => row['traffic_source'] as { source: string; name: string });
    const fromAds = new Set(sources.filter(({ source }) => source === 'facebook').map(({ name }) => name));
    expect(fromAds).toEqual(campaigns);
    const visits = [...shop.orders.map(({ visit }) => visit), ...shop.idleVisits].filter(
      ({ trafficSource }) => trafficSource.ad !== undefined,
    );
    const time_range = { since: shop.firstDay, until: shop.lastDay };
    const [total] = sandbox.control.run('facebook.rows', {
      fields: ['outbound_clicks'],
      time_range,
      level: 'account',
    }) as Json[];
    const clicks = Number((total!['outbound_clicks'] as { value: string }[])[0]!.value);
    expect(clicks).toBeLessThanOrEqual(visits.length);
    expect(clicks).toBeGreaterThan(visits.length * 0.7);
  });
});
