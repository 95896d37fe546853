import type { JsonObject } from '@cuttle/protocol';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { catalogIn } from '@cuttle/testing';
import { type PeriodBounds, periodsOf } from '../src/insights/periods.js';
import { configFor, configured, lastState, read, run } from './run-facebook.js';

const DAY_MS = 86_400_000;

describe('periods of rows', () => {
  const bounds = (extra: Partial<PeriodBounds>): PeriodBounds => ({
    start: '2024-01-01',
    end: undefined,
    today: '2024-03-10',
    increment: 'monthly',
    ...extra,
  });
  const daysOf = (extra: Partial<PeriodBounds>) => periodsOf(bounds(extra)).map(({ since, until }) => [since, until]);

  it('months are calendar months, a leap day among them; the running one ends today', () => {
    expect(daysOf({})).toEqual([
      ['2024-01-01', '2024-01-31'],
      ['2024-02-01', '2024-02-29'],
      ['2024-03-01', '2024-03-10'],
    ]);
    expect(daysOf({ end: '2024-02-14' }).at(-1)).toEqual(['2024-02-01', '2024-02-14']);
  });

  it('a first month that Meta has only in part is left out', () => {
    const months = daysOf({ start: undefined });
    expect([months.length, months[0]]).toEqual([37, ['2021-03-01', '2021-03-31']]);
    expect(months.every(([since]) => String(since).endsWith('-01'))).toBe(true);
  });

  it('all days are one period, clipped to what Meta keeps', () => {
    expect(daysOf({ increment: 'all_days' })).toEqual([['2024-01-01', '2024-03-10']]);
    expect(daysOf({ increment: 'all_days', start: '2015-01-01' })).toEqual([['2021-02-11', '2024-03-10']]);
    expect(daysOf({ increment: 'all_days', end: '2023-12-31' })).toEqual([]);
  });
});

describe('rows of months and of all days', () => {
  let sandbox: Sandbox;
  let ads: readonly string[];

  beforeEach(async () => {
    sandbox = await startSandbox({ users: 2, orders: 0, idleVisits: 0, firstDay: '2024-08-30' });
    ads = sandbox.control.run('facebook.seed', { ads: 2, days: 93, first: '2024-06-01' }) as string[];
  });
  afterEach(() => sandbox.close());

  const FIELDS = ['reach', 'impressions', 'clicks'];
  const own = (period: string, extra: object = {}) =>
    configFor(sandbox, {
      start_date: '2024-06-15T00:00:00Z',
      custom_insights: [{ name: 'own', level: 'ad', fields: FIELDS, period, ...extra }],
    });
  const ofAd = (records: readonly JsonObject[]) => records.filter(({ ad_id }) => ad_id === ads[0]);
  const daysOf = (records: readonly JsonObject[]) =>
    ofAd(records).map(({ date_start, date_stop }) => [date_start, date_stop]);
  const moveTo = (time: string) => sandbox.control.run('clock.set', { time });
  /** What the emulator knows of the first ad, over a range. */
  const truth = (since: string, until: string) => {
    const rows = sandbox.control.run('facebook.rows', {
      level: 'ad',
      fields: [...FIELDS, 'ad_id'],
      time_range: { since, until },
    }) as JsonObject[];
    return rows.filter(({ ad_id }) => ad_id === ads[0]).map(({ reach, clicks }) => [Number(reach), Number(clicks)])[0];
  };

  it('months are whole, have the reach of the month and no sum of days, and the cursor is their first day', async () => {
    const { records, exitCode } = await read(sandbox, own('monthly'), ['customown']);
    expect([exitCode, daysOf(records)]).toEqual([
      0,
      [
        ['2024-06-01', '2024-06-30'],
        ['2024-07-01', '2024-07-31'],
        ['2024-08-01', '2024-08-31'],
        ['2024-09-01', '2024-09-01'],
      ],
    ]);
    const july = ofAd(records)[1];
    expect([july?.['reach'], july?.['clicks']]).toEqual(truth('2024-07-01', '2024-07-31'));
    const daily = await read(sandbox, own('days'), ['customown']);
    const summed = ofAd(daily.records)
      .filter(({ date_start }) => String(date_start).startsWith('2024-07'))
      .reduce((total, { reach }) => total + Number(reach), 0);
    expect(Number(july?.['reach'])).toBeLessThan(summed / 1.5);
    const catalog = catalogIn(await run(sandbox, 'discover', { config: own('monthly') }));
    const stream = catalog.streams.find(({ name }) => name === 'customown');
    expect([stream?.source_defined_primary_key, stream?.default_cursor_field]).toEqual([
      [['date_start'], ['account_id'], ['ad_id']],
      ['date_start'],
    ]);
  });

  it('a month is read again as long as its numbers may change, and a running one grows under its key', async () => {
    const account = sandbox.facebook.accountId;
    const months = async (config: object, state: Awaited<ReturnType<typeof read>>['lastStates'] = []) => {
      const outcome = await read(sandbox, config, ['customown'], { state });
      expect(outcome.exitCode).toBe(0);
      const starts = [...new Set(outcome.records.map(({ date_start }) => String(date_start)))].sort();
      return { ...outcome, starts };
    };
    const setDay = (day: string, clicks: number) =>
      sandbox.control.run('facebook.deliver', { ad: ads[0], day, facts: { impressions: 900, reach: 800, clicks } });
    setDay('2024-09-01', 5);
    const first = await months(own('monthly'));
    expect((lastState(first)['accounts'] as JsonObject)[account]).toMatchObject({ date_start: '2024-09-01' });
    // Read last on September 1st: of August all may have changed, and of July nothing.
    moveTo('2024-09-20T12:00:00Z');
    setDay('2024-09-19', 7);
    const second = await months(own('monthly'), first.lastStates);
    expect(second.starts).toEqual(['2024-08-01', '2024-09-01']);
    expect(daysOf(second.records).at(-1)).toEqual(['2024-09-01', '2024-09-20']);
    expect(ofAd(second.records).at(-1)).toMatchObject({ clicks: 12 });
    expect(lastState(second)).toMatchObject({
      accounts: { [account]: { date_start: '2024-09-01', date_stop: '2024-09-20' } },
      time_increment: 'monthly',
    });
    // Read last on the 20th: August 23rd and later may have changed.
    moveTo('2024-09-30T12:00:00Z');
    const third = await months(own('monthly'), second.lastStates);
    expect(third.starts).toEqual(['2024-08-01', '2024-09-01']);
    // Read last on the 30th: August has its last numbers.
    moveTo('2024-10-02T12:00:00Z');
    const fourth = await months(own('monthly'), third.lastStates);
    expect(fourth.starts).toEqual(['2024-09-01']);
    setDay('2024-10-02', 3);
    const fifth = await months(own('monthly'), fourth.lastStates);
    expect(fifth.starts).toEqual(['2024-09-01', '2024-10-01']);
    expect(daysOf(fifth.records)).toEqual([
      ['2024-09-01', '2024-09-30'],
      ['2024-10-01', '2024-10-02'],
    ]);
    const short = own('monthly', { insights_lookback_window: 1 });
    expect((await months(short, fifth.lastStates)).starts).toEqual(['2024-10-01']);
  });

  it('a month that was read before its end is read to its end, however long ago that was', async () => {
    const ended = own('monthly', { end_date: '2024-07-10T00:00:00Z' });
    const first = await read(sandbox, ended, ['customown']);
    expect(daysOf(first.records).at(-1)).toEqual(['2024-07-01', '2024-07-10']);
    sandbox.control.run('clock.advance', { ms: 60 * DAY_MS });
    const second = await read(sandbox, own('monthly'), ['customown'], { state: first.lastStates });
    expect(daysOf(second.records)).toEqual([
      ['2024-06-01', '2024-06-30'],
      ['2024-07-01', '2024-07-31'],
      ['2024-08-01', '2024-08-31'],
      ['2024-09-01', '2024-09-30'],
    ]);
  });

  it('all days are one row of each ad under a key without days; the cursor is the last day', async () => {
    const catalog = catalogIn(await run(sandbox, 'discover', { config: own('all_days') }));
    const stream = catalog.streams.find(({ name }) => name === 'customown');
    expect([stream?.source_defined_primary_key, stream?.default_cursor_field]).toEqual([
      [['account_id'], ['ad_id']],
      ['date_stop'],
    ]);
    const first = await read(sandbox, own('all_days'), ['customown']);
    expect([first.exitCode, daysOf(first.records)]).toEqual([0, [['2024-06-15', '2024-09-01']]]);
    const [row] = ofAd(first.records);
    expect([row?.['reach'], row?.['clicks']]).toEqual(truth('2024-06-15', '2024-09-01'));
    moveTo('2024-09-03T12:00:00Z');
    sandbox.control.run('facebook.deliver', {
      ad: ads[0],
      day: '2024-09-02',
      facts: { impressions: 9, reach: 9, clicks: 4 },
    });
    const second = await read(sandbox, own('all_days'), ['customown'], { state: first.lastStates });
    expect(daysOf(second.records)).toEqual([['2024-06-15', '2024-09-03']]);
    expect(Number(ofAd(second.records)[0]?.['clicks'])).toBe(Number(row?.['clicks']) + 4);
    // Without a start date the first day that Meta keeps moves, and the row is still the same one.
    const open = configFor(sandbox, {
      start_date: undefined,
      custom_insights: [{ name: 'own', fields: FIELDS, period: 'all_days' }],
    });
    const third = await read(sandbox, open, ['customown']);
    moveTo('2024-09-04T12:00:00Z');
    const fourth = await read(sandbox, open, ['customown'], { state: third.lastStates });
    expect([daysOf(third.records), daysOf(fourth.records)]).toEqual([
      [['2021-08-07', '2024-09-03']],
      [['2021-08-08', '2024-09-04']],
    ]);
  });

  it('another period starts the stream again, with a warning; a full refresh that was cut goes on', async () => {
    const first = await read(sandbox, own('monthly'), ['customown']);
    const other = await read(sandbox, own('all_days'), ['customown'], { state: first.lastStates });
    expect(other.logs.some((log) => /time_increment is "monthly", not all_days/.test(log))).toBe(true);
    expect(daysOf(other.records)).toEqual([['2024-06-15', '2024-09-01']]);
    const refresh = configured('customown', 'full_refresh', { generation_id: 2, minimum_generation_id: 2 });
    const whole = await read(sandbox, own('monthly'), [refresh]);
    const part = whole.states.find(({ stream }) => JSON.stringify(stream).includes('2024-07-01'));
    const rest = await read(sandbox, own('monthly'), [refresh], { state: part === undefined ? [] : [part] });
    expect(part).toBeDefined();
    expect(daysOf(rest.records).map(([since]) => since)).toEqual(['2024-08-01', '2024-09-01']);
  });
});
