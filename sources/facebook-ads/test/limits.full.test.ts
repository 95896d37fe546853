import type { JsonObject } from '@cuttle/protocol';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { ask, configFor, configured, digest, FakeTimer, lastState, read, run, truthOf } from './run-facebook.js';

const RANGE = { time_range: { since: '2024-08-28', until: '2024-09-01' } };

describe('limits of the Graph API', () => {
  let sandbox: Sandbox;
  let ads: readonly string[];

  beforeEach(async () => {
    sandbox = await startSandbox({ users: 2, orders: 2, idleVisits: 0 });
    ads = sandbox.control.run('facebook.seed', { ads: 12, days: 5, first: '2024-08-28' }) as string[];
  });
  afterEach(() => sandbox.close());

  const act = () => `/act_${sandbox.facebook.accountId}`;
  const settings = (values: object) => sandbox.control.run('facebook.settings', { ...values });
  const limitsOf = (path: string) =>
    (sandbox.control.run('requests.list', { system: 'graph', path }) as { query: string; status: number }[]).map(
      ({ query, status }) => `${/limit=(\d+)/.exec(query)?.[1]}:${status}`,
    );
  const jobs = () =>
    sandbox.control.run('facebook.jobs') as { since: string; until: string; level: string; filters: JsonObject[] }[];

  it('FB-01 a page that is too large is halved and grows back (naive variant: the same page again fails forever)', async () => {
    settings({ maxPageRows: 3 });
    sandbox.control.scripts.before(8, { path: '/ads' }, () => settings({ maxPageRows: null }));
    const { records, exitCode } = await read(sandbox, configFor(sandbox, { page_size: 12 }), ['ads']);
    const all = sandbox.control.run('facebook.objects', { edge: 'ads' }) as JsonObject[];
    expect([exitCode, records.map(({ id }) => id).sort()]).toEqual([0, all.map(({ id }) => id).sort()]);
    expect(limitsOf('/ads')).toEqual(['12:500', '6:500', '3:200', '3:200', '3:200', '3:200', '3:200', '6:200']);
    settings({ maxPageRows: 3 });
    for (const _try of [1, 2])
      expect(await ask(sandbox, `${act()}/ads`, { limit: '12' })).toMatchObject({ error: { code: 1 } });
  });

  it('FB-02 a rate limit never makes the page smaller (naive variant: halving on every error multiplies the calls)', async () => {
    const fault = { code: 80_004, subcode: 2_446_079, message: 'too many calls', match: { path: '/ads' }, count: 2 };
    sandbox.control.run('facebook.fail', fault);
    const timer = new FakeTimer(sandbox);
    const { exitCode } = await read(sandbox, configFor(sandbox, { page_size: 12 }), ['ads'], { timer });
    expect([exitCode, limitsOf('/ads')]).toEqual([0, ['12:400', '12:400', '12:200', '12:200']]);
    expect(timer.waits.filter((ms) => ms >= 60_000).length).toBeGreaterThanOrEqual(2);
    const calls = limitsOf('/ads').length;
    sandbox.control.run('requests.clear');
    sandbox.control.run('facebook.fail', fault);
    let limit = 12;
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page = await ask(sandbox, `${act()}/ads`, { limit: String(limit), ...(after === '' ? {} : { after }) });
      if (page['error'] !== undefined) limit /= 2;
      else after = nextCursor(page);
    }
    expect(limitsOf('/ads').length).toBeGreaterThan(calls);
  });

  it('FB-03 archived and deleted ads stay when a report is cut (naive variant: ids alone hide them)', async () => {
    for (const [index, status] of ['ARCHIVED', 'DELETED'].entries()) {
      sandbox.control.run('facebook.update', { edge: 'ads', id: ads[index], values: { status } });
    }
    settings({ maxReportRows: 4 });
    const { records, exitCode } = await read(sandbox, configFor(sandbox), ['ads_insights']);
    expect([exitCode, digest(records)]).toEqual([0, truthOf(sandbox, RANGE)]);
    expect(records.filter(({ ad_id }) => ad_id === ads[0] || ad_id === ads[1])).toHaveLength(10);
    const naive = sandbox.control.run('facebook.rows', {
      level: 'ad',
      fields: ['ad_id'],
      ...RANGE,
      filtering: [{ field: 'ad.id', operator: 'IN', value: ads }],
    }) as JsonObject[];
    expect(naive.some(({ ad_id }) => ad_id === ads[0] || ad_id === ads[1])).toBe(false);
    expect(jobs().every(({ filters }) => filters.some(({ field }) => String(field).endsWith('effective_status')))).toBe(
      true,
    );
  });

  it.each([
    'job',
    'read',
    'create',
  ])('FB-04 one poison field (shown by %s) is left out of one ad, its row and all others stay (naive variant: the whole day fails)', async (shows) => {
    settings({ poison: [{ ad: ads[5], field: 'actions', day: '2024-08-29', shows }] });
    const { records, exitCode, logs, messages } = await read(sandbox, configFor(sandbox), ['ads_insights']);
    const truth = { ...truthOf(sandbox, RANGE) };
    const key = `2024-08-29 ${sandbox.facebook.accountId} ${ads[5]}`;
    const found = { ...digest(records) };
    expect([found[key]?.split(' ').slice(0, 2), exitCode]).toEqual([truth[key]?.split(' ').slice(0, 2), 0]);
    const row = records.find(({ date_start, ad_id }) => date_start === '2024-08-29' && ad_id === ads[5]);
    expect([row?.['actions'], row?.['campaign_name'], row?.['unique_actions'] !== undefined]).toEqual([
      null,
      'campaign 2386',
      true,
    ]);
    const changed = messages.flatMap((message) => (message.type === 'RECORD' ? (message.record.meta ?? []) : []));
    expect(changed).toEqual([{ changes: [{ field: 'actions', change: 'NULLED', reason: 'SOURCE_RETRIEVAL_ERROR' }] }]);
    for (const one of [truth, found]) delete one[key];
    expect(found).toEqual(truth);
    expect(records).toHaveLength(Object.keys(found).length + 1);
    const warnings = logs.filter((log) => log.includes('left out'));
    expect(warnings).toEqual([expect.stringMatching(new RegExp(`${ads[5]}.*2024-08-29.*cannot report actions;`))]);
  });

  it('FB-04 an ad that spoils every report costs only itself', async () => {
    settings({ poison: [{ ad: ads[3] }] });
    const { records, exitCode, logs } = await read(
      sandbox,
      configFor(sandbox, { start_date: '2024-08-31T00:00:00Z' }),
      ['ads_insights'],
    );
    const truth = Object.entries(truthOf(sandbox, { time_range: { since: '2024-08-31', until: '2024-09-01' } }));
    const others = Object.fromEntries(truth.filter(([key]) => !key.endsWith(ads[3] as string)));
    expect([exitCode, digest(records)]).toEqual([0, others]);
    expect(Object.keys(others).length).toBeLessThan(truth.length);
    expect(logs.filter((log) => log.includes('cannot report everything'))).toHaveLength(2);
  });

  it('reports that fail for everything end the stream, and no day counts as read', async () => {
    sandbox.control.run('facebook.fail_jobs', { count: 5000 });
    const outcome = await read(sandbox, configFor(sandbox, { start_date: '2024-09-01T00:00:00Z' }), ['ads_insights']);
    expect([outcome.exitCode, outcome.states, outcome.errors]).toEqual([1, [], [expect.stringContaining('fail')]]);
    expect(outcome.text).toContain('transient_error');
  });

  it('an outage in the middle of a sync leaves no ad out: it ends, and what was read stays read', async () => {
    settings({ stuckDays: ['2024-08-30'] });
    sandbox.control.run('before', {
      nth: 3,
      match: { path: '/insights', method: 'GET' },
      action: 'facebook.fail_jobs',
      params: { count: 5000 },
    });
    const cut = await read(sandbox, configFor(sandbox, { insights_job_timeout: 10 }), ['ads_insights_country']);
    expect([cut.exitCode, cut.logs.filter((log) => log.includes('left out'))]).toEqual([1, []]);
    expect(JSON.stringify(lastState(cut))).not.toContain('2024-08-30');
  });

  it('periods in order, as destinations without keys need them, also when a report is cut and calls are short', async () => {
    const stream = configured('ads_insights', 'incremental', { destination_sync_mode: 'append' });
    settings({ poison: [{ ad: ads[5], field: 'actions', day: '2024-08-02' }], minUtilisation: 92 });
    const config = configFor(sandbox, { start_date: '2024-08-01T00:00:00Z' });
    sandbox.control.run('facebook.seed', { ads: 12, days: 30, first: '2024-08-01' });
    const { exitCode, records } = await read(sandbox, config, [stream]);
    const days = records.map(({ date_start }) => String(date_start));
    expect([exitCode, days]).toEqual([0, [...days].sort()]);
    expect(new Set(days).size).toBeGreaterThan(25);
    settings({ minUtilisation: 0 });
    const free = await read(sandbox, config, [stream]);
    expect(free.records.map(({ date_start }) => date_start)).toEqual(days);
  });

  it('rows in one order, whichever part of a cut report is done first (naive variant: as they are done)', async () => {
    const config = configFor(sandbox, { start_date: '2024-08-31T00:00:00Z' });
    const orders = async (mode: string) => {
      const stream = configured('ads_insights', 'incremental', { destination_sync_mode: mode });
      const found: string[][] = [];
      for (const slowRuns of [null, 0, 1]) {
        settings({ maxReportRows: 3, slowRuns, poison: [{ ad: ads[5], field: 'actions', day: '2024-08-31' }] });
        const { exitCode, records } = await read(sandbox, config, [stream]);
        expect(exitCode).toBe(0);
        found.push(records.map(({ date_start, ad_id }) => `${date_start} ${ad_id}`));
      }
      return found;
    };
    const [first = [], ...others] = await orders('append');
    expect(others).toEqual([first, first]);
    expect(new Set(first).size).toBe(12 * 2);
    const naive = await orders('append_dedup');
    expect(naive.map((keys) => [...keys].sort())).toEqual([first, first, first].map((keys) => [...keys].sort()));
    expect(new Set(naive.map((keys) => keys.join())).size).toBeGreaterThan(1);
  });

  it('FB-05 cutting a report does not hold up the others (naive variant: cutting on the spot, day by day)', async () => {
    settings({ poison: [{ ad: ads[5], field: 'actions', day: '2024-08-28' }] });
    const { messages, exitCode } = await read(sandbox, configFor(sandbox), ['ads_insights']);
    const days = messages.flatMap((message) =>
      message.type === 'RECORD' ? [String(message.record.data['date_start'])] : [],
    );
    expect([exitCode, days.at(-1)]).toEqual([0, '2024-08-28']);
    // All the other days were sent while the parts of the first one went through the queue.
    expect(days.lastIndexOf('2024-08-31')).toBeLessThan(days.lastIndexOf('2024-08-28'));
    const order = jobs().map(({ since, until }) => `${since} ${until}`);
    const lastWhole = order.lastIndexOf('2024-09-01 2024-09-01');
    expect(order.slice(0, lastWhole)).not.toContain('2024-07-30 2024-08-28');
  });

  it('FB-06 a storm of 80004 is waited out as the headers say, aloud (naive variant: retries every second use up the calls)', async () => {
    sandbox.control.scripts.before(4, { path: '/act_' }, () => settings({ regainMinutes: 12 }));
    const timer = new FakeTimer(sandbox);
    const sleep = timer.sleep;
    const patient = {
      monotonic: timer.monotonic,
      sleep: async (ms: number, signal: AbortSignal) => {
        await sleep(ms, signal);
        if (ms >= 12 * 60_000) settings({ regainMinutes: 0 });
      },
    };
    const { exitCode, messages, records } = await read(sandbox, configFor(sandbox), ['ads_insights'], {
      timer: patient,
    });
    const today = sandbox.control.run('facebook.today') as string;
    expect([exitCode, digest(records)]).toEqual([
      0,
      truthOf(sandbox, { time_range: { since: '2024-08-28', until: today } }),
    ]);
    const limited = messages.flatMap((message) =>
      message.type === 'TRACE' ? (message.trace.stream_status?.reasons ?? []) : [],
    );
    expect(limited[0]).toMatchObject({ type: 'RATE_LIMITED', rate_limited: { quota_reset: expect.any(Number) } });
    const refused = sandbox.control.run('requests.list', { system: 'graph' }) as { status: number }[];
    expect(refused.filter(({ status }) => status === 400).length).toBeLessThan(4);
  });

  it('FB-06 a storm longer than allowed: days that were read stay read, transient_error, and the next sync goes on', async () => {
    const config = configFor(sandbox, { insights_poll_ms: 1 });
    sandbox.control.run('before', {
      nth: 3,
      match: { path: '/insights', method: 'GET' },
      action: 'facebook.settings',
      params: { regainMinutes: 47 },
    });
    const cut = await read(sandbox, config, ['ads_insights']);
    expect([cut.exitCode, cut.text.includes('transient_error'), cut.errors]).toEqual([
      1,
      true,
      [expect.stringContaining('rate limited')],
    ]);
    expect(cut.states.length).toBeGreaterThan(0);
    settings({ regainMinutes: 0 });
    const rest = await read(sandbox, config, ['ads_insights'], { state: cut.lastStates });
    expect([rest.exitCode, digest([...cut.records, ...rest.records])]).toEqual([0, truthOf(sandbox, RANGE)]);
  });

  it('FB-06 above 95 % of a budget everybody pauses, from 90 % on no job is started (naive variant: on until it is refused)', async () => {
    settings({ minUtilisation: 97 });
    const timer = new FakeTimer(sandbox);
    const config = configFor(sandbox, { start_date: '2024-08-31T00:00:00Z' });
    const { exitCode, records } = await read(sandbox, config, ['ads_insights'], { timer });
    expect([exitCode, records.length > 0]).toEqual([0, true]);
    expect(timer.waits.filter((ms) => ms >= 60_000).length).toBeGreaterThan(3);
    settings({ minUtilisation: 92 });
    const before = jobs().length;
    let running = 0;
    let most = 0;
    const second = await read(sandbox, configFor(sandbox), ['ads_insights_country']);
    for (const { method, path } of sandbox.control.run('requests.list', { system: 'graph', path: 'insights' }) as {
      method: string;
      path: string;
    }[]) {
      running = method === 'POST' ? running + 1 : /\/60300\d+\/insights/.test(path) ? 0 : running;
      most = Math.max(most, running);
    }
    expect([second.exitCode, jobs().length - before, most]).toEqual([0, 5, 1]);
  });

  it('a job that hangs or fails without a reason is tried once more, then cut', async () => {
    sandbox.control.run('facebook.fail_jobs', { count: 1, status: 'Job Skipped' });
    sandbox.control.run('facebook.fail_jobs', { count: 2, code: 2, subcode: 1_504_044 });
    const { exitCode, records } = await read(sandbox, configFor(sandbox), ['ads_insights']);
    expect([exitCode, digest(records)]).toEqual([0, truthOf(sandbox, RANGE)]);
    const before = jobs().length;
    settings({ stuckDays: ['2024-08-30'] });
    sandbox.control.run('before', {
      nth: 100,
      match: { path: '/' },
      action: 'facebook.settings',
      params: { stuckDays: [] },
    });
    const hung = await read(sandbox, configFor(sandbox, { insights_job_timeout: 10 }), ['ads_insights_dma']);
    expect([hung.exitCode, new Set(hung.records.map(({ date_start }) => date_start)).has('2024-08-30')]).toEqual([
      0,
      true,
    ]);
    expect(jobs().length).toBeGreaterThan(before + 5);
  });

  it('FB-11 the token in paging.next and in errors is never printed; a next link to another host is refused', async () => {
    const { token } = sandbox.facebook;
    const raw = JSON.stringify(await ask(sandbox, `${act()}/ads`, { limit: '2' }));
    expect(raw).toContain(`access_token=${token}`);
    const config = configFor(sandbox, { page_size: 2, log_level: 'debug' });
    const paged = await read(sandbox, config, ['ads', 'ads_insights']);
    const asked = (sandbox.control.run('requests.list', { system: 'graph' }) as { query: string }[]).map(
      ({ query }) => query,
    );
    expect([paged.exitCode, paged.text.includes(token)]).toEqual([0, false]);
    // The one with the token is the naive request above.
    expect(asked.filter((query) => query.includes('access_token'))).toHaveLength(1);
    const message = `Invalid: https://graph.facebook.com/v24.0/me?access_token=${token}`;
    sandbox.control.run('facebook.fail', { code: 100, message, match: { path: '/ads' } });
    const failed = await read(sandbox, config, ['ads']);
    expect([failed.exitCode, failed.text.includes(token), failed.errors]).toEqual([
      1,
      false,
      [expect.stringContaining('code 100')],
    ]);
    const next = `https://elsewhere.example/v24.0/ads?access_token=${token}`;
    sandbox.control.run('faults.add', {
      fault: { kind: 'status', status: 200, body: JSON.stringify({ data: [{ id: '1' }], paging: { next } }) },
      match: { path: '/ads' },
    });
    const led = await read(sandbox, config, ['ads']);
    expect([led.exitCode, led.errors, led.text.includes(token)]).toEqual([
      1,
      [expect.stringMatching(/elsewhere\.example.*refused/)],
      false,
    ]);
  });

  it('FB-13 a start before 37 months is clipped, aloud (naive variant: 3018)', async () => {
    sandbox.control.run('clock.set', { time: '2024-09-01T08:00:00Z' });
    const insight = { name: 'old', fields: ['spend'], time_increment: 60, breakdowns: [] };
    const config = configFor(sandbox, { start_date: '2015-01-01T00:00:00Z', custom_insights: [insight] });
    const { exitCode, logs, records } = await read(sandbox, config, ['customold']);
    expect([exitCode, records.length > 0]).toEqual([0, true]);
    // The first row that Meta has all days of.
    expect(logs).toContainEqual(expect.stringMatching(/37 months.*2021-09-26/));
    const since = jobs().map((job) => job.since);
    expect(since.every((day) => day >= '2021-08-05')).toBe(true);
    const time_range = JSON.stringify({ since: '2015-01-01', until: '2015-01-31' });
    expect(await ask(sandbox, `${act()}/insights`, { time_range }, 'POST')).toMatchObject({ error: { code: 3018 } });
  });

  it('FB-14 a field without permission is left out, the rest stays (naive variant: the stream fails)', async () => {
    settings({ deniedFields: ['business', 'owner'] });
    const { exitCode, records, logs } = await read(sandbox, configFor(sandbox), [
      configured('ad_account', 'full_refresh'),
    ]);
    expect([exitCode, records]).toEqual([0, [expect.objectContaining({ name: 'Novel', currency: 'EUR' })]]);
    expect([records[0]!['business'], records[0]!['owner']]).toEqual([null, null]);
    expect(logs).toContainEqual(expect.stringMatching(/may not read owner, business of account/));
    expect(await ask(sandbox, act(), { fields: 'name,business' })).toMatchObject({ error: { code: 200 } });
    settings({ deniedFields: [], deniedPermissions: ['ads_read'] });
    const none = await read(sandbox, configFor(sandbox), ['ads', 'ads_insights']);
    expect([none.exitCode, none.records, none.errors[0]]).toEqual([1, [], expect.stringContaining('ads_read')]);
  });

  it('FB-15 check starts no report (naive variant: a wide breakdown holds it up)', async () => {
    const custom = { name: 'wide', fields: [], breakdowns: ['region', 'age'], time_increment: 1 };
    settings({ stuckDays: ['2024-09-01'] });
    const { text, exitCode } = await run(sandbox, 'check', {
      config: configFor(sandbox, { custom_insights: [custom] }),
    });
    expect([exitCode, text.includes('SUCCEEDED'), jobs()]).toEqual([0, true, []]);
    const run1 = await ask(
      sandbox,
      `${act()}/insights`,
      { time_range: '{"since":"2024-09-01","until":"2024-09-01"}' },
      'POST',
    );
    for (const _poll of [1, 2, 3, 4]) {
      expect(await ask(sandbox, `/${run1['report_run_id']}`, {})).not.toMatchObject({ async_status: 'Job Completed' });
    }
  });

  it('a state lies behind each day', async () => {
    const outcome = await read(sandbox, configFor(sandbox), ['ads_insights']);
    expect(outcome.states.length).toBeGreaterThanOrEqual(5);
    expect(lastState(outcome)).toMatchObject({ time_increment: 1 });
  });
});

/** Cursor of the next page; undefined behind the last one. */
function nextCursor({ paging }: JsonObject): string | undefined {
  const { next, cursors } = (paging ?? {}) as { next?: string; cursors?: { after: string } };
  return next === undefined ? undefined : cursors?.after;
}
