import fc from 'fast-check';
import { backoffMs } from '../../src/http/backoff.js';
import { retryAfterMs } from '../../src/http/retry-after.js';

const NOW = Date.parse('2026-11-20T10:00:00Z');

describe('retryAfterMs', () => {
  it.each([
    ['absent', {}, undefined],
    ['seconds', { 'retry-after': '7' }, 7000],
    ['a fraction', { 'retry-after': ' 0.5 ' }, 500],
    ['negative', { 'retry-after': '-5' }, 0],
    ['huge', { 'retry-after': '999999999' }, 999_999_999_000],
    ['a date', { 'retry-after': 'Fri, 20 Nov 2026 10:01:00 GMT' }, 60_000],
    ['a past date', { 'retry-after': 'Fri, 20 Nov 2026 09:00:00 GMT' }, 0],
    ['empty', { 'retry-after': '' }, undefined],
    ['words', { 'retry-after': 'soon' }, undefined],
    ['a number of words', { 'retry-after': '12 apples' }, undefined],
    ['a reset time', { 'x-ratelimit-reset': String(NOW / 1000 + 30) }, 30_000],
    ['a reset delay', { 'ratelimit-reset': '30' }, 30_000],
    ['words, then a reset', { 'retry-after': 'soon', 'ratelimit-reset': '3' }, 3000],
  ])('R-15 reads %s', (_case, headers, wait) => {
    expect(retryAfterMs(headers, NOW)).toBe(wait);
  });

  it('R-18 reads a date against the clock of the server, not ours', () => {
    const headers = { 'retry-after': 'Fri, 20 Nov 2026 10:01:00 GMT', date: 'Fri, 20 Nov 2026 10:00:30 GMT' };
    expect(retryAfterMs(headers, NOW + 3_600_000)).toBe(30_000);
  });

  it('is undefined or a wait of 0 or more for any text (property)', () => {
    fc.assert(
      fc.property(fc.string(), fc.option(fc.string()), (text, date) => {
        const wait = retryAfterMs({ 'retry-after': text, ...(date === null ? {} : { date }) }, NOW);
        expect(wait === undefined || wait >= 0).toBe(true);
      }),
    );
  });

  it('counts whole seconds exactly (property)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999 }), (seconds) => {
        expect(retryAfterMs({ 'retry-after': `${seconds}` }, NOW)).toBe(seconds * 1000);
      }),
    );
  });

  it('R-15 backoff has full jitter: anything from 0 to a step that doubles up to a minute', () => {
    expect(backoffMs(1, 1000, () => 0)).toBe(0);
    expect(backoffMs(3, 1000, () => 0.5)).toBe(2000);
    expect(backoffMs(30, 1000, () => 0.999)).toBeLessThan(60_000);
  });
});
