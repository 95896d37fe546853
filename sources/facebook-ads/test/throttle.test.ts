import { pauseMs, regainMs, Throttle } from '../src/throttle.js';

describe('throttle headers', () => {
  const usage = (entry: object) => ({ 'x-business-use-case-usage': JSON.stringify({ '1': [entry] }) });
  const insights = (percent: number) => ({
    'x-fb-ads-insights-throttle': JSON.stringify({ acc_id_util_pct: percent, app_id_util_pct: 1 }),
  });

  it('above 95 % of any budget everybody pauses: a minute, or the estimate', () => {
    expect(pauseMs({})).toBe(0);
    expect(pauseMs(usage({ call_count: 95 }))).toBe(0);
    expect(pauseMs(usage({ call_count: 96 }))).toBe(60_000);
    expect(pauseMs(usage({ total_cputime: 99, estimated_time_to_regain_access: 7 }))).toBe(420_000);
    expect(pauseMs({ 'x-app-usage': '{"call_count":100}' })).toBe(60_000);
    expect(pauseMs({ 'x-ad-account-usage': '{"acc_id_util_pct":97.5}' })).toBe(60_000);
    expect(regainMs(usage({ estimated_time_to_regain_access: 47 }))).toBe(2_820_000);
  });

  it('broken headers say nothing', () => {
    for (const text of ['', '[]', 'null', '{"1":7}', '{"1":[7,null]}', '{cut']) {
      expect([pauseMs({ 'x-business-use-case-usage': text }), regainMs({ 'x-app-usage': text })]).toEqual([0, 60_000]);
    }
  });

  it('from 90 % of the insights budget no job is started, for the account that the headers name', () => {
    const throttle = new Throttle();
    throttle.note({ ...usage({}), ...insights(90) });
    expect([throttle.allowsJobs('1'), throttle.allowsJobs('2')]).toEqual([false, true]);
    throttle.note(usage({ call_count: 3 }));
    expect(throttle.allowsJobs('1')).toBe(false);
    throttle.note({ ...usage({}), ...insights(89) });
    expect(throttle.allowsJobs('1')).toBe(true);
    throttle.note(insights(100));
    expect(throttle.allowsJobs('2')).toBe(false);
  });
});
