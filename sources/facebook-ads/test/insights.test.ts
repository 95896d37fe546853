import fs from 'node:fs';
import path from 'node:path';
import type { JsonObject } from '@cuttle/protocol';
import { dayIn, moveDay, type Sandbox, startSandbox } from '@cuttle/sandbox';
import { airbyteFolder } from '@cuttle/testing';
import { recordCast } from '../src/cast.js';
import { graphFields } from '../src/graph-fields.js';
import { reportFields, reportsOf } from '../src/insights/report.js';
import { ENTITIES, entityFields } from '../src/streams/entity-definitions.js';
import { ask, configFor, configured, digest, lastState, read, truthOf } from './run-facebook.js';

const KIRITIMATI = '222333444555666';
const NEW_YORK = '777888999000111';

describe('insights', () => {
  let sandbox: Sandbox;
  let ads: readonly string[];

  beforeEach(async () => {
    sandbox = await startSandbox({ users: 2, orders: 2, idleVisits: 0 });
    ads = sandbox.control.run('facebook.seed', { ads: 3, days: 5, first: '2024-08-28' }) as string[];
  });
  afterEach(() => sandbox.close());

  const range = (since: string, until: string) => ({ time_range: { since, until } });
  const setDay = (
    account: string,
    ad: string,
    day: string,
    facts: object = { impressions: 100, reach: 90, clicks: 5, spendMinor: 250 },
  ) => sandbox.control.run('facebook.deliver', { account, ad, day, facts });
  const addAccount = (id: string, time_zone: string) => {
    sandbox.control.run('facebook.account', { id, time_zone, values: { name: time_zone } });
    return (
      sandbox.control.run('facebook.seed', {
        account: id,
        ads: 1,
        days: 0,
        first: '2024-01-01',
        prefix: '2399',
      }) as string[]
    )[0] as string;
  };

  it.each([
    ['UTC+13, where the day begins first', KIRITIMATI, 'Pacific/Tongatapu', '2024-09-01T11:30:00Z'],
    ['the hour that summer time leaves out', NEW_YORK, 'America/New_York', '2024-03-10T07:30:00Z'],
    ['the hour that comes twice', NEW_YORK, 'America/New_York', '2024-11-03T05:30:00Z'],
    ['the end of the year, west of UTC', NEW_YORK, 'America/New_York', '2025-01-01T02:00:00Z'],
  ])('FB-07 %s: no day is missing (naive variant: days of UTC)', async (_name, account, zone, now) => {
    const ad = addAccount(account, zone);
    sandbox.control.run('clock.set', { time: now });
    const today = dayIn(zone, Date.parse(now));
    const days = Array.from({ length: 6 }, (_, back) => moveDay(today, -back));
    for (const day of days) setDay(account, ad, day);
    const config = configFor(sandbox, { account_ids: [account], start_date: `${days.at(-1)}T00:00:00Z` });
    const first = await read(sandbox, config, ['ads_insights']);
    expect([first.exitCode, first.records.map(({ date_start }) => date_start).sort()]).toEqual([0, [...days].sort()]);
    sandbox.control.run('clock.advance', { ms: 3_600_000 * 25 });
    const next = dayIn(zone, Date.parse(now) + 3_600_000 * 25);
    setDay(account, ad, next);
    const second = await read(sandbox, config, ['ads_insights'], { state: first.lastStates });
    expect(second.records.map(({ date_start }) => date_start)).toContain(next);
    const utcToday = new Date(now).toISOString().slice(0, 10);
    if (zone === 'Pacific/Tongatapu') expect(utcToday < today).toBe(true);
  });

  it('FB-08 the 28 days before are read again and replace what was known (naive variant: only new days)', async () => {
    const config = configFor(sandbox, { start_date: '2024-07-01T00:00:00Z' });
    const id = sandbox.facebook.accountId;
    const sale = { valueMinor: 2500, lagDays: 28 };
    setDay(id, ads[0] as string, '2024-08-05', { impressions: 400, clicks: 9, purchases: [sale], invalidClicks: 2 });
    setDay(id, ads[0] as string, '2024-07-02', { impressions: 400, clicks: 9 });
    const first = await read(sandbox, config, ['ads_insights']);
    sandbox.control.run('clock.advance', { ms: 86_400_000 });
    const second = await read(sandbox, config, ['ads_insights'], { state: first.lastStates });
    const truth = truthOf(sandbox, range('2024-07-01', '2024-09-02'));
    expect(digest([...first.records, ...second.records])).toEqual(truth);
    expect(digest(first.records)).not.toEqual(truth);
    const days = second.records.map(({ date_start }) => String(date_start)).sort();
    expect([days.includes('2024-08-05'), (days[0] as string) >= '2024-08-04']).toEqual([true, true]);
    const naive = second.records.filter(({ date_start }) => String(date_start) > '2024-09-01');
    expect(digest([...first.records, ...naive])).not.toEqual(truth);
  });

  it('FB-08 another time increment, other fields and an earlier start begin anew', async () => {
    const custom = (extra: object) => ({
      custom_insights: [{ name: 'own', fields: ['clicks', 'spend'], breakdowns: ['age'], time_increment: 1, ...extra }],
    });
    const config = (extra: object, start = '2024-08-20') =>
      configFor(sandbox, { ...custom(extra), start_date: `${start}T00:00:00Z`, insights_lookback_window: 1 });
    const first = await read(sandbox, config({}), ['customown']);
    const daysIn = async (changed: object) => {
      const { records, exitCode } = await read(sandbox, changed, ['customown'], { state: first.lastStates });
      expect(exitCode).toBe(0);
      return [...new Set(records.map(({ date_start }) => date_start))].sort();
    };
    expect(await daysIn(config({}))).toEqual(['2024-08-31', '2024-09-01']);
    expect(await daysIn(config({ time_increment: 7 }))).toEqual(['2024-08-27']);
    expect((await daysIn(config({ fields: ['clicks'] })))[0]).toBe('2024-08-28');
    expect((await daysIn(config({}, '2024-08-10')))[0]).toBe('2024-08-28');
    const clicksOf = (rows: readonly JsonObject[]) =>
      rows.filter(({ ad_id }) => ad_id === ads[0]).reduce((total, { clicks }) => total + Number(clicks), 0);
    const { records } = await read(sandbox, config({ time_increment: 14 }), ['customown']);
    const rows = records.filter(({ ad_id, age }) => ad_id === ads[0] && age === '25-34');
    expect(rows.map(({ date_start, date_stop }) => [date_start, date_stop])).toEqual([['2024-08-20', '2024-09-01']]);
    expect(clicksOf(records)).toBe(clicksOf(first.records));
  });

  it('FB-09 no state is newer than a record to come: from every state on, everything arrives (naive variant: the newest day seen)', async () => {
    sandbox.control.run('facebook.settings', { poison: [{ ad: ads[1], field: 'spend', day: '2024-08-29' }] });
    const config = configFor(sandbox);
    const whole = await read(sandbox, config, ['ads_insights']);
    const truth = truthOf(sandbox, range('2024-08-28', '2024-09-01'));
    const keys = Object.keys(truth);
    let before: JsonObject[] = [];
    let tried = 0;
    for (const message of whole.messages) {
      if (message.type === 'RECORD') before = [...before, message.record.data];
      if (message.type !== 'STATE') continue;
      const rest = await read(sandbox, config, ['ads_insights'], { state: [message.state] });
      expect(Object.keys(digest([...before, ...rest.records]))).toEqual(keys);
      tried += 1;
    }
    expect(tried).toBeGreaterThanOrEqual(5);
    const slices = whole.states.map(({ stream }) => JSON.stringify(stream?.stream_state));
    // The day that had to be cut came last; days behind it waited in the state.
    expect(slices.some((state) => state.includes('"slices":["2024-08-30","2024-08-31"'))).toBe(true);
    const newest = whole.states.map((_, index) =>
      whole.records
        .slice(0, index + 1)
        .map(({ date_start }) => String(date_start))
        .sort()
        .at(-1),
    );
    expect(newest.some((day) => (day as string) > '2024-08-29')).toBe(true);
  });

  it('FB-09 a day of the lookback that failed is not forgotten, however far the other days are', async () => {
    const config = configFor(sandbox, { start_date: '2024-08-01T00:00:00Z' });
    const first = await read(sandbox, config, ['ads_insights']);
    setDay(sandbox.facebook.accountId, ads[0] as string, '2024-08-30', { clicks: 70 });
    sandbox.control.run('clock.advance', { ms: 40 * 86_400_000 });
    sandbox.control.run('facebook.settings', { stuckDays: ['2024-08-30'] });
    sandbox.control.run('before', {
      nth: 40,
      match: { path: '/insights', method: 'GET' },
      action: 'facebook.fail',
      params: { code: 190, count: 0 },
    });
    const cut = await read(sandbox, config, ['ads_insights'], { state: first.lastStates });
    expect(cut.exitCode).toBe(1);
    expect((lastState(cut)['accounts'] as JsonObject)[sandbox.facebook.accountId]).toMatchObject({
      date_start: '2024-09-01',
    });
    sandbox.control.run('faults.clear');
    sandbox.control.run('facebook.settings', { stuckDays: [] });
    const rest = await read(sandbox, config, ['ads_insights'], { state: cut.lastStates });
    const today = sandbox.control.run('facebook.today') as string;
    expect(digest([...first.records, ...cut.records, ...rest.records])).toEqual(
      truthOf(sandbox, range('2024-08-01', today)),
    );
  });

  it('FB-10 "1.50" is 1.5 and ids are texts: recorded rows, served with numbers as texts, come out equal (naive variant: rows as they are)', () => {
    const folder = airbyteFolder();
    if (folder === undefined) return;
    const file = path.join(folder, 'recorded-streams/source-facebook-marketing/expected_records.jsonl');
    const config = { custom_insights: [], campaign_statuses: [], adset_statuses: [], ad_statuses: [] };
    const [plain] = reportsOf(config as never, graphFields());
    const kinds = new Map([...reportFields({ ...plain!, breakdowns: ['age', 'gender', 'country', 'region', 'dma'] })]);
    let count = 0;
    for (const line of fs.readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
      const { stream, data } = JSON.parse(line) as { stream: string; data: JsonObject };
      if (!stream.startsWith('ads_insights')) continue;
      const served = asTexts(data) as JsonObject;
      expect(recordCast(kinds)(served)).toEqual(data);
      expect(served).not.toEqual(data);
      count += 1;
    }
    expect(count).toBeGreaterThan(20);
  });

  it('FB-10 numbers of objects are numbers, ids beyond 2^53 texts', async () => {
    const rows = (await ask(sandbox, `/act_${sandbox.facebook.accountId}/campaigns`, { fields: 'daily_budget' }))[
      'data'
    ] as unknown as JsonObject[];
    expect(rows.find((row) => row['daily_budget'] !== undefined)).toMatchObject({ daily_budget: '5000' });
    const { records } = await read(sandbox, configFor(sandbox), [
      'campaigns',
      configured('ad_account', 'full_refresh'),
    ]);
    const campaign = records.find((row) => row['daily_budget'] !== undefined)!;
    expect([campaign['daily_budget'], typeof campaign['id'], Number.isSafeInteger(Number(campaign['id']))]).toEqual([
      5000,
      'string',
      false,
    ]);
    expect(records.find(({ currency }) => currency === 'EUR')).toMatchObject({
      amount_spent: '182344',
      owner: '1506473679510999',
    });
    const odd = recordCast(
      new Map([
        ['a', 'number'],
        ['b', 'integer'],
        ['c', 'boolean'],
        ['d', 'text'],
      ]),
    );
    expect(odd({ a: '1.50', b: 'N/A', c: 'True', d: 12345678901, e: 'x' })).toEqual({
      a: 1.5,
      b: null,
      c: true,
      d: '12345678901',
      e: 'x',
    });
  });

  it('FB-12 -0700 becomes -07:00 (naive variant: no date-time under RFC 3339)', async () => {
    const ad = addAccount(NEW_YORK, 'America/New_York');
    const [raw] = (await ask(sandbox, `/act_${NEW_YORK}/ads`, { fields: 'updated_time' }))[
      'data'
    ] as unknown as JsonObject[];
    expect(raw!['updated_time']).toBe('2024-09-01T04:00:00-0400');
    const { records } = await read(sandbox, configFor(sandbox, { account_ids: [NEW_YORK] }), ['ads']);
    expect(records).toEqual([expect.objectContaining({ id: ad, updated_time: '2024-09-01T04:00:00-04:00' })]);
    expect(/T.*[+-]\d{2}:\d{2}$/.test(String(raw!['updated_time']))).toBe(false);
  });

  it('FB-16 days without delivery give states too, and are not asked for again and again (naive variant: a state per row)', async () => {
    const config = configFor(sandbox, {
      start_date: '2024-06-01T00:00:00Z',
      end_date: '2024-07-20T00:00:00Z',
      insights_lookback_window: 3,
    });
    const { records, states, exitCode } = await read(sandbox, config, ['ads_insights']);
    expect([exitCode, records]).toEqual([0, []]);
    const account = (lastState({ states } as never)['accounts'] as JsonObject)[sandbox.facebook.accountId];
    expect(account).toEqual({ date_start: '2024-07-20', from: '2024-06-01' });
    sandbox.control.run('requests.clear');
    const again = await read(sandbox, config, ['ads_insights'], { state: states.slice(-1) });
    expect([again.exitCode, again.states.length]).toEqual([0, 1]);
    expect(sandbox.control.run('requests.count', { method: 'POST', path: '/act_' })).toBe(4);
  });

  it('FB-17 the docs advise few fields, and few fields are what a custom stream asks for', async () => {
    const readme = fs.readFileSync(path.join(__dirname, '../README.md'), 'utf8');
    expect(readme).toMatch(/few fields/i);
    const config = configFor(sandbox, {
      custom_insights: [{ name: 'lean', fields: ['spend'], breakdowns: [], level: 'campaign' }],
    });
    const { records } = await read(sandbox, config, ['customlean']);
    expect(Object.keys(records[0]!).sort()).toEqual(['account_id', 'campaign_id', 'date_start', 'date_stop', 'spend']);
    const jobs = sandbox.control.run('facebook.jobs') as { fields: string[] }[];
    expect(jobs[0]!.fields).toEqual(['account_id', 'campaign_id', 'spend']);
  });

  it('reads states of the official connector', async () => {
    const state = (content: object) => [
      { type: 'STREAM', stream: { stream_descriptor: { name: 'ads_insights' }, stream_state: content } },
    ];
    const config = configFor(sandbox, { insights_lookback_window: 1 });
    const id = sandbox.facebook.accountId;
    const cases = [
      [{ date_start: '2024-08-31', filter_statuses: [] }, '2024-08-30'],
      [{ [id]: { date_start: '2024-08-31', slices: [] }, time_increment: 1 }, '2024-08-30'],
      [{ [id]: { date_start: '2024-08-31', slices: [] }, time_increment: 7 }, '2024-08-28'],
      [{ date_start: '2024-08-31', filter_statuses: ['ARCHIVED'] }, '2024-08-28'],
    ] as const;
    for (const [content, first] of cases) {
      const { records } = await read(sandbox, config, ['ads_insights'], { state: state(content) as never });
      expect([content, records.map(({ date_start }) => String(date_start)).sort()[0]]).toEqual([content, first]);
    }
  });

  it('asks only for fields that Meta knows', () => {
    const { objects, insights } = graphFields();
    for (const definition of ENTITIES) {
      const known = objects[definition.name];
      if (known === undefined) continue;
      const fields = [...entityFields(definition).keys()].filter((name) => !['id', 'account_id'].includes(name));
      expect([definition.name, fields.filter((field) => !known.includes(field))]).toEqual([definition.name, []]);
    }
    const config = { custom_insights: [], campaign_statuses: [], adset_statuses: [], ad_statuses: [] };
    for (const { fields, breakdowns } of reportsOf(config as never, graphFields())) {
      expect(fields.filter((field) => !insights.fields.includes(field))).toEqual([]);
      expect(breakdowns.filter((name) => !insights.breakdowns.includes(name))).toEqual([]);
    }
  });
});

/** Numbers as texts, as the API sends them. */
function asTexts(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(asTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, asTexts(part)]));
}
