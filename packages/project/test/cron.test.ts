import { cronProblem } from '../src/cron.js';
import { SOUND, testStack } from './stack.js';

function findings(schedule: string): readonly string[] {
  const stack = testStack({
    ...SOUND,
    'connections.yaml': SOUND['connections.yaml'].replace('prefix: shop_', `schedule: ${schedule}`),
  });
  try {
    return stack.findings();
  } finally {
    stack.remove();
  }
}

describe('the cron of a connection', () => {
  it.each([
    ['0 0 25 * * ?', /no valid hour: "25".*0 to 23/],
    ['0 0 5 32 * ?', /no valid day of month: "32".*1 to 31/],
    ['0 0 5 ? * FOO', /no valid day of week: "FOO".*SUN to SAT/],
    ['0 0 5 ? FEBR MON', /no valid month: "FEBR"/],
    ['0 0 5,24 * * ?', /no valid hour: "24" in "5,24"/],
    ['0 0 5/0 * * ?', /no valid hour: "5\/0"/],
    ['0 0 5 ? * MON#6', /no valid day of week/],
    ['0 0 5 * * ? 1969', /no valid year/],
    ['0 0 5 * * ? nowhere', /no valid year/],
    ['0 0 5 * * *', /must be "\?"/],
    ['0 0 5 ? * ?', /must be "\?"/],
    ['0 20 0 * * ? Europe/Paris', /use timezone: Europe\/Paris/],
    ['0 20 0 * * ? UTC', /use timezone: UTC/],
  ])('%s is an error with line and column', (cron, reason) => {
    const found = findings(`{ cron: "${cron}" }`);
    expect(found).toEqual([expect.stringMatching(/^connections\.yaml:6:19 CRON_INVALID /)]);
    expect(found[0]).toMatch(reason);
  });

  it.each([
    '0 0 5 * * ?',
    '0 59 0/6 1,15,L * ? 2025-2030/2',
    '0 0 8-18/2 ? jan-Mar MON-FRI',
    '0 0 5 L-3 * ?',
    '0 0 5 LW * ?',
    '0 0 5 15W * ?',
    '0 0 5 ? * 6L',
    '0 0 5 ? * FRI#2',
    '0 0 22-2 ? * FRI-MON',
  ])('%s is fine', (cron) => {
    expect(cronProblem(cron)).toBeUndefined();
  });

  it('a time zone that does not exist is an error with a suggestion', () => {
    expect(findings('{ cron: "0 0 5 * * ?", timezone: Europe/Pariss }')).toEqual([
      expect.stringMatching(/^connections\.yaml:6:44 TIMEZONE_UNKNOWN .*Did you mean "Europe\/Paris"\?/),
    ]);
    expect(findings('{ cron: "0 0 5 * * ?", timezone: Europe/Paris }')).toEqual([]);
  });
});
